//! The words of the log and of warnings.

use flagkit_core::document::TextReading;
use flagkit_core::{Attributes, Context, Timestamp, Value, ValueRef};

use super::outcome::Fatal;
use crate::configcat::comparator::{Comparator, Kind};
use crate::configcat::config::{PrerequisiteCondition, UserCondition, comparison_value};
use crate::configcat::context::DATE;
use crate::configcat::split::IDENTIFIER;

/// A value as the log shows it: text without quotes.
pub(super) fn value(value: &Value) -> String {
    match value {
        Value::String(text) => text.to_string(),
        Value::Float(number) => number.to_string(),
        other => other.to_string(),
    }
}

/// `User.Email IS ONE OF ['a', 'b']`
pub(super) fn user_condition(user: &UserCondition<'_>) -> String {
    let attribute = user.attribute.unwrap_or("<invalid attribute>");
    let comparator = user.comparator.map_or("<invalid comparator>", Comparator::words);
    format!("User.{attribute} {comparator} {}", comparison(user))
}

fn comparison(user: &UserCondition<'_>) -> String {
    let is_hashed = user.comparator.is_some_and(|comparator| comparator.is_hashed);
    let is_date = matches!(user.comparator, Some(Comparator { kind: Kind::Date(_), .. }));
    match (user.number, user.text, &user.list) {
        (Some(number), _, _) if is_date => format!("'{number}' ({})", date(number)),
        (Some(number), _, _) => format!("'{number}'"),
        (None, Some(_), _) if is_hashed => "'<hashed value>'".to_owned(),
        (None, Some(text), _) => format!("'{text}'"),
        (None, None, Some(list)) if is_hashed => {
            let plural = if list.len() > 1 { "s" } else { "" };
            format!("[<{} hashed value{plural}>]", list.len())
        }
        (None, None, Some(list)) => format!("[{}]", shortened(list)),
        (None, None, None) => "<invalid value>".to_owned(),
    }
}

/// The first ten, and how many more there are.
fn shortened(list: &[&str]) -> String {
    let shown: Vec<String> = list.iter().take(SHOWN_MAX).map(|item| format!("'{item}'")).collect();
    let shown = shown.join(", ");
    match list.len().checked_sub(SHOWN_MAX) {
        None | Some(0) => shown,
        Some(1) => format!("{shown}, ... <1 more value>"),
        Some(more) => format!("{shown}, ... <{more} more values>"),
    }
}

/// `2023-04-01T00:00:00.000 UTC`
fn date(seconds: f64) -> String {
    let milliseconds = (seconds * 1000.0).trunc();
    let whole = (milliseconds / 1000.0).floor();
    let time = Timestamp::from_unix_seconds(whole).unwrap_or(Timestamp::EPOCH).to_string();
    format!("{}.{:03} UTC", time.trim_end_matches('Z'), milliseconds - whole * 1000.0)
}

/// `Flag 'other' EQUALS 'true'`
pub(super) fn prerequisite(condition: &PrerequisiteCondition<'_>) -> String {
    let key = condition.key.unwrap_or("<invalid key>");
    let comparator = if condition.is_negated == Some(true) { "NOT EQUALS" } else { "EQUALS" };
    format!("Flag '{key}' {comparator} '{}'", compared(condition))
}

pub(super) fn type_mismatch(condition: &PrerequisiteCondition<'_>) -> String {
    let (value, key) = (compared(condition), condition.key.unwrap_or_default());
    format!("Type mismatch between comparison value '{value}' and prerequisite flag '{key}'")
}

fn compared(condition: &PrerequisiteCondition<'_>) -> String {
    let found = comparison_value(condition.node);
    found.map_or_else(|| "<invalid value>".to_owned(), |found| value(&found))
}

/// The settings that wait for each other and the one that was to come next.
pub(super) fn circle(open: &[&str], next: &str) -> Fatal {
    let keys = open.iter().copied().chain([next]).map(|key| format!("'{key}'"));
    let circle = keys.collect::<Vec<_>>().join(" -> ");
    let error =
        format!("Circular dependency detected between the following depending flags: {circle}");
    Fatal { error, circle: Some(circle) }
}

pub(super) fn segment_comparator(is_negated: bool) -> &'static str {
    if is_negated { "IS NOT IN SEGMENT" } else { "IS IN SEGMENT" }
}

/// Whether the context is a user at all.
pub(super) fn is_somebody(user: &Context) -> bool {
    let mut is_somebody = user.targeting_key().is_some();
    user.each_attribute(&mut |_, _| is_somebody = true);
    is_somebody
}

/// The attribute; of a date its seconds.
pub(super) fn attribute<'u>(user: &'u Context, name: &str) -> Option<ValueRef<'u>> {
    let found = user.attribute(name).filter(|value| !value.is_null());
    let identifier = || if name == IDENTIFIER { user.targeting_key() } else { None };
    match found.or_else(identifier)? {
        ValueRef::Structure(attributes) => {
            attributes.attribute(DATE).or(Some(ValueRef::Structure(attributes)))
        }
        other => Some(other),
    }
}

/// The same; empty text is no attribute.
pub(super) fn filled_attribute<'u>(user: &'u Context, name: &str) -> Option<ValueRef<'u>> {
    attribute(user, name).filter(|value| !matches!(value, ValueRef::String("")))
}

/// Why an attribute is not what the comparator needs.
pub(super) fn invalid(user: &UserCondition<'_>, value: ValueRef<'_>) -> String {
    let value = TextReading::ScriptNumbers.text(value).unwrap_or_default();
    let wanted = match user.comparator.map(|comparator| comparator.kind) {
        Some(Kind::Version(_) | Kind::VersionOneOf) => "a valid semantic version",
        Some(Kind::Date(_)) => {
            "a valid Unix timestamp (number of seconds elapsed since Unix epoch)"
        }
        Some(Kind::ArrayContains) => "a valid string array",
        _ => "a valid decimal number",
    };
    format!("'{value}' is not {wanted}")
}

/// The user as JSON, those attributes first that every user has.
pub(super) fn user(user: &Context) -> String {
    let known = [IDENTIFIER, "Email", "Country"];
    let mut entries: Vec<(String, Value)> = Vec::new();
    for name in known {
        if let Some(value) = attribute(user, name) {
            entries.push((name.to_owned(), value.to_value()));
        }
    }
    user.each_attribute(&mut |name, value| {
        if !known.contains(&name) && !value.is_null() {
            let value = attribute(user, name).unwrap_or(value);
            entries.push((name.to_owned(), value.to_value()));
        }
    });
    Value::from(entries.into_iter().collect::<flagkit_core::Structure>()).to_string()
}

pub(super) fn missing_user(key: &str) -> String {
    format!(
        "[3001] Cannot evaluate targeting rules and % options for setting '{key}' (User Object is missing). You should pass a User Object to the evaluation methods like `get_[type]_value()`/`get_[type]_details()` in order to make targeting work properly. {READ_MORE}"
    )
}

pub(super) fn missing_attribute(condition: &str, key: &str, attribute: &str) -> String {
    format!(
        "[3003] Cannot evaluate condition ({condition}) for setting '{key}' (the User.{attribute} attribute is missing). You should set the User.{attribute} attribute in order to make targeting work properly. {READ_MORE}"
    )
}

pub(super) fn missing_share(key: &str, attribute: &str) -> String {
    format!(
        "[3003] Cannot evaluate % options for setting '{key}' (the User.{attribute} attribute is missing). You should set the User.{attribute} attribute in order to make targeting work properly. {READ_MORE}"
    )
}

pub(super) fn invalid_attribute(condition: &str, key: &str, attribute: &str, why: &str) -> String {
    format!(
        "[3004] Cannot evaluate condition ({condition}) for setting '{key}' ({why}). Please check the User.{attribute} attribute and make sure that its value corresponds to the comparison operator."
    )
}

/// What is said where a comparator of text gets something else.
pub(super) fn converted(
    condition: &UserCondition<'_>,
    key: &str,
    user: &Context,
) -> Option<String> {
    let takes_text = matches!(
        condition.comparator?.kind,
        Kind::OneOf | Kind::Contains | Kind::Equals | Kind::StartsWith | Kind::EndsWith
    );
    let name = condition.attribute.filter(|_| takes_text)?;
    let value = attribute(user, name).filter(|value| !matches!(value, ValueRef::String(_)))?;
    let (condition, text) = (user_condition(condition), TextReading::ScriptNumbers.text(value)?);
    Some(format!(
        "[3005] Evaluation of condition ({condition}) for setting '{key}' may not produce the expected result (the User.{name} attribute is not a string value, thus it was automatically converted to the string value '{text}'). Please make sure that using a non-string value was intended."
    ))
}

const READ_MORE: &str = "Read more: https://configcat.com/docs/advanced/user-object/";
/// How many items of a list are shown.
const SHOWN_MAX: usize = 10;
