//! `cargo xtask bench`: the benchmarks of `flagkit-benches`.

use crate::command_line::CommandLine;
use crate::failure::Outcome;
use crate::suggest;

/// Runs all benchmarks; `--quick` is passed on to criterion.
pub(crate) fn main(arguments: &[String]) -> Outcome {
    suggest::only_options(arguments, &["--quick"])?;
    let quick = if arguments.is_empty() { "" } else { " -- --quick" };
    CommandLine::cargo(&format!("bench -p flagkit-benches{quick}")).run()
}
