//! Contexts in the words of the vendor whose flags are evaluated.

use flagkit_core::Context;
use flagkit_dialects::{Dialect, context};
use serde_json::Value;

/// Whether contexts of a dialect are plain attributes, which can be borrowed as they stand.
pub(crate) fn are_plain(dialect: Dialect) -> bool {
    matches!(dialect, Dialect::Native | Dialect::RolloutRules | Dialect::FeatureFlags)
}

/// Reads a context from JSON text; `null` is one that says nothing.
pub(crate) fn read(dialect: Dialect, text: &str) -> Result<Context, String> {
    let json: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    context(dialect, &json).map_err(|error| error.to_string())
}
