//! `cargo xtask schema`: writes the committed JSON Schemas again, and the page of release keys.
//!
//! All of them come from the programs that read such files, so a file and what a program says cannot
//! differ for longer than one run of this command.

use std::fs;

use crate::command_line::CommandLine;
use crate::failure::{Failure, Outcome};
use crate::suggest;

/// Where each is kept, and which command says it.
const WRITTEN: [(&str, &str); 3] = [
    ("docs/flagkit-1.schema.json", "run -p flagkit-cli -- schema"),
    (
        "docs/flagkit-release-1.schema.json",
        "run -p flagkit-deploy --example release_schema -- schema",
    ),
    ("docs/release-keys.md", "run -p flagkit-deploy --example release_schema -- keys"),
];

/// Asks the programs and writes what they say; a schema that is no JSON is refused.
pub(crate) fn main(arguments: &[String]) -> Outcome {
    suggest::only_options(arguments, &[])?;
    for (path, command) in WRITTEN {
        write(path, &CommandLine::cargo(command))?;
    }
    Ok(())
}

fn write(path: &str, command: &CommandLine) -> Outcome {
    let text = command.output()?;
    if std::path::Path::new(path).extension().is_some_and(|end| end == "json")
        && let Err(error) = serde_json::from_str::<serde_json::Value>(&text)
    {
        return Err(Failure::new(format!("the schema is no JSON: {error}\nreproduce: {command}")));
    }
    let unchanged = fs::read_to_string(path).is_ok_and(|before| before == text);
    fs::write(path, text)
        .map_err(|error| Failure::new(format!("cannot write `{path}`: {error}")))?;
    println!("{path}: {}", if unchanged { "unchanged" } else { "written anew" });
    Ok(())
}
