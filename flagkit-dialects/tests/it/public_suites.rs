//! The vendors' public documents and contexts, from `../shared/conformance` seen from the
//! workspace or the folder that `FLAGKIT_CONFORMANCE` names; skipped, with a word, where that
//! is absent. Users are made up beside them, so that percentages are crossed.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use flagkit_core::{Context, Value};
use flagkit_dialects::Dialect;
use serde_json::Value as Json;

/// The documents of a vendor's cases, each with the contexts that are asked about it.
pub(crate) fn suite(dialect: Dialect) -> Option<BTreeMap<String, Vec<Json>>> {
    let folder = std::env::var_os("FLAGKIT_CONFORMANCE").map(PathBuf::from);
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/conformance");
    let folder = folder.unwrap_or_else(|| beside.into()).join(dialect.name());
    let Ok(cases) = fs::read_to_string(folder.join("cases.jsonl")) else {
        println!("skipped: there are no cases in {}", folder.display());
        return None;
    };
    let mut suite: BTreeMap<String, Vec<Json>> = BTreeMap::new();
    for case in cases.lines().map(|line| serde_json::from_str::<Json>(line).unwrap()) {
        let Some(document) = case.get("document").and_then(Json::as_str) else { continue };
        let path = folder.join(document);
        let text = fs::read_to_string(&path).unwrap();
        suite.entry(text).or_default().push(case.get("context").cloned().unwrap_or_default());
    }
    Some(suite)
}

/// The same context for another user: percentages are crossed, attributes stay.
pub(crate) fn for_user(context: &Context, number: usize) -> Context {
    let mut other = Context::new(format!("user-{number}"));
    flagkit_core::Attributes::each_attribute(context, &mut |name, value| {
        other.insert(name, value.to_value());
    });
    for name in ["userId", "id", "Identifier", "key"] {
        other.insert(name, Value::from(format!("user-{number}")));
    }
    other
}
