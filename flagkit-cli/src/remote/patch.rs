//! What becomes of a flag, from the words of the command line.

use std::fs;
use std::path::Path;

use serde_json::{Map, Value};

use crate::failure::Failure;

/// What is wanted of a flag.
#[derive(Debug, PartialEq)]
pub(crate) enum Wanted {
    /// Exactly this definition.
    Whole(Map<String, Value>),
    /// These fields, as a JSON merge patch: `null` takes one away, what is not named stays.
    Fields(Map<String, Value>),
}

/// Reads one JSON object, one `@FILE` with such an object, or any number of `name=value`.
pub(crate) fn read(words: &[String]) -> Result<Wanted, Failure> {
    if let [word] = words {
        if let Some(path) = word.strip_prefix('@') {
            let path = Path::new(path);
            let text = fs::read_to_string(path).map_err(|error| {
                Failure::input(format_args!("{}: cannot be read: {error}", path.display()))
            })?;
            return object(&text, &path.display().to_string()).map(Wanted::Whole);
        }
        if word.trim_start().starts_with('{') {
            return object(word, "the definition").map_err(Failure::into_usage).map(Wanted::Whole);
        }
    }
    let mut fields = Map::new();
    for word in words {
        let Some((name, value)) = word.split_once('=') else {
            return Err(Failure::usage(format_args!("`{word}` is no `name=value`; {FORMS}")));
        };
        let value = serde_json::from_str(value).unwrap_or_else(|_| Value::from(value));
        insert(&mut fields, &steps(name.trim()), value).ok_or_else(|| {
            Failure::usage(format_args!("`{word}` says again what is said above"))
        })?;
    }
    Ok(Wanted::Fields(fields))
}

fn object(text: &str, name: &str) -> Result<Map<String, Value>, Failure> {
    serde_json::from_str(text)
        .map_err(|error| Failure::input(format_args!("{name} is no JSON object: {error}")))
}

/// `variants.blue.weight` as its steps; `\.` is a dot inside a name.
fn steps(path: &str) -> Vec<String> {
    let mut steps = vec![String::new()];
    let mut characters = path.chars();
    while let Some(character) = characters.next() {
        match (character, steps.last_mut()) {
            ('.', _) => steps.push(String::new()),
            ('\\', Some(step)) => step.extend(characters.next()),
            (character, Some(step)) => step.push(character),
            (_, None) => {}
        }
    }
    steps
}

/// Puts a value below objects that it makes where there are none; none where something else is.
fn insert(fields: &mut Map<String, Value>, steps: &[String], value: Value) -> Option<()> {
    match steps {
        [] => None,
        [last] => match fields.insert(last.clone(), value) {
            None => Some(()),
            Some(_) => None,
        },
        [first, rest @ ..] => {
            let below = fields.entry(first.clone()).or_insert_with(|| Map::new().into());
            insert(below.as_object_mut()?, rest, value)
        }
    }
}

const FORMS: &str = "a flag is set by `name=value` pairs, by a JSON object, or by @FILE with one";

#[cfg(test)]
mod tests;
