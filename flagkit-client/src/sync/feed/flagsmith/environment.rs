//! From what Flagsmith's API serves to what its engines evaluate.
//!
//! The API has the state of its database, the engines take an evaluation context, and each of
//! Flagsmith's SDKs translates. This is what the Python SDK does (6.3): states become features,
//! the states of a segment its overrides, and identities with the same overrides one segment.

use serde_json::value::RawValue;

use super::super::malformed;
use super::super::raw::{self, Object};
use crate::sync::event::{Problem, ProblemKind};

/// The evaluation context of an environment and of the identities that override something in it.
pub(super) fn context(
    environment: &Object<'_>,
    identities: &[Box<RawValue>],
) -> Result<String, Problem> {
    let mut features = Vec::new();
    for state in list(need(environment, "feature_states")?)? {
        let (name, json) = feature(&object(state)?)?;
        features.push((name, json));
    }
    let mut segments = Vec::new();
    for json in list(need(&object(need(environment, "project")?)?, "segments")?)? {
        segments.push(segment(&object(json)?)?);
    }
    segments.extend(overridden(identities)?);
    let (key, name) = (need(environment, "api_key")?, need(environment, "name")?);
    let (features, segments) = (members(&features), members(&segments));
    Ok(format!(
        r#"{{"environment":{{"key":{key},"name":{name}}},"features":{{{features}}},"segments":{{{segments}}}}}"#
    ))
}

/// The name of a feature, and what it is in one of its states.
fn feature(state: &Object<'_>) -> Result<(String, String), Problem> {
    let feature = object(need(state, "feature")?)?;
    let (name, id) = (need(&feature, "name")?, need(&feature, "id")?);
    let (enabled, value) = (need(state, "enabled")?, need(state, "feature_state_value")?);
    let key = match given(state, "django_id") {
        Some(id) => quoted(id.get()),
        None => need(state, "featurestate_uuid")?.get().to_owned(),
    };
    let mut parts = vec![format!(
        r#""key":{key},"name":{name},"enabled":{enabled},"value":{value},"metadata":{{"id":{id}}}"#
    )];
    if let Some(values) = given(state, "multivariate_feature_state_values") {
        let variants = list(values)?.into_iter().map(|value| variant(&object(value)?));
        let variants = variants.collect::<Result<Vec<_>, _>>()?;
        if !variants.is_empty() {
            parts.push(format!(r#""variants":[{}]"#, variants.join(",")));
        }
    }
    if let Some(segment) = given(state, "feature_segment") {
        parts.push(format!(r#""priority":{}"#, need(&object(segment)?, "priority")?));
    }
    let name = serde_json::from_str(name.get()).map_err(|error| unreadable(&error))?;
    Ok((name, format!("{{{}}}", parts.join(","))))
}

fn variant(value: &Object<'_>) -> Result<String, Problem> {
    let option = object(need(value, "multivariate_feature_option")?)?;
    let priority = match given(value, "id") {
        Some(id) => id.get().to_owned(),
        None => priority(need(value, "mv_fs_value_uuid")?)?,
    };
    let (served, weight) = (need(&option, "value")?, need(value, "percentage_allocation")?);
    let mut parts = vec![format!(r#""value":{served},"weight":{weight},"priority":{priority}"#)];
    if let Some(key) = option.get("key").filter(|key| key.get() != "null") {
        parts.push(format!(r#""key":{key}"#));
    }
    Ok(format!("{{{}}}", parts.join(",")))
}

/// A UUID as the number that it is; in the notation of floats, which has room for 128 bits.
fn priority(uuid: &RawValue) -> Result<String, Problem> {
    let text: String = serde_json::from_str(uuid.get()).map_err(|error| unreadable(&error))?;
    let digits: String = text.chars().filter(char::is_ascii_hexdigit).collect();
    match u128::from_str_radix(&digits, 16) {
        Ok(number) if digits.len() == 32 => Ok(format!("{number}.0")),
        _ => Err(ProblemKind::Malformed.because(format!("`{text}` is no UUID"))),
    }
}

/// The id of a segment, and what it is.
fn segment(segment: &Object<'_>) -> Result<(String, String), Problem> {
    let (id, name) = (need(segment, "id")?, need(segment, "name")?);
    let mut overrides = Vec::new();
    if let Some(states) = given(segment, "feature_states") {
        for state in list(states)? {
            overrides.push(feature(&object(state)?)?.1);
        }
    }
    let (key, overrides) = (quoted(id.get()), overrides.join(","));
    let rules = rules(need(segment, "rules")?, DEPTH_MAX)?;
    let json = format!(
        r#"{{"key":{key},"name":{name},"rules":{rules},"overrides":[{overrides}],"metadata":{{"id":{id},"source":"api"}}}}"#
    );
    Ok((id.get().to_owned(), json))
}

/// Rules with those inside of them, so many levels deep at most.
fn rules(json: &RawValue, depth_max: usize) -> Result<String, Problem> {
    let Some(below) = depth_max.checked_sub(1) else {
        let message = format!("rules of a segment lie more than {DEPTH_MAX} deep in one another");
        return Err(ProblemKind::Malformed.because(message));
    };
    let each = |rule: &RawValue| {
        let rule = object(rule)?;
        let conditions = match rule.get("conditions") {
            Some(conditions) => conditions_of(conditions)?,
            None => "[]".to_owned(),
        };
        let inner = rule.get("rules").map_or(Ok("[]".to_owned()), |inner| rules(inner, below))?;
        let kind = need(&rule, "type")?;
        Ok(format!(r#"{{"type":{kind},"conditions":{conditions},"rules":{inner}}}"#))
    };
    let rules: Vec<String> = list(json)?.into_iter().map(each).collect::<Result<_, Problem>>()?;
    Ok(format!("[{}]", rules.join(",")))
}

fn conditions_of(json: &RawValue) -> Result<String, Problem> {
    let each = |condition: &RawValue| {
        let condition = object(condition)?;
        let property = given(&condition, "property_").map_or(r#""""#, RawValue::get);
        let (operator, value) = (need(&condition, "operator")?, need(&condition, "value")?);
        Ok(format!(r#"{{"property":{property},"operator":{operator},"value":{value}}}"#))
    };
    let all: Vec<String> = list(json)?.into_iter().map(each).collect::<Result<_, Problem>>()?;
    Ok(format!("[{}]", all.join(",")))
}

/// One segment for all identities that override the same features alike.
fn overridden(identities: &[Box<RawValue>]) -> Result<Vec<(String, String)>, Problem> {
    // By their overrides, in the order in which these come first.
    let mut groups: Vec<(String, Vec<String>)> = Vec::new();
    let mut places = std::collections::HashMap::new();
    for identity in identities {
        let identity = object(identity)?;
        let mut overrides = Vec::new();
        for state in list(need(&identity, "identity_features")?)? {
            overrides.push(identity_feature(&object(state)?)?);
        }
        if overrides.is_empty() {
            continue;
        }
        overrides.sort();
        let overrides: Vec<String> = overrides.into_iter().map(|(_, json)| json).collect();
        let overrides = overrides.join(",");
        let place = *places.entry(overrides.clone()).or_insert(groups.len());
        if place == groups.len() {
            groups.push((overrides, Vec::new()));
        }
        let identifier = need(&identity, "identifier")?.get().to_owned();
        if let Some((_, identifiers)) = groups.get_mut(place) {
            identifiers.push(identifier);
        }
    }
    let each = |(place, (overrides, identifiers)): (usize, (String, Vec<String>))| {
        // No id of a segment is like this.
        let key = format!("identity_overrides:{place}");
        let (quoted, identifiers) = (quoted(&key), identifiers.join(","));
        let json = format!(
            r#"{{"key":{quoted},"name":"identity_overrides","rules":[{{"type":"ALL","conditions":[{{"property":"$.identity.identifier","operator":"IN","value":[{identifiers}]}}]}}],"overrides":[{overrides}],"metadata":{{"source":"identity_overrides"}}}}"#
        );
        (key, json)
    };
    Ok(groups.into_iter().enumerate().map(each).collect())
}

/// The name of a feature, and what an identity makes of it: before all segments, without variants.
fn identity_feature(state: &Object<'_>) -> Result<(String, String), Problem> {
    let feature = object(need(state, "feature")?)?;
    let (name, id) = (need(&feature, "name")?, need(&feature, "id")?);
    let (enabled, value) = (need(state, "enabled")?, need(state, "feature_state_value")?);
    let json = format!(
        r#"{{"key":"","name":{name},"enabled":{enabled},"value":{value},"priority":{FIRST},"metadata":{{"id":{id}}}}}"#
    );
    Ok((name.get().to_owned(), json))
}

fn members(members: &[(String, String)]) -> String {
    raw::members(members.iter().map(|(key, json)| (key, &**json)))
}

fn object(json: &RawValue) -> Result<Object<'_>, Problem> {
    raw::object(json).map_err(|error| unreadable(&error))
}

fn list(json: &RawValue) -> Result<Vec<&RawValue>, Problem> {
    raw::list(json).map_err(|error| unreadable(&error))
}

fn need<'a>(object: &Object<'a>, key: &str) -> Result<&'a RawValue, Problem> {
    object.get(key).copied().ok_or_else(|| {
        ProblemKind::Malformed.because(format!("a part of the environment document has no `{key}`"))
    })
}

/// A member that is there and says something: not `null`, zero or empty, as Python has it.
fn given<'a>(object: &Object<'a>, key: &str) -> Option<&'a RawValue> {
    let json = object.get(key).copied()?;
    (!matches!(json.get(), "null" | "false" | "0" | r#""""# | "[]" | "{}")).then_some(json)
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn unreadable(error: &serde_json::Error) -> Problem {
    malformed("the environment document", error)
}

/// As deep as documents may be.
const DEPTH_MAX: usize = 64;
/// Below any priority of a segment: JSON has no infinity.
const FIRST: &str = "-1e300";

#[cfg(test)]
mod tests;
