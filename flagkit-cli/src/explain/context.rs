//! The context of an explanation, from the words of the command line.

use std::fs;

use flagkit_core::Value;

use crate::context::BorrowedContext;
use crate::failure::Failure;
use crate::json::Json;

/// The words, with the content of a file in place of its name.
pub(super) fn texts(words: &[String]) -> Result<Vec<String>, Failure> {
    words.iter().map(|word| text(word)).collect()
}

fn text(word: &str) -> Result<String, Failure> {
    let Some(path) = word.strip_prefix('@') else {
        return Ok(word.to_owned());
    };
    let text = fs::read_to_string(path);
    let text =
        text.map_err(|error| Failure::input(format_args!("{path}: cannot be read: {error}")))?;
    match serde_json::from_str::<BorrowedContext<'_>>(&text) {
        Ok(_) => Ok(text),
        Err(error) => Err(Failure::input(format_args!("{path}: is no context: {error}"))),
    }
}

/// The context that these words say together; of two attributes with one name the last counts.
pub(super) fn read(words: &[String]) -> Result<BorrowedContext<'_>, Failure> {
    let mut context = BorrowedContext::default();
    for word in words {
        if let Some((name, value)) = pair(word) {
            context.insert(name, value);
            continue;
        }
        let object = serde_json::from_str(word).map_err(|error| not_understood(word, &error))?;
        context.extend(object);
    }
    Ok(context)
}

/// The same as JSON, for vendors whose contexts are more than plain attributes.
pub(super) fn json(words: &[String]) -> Result<serde_json::Value, Failure> {
    let mut context = serde_json::Map::new();
    for word in words {
        if let Some((name, value)) = pair(word) {
            context.insert(name.to_owned(), flagkit_dialects::value_to_json(&value));
            continue;
        }
        let object: serde_json::Map<_, _> =
            serde_json::from_str(word).map_err(|error| not_understood(word, &error))?;
        context.extend(object);
    }
    Ok(context.into())
}

/// `name=value`, where the value is JSON or else text.
fn pair(word: &str) -> Option<(&str, Value)> {
    if word.trim_start().starts_with('{') {
        return None;
    }
    let (name, value) = word.split_once('=')?;
    let json = serde_json::from_str::<Json<'_>>(value).map(Value::from);
    Some((name.trim(), json.unwrap_or_else(|_| Value::from(value))))
}

fn not_understood(word: &str, error: &serde_json::Error) -> Failure {
    let forms = "a context is a JSON object, @FILE or name=value";
    Failure::usage(format_args!("`{word}` is no context: {error}; {forms}"))
}

#[cfg(test)]
mod tests;
