//! The code that `docs/existing-sdks.md` shows, run as it stands but for the port.

use std::fs;
use std::time::Duration;

use super::modes::Mode;
use super::server::Server;
use crate::failure::{Failure, Outcome};
use crate::process::Process;

/// Runs what the page shows for each script; all of it prints that a flag is on.
pub(super) fn run(server: &Server, modes: &[Mode]) -> Outcome {
    let page = fs::read_to_string(PAGE)
        .map_err(|error| Failure::new(format!("cannot read `{PAGE}`: {error}")))?;
    let mut names: Vec<&str> = Vec::new();
    for mode in modes {
        let name = mode.script;
        let Some(script) = mode.script().filter(|_| !names.contains(&name)) else { continue };
        names.push(name);
        let code = code(&page, name).ok_or_else(|| {
            Failure::new(format!("`{PAGE}` has no code behind `<!-- run: {name} -->`"))
        })?;
        let process = Process::start(script.code(&code.replace(ADDRESS, &server.rest.url))?)?;
        let printed = process.hear(PRINTS)?;
        if !printed.eq_ignore_ascii_case("true") {
            return Err(process.failure(&format!("prints `{printed}` and not that a flag is on")));
        }
        // What is meant for a page runs until the page is left.
        if !mode.is_public() {
            process.end(PRINTS)?;
        }
    }
    println!("{PAGE}: the code of {} SDKs works", names.len());
    Ok(())
}

/// The block of code behind the mark of a script.
fn code<'p>(page: &'p str, script: &str) -> Option<&'p str> {
    let (_, rest) = page.split_once(&format!("<!-- run: {script} -->\n```"))?;
    let (_, code) = rest.split_once('\n')?;
    Some(code.split_once("\n```")?.0)
}

const PAGE: &str = "docs/existing-sdks.md";
/// What the page has for an address.
const ADDRESS: &str = "http://127.0.0.1:4290";
/// Until code of a few lines has printed something, and until it has ended.
const PRINTS: Duration = Duration::from_secs(60);
