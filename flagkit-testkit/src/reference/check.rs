//! The static check: what makes a flag broken, whoever asks for it.
//!
//! Each function answers `Err` with the first problem it finds, in words for a failing test.

mod condition;
mod links;
mod schedule;

use serde_json::Value;

use super::{document, read};

type Check = Result<(), String>;

/// Checks one flag with everything it refers to. The flag must be there.
pub(crate) fn flag(document: &Value, name: &str) -> Check {
    let entries = document::entries(document, name);
    let [flag] = entries.as_slice() else {
        return Err(format!("{} flags are called `{name}`", entries.len()));
    };
    words(flag, name)?;
    percentage(&flag["rollout_percentage"])?;
    variants(flag)?;
    overrides(flag)?;
    schedule::check(&flag["schedule"])?;
    for rule in optional_list(flag, "targeting_rules")? {
        self::rule(flag, rule)?;
    }
    links::dependencies(document, name, flag)?;
    links::segments_of(document, flag)
}

/// Checks one segment by itself, without the segments it names.
fn segment(segment: &Value, name: &str) -> Check {
    object(segment, "segment")?;
    agreeing_name(segment, name)?;
    optional_text(segment, "bucket_by")?;
    optional_ids(segment, "include")?;
    optional_ids(segment, "exclude")?;
    conditions(segment)
}

fn words(flag: &Value, name: &str) -> Check {
    object(flag, "flag")?;
    agreeing_name(flag, name)?;
    optional_boolean(flag, "enabled")?;
    optional_texts(flag, "environments")?;
    optional_text(flag, "salt")?;
    optional_text(flag, "bucket_by")?;
    document::hash(flag)
}

fn agreeing_name(owner: &Value, name: &str) -> Check {
    let own = &owner["name"];
    ensure(own.is_null() || own == name, || format!("name: {own} contradicts `{name}`"))
}

fn variants(flag: &Value) -> Check {
    let variants = read::variants(flag).ok_or("variants: unreadable")?;
    for (index, variant) in variants.iter().enumerate() {
        let is_repeated = variants.iter().skip(index + 1).any(|later| later.name == variant.name);
        ensure(!is_repeated, || format!("variants: `{}` twice", variant.name))?;
    }
    Ok(())
}

fn known_variant(flag: &Value, name: &str) -> Check {
    let is_known = read::variants(flag).is_some_and(|all| all.iter().any(|own| own.name == name));
    ensure(is_known, || format!("variant `{name}` does not exist"))
}

fn overrides(flag: &Value) -> Check {
    match &flag["overrides"] {
        Value::Null => Ok(()),
        Value::Object(overrides) => overrides.values().try_for_each(|entry| match entry {
            Value::Bool(_) => Ok(()),
            Value::String(variant) => known_variant(flag, variant),
            other => Err(format!("overrides: {other} is neither a variant nor true or false")),
        }),
        _ => Err("overrides: no map".to_owned()),
    }
}

fn rule(flag: &Value, rule: &Value) -> Check {
    object(rule, "rule")?;
    optional_text(rule, "id")?;
    optional_boolean(rule, "enabled")?;
    optional_text(rule, "variant")?;
    if let Some(variant) = rule["variant"].as_str() {
        known_variant(flag, variant)?;
    }
    rollout(flag, &rule["rollout"])?;
    conditions(rule)
}

fn rollout(flag: &Value, rollout: &Value) -> Check {
    if rollout.is_null() {
        return Ok(());
    }
    object(rollout, "rollout")?;
    percentage(&rollout["percentage"])?;
    let weights = read::weights(&rollout["variants"]).ok_or("rollout.variants: unreadable")?;
    weights.iter().try_for_each(|(name, _)| known_variant(flag, name))
}

/// The conditions of a rule or segment, its `when` and its `match_type`.
fn conditions(owner: &Value) -> Check {
    let match_type = &owner["match_type"];
    let is_known = match_type.is_null() || match_type == "all" || match_type == "any";
    ensure(is_known, || format!("match_type: {match_type} is unknown"))?;
    optional_list(owner, "conditions")?;
    optional_text(owner, "when")?;
    read::conditions(owner).iter().try_for_each(condition::check)
}

/// A number from 0 to 100, or nothing.
fn percentage(value: &Value) -> Check {
    let is_fine = value.as_f64().is_some_and(|number| (0.0..=100.0).contains(&number));
    ensure(value.is_null() || is_fine, || format!("{value} is no percentage"))
}

fn object(value: &Value, what: &str) -> Check {
    ensure(value.is_object(), || format!("{what}: {value} is no map"))
}

fn optional_text(owner: &Value, key: &str) -> Check {
    let value = &owner[key];
    ensure(value.is_null() || value.is_string(), || format!("{key}: {value} is no text"))
}

fn optional_boolean(owner: &Value, key: &str) -> Check {
    let value = &owner[key];
    ensure(value.is_null() || value.is_boolean(), || format!("{key}: {value} is not true or false"))
}

fn optional_list<'a>(owner: &'a Value, key: &str) -> Result<&'a [Value], String> {
    match &owner[key] {
        Value::Null => Ok(&[]),
        Value::Array(items) => Ok(items),
        other => Err(format!("{key}: {other} is no list")),
    }
}

/// Ids may be written as numbers; they are compared as text.
fn optional_ids(owner: &Value, key: &str) -> Check {
    let items = optional_list(owner, key)?;
    let is_id = |item: &Value| !(item.is_null() || item.is_array() || item.is_object());
    ensure(items.iter().all(is_id), || format!("{key}: no list of ids"))
}

fn optional_texts(owner: &Value, key: &str) -> Check {
    let items = optional_list(owner, key)?;
    ensure(items.iter().all(Value::is_string), || format!("{key}: no list of text"))
}

fn ensure(is_fine: bool, problem: impl FnOnce() -> String) -> Check {
    if is_fine { Ok(()) } else { Err(problem()) }
}

#[cfg(test)]
mod tests;
