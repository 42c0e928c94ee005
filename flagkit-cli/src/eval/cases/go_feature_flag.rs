//! Cases of go-feature-flag.

use flagkit_core::{Context, Snapshot, compile};
use flagkit_dialects::go_feature_flag::{answer, bulk, context};
use flagkit_dialects::{Dialect, Settings, decode};
use serde_json::Value;

use super::suite::{Suite, text};
use crate::world::World;

pub(super) fn run(suite: &Suite, case: &Value) -> Result<Value, String> {
    let snapshot = suite.made_of(text(case, "document")?, snapshot)?;
    let context = asked(case)?;
    let world = World::new(None);
    let default = case.get("default").unwrap_or(&Value::Null);
    match text(case, "kind")? {
        "flag" => {
            let flag = text(case, "flag")?;
            Ok(answer(&snapshot, flag, &context, &world, default).to_json())
        }
        "ofrep" => {
            let flag = text(case, "flag")?;
            let answer = answer(&snapshot, flag, &context, &world, &Value::Null);
            Ok(answer.to_ofrep(flag).unwrap_or_else(|error| error))
        }
        "ofrep-bulk" => Ok(bulk(&snapshot, &context, &world)),
        other => Err(format!("the kind `{other}` is unknown")),
    }
}

fn snapshot(document: &str) -> Result<Snapshot, String> {
    let decoded = decode(Dialect::GoFeatureFlag, document, &Settings::default());
    Ok(compile(decoded.map_err(|error| error.to_string())?.document).snapshot)
}

/// The context of a case, with what the server adds to it.
fn asked(case: &Value) -> Result<Context, String> {
    let mut asked = case.get("context").cloned().unwrap_or_default();
    let enrichment = case.get("enrichment").and_then(Value::as_object);
    let inner = if asked.get("custom").is_some() { "/custom" } else { "" };
    if let (Some(more), Some(Value::Object(attributes))) = (enrichment, asked.pointer_mut(inner)) {
        for (name, value) in more.iter().filter(|(name, _)| *name != "targetingKey") {
            attributes.insert(name.clone(), value.clone());
        }
    }
    context(&asked)
}
