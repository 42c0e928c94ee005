//! Cases of Statsig: gates, dynamic configs and layers.

use flagkit_dialects::statsig::Evaluator;
use serde_json::Value;

use crate::world::World;

use super::suite::{self, Suite};

pub(super) fn run(suite: &Suite, case: &Value) -> Result<Value, String> {
    let document = suite::text(case, "document")?;
    let evaluator =
        suite.made_of(document, |text| Evaluator::read(text).map_err(|error| error.to_string()))?;
    let (name, world) = (suite::text(case, "flag")?, World::new(None));
    let user = case.get("context").unwrap_or(&Value::Null);
    let answer = match suite::text(case, "kind")? {
        "gate" => evaluator.gate(name, user, &world),
        "dynamic-config" | "experiment" => evaluator.dynamic_config(name, user, &world),
        "layer" => evaluator.layer(name, user, &world),
        other => return Err(format!("cases of the kind `{other}` are unknown")),
    };
    if answer.get("reason") == Some(&Evaluator::UNAVAILABLE.into()) {
        return Err("a rule asks what only user agents or IP addresses say of the user".to_owned());
    }
    Ok(answer)
}
