//! `flagkit schema`: the JSON Schema of the native format, for editors.

use std::io::{self, Write};
use std::process::ExitCode;

use crate::failure::Outcome;

/// Prints the schema, indented, with a final newline.
pub(crate) fn run() -> Outcome {
    writeln!(io::stdout().lock(), "{:#}", flagkit_dialects::schema())?;
    Ok(ExitCode::SUCCESS)
}
