//! A flag file in which one flag is rolled out to another percentage.
//!
//! The file is brought into the native format as JSON, and one number is exchanged in
//! that text: variants keep their order, and what the file says otherwise stays.

use std::ops::Range;

use flagkit_dialects::Outcome;
use serde::de::IgnoredAny;

use crate::document_file::{DocumentFile, Loaded};
use crate::failure::Failure;

/// The file with `rollout_percentage` of the flag at this percentage, and without its ramp.
pub(super) fn at(file: DocumentFile, key: &str, percentage: f64) -> Result<Loaded, Failure> {
    let conversion = file.convert()?;
    let report = conversion.reports.iter().find(|report| report.flag == key);
    if let Some(Outcome::Not(why)) = report.map(|report| &report.outcome) {
        return Err(Failure::input(format_args!(
            "the flag `{key}` has no percentage that can be changed: {why}"
        )));
    }
    let text = changed(conversion.to_json_pretty(), key, percentage);
    let text = text.ok_or_else(|| {
        Failure::input(format_args!("the flag `{key}` cannot be found in the document's text"))
    })?;
    Ok(file.with_native_text(text).load()?)
}

/// The JSON text with the flag's percentage exchanged; `None` if the flag is not in it.
fn changed(mut json: String, key: &str, percentage: f64) -> Option<String> {
    let flag = format!("flags.{key}");
    if let Some(ramp) = value_at(&json, &format!("{flag}.schedule.ramp")) {
        json.replace_range(ramp, "null");
    }
    match value_at(&json, &format!("{flag}.rollout_percentage")) {
        Some(old) => json.replace_range(old, &percentage.to_string()),
        None => insert(&mut json, &flag, percentage)?,
    }
    Some(json)
}

/// Puts the percentage first into a flag that has none.
fn insert(json: &mut String, flag: &str, percentage: f64) -> Option<()> {
    let object = value_at(json, flag)?;
    let inside = object.start + 1;
    let is_empty = json.get(inside..object.end)?.trim_start().starts_with('}');
    let separator = if is_empty { "" } else { "," };
    json.insert_str(inside, &format!("\"rollout_percentage\": {percentage}{separator}"));
    Some(())
}

/// Where the value at a path stands in JSON text.
fn value_at(json: &str, path: &str) -> Option<Range<usize>> {
    let position = flagkit_dialects::locate(json, path)?;
    let line = json.split_inclusive('\n').take(position.line.checked_sub(1)?).map(str::len).sum();
    let columns = json.get(line..)?.char_indices();
    let (column, _) = columns.into_iter().nth(position.column.checked_sub(1)?)?;
    let start: usize = line + column;
    let end = start + length(json.get(start..)?)?;
    let after = json.get(end..)?.trim_start();
    // Lists and objects are found at their key.
    let Some(value) = after.strip_prefix(':') else {
        return Some(start..end);
    };
    let value = value.trim_start();
    let start = json.len() - value.len();
    Some(start..start + length(value)?)
}

/// The length of the JSON value at the beginning of a text.
fn length(json: &str) -> Option<usize> {
    let mut values = serde_json::Deserializer::from_str(json).into_iter::<IgnoredAny>();
    values.next()?.ok()?;
    Some(values.byte_offset())
}

#[cfg(test)]
mod tests;
