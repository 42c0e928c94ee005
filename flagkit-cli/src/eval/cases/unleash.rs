//! Cases of Unleash.

use flagkit_core::{Snapshot, compile};
use flagkit_dialects::{Dialect, Settings, UnleashSettings, decode, unleash};
use serde_json::{Value, json};

use crate::world::World;

use super::suite::{Suite, text};

/// Kinds: `enabled` and `variant`. A case may name the machine's host, which is no part of a
/// document or context.
pub(super) fn run(suite: &Suite, case: &Value) -> Result<Value, String> {
    let host_name = case.get("host_name").and_then(Value::as_str);
    let path = text(case, "document")?;
    let name = format!("{path} on {}", host_name.unwrap_or_default());
    let snapshot = suite.made_once(&name, || snapshot(&suite.text(path)?, host_name))?;
    let flag = text(case, "flag")?;
    let context = case.get("context").unwrap_or(&Value::Null);
    let context = unleash::context(context).map_err(|error| error.to_string())?;
    let world = World::new(None);
    match text(case, "kind")? {
        "enabled" => {
            Ok(json!({ "enabled": unleash::is_enabled(&snapshot, flag, &context, &world) }))
        }
        "variant" => {
            let served = unleash::variant(&snapshot, flag, &context, &world);
            Ok(json!({ "variant": served.to_json() }))
        }
        kind => Err(format!("cases of the kind `{kind}` are unknown")),
    }
}

fn snapshot(text: &str, host_name: Option<&str>) -> Result<Snapshot, String> {
    let host_name = host_name.map(str::to_owned);
    let unleash = UnleashSettings { host_name, ..UnleashSettings::default() };
    let settings = Settings { unleash, ..Settings::default() };
    let decoded = decode(Dialect::Unleash, text, &settings).map_err(|error| error.to_string())?;
    Ok(compile(decoded.document).snapshot)
}
