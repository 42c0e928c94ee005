//! Cases of LaunchDarkly.

use std::rc::Rc;

use flagkit_core::{Snapshot, compile};
use flagkit_dialects::launchdarkly::{BigSegments, Question, ValueType, answer, secure_mode_hash};
use flagkit_dialects::{BucketFloat, Dialect, LaunchDarklySettings, Settings, decode};
use serde_json::{Value, json};

use super::suite::{self, Suite};
use crate::world::World;

pub(super) fn run(suite: &Suite, case: &Value) -> Result<Value, String> {
    match suite::text(case, "kind")? {
        "flag" | "client-eval" => flag(suite, case),
        "secure-mode-hash" => hash(case),
        other => Err(format!("cases of the kind `{other}` are unknown")),
    }
}

fn flag(suite: &Suite, case: &Value) -> Result<Value, String> {
    let snapshot = snapshot(suite, suite::text(case, "document")?, precision(case)?)?;
    let big_segments = case.get("big_segment_store").filter(|store| !store.is_null());
    let big_segments = big_segments.map(BigSegments::from_json);
    let question = Question {
        flag: suite::text(case, "flag")?,
        context: case.get("context").unwrap_or(&Value::Null),
        value_type: value_type(case)?,
        default: case.get("default").unwrap_or(&Value::Null),
        big_segments: big_segments.as_ref(),
    };
    let answer = answer(&snapshot, &question, &World::new(None));
    Ok(json!({
        "value": answer.value,
        "variationIndex": answer.variation_index,
        "reason": answer.reason,
        "membershipQueries": answer.membership_queries,
    }))
}

fn snapshot(suite: &Suite, path: &str, bucket_float: BucketFloat) -> Result<Rc<Snapshot>, String> {
    suite.made_once(&format!("{path} {bucket_float:?}"), || {
        let launchdarkly = LaunchDarklySettings { bucket_float };
        let settings = Settings { launchdarkly, ..Settings::default() };
        let decoded = decode(Dialect::LaunchDarkly, &suite.text(path)?, &settings);
        let decoded = decoded.map_err(|error| format!("{path}: {error}"))?;
        Ok(compile(decoded.document).snapshot)
    })
}

/// How the SDK that gave the expected answer computes with buckets.
fn precision(case: &Value) -> Result<BucketFloat, String> {
    match case.get("dialect").and_then(Value::as_str) {
        None | Some("f32") => Ok(BucketFloat::Single),
        Some("f64") => Ok(BucketFloat::Double),
        Some(other) => Err(format!("there is no precision `{other}`")),
    }
}

fn value_type(case: &Value) -> Result<ValueType, String> {
    match case.get("value_type").and_then(Value::as_str) {
        Some("bool") => Ok(ValueType::Boolean),
        Some("int") => Ok(ValueType::Integer),
        Some("double") => Ok(ValueType::Double),
        Some("string") => Ok(ValueType::String),
        None | Some("any") => Ok(ValueType::Any),
        Some(other) => Err(format!("there is no type `{other}`")),
    }
}

fn hash(case: &Value) -> Result<Value, String> {
    let input = case.get("input").unwrap_or(&Value::Null);
    let context = case.get("context").unwrap_or(&Value::Null);
    let hash = secure_mode_hash(suite::text(input, "sdkKey")?, context);
    Ok(json!({ "hash": hash.map_err(|error| error.to_string())? }))
}
