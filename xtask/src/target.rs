//! Where cargo puts what it builds.

use std::path::PathBuf;

use serde_json::Value;

use crate::command_line::CommandLine;
use crate::failure::Failure;

/// The path of a program that `cargo build` made: `flagkit`, or `examples/simple`.
pub(crate) fn debug(program: &str) -> Result<String, Failure> {
    let path = PathBuf::from(folder()?).join("debug").join(program);
    Ok(path.with_extension(std::env::consts::EXE_EXTENSION).display().to_string())
}

/// The folder itself.
pub(crate) fn folder() -> Result<String, Failure> {
    let command = CommandLine::cargo("metadata --format-version 1 --no-deps");
    let json = command.output()?;
    let metadata: Value = serde_json::from_str(&json)
        .map_err(|error| Failure::new(format!("no JSON: {error}\nreproduce: {command}")))?;
    let folder = metadata.get("target_directory").and_then(Value::as_str).unwrap_or("target");
    Ok(folder.to_owned())
}
