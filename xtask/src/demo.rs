//! The demo as a test: whoever pipes it gets text and success.
//!
//! It is the program that other steps need, too: an optimised one would be compiled for this alone.

use crate::command_line::CommandLine;
use crate::failure::{Failure, Outcome};
use crate::{sdks, target};

/// Runs the demo without a terminal; it must succeed and print something.
pub(crate) fn run() -> Outcome {
    sdks::build()?;
    let demo = CommandLine::new(target::debug("flagkit")?, "demo");
    eprintln!("$ {demo} | cat");
    let printed = demo.output()?;
    if printed.trim().is_empty() {
        return Err(Failure::new(format!("the demo printed nothing\nreproduce: {demo} | cat")));
    }
    eprintln!("the demo printed {} lines", printed.lines().count());
    Ok(())
}
