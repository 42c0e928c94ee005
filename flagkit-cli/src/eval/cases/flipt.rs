//! Cases of Flipt.

use flagkit_core::{Context, Snapshot, compile};
use flagkit_dialects::flipt::{self, BatchResponse, NotEvaluated};
use flagkit_dialects::{Dialect, Settings, decode};
use serde_json::{Map, Value, json};

use crate::world::World;

use super::suite::{Suite, text};

/// Kinds: `variant`, `boolean`, `batch` and `constraint`.
pub(super) fn run(suite: &Suite, case: &Value) -> Result<Value, String> {
    let kind = text(case, "kind")?;
    if kind == "constraint" {
        return constraint(case);
    }
    let read = suite.made_of(text(case, "document")?, Read::new)?;
    let asked = case.get("context").unwrap_or(&Value::Null);
    match kind {
        "variant" | "boolean" => {
            let flag = text(case, "flag")?;
            let (snapshot, context, world) = (&read.snapshot, context(asked)?, World::new(None));
            let found = if kind == "variant" {
                flipt::variant(snapshot, flag, &context, &world).map(|found| found.to_json())
            } else {
                flipt::boolean(snapshot, flag, &context, &world).map(|found| found.to_json())
            };
            found.map_err(|error| error.to_string())
        }
        "batch" => {
            let requests = asked.get("requests").and_then(Value::as_array);
            let requests = requests.ok_or("the case has no `requests`")?;
            let responses = requests.iter().map(|request| read.response(request));
            Ok(json!({ "responses": responses.collect::<Result<Vec<_>, _>>()? }))
        }
        kind => Err(format!("cases of the kind `{kind}` are unknown")),
    }
}

/// A document, and what its errors name.
struct Read {
    snapshot: Snapshot,
    namespace: String,
}

impl Read {
    fn new(document: &str) -> Result<Self, String> {
        let json: Value = serde_json::from_str(document).map_err(|error| error.to_string())?;
        let namespace = json.pointer("/namespace/key").and_then(Value::as_str).unwrap_or_default();
        Ok(Self { snapshot: snapshot(document)?, namespace: namespace.to_owned() })
    }

    /// One answer of a batch; its fields are written as Flipt's server writes them.
    fn response(&self, request: &Value) -> Result<Value, String> {
        let flag = text(request, "flag")?;
        let (kind, name, response) =
            match flipt::evaluate(&self.snapshot, flag, &context(request)?, &World::new(None)) {
                Ok(BatchResponse::Variant(found)) => ("VARIANT", "variant", found.to_json()),
                Ok(BatchResponse::Boolean(found)) => ("BOOLEAN", "boolean", found.to_json()),
                Err(NotEvaluated::NotFound) => {
                    let reason = "NOT_FOUND_ERROR_EVALUATION_REASON";
                    let namespace = &self.namespace;
                    let error =
                        json!({ "flag_key": flag, "namespace_key": namespace, "reason": reason });
                    ("ERROR", "error", error)
                }
                Err(error) => return Err(error.to_string()),
            };
        let mut all = Map::new();
        all.insert("type".to_owned(), format!("{kind}_EVALUATION_RESPONSE_TYPE").into());
        for other in ["variant", "boolean", "error"] {
            all.insert(format!("{other}Response"), Value::Null);
        }
        all.insert(format!("{name}Response"), camel_case(&response));
        Ok(Value::Object(all))
    }
}

/// One constraint, as the only one of the only segment of a flag that is off otherwise.
fn constraint(case: &Value) -> Result<Value, String> {
    let input = case.get("input").ok_or("the case has no `input`")?;
    let kind = match text(input, "type")? {
        "String" => "STRING",
        "Number" => "NUMBER",
        "Boolean" => "BOOLEAN",
        "DateTime" => "DATETIME",
        "EntityId" => "ENTITY_ID",
        other => return Err(format!("constraints of the type `{other}` are unknown")),
    };
    let property = text(input, "property")?;
    let constraint = json!({
        "type": format!("{kind}_CONSTRAINT_COMPARISON_TYPE"),
        "property": property,
        "operator": text(input, "operator")?,
        "value": input.get("value").and_then(Value::as_str).unwrap_or_default(),
    });
    let document = json!({ "namespace": { "key": "default" }, "flags": [{
        "key": "flag", "type": "BOOLEAN_FLAG_TYPE", "enabled": false, "rollouts": [{
            "segment": { "value": true, "segments": [{ "key": "one", "constraints": [constraint] }] }
        }]
    }] });
    let snapshot = snapshot(&document.to_string())?;
    let value = case.pointer("/context/value").and_then(Value::as_str).unwrap_or_default();
    let context = Context::new(value).with(property, value);
    let found = flipt::boolean(&snapshot, "flag", &context, &World::new(None));
    Ok(json!({ "match": found.map_err(|error| error.to_string())?.enabled }))
}

fn snapshot(document: &str) -> Result<Snapshot, String> {
    let decoded = decode(Dialect::Flipt, document, &Settings::default());
    Ok(compile(decoded.map_err(|error| error.to_string())?.document).snapshot)
}

fn context(request: &Value) -> Result<Context, String> {
    flipt::context(request).map_err(|error| error.to_string())
}

/// `flag_key` as `flagKey`.
fn camel_case(object: &Value) -> Value {
    let fields = object.as_object().into_iter().flatten();
    let camel = fields.map(|(name, value)| {
        let mut words = name.split('_');
        let mut camel = words.next().unwrap_or_default().to_owned();
        for word in words {
            let (first, rest) = word.split_at_checked(1).unwrap_or((word, ""));
            camel.push_str(&first.to_ascii_uppercase());
            camel.push_str(rest);
        }
        (camel, value.clone())
    });
    Value::Object(camel.collect())
}
