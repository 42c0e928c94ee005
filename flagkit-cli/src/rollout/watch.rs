//! `flagkit rollout watch`: a release of another terminal's engine, live.

use std::io;
use std::process::ExitCode;
use std::thread::sleep;
use std::time::Duration;

use crate::arguments::rollout::Watch;
use crate::failure::{Failure, Outcome};
use crate::rollout::source::Source;
use crate::rollout::told::Teller;
use crate::rollout::view::{self, View};

/// Follows it until it ends. Ctrl-C ends the watching and nothing else.
pub(crate) fn run(arguments: &Watch) -> Outcome {
    let which = &arguments.which;
    let mut source = Source::open(&which.state)?;
    let mut view = view::of_terminal(arguments.plain);
    let watched = watch(&mut source, which.id.as_deref(), &mut *view);
    view.end()?;
    watched?;
    Ok(ExitCode::SUCCESS)
}

fn watch(source: &mut Source, id: Option<&str>, view: &mut dyn View) -> Result<(), Failure> {
    let mut shown = 0;
    let mut changed = None;
    let mut teller = Teller::default();
    loop {
        let standing = source.standing(id)?;
        // Without a change there is nothing new to be told.
        if changed != Some(standing.now_ms) || standing.is_over() {
            let records = source.history(Some(&standing.release))?;
            for numbered in records.iter().skip(shown) {
                for told in teller.tell(&numbered.record) {
                    view.told(&told)?;
                }
            }
            shown = records.len();
            changed = Some(standing.now_ms);
        }
        view.stands(&standing)?;
        if standing.is_over() {
            return Ok(());
        }
        if !source.is_running()? {
            let words = "no engine runs here, so nothing will happen until the next `rollout run`";
            return Ok::<_, io::Error>(view.notice(words)?).map_err(Failure::from);
        }
        sleep(EVERY);
    }
}

/// How often the engine is asked.
const EVERY: Duration = Duration::from_millis(250);
