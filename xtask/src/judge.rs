//! `cargo xtask judge`: what the judge of releases promises, by simulation.
//!
//! A quarter of an hour on two cores; `--quick` is a matter of seconds and leaves the documentation
//! as it is.

use crate::command_line::CommandLine;
use crate::failure::{Failure, Outcome};
use crate::suggest;

/// Simulates releases and writes `docs/judge.md`, or with `--quick` a rough page below `target`.
pub(crate) fn main(arguments: &[String]) -> Outcome {
    suggest::only_options(arguments, &["--quick"])?;
    let page = match arguments {
        [] => "docs/judge.md",
        [_] => "target/judge/judge.md --quick",
        _ => return Err(Failure::new("`judge` takes one option")),
    };
    let program = "run --release -p flagkit-benches --features releases --bin judge --";
    CommandLine::cargo(&format!("{program} {page}")).run()
}
