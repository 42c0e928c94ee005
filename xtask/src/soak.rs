//! `cargo xtask soak`: the server under load, and what it stands.
//!
//! The program is a benchmark of `flagkit-server`. Server, load and databases share the machine
//! that this runs on; the page says which one it was.

use std::fs;

use crate::command_line::CommandLine;
use crate::failure::{Failure, Outcome};
use crate::{setup, suggest};

/// Measures everything and writes it into the page about the server; roughly, and into a copy of
/// the page, with `--quick`.
pub(crate) fn main(arguments: &[String]) -> Outcome {
    suggest::only_options(arguments, &["--quick"])?;
    setup::run()?;
    let soak = CommandLine::cargo("bench -p flagkit-server --bench soak --");
    if arguments.is_empty() {
        return soak.and("--write").and(absolute(PAGE)?).run();
    }
    // Rough numbers stay out of the documentation.
    fs::create_dir_all(FOLDER)
        .and_then(|()| fs::copy(PAGE, ROUGH_PAGE))
        .map_err(|error| Failure::new(format!("cannot copy `{PAGE}`: {error}")))?;
    soak.and("--quick").and("--write").and(absolute(ROUGH_PAGE)?).run()
}

/// Cargo runs benchmarks in the folder of their crate.
fn absolute(page: &str) -> Result<String, Failure> {
    let path = fs::canonicalize(page)
        .map_err(|error| Failure::new(format!("cannot find `{page}`: {error}")))?;
    Ok(path.display().to_string())
}

const PAGE: &str = "docs/server.md";
const FOLDER: &str = "target/soak";
const ROUGH_PAGE: &str = "target/soak/server.md";
