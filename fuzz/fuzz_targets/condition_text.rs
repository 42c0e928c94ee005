//! Any line: a condition or an error that points into it, never a panic.
#![no_main]

use flagkit_dialects::{Dialect, Settings, decode};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|line: &str| {
    let document = serde_json::json!({
        "schema": "flagkit/1",
        "flags": { "f": { "enabled": true, "targeting_rules": [{ "id": "r", "when": line }] } }
    });
    let decoded = decode(Dialect::Native, &document.to_string(), &Settings::default());
    let decoded = decoded.expect("the document around the line is good");
    for diagnostic in &decoded.diagnostics {
        assert!(diagnostic.path.starts_with("flags.f"), "{diagnostic}");
    }
});
