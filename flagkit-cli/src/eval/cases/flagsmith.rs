//! Cases of Flagsmith: all flags and segments at once.

use flagkit_dialects::flagsmith::{Engine, Evaluator};
use serde_json::Value;

use super::suite::{self, Suite};

pub(super) fn run(suite: &Suite, case: &Value) -> Result<Value, String> {
    match suite::text(case, "kind")? {
        "evaluation-result" => evaluate(suite, case),
        other => Err(format!("cases of the kind `{other}` are unknown")),
    }
}

fn evaluate(suite: &Suite, case: &Value) -> Result<Value, String> {
    let document = suite::text(case, "document")?;
    let engine = engine(case);
    let evaluator = suite.made_once(&format!("{document} {engine:?}"), || {
        let read = Evaluator::read(&suite.text(document)?).map_err(|error| error.to_string())?;
        Ok(read.speaking(engine))
    })?;
    let context = case.get("context").unwrap_or(&Value::Null);
    Ok(evaluator.evaluate(context))
}

/// The engine that a case was recorded from; the published cases are for the older one.
fn engine(case: &Value) -> Engine {
    let recorded_from = case.get("recorded_from").and_then(Value::as_str).unwrap_or_default();
    let version = recorded_from.strip_prefix("flagsmith-flag-engine ").unwrap_or_default();
    let numbers: Vec<u32> = version.split('.').map_while(|part| part.parse().ok()).collect();
    if numbers.as_slice() >= [11, 1, 1].as_slice() { Engine::From11_1_1 } else { Engine::default() }
}
