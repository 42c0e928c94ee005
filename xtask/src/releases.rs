//! `cargo xtask releases`: how many releases one engine carries.
//!
//! Minutes on two cores and two gigabytes of memory; `--quick` takes a twentieth of the releases and
//! leaves the documentation as it is.

use crate::command_line::CommandLine;
use crate::failure::{Failure, Outcome};
use crate::suggest;

/// Measures and writes `docs/releases-scale.md`, or with `--quick` a rough page below `target`.
pub(crate) fn main(arguments: &[String]) -> Outcome {
    suggest::only_options(arguments, &["--quick"])?;
    let page = match arguments {
        [] => "docs/releases-scale.md",
        [_] => "target/releases/scale.md --quick",
        _ => return Err(Failure::new("`releases` takes one option")),
    };
    let program = "run --release -p flagkit-benches --features releases --bin releases --";
    CommandLine::cargo(&format!("{program} {page}")).run()
}
