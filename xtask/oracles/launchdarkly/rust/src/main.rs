//! Answers the cases of the Python oracle again, with the evaluator of LaunchDarkly's Rust SDK.
//!
//! `launchdarkly-oracle DIR` reads `DIR/cases.jsonl` and its documents and writes
//! `DIR/rust.jsonl`: the same questions, in single precision. Left out are documents with big
//! segments, which this evaluator does not know, and everything else that it does not read.
//! `docs/dialects/launchdarkly.md` tells where the two SDKs disagree; what differs besides is a
//! mistake of ours.
//!
//! ```sh
//! cargo xtask oracle launchdarkly
//! cd xtask/oracles/launchdarkly/rust
//! cargo run --ignore-rust-version -- ../../../../target/oracle/launchdarkly/run
//! flagkit eval --cases …/rust.jsonl
//! ```

use std::collections::HashMap;
use std::error::Error;
use std::fs;
use std::io::Write;
use std::path::Path;

use launchdarkly_server_sdk_evaluation::{Context, Flag, Segment, Store, evaluate};
use serde_json::{Map, Value, json};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("which folder?")?;
    let folder = Path::new(&folder);
    let mut out = fs::File::create(folder.join("rust.jsonl"))?;
    let mut documents = HashMap::new();
    for line in fs::read_to_string(folder.join("cases.jsonl"))?.lines() {
        let mut case: Value = serde_json::from_str(line)?;
        let Some(path) = case["document"].as_str() else { continue };
        if !documents.contains_key(path) {
            let text = fs::read_to_string(folder.join(path))?;
            documents.insert(path.to_owned(), Environment::read(&serde_json::from_str(&text)?));
        }
        let Some(Some(environment)) = documents.get(path) else { continue };
        let Ok(context) = serde_json::from_value::<Context>(case["context"].clone()) else {
            continue;
        };
        let Some(flag) = case["flag"].as_str().and_then(|key| environment.flag(key)) else {
            continue;
        };
        let found = evaluate(environment, &flag, &context, None);
        let value = found.value.map(|value| serde_json::to_value(value).unwrap_or_default());
        case["expected"] = json!({
            "value": value.unwrap_or_else(|| case["default"].clone()),
            "variationIndex": found.variation_index,
            "reason": found.reason,
        });
        case["dialect"] = "f32".into();
        case["recorded_from"] = "launchdarkly-server-sdk-evaluation 2.2.2".into();
        writeln!(out, "{case}")?;
    }
    Ok(())
}

/// The flags and segments of a document.
struct Environment {
    flags: HashMap<String, Flag>,
    segments: HashMap<String, Segment>,
}

impl Environment {
    fn read(document: &Value) -> Option<Self> {
        let is_big = |segment: &Value| segment["unbounded"] == true;
        if document["segments"].as_object()?.values().any(is_big) {
            return None;
        }
        let mut environment = Self { flags: HashMap::new(), segments: HashMap::new() };
        for (key, flag) in document["flags"].as_object()? {
            environment.flags.insert(key.clone(), serde_json::from_value(whole_flag(flag)).ok()?);
        }
        for (key, segment) in document["segments"].as_object()? {
            environment
                .segments
                .insert(key.clone(), serde_json::from_value(whole_segment(segment)).ok()?);
        }
        Some(environment)
    }
}

impl Store for Environment {
    fn flag(&self, key: &str) -> Option<Flag> {
        self.flags.get(key).cloned()
    }

    fn segment(&self, key: &str) -> Option<Segment> {
        self.segments.get(key).cloned()
    }
}

/// The flag with everything that this SDK does not do without.
fn whole_flag(flag: &Value) -> Value {
    let mut flag = with(flag, &["targets", "rules", "prerequisites"]);
    for rule in flag["rules"].as_array_mut().into_iter().flatten() {
        rule["trackEvents"] = false.into();
    }
    flag["clientSideAvailability"] =
        json!({ "usingEnvironmentId": false, "usingMobileKey": false });
    flag
}

fn whole_segment(segment: &Value) -> Value {
    with(segment, &["included", "excluded", "rules"])
}

fn with(value: &Value, lists: &[&str]) -> Value {
    let empty = lists.iter().map(|name| ((*name).to_owned(), json!([])));
    let mut whole: Map<String, Value> = empty.collect();
    whole.extend(value.as_object().into_iter().flatten().map(|(k, v)| (k.clone(), v.clone())));
    Value::Object(whole)
}
