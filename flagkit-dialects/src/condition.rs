//! Conditions as one line of text, for documents and for every other policy.
//!
//! ```text
//! country in ["DE", "FR"] and plan == "pro" and age > 21
//! not (email ends_with "@example.com" or in_segment "beta-testers")
//! device.os matches "(?i)android" and app_version semver_matches ">=2, <3"
//! error_rate exists and error_rate > 2%
//! ```
//!
//! `or` binds weaker than `and`, `and` weaker than `not`. A comparison is
//! `NAME operator VALUE`; `NAME exists` and `NAME not_exists` take no value,
//! `in_segment VALUE` and `not_in_segment VALUE` no name. Operators are `==`, `!=`,
//! `>`, `<`, `>=`, `<=`, `in`, `not in`, `matches`, and every other operator of the
//! format by its name, except `percentage`.
//!
//! Names are words of letters, digits, `_`, `$`, `-` and `.`, or anything between
//! backticks. Values are numbers, `true`, `false`, `null`, text in double or single
//! quotes with the escapes of JSON, and lists of values. A number may have a unit directly
//! behind it: `5%` and `50000ppm` are 0.05, `200ms`, `5s`, `5m`, `2h` and `1d` are seconds.
//! Keywords are lower case.

use flagkit_core::document::Condition;

use crate::settings::Settings;

mod error;
mod parser;
mod quantity;
mod scanner;
mod value;

pub use error::ConditionError;
pub use quantity::{Quantity, Unit};

/// Reads one line of the condition language.
///
/// The condition is the same as if it had been written as an object: a missing
/// attribute meets nothing. Patterns and version requirements are checked when the
/// condition is compiled.
///
/// ```
/// use flagkit_dialects::{condition, Settings};
///
/// assert!(condition::parse("error_rate > 0.02", &Settings::default()).is_ok());
///
/// let error = condition::parse("error_rate > ", &Settings::default()).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "expected a value after `>`\n  error_rate > \n              ^"
/// );
/// ```
///
/// # Errors
///
/// The first thing that cannot be read, and where; texts above 64 KiB, and
/// parentheses, `not` or lists nested deeper than 64.
pub fn parse(text: &str, settings: &Settings) -> Result<Condition, ConditionError> {
    parser::parse(text, settings.environment.as_deref())
}

/// The longest text.
pub(crate) const TEXT_BYTES_MAX: usize = 64 << 10;
/// The deepest nesting of parentheses and `not`, and of lists.
pub(crate) const DEPTH_MAX: usize = 64;

#[cfg(test)]
mod tests;
