//! Overrides of flags as text: `beta=true,color="red",limits={"mb":10}`.

use flagkit_core::Value;

/// Keys and values; of two with one key the last counts.
///
/// # Errors
///
/// What cannot be read, and how to write it.
pub(super) fn read(text: &str) -> Result<Vec<(String, Value)>, String> {
    let mut overrides: Vec<(String, Value)> = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (key, behind) = rest.split_once('=').ok_or_else(|| {
            let rest = super::value::shown(rest);
            format!("{rest} is no override; write `key=value`, for example `beta=true`")
        })?;
        let key = key.trim();
        if key.is_empty() {
            return Err("an override has no key before its `=`".to_owned());
        }
        let (value, behind) = value(key, behind)?;
        overrides.retain(|(known, _)| known != key);
        overrides.push((key.to_owned(), value));
        rest = behind.trim_start();
        if !rest.is_empty() {
            let after = rest.strip_prefix(',');
            rest = after.ok_or_else(|| format!("`{key}` has more than one value"))?.trim_start();
        }
    }
    Ok(overrides)
}

/// The value at the beginning of a text, and what comes behind it.
fn value<'t>(key: &str, text: &'t str) -> Result<(Value, &'t str), String> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<serde_json::Value>();
    let unreadable = || {
        let text = super::value::shown(text.split(',').next().unwrap_or_default());
        format!("the value {text} of `{key}` is no JSON; texts stand in quotes: `color=\"red\"`")
    };
    let value = values.next().and_then(Result::ok).ok_or_else(unreadable)?;
    let behind = text.get(values.byte_offset()..).unwrap_or_default();
    Ok((flagkit_dialects::value_from_json(&value), behind))
}

#[cfg(test)]
mod tests;
