//! Views: what people see of a release while it is under way.

use std::io;

use crate::rollout::standing::Standing;
use crate::rollout::told::Told;
use crate::terminal;

pub(crate) mod lines;
mod live;
pub(crate) mod page;

/// The view for the standard output.
pub(crate) fn of_terminal(plain: bool) -> Box<dyn View> {
    if !plain && terminal::is_lively() {
        return Box::new(live::Live::new());
    }
    Box::new(lines::Lines::new(anstream::stdout()))
}

/// Something that shows a release.
pub(crate) trait View {
    /// Something happened.
    fn told(&mut self, told: &Told) -> io::Result<()>;

    /// How it stands now.
    fn stands(&mut self, standing: &Standing) -> io::Result<()>;

    /// Something about the engine itself.
    fn notice(&mut self, words: &str) -> io::Result<()>;

    /// There is nothing more to see.
    fn end(&mut self) -> io::Result<()>;
}
