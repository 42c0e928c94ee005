//! Answers in the shape of the vendor's SDKs.

use flagkit_core::{Attributes, ErrorCode, Fixed, Reason, Snapshot, Timestamp, Value};

/// What a setting serves, as the SDK's evaluation details say it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Answer {
    /// The value; `None` for the caller's default.
    pub value: Option<Value>,
    /// The id of what is served, if it has one.
    pub variation_id: Option<String>,
    /// The place of the targeting rule that matched, from 0.
    pub matched_targeting_rule: Option<usize>,
    /// Whether a percentage option was served.
    pub is_percentage_option: bool,
    /// Why the caller's default is served.
    pub error: Option<ErrorCode>,
}

/// What a setting serves for a user, from a snapshot of a config.
///
/// ```
/// use flagkit_core::{Context, compile};
/// use flagkit_dialects::{Dialect, Settings, configcat, decode};
///
/// let config = r#"{ "f": { "beta": { "t": 0, "v": { "b": true }, "i": "a1b2" } } }"#;
/// let decoded = decode(Dialect::ConfigCat, config, &Settings::default())?;
/// let answer = configcat::answer(&compile(decoded.document).snapshot, "beta", &Context::new("u-42"));
/// assert_eq!(answer.value, Some(true.into()));
/// assert_eq!(answer.variation_id.as_deref(), Some("a1b2"));
/// # Ok::<(), flagkit_dialects::DecodeError>(())
/// ```
pub fn answer(snapshot: &Snapshot, key: &str, user: &impl Attributes) -> Answer {
    // Nothing in a config depends on the time of the evaluation.
    let found = snapshot.resolve(key, user, &Fixed::at(Timestamp::EPOCH), &mut ());
    match found {
        Err(code) => Answer {
            value: None,
            variation_id: None,
            matched_targeting_rule: None,
            is_percentage_option: false,
            error: Some(code),
        },
        Ok(found) => Answer {
            value: found.value().cloned(),
            variation_id: found.variant().map(str::to_owned),
            matched_targeting_rule: found.rule().and_then(super::rule_place),
            is_percentage_option: found.reason() == Reason::Split,
            error: None,
        },
    }
}
