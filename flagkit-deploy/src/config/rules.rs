//! Conditions as they are written in a file.

use flagkit_dialects::{Settings, condition};

/// The condition as a plan holds it, if it can be read.
///
/// # Errors
///
/// What is wrong with it, with the column, and what to write instead.
pub(super) fn condition(text: &str) -> Result<&str, (String, String)> {
    let text = text.trim();
    match condition::parse(text, &Settings::default()) {
        Ok(_) => Ok(text),
        Err(error) => {
            let (problem, mend) = error.message().split_once("; ").unwrap_or((
                error.message(),
                "write it like `error_rate < 1% and p95 < 500ms`; see docs/conditions.md",
            ));
            let column = error.column();
            Err((format!("column {column} of the condition `{text}`: {problem}"), mend.to_owned()))
        }
    }
}
