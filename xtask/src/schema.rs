//! `cargo xtask schema`: writes the committed JSON Schema of the native format again.
//!
//! The schema comes from the binary, so the file and `flagkit schema` cannot differ
//! for longer than one run of this command.

use std::fs;

use crate::command_line::CommandLine;
use crate::failure::{Failure, Outcome};
use crate::suggest;

/// Where the schema is kept.
const SCHEMA: &str = "docs/flagkit-1.schema.json";

/// Asks the binary for its schema and writes it; a schema that is no JSON is refused.
pub(crate) fn main(arguments: &[String]) -> Outcome {
    suggest::only_options(arguments, &[])?;
    let command = CommandLine::cargo("run -p flagkit-cli -- schema");
    let schema = command.output()?;
    if let Err(error) = serde_json::from_str::<serde_json::Value>(&schema) {
        return Err(Failure::new(format!("the schema is no JSON: {error}\nreproduce: {command}")));
    }
    let unchanged = fs::read_to_string(SCHEMA).is_ok_and(|before| before == schema);
    fs::write(SCHEMA, schema)
        .map_err(|error| Failure::new(format!("cannot write `{SCHEMA}`: {error}")))?;
    println!("{SCHEMA}: {}", if unchanged { "unchanged" } else { "written anew" });
    Ok(())
}
