//! Cases of flagd.

use flagkit_core::{Snapshot, compile};
use flagkit_dialects::flagd::{self, Answer, ValueType, is_valid};
use flagkit_dialects::{
    Dialect, FlagdSettings, FractionalVersion, NoDefault, Settings, decode, value_to_json,
};
use serde_json::{Map, Value, json};

use super::suite::{Suite, text};
use crate::world::World;

pub(super) fn run(suite: &Suite, case: &Value) -> Result<Value, String> {
    match text(case, "kind")? {
        "flag" => flag(suite, case),
        "document-validity" => validity(suite, case),
        kind => Err(format!("cases of the kind `{kind}` are unknown")),
    }
}

fn flag(suite: &Suite, case: &Value) -> Result<Value, String> {
    let (path, flagd) = (text(case, "document")?, switches(case)?);
    let snapshot = suite.made_once(&format!("{path} {flagd:?}"), || {
        let settings = Settings { flagd, ..Settings::default() };
        let decoded = decode(Dialect::Flagd, &suite.text(path)?, &settings);
        Ok::<Snapshot, String>(
            compile(decoded.map_err(|error| error.to_string())?.document).snapshot,
        )
    })?;
    let context = case.get("context").unwrap_or(&Value::Null);
    let context = flagd::context(context).map_err(|error| error.to_string())?;
    let wanted = (text(case, "flag")?, value_type(case)?);
    let answer = flagd::answer(&snapshot, wanted, &context, &World::new(None));
    Ok(in_words(&answer, case))
}

/// The answer as the cases expect it.
pub(super) fn in_words(answer: &Answer<'_>, case: &Value) -> Value {
    let is_float = case.get("value_type").is_some_and(|wanted| wanted == "Float");
    // Whoever asks for a float gets one.
    let value = answer.value.map(|value| match value.as_float() {
        Some(float) if is_float => float.into(),
        _ => value_to_json(value),
    });
    let default = || case.get("default").cloned().unwrap_or_default();
    let metadata = answer.metadata.into_iter().flat_map(flagkit_core::Structure::iter);
    let metadata: Map<_, _> =
        metadata.map(|(name, value)| (name.to_owned(), value_to_json(value))).collect();
    json!({
        "value": value.unwrap_or_else(default),
        "variant": answer.variant,
        "reason": answer.reason.name(),
        "errorCode": answer.error.map(flagkit_core::ErrorCode::name),
        "metadata": metadata,
    })
}

pub(super) fn value_type(case: &Value) -> Result<ValueType, String> {
    Ok(match text(case, "value_type")? {
        "Boolean" => ValueType::Boolean,
        "String" => ValueType::Text,
        "Integer" => ValueType::Integer,
        "Float" => ValueType::Float,
        "Object" => ValueType::Object,
        other => return Err(format!("the type `{other}` is unknown")),
    })
}

fn switches(case: &Value) -> Result<FlagdSettings, String> {
    let switch = |name| case.get("dialect").and_then(|dialect| dialect.get(name)?.as_str());
    let fractional = match switch("fractional") {
        None => FractionalVersion::default(),
        Some("v1") => FractionalVersion::V1,
        Some("v2") => FractionalVersion::V2,
        Some("v3") => FractionalVersion::V3,
        Some(other) => return Err(format!("the version `{other}` of `fractional` is unknown")),
    };
    let no_default = match switch("no_default") {
        None => NoDefault::default(),
        Some("flag-not-found") => NoDefault::FlagNotFound,
        Some(other) => return Err(format!("`{other}` is no answer without default variant")),
    };
    Ok(FlagdSettings { fractional, no_default })
}

fn validity(suite: &Suite, case: &Value) -> Result<Value, String> {
    let input = case.get("input").ok_or("the case has no `input`")?;
    let document = suite.text(text(input, "document")?)?;
    Ok(json!({ "valid": is_valid(&document) }))
}
