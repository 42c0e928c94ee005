//! Evaluation contexts in the words of each dialect.

mod flat;

use std::fmt;

use flagkit_core::Context;
use serde_json::Value;

use crate::dialect::Dialect;
use crate::json::context_from_json;
use crate::vendors;

pub use flat::{context_in_words_of, flat_context};

/// The evaluation context that this JSON is in the words of a dialect.
///
/// Every flag management system has its own shape: keys and kinds, traits, subject attributes.
/// The documents of a dialect are to be evaluated with contexts that were read like this. For
/// the native format and the older shapes it is [`context_from_json`].
///
/// ```
/// use flagkit_dialects::{context, Dialect};
/// use serde_json::json;
///
/// let user = context(Dialect::Native, &json!({ "user_id": "u-42", "plan": "pro" }))?;
/// # assert_eq!(user, flagkit_core::Context::anonymous().with("plan", "pro").with("user_id", "u-42"));
/// # Ok::<(), flagkit_dialects::InvalidContext>(())
/// ```
///
/// # Errors
///
/// Whatever the vendor's own SDK refuses as a context.
pub fn context(dialect: Dialect, json: &Value) -> Result<Context, InvalidContext> {
    match vendors::context_reader(dialect) {
        Some(read) => read(json).map_err(|problem| InvalidContext { problem }),
        None => Ok(context_from_json(json)),
    }
}

/// The same for JSON text; `null` is a context that says nothing.
///
/// ```
/// use flagkit_dialects::{context_from_text, Dialect};
///
/// assert!(context_from_text(Dialect::Native, r#"{"user_id": "u-42"}"#).is_ok());
/// assert!(context_from_text(Dialect::Native, "{").is_err());
/// ```
///
/// # Errors
///
/// Also text that is no JSON.
pub fn context_from_text(dialect: Dialect, text: &str) -> Result<Context, InvalidContext> {
    let json = serde_json::from_str(text).map_err(|error| InvalidContext::no_json(&error))?;
    context(dialect, &json)
}

/// Why JSON is no evaluation context.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct InvalidContext {
    problem: String,
}

impl InvalidContext {
    #[cold]
    pub(crate) fn no_json(error: &serde_json::Error) -> Self {
        Self { problem: format!("the text is no JSON: {error}") }
    }
}

impl fmt::Display for InvalidContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.problem)
    }
}

impl std::error::Error for InvalidContext {}
