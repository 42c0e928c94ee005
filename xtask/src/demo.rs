//! The demo as a test: whoever pipes it gets text and success.

use crate::command_line::CommandLine;
use crate::failure::{Failure, Outcome};

/// Runs the demo without a terminal; it must succeed and print something.
pub(crate) fn run() -> Outcome {
    let demo = CommandLine::cargo("run --release -- demo");
    eprintln!("$ {demo} | cat");
    let printed = demo.output()?;
    if printed.trim().is_empty() {
        return Err(Failure::new(format!("the demo printed nothing\nreproduce: {demo} | cat")));
    }
    eprintln!("the demo printed {} lines", printed.lines().count());
    Ok(())
}
