//! `cargo xtask bench`: how fast FlagKit is, and that it did not become slower.
//!
//! Clocks say how fast this machine is today. Counts of instructions and heap allocations are
//! the same tomorrow and elsewhere, so they are on record and checked.

use crate::command_line::CommandLine;
use crate::failure::{Failure, Outcome};
use crate::suggest;

/// Runs all benchmarks, roughly with `--quick`; or counts, and compares or accepts the counts.
pub(crate) fn main(arguments: &[String]) -> Outcome {
    suggest::only_options(arguments, &["--quick", "--check", "--accept"])?;
    match arguments {
        [] => CommandLine::cargo("bench -p flagkit-benches").run(),
        [one] => match one.as_str() {
            "--check" => check(),
            "--accept" => instructions("accept").run(),
            quick => CommandLine::cargo(&format!("bench -p flagkit-benches -- {quick}")).run(),
        },
        _ => Err(Failure::new("`bench` takes one option")),
    }
}

/// No scenario takes more instructions or heap allocations than on record.
pub(crate) fn check() -> Outcome {
    instructions("check").run()
}

/// The counter, in the code that every x86-64 processor can run, whatever the user's flags are.
fn instructions(command: &str) -> CommandLine {
    CommandLine::cargo(&format!("run --release -p flagkit-benches --bin instructions -- {command}"))
        .with("RUSTFLAGS", "")
}
