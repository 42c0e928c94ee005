//! Cases of the OpenFeature specification.

use flagkit_core::{ErrorCode, Reason, Snapshot, compile};
use flagkit_dialects::{Dialect, Settings, decode, openfeature};
use serde_json::{Value, json};

use super::flagd::{in_words, value_type};
use super::suite::{Suite, text};
use crate::world::World;

pub(super) fn run(suite: &Suite, case: &Value) -> Result<Value, String> {
    match case.get("provider").and_then(Value::as_str).unwrap_or("stable") {
        "stable" | "stale" => flag(suite, case),
        "not ready" => Ok(failed(ErrorCode::ProviderNotReady, case)),
        "fatal" => Ok(failed(ErrorCode::ProviderFatal, case)),
        "error" => Ok(failed(ErrorCode::General, case)),
        state => Err(format!("the provider's state `{state}` is unknown")),
    }
}

fn flag(suite: &Suite, case: &Value) -> Result<Value, String> {
    let snapshot = suite.made_of(text(case, "document")?, |document| {
        let decoded = decode(Dialect::OpenFeature, document, &Settings::default());
        Ok::<Snapshot, String>(
            compile(decoded.map_err(|error| error.to_string())?.document).snapshot,
        )
    })?;
    let context = case.get("context").unwrap_or(&Value::Null);
    let context = openfeature::context(context).map_err(|error| error.to_string())?;
    let wanted = (text(case, "flag")?, value_type(case)?);
    let answer = openfeature::answer(&snapshot, wanted, &context, &World::new(None));
    Ok(in_words(&answer, case))
}

/// What an SDK answers while there are no flags.
fn failed(code: ErrorCode, case: &Value) -> Value {
    let default = case.get("default").cloned().unwrap_or_default();
    json!({ "value": default, "reason": Reason::Error.name(), "errorCode": code.name() })
}
