//! Cases of ConfigCat.

use std::rc::Rc;

use flagkit_core::{ErrorCode, Snapshot, compile};
use flagkit_dialects::configcat::{self, Behaviour};
use flagkit_dialects::{Dialect, Settings, decode, value_to_json};
use serde_json::{Map, Value, json};

use super::suite::{self, Suite};

pub(super) fn run(suite: &Suite, case: &Value) -> Result<Value, String> {
    match suite::text(case, "kind")? {
        "flag" => flag(suite, case),
        other => Err(format!("the kind `{other}` is unknown")),
    }
}

fn flag(suite: &Suite, case: &Value) -> Result<Value, String> {
    let key = suite::text(case, "flag")?;
    let config = config(suite, case)?;
    let user = configcat::context(case.get("context").unwrap_or(&Value::Null))?;
    let answer = configcat::answer(&config.snapshot, key, &user);
    let mut result = Map::new();
    if answer.error.is_some() {
        result.insert("error".to_owned(), true.into());
    }
    let value = answer.value.as_ref().map(value_to_json);
    // Where there is an error, the SDK returns the caller's default.
    let value = value.or_else(|| case.get("default").cloned());
    result.insert("value".to_owned(), json!(value));
    result.insert("variationId".to_owned(), json!(answer.variation_id));
    result.insert("errorCode".to_owned(), json!(answer.error.map(ErrorCode::name)));
    let overrides = config.overrides.as_ref();
    let overrides = overrides.map(|(text, behaviour)| (text.as_str(), *behaviour));
    let explained = configcat::explain(&config.text, overrides, key, &user);
    let explained = explained.map_err(|error| error.to_string())?;
    result.insert("log".to_owned(), log(&explained).into());
    result.insert("steps".to_owned(), explained.log.lines().skip(1).collect());
    result.insert("errorMessage".to_owned(), json!(explained.error));
    result.insert("cycle".to_owned(), json!(explained.circle));
    Ok(Value::Object(result))
}

/// The records of the SDK's logger, a line or more each.
fn log(explained: &configcat::Explained) -> String {
    let warnings = explained.warnings.iter().map(|warning| format!("WARNING {warning}\n"));
    format!("{}INFO [5000] {}\n", warnings.collect::<String>(), explained.log)
}

/// A config that cases ask about, and what overrides it.
struct Config {
    text: String,
    overrides: Option<(String, Behaviour)>,
    snapshot: Snapshot,
}

fn config(suite: &Suite, case: &Value) -> Result<Rc<Config>, String> {
    let document = suite::text(case, "document")?;
    let overrides = case.get("overrides").filter(|overrides| !overrides.is_null());
    let name = format!("{document} {}", overrides.unwrap_or(&Value::Null));
    suite.made_once(&name, || {
        let text = suite.text(document)?;
        let overrides = overrides.map(|overrides| read_overrides(suite, overrides)).transpose()?;
        let decoded = match &overrides {
            None => decode(Dialect::ConfigCat, &text, &Settings::default()),
            Some((local, behaviour)) => configcat::with_overrides(&text, local, *behaviour),
        };
        let decoded = decoded.map_err(|error| error.to_string())?;
        let snapshot = compile(decoded.document).snapshot;
        Ok(Config { text, overrides, snapshot })
    })
}

/// A document, or values with their types.
fn read_overrides(suite: &Suite, overrides: &Value) -> Result<(String, Behaviour), String> {
    let behaviour = match suite::text(overrides, "behaviour")? {
        "local-only" => Behaviour::LocalOnly,
        "local-over-remote" => Behaviour::LocalOverRemote,
        "remote-over-local" => Behaviour::RemoteOverLocal,
        other => return Err(format!("the behaviour `{other}` is unknown")),
    };
    let text = match overrides.get("document").and_then(Value::as_str) {
        Some(document) => suite.text(document)?,
        None => typed_values(overrides)?,
    };
    Ok((text, behaviour))
}

/// The values as settings: JSON alone does not always tell whole numbers from others.
fn typed_values(overrides: &Value) -> Result<String, String> {
    let values = overrides.get("map").and_then(Value::as_object);
    let values = values.ok_or("the overrides are neither a document nor a map")?;
    let mut settings = Map::new();
    for (key, value) in values {
        let kind = overrides.get("types").and_then(|types| types.get(key)).and_then(Value::as_str);
        let setting = match kind {
            Some("bool") => json!({ "t": 0, "v": { "b": value } }),
            Some("string") => json!({ "t": 1, "v": { "s": value } }),
            Some("int") => json!({ "t": 2, "v": { "i": value } }),
            Some("double") => json!({ "t": 3, "v": { "d": value } }),
            _ => return Ok(json!({ "flags": values }).to_string()),
        };
        settings.insert(key.clone(), setting);
    }
    Ok(json!({ "f": settings }).to_string())
}
