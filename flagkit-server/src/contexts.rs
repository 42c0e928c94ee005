//! Evaluation contexts, in the words of whoever the flags come from.

use flagkit_core::Context;
use flagkit_dialects::{Dialect, InvalidContext, context, flat_context};
use serde_json::Value;

use crate::refusal::{Answer, Refusal};

/// A context for documents of this dialect: in the vendor's words, or in OpenFeature's, which
/// have a `targetingKey`.
///
/// # Errors
///
/// 400 for what is no context.
pub(crate) fn read(dialect: Dialect, json: &Value) -> Answer<Context> {
    if json.get("targetingKey").is_some() {
        return read_flat(dialect, json);
    }
    context(dialect, json).map_err(|error| invalid(&error))
}

/// A context in OpenFeature's words: a `targetingKey`, and attributes beside it.
///
/// # Errors
///
/// 400 for what is no context.
pub(crate) fn read_flat(dialect: Dialect, json: &Value) -> Answer<Context> {
    flat_context(dialect, json).map_err(|error| invalid(&error))
}

fn invalid(problem: &InvalidContext) -> Refusal {
    let refusal = Refusal::bad_request(format!("the context cannot be used: {problem}"));
    refusal.path("context")
}

#[cfg(test)]
mod tests;
