//! `cargo xtask rollouts`: releases behind real proxies, by the clock.
//!
//! The program is a benchmark of `flagkit-cli`, optimised as what continuous integration builds for other
//! languages.

use std::fs;

use crate::command_line::CommandLine;
use crate::failure::{Failure, Outcome};
use crate::{setup, suggest};

/// Measures everything and writes `docs/rollouts.md`; roughly, and into a copy, with `--quick`. With
/// `--kill-for 1h` it releases again and again for so long, and kills the engine all the time.
pub(crate) fn main(arguments: &[String]) -> Outcome {
    setup::run()?;
    let program = CommandLine::cargo("bench --profile bindings -p flagkit-cli --bench rollouts --");
    match arguments {
        [] => program.and("--write").and(absolute(PAGE)?).run(),
        [option, length] if option == "--kill-for" => {
            program.and("--kill-for").and(seconds(length)?.to_string()).run()
        }
        _ => {
            suggest::only_options(arguments, &["--quick", "--kill-for"])?;
            // Rough numbers stay out of the documentation.
            fs::create_dir_all(FOLDER)
                .and_then(|()| fs::copy(PAGE, ROUGH_PAGE))
                .map_err(|error| Failure::new(format!("cannot copy `{PAGE}`: {error}")))?;
            program.and("--quick").and("--write").and(absolute(ROUGH_PAGE)?).run()
        }
    }
}

/// The seconds of `90s`, `5m` or `1h`.
fn seconds(length: &str) -> Result<u64, Failure> {
    let units = [("s", 1), ("m", 60), ("h", 3600)];
    let found = units.iter().find_map(|(unit, each)| {
        let count: u64 = length.strip_suffix(unit)?.parse().ok()?;
        count.checked_mul(*each)
    });
    found.ok_or_else(|| Failure::new(format!("`{length}` is no time; write 90s, 5m or 1h")))
}

/// Cargo runs benchmarks in the folder of their crate.
fn absolute(page: &str) -> Result<String, Failure> {
    let path = fs::canonicalize(page)
        .map_err(|error| Failure::new(format!("cannot find `{page}`: {error}")))?;
    Ok(path.display().to_string())
}

const PAGE: &str = "docs/rollouts.md";
const FOLDER: &str = "target/rollouts";
const ROUGH_PAGE: &str = "target/rollouts/rollouts.md";
