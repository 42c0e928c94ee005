//! `flagkit rollout report`: a release as one HTML page that needs nothing else.
//!
//! The journal is computed again event by event, so the page shows what the judge knew at each moment,
//! and not only what it wrote down.

use std::fs;
use std::io::Write;
use std::process::ExitCode;

use crate::arguments::rollout::Report;
use crate::failure::{Failure, Outcome};
use crate::rollout::source::Source;

mod page;
mod plot;
mod trace;

pub(crate) use plot::{Line, Plot, Shape, escaped};
pub(crate) use trace::Point;
use trace::Trace;

/// The colours of drawings, on a light and on a dark page.
pub(crate) const COLOURS_CSS: &str = include_str!("report/page.css");

/// Writes the page.
pub(crate) fn run(arguments: &Report) -> Outcome {
    let mut source = Source::open(&arguments.which.state)?;
    let standing = source.standing(arguments.which.id.as_deref())?;
    let records = source.history(Some(&standing.release))?;
    let trace = Trace::of(&records)?;
    let html = page::html(&standing, &trace);
    let Some(path) = &arguments.output else {
        std::io::stdout().lock().write_all(html.as_bytes())?;
        return Ok(ExitCode::SUCCESS);
    };
    fs::write(path, html).map_err(|error| {
        Failure::input(format_args!("`{}` cannot be written: {error}", path.display()))
    })?;
    writeln!(anstream::stderr(), "wrote {}", path.display())?;
    Ok(ExitCode::SUCCESS)
}
