//! JSON as Python writes it: with bare words for what is no number.

use serde_json::Value;

use super::field::{Field, Problem};

/// A file that was read.
#[derive(Clone, Debug)]
pub struct Tree(Value);

impl Tree {
    /// Reads a JSON text, whose numbers may be the words `NaN`, `Infinity` and `-Infinity`.
    ///
    /// # Errors
    ///
    /// If it is no JSON.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let text = text.trim_start_matches('\u{feff}');
        serde_json::from_str(&quoted(text)).map(Self).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            Problem::new(
                format!("line {line}, column {column}"),
                format!("this is no JSON ({error}); mend it there, or write the file again"),
            )
        })
    }

    /// The whole of it.
    pub fn root(&self) -> Field<'_> {
        Field::root(&self.0)
    }
}

/// The text with quotes around bare words for what is no number.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut is_text = false;
    while let Some(first) = rest.chars().next() {
        let word = WORDS.iter().find(|word| !is_text && rest.starts_with(**word));
        let length = if let Some(word) = word {
            out.push('"');
            out.push_str(word);
            out.push('"');
            word.len()
        } else {
            // What follows a backslash does not end a text.
            let length = if is_text && first == '\\' {
                1 + rest.chars().nth(1).map_or(0, char::len_utf8)
            } else {
                first.len_utf8()
            };
            is_text ^= first == '"';
            out.push_str(rest.get(..length).unwrap_or_default());
            length
        };
        rest = rest.get(length..).unwrap_or_default();
    }
    out
}

const WORDS: [&str; 3] = ["NaN", "-Infinity", "Infinity"];
