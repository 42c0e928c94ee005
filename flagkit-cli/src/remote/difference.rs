//! What differs between two JSON values, as lines of paths.

use std::collections::BTreeSet;
use std::io::{self, Write};

use serde_json::{Map, Value};

use crate::terminal::{BAD, FAINT, GOOD, printable};

/// One place that is different.
#[derive(Debug, PartialEq)]
pub(crate) struct Difference<'a> {
    /// Where: `variants.blue.weight`, empty for the whole value.
    pub(crate) path: String,
    /// What was there.
    pub(crate) before: Option<&'a Value>,
    /// What is there now.
    pub(crate) after: Option<&'a Value>,
}

/// All places that are different, in the order of their paths. Objects are compared key by key,
/// lists of equal length element by element.
pub(crate) fn between<'a>(
    before: Option<&'a Value>,
    after: Option<&'a Value>,
) -> Vec<Difference<'a>> {
    let mut found = Vec::new();
    collect(String::new(), before, after, &mut found);
    found
}

/// Prints a red line for what was there and a green one for what is there now.
pub(crate) fn print(
    out: &mut impl Write,
    differences: &[Difference<'_>],
    indent: &str,
) -> io::Result<()> {
    for Difference { path, before, after } in differences.iter().take(SHOWN_MAX) {
        for (sign, style, value) in [('-', BAD, before), ('+', GOOD, after)] {
            if let Some(value) = value {
                let text = format!("{}{}", label(path), shortened(value));
                writeln!(out, "{indent}{style}{sign} {}{style:#}", printable(&text))?;
            }
        }
    }
    match differences.len().saturating_sub(SHOWN_MAX) {
        0 => Ok(()),
        more => writeln!(out, "{indent}{FAINT}… and {more} more places{FAINT:#}"),
    }
}

fn label(path: &str) -> String {
    if path.is_empty() { String::new() } else { format!("{path}: ") }
}

/// Compact JSON, cut where a line gets too long to read.
fn shortened(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(CHARACTERS_MAX) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

fn collect<'a>(
    path: String,
    before: Option<&'a Value>,
    after: Option<&'a Value>,
    found: &mut Vec<Difference<'a>>,
) {
    match (before, after) {
        (before, after) if before == after => {}
        (Some(Value::Array(before)), Some(Value::Array(after))) if before.len() == after.len() => {
            for (position, (before, after)) in before.iter().zip(after).enumerate() {
                collect(format!("{path}[{position}]"), Some(before), Some(after), found);
            }
        }
        (before, after) => match fields(&path, before, after) {
            Some([before, after]) => {
                let keys = before.into_iter().chain(after).flat_map(Map::keys);
                for key in keys.collect::<BTreeSet<_>>() {
                    let place = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                    let [before, after] = [before, after].map(|object| object?.get(key));
                    collect(place, before, after, found);
                }
            }
            None => found.push(Difference { path, before, after }),
        },
    }
}

/// Both sides as objects. At the top, one that is absent is an empty one: of a flag that is new,
/// each field is a line.
fn fields<'a>(
    path: &str,
    before: Option<&'a Value>,
    after: Option<&'a Value>,
) -> Option<[Option<&'a Map<String, Value>>; 2]> {
    match (before, after) {
        (Some(Value::Object(before)), Some(Value::Object(after))) => {
            Some([Some(before), Some(after)])
        }
        (Some(Value::Object(before)), None) if path.is_empty() => Some([Some(before), None]),
        (None, Some(Value::Object(after))) if path.is_empty() => Some([None, Some(after)]),
        _ => None,
    }
}

/// Places that are printed, before the rest is only counted.
const SHOWN_MAX: usize = 40;
/// Of one value on a line.
const CHARACTERS_MAX: usize = 160;

#[cfg(test)]
mod tests;
