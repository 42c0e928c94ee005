//! Answers in Flipt's own shape.

use std::fmt;

use flagkit_core::{Ambient, Attributes, ErrorCode, Resolution, Snapshot, Structure, Value};
use serde_json::{Value as Json, json};

use super::segment::Names;
use super::{BOOLEAN, MATCH, TYPE, UNKNOWN};

/// What a variant flag answers.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct VariantResponse<'s> {
    /// The flag's key.
    pub flag_key: &'s str,
    /// Whether a rule matched.
    pub is_match: bool,
    /// The segments of the rule that matched that the context is in, by their keys in order.
    pub segment_keys: Vec<&'s str>,
    /// Why, as `MATCH_EVALUATION_REASON`.
    pub reason: &'s str,
    /// The variant.
    pub variant_key: Option<&'s str>,
    /// What the variant carries: text that usually is JSON.
    pub variant_attachment: Option<&'s str>,
}

/// What a boolean flag answers.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct BooleanResponse<'s> {
    /// The flag's key.
    pub flag_key: &'s str,
    /// The answer.
    pub enabled: bool,
    /// Why, as `MATCH_EVALUATION_REASON`.
    pub reason: &'s str,
    /// The segments of the rollout that matched that the context is in, by their keys in order.
    pub segment_keys: Vec<&'s str>,
}

/// One answer of several: flags of both kinds may be asked together.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "there are two kinds of flags")]
pub enum BatchResponse<'s> {
    /// Of a variant flag.
    Variant(VariantResponse<'s>),
    /// Of a boolean flag.
    Boolean(BooleanResponse<'s>),
}

/// Why a flag does not answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "the engine knows no other errors")]
pub enum NotEvaluated {
    /// There is no such flag.
    NotFound,
    /// It is a flag of the other kind.
    WrongKind,
    /// It cannot be evaluated.
    Broken(ErrorCode),
}

impl fmt::Display for NotEvaluated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound => f.write_str("there is no such flag"),
            Self::WrongKind => f.write_str("the flag is of the other kind"),
            Self::Broken(code) => write!(f, "the flag cannot be evaluated: {code}"),
        }
    }
}

impl std::error::Error for NotEvaluated {}

/// Evaluates a flag of either kind.
///
/// # Errors
///
/// There is no such flag, or it is broken.
pub fn evaluate<'s, C: Attributes + ?Sized>(
    snapshot: &'s Snapshot,
    flag: &str,
    context: &C,
    ambient: &dyn Ambient,
) -> Result<BatchResponse<'s>, NotEvaluated> {
    let known = snapshot.flag(flag).ok_or(NotEvaluated::NotFound)?;
    let found = snapshot.resolve_flag(known, context, ambient, &mut ());
    let found = found.map_err(NotEvaluated::Broken)?;
    let kind = known.metadata().and_then(|metadata| metadata.get(TYPE)).and_then(Value::as_str);
    let (flag_key, reason) = (known.key(), found.label().unwrap_or(UNKNOWN));
    let segment_keys = segment_keys(snapshot, &found, context, ambient);
    if kind == Some(BOOLEAN) {
        let enabled = found.is_enabled();
        return Ok(BatchResponse::Boolean(BooleanResponse {
            flag_key,
            enabled,
            reason,
            segment_keys,
        }));
    }
    let metadata = found.variant_metadata();
    let attachment = metadata.and_then(|metadata| metadata.get(ATTACHMENT)).and_then(Value::as_str);
    Ok(BatchResponse::Variant(VariantResponse {
        flag_key,
        is_match: reason == MATCH,
        segment_keys,
        reason,
        variant_key: found.variant(),
        variant_attachment: attachment,
    }))
}

/// Evaluates a variant flag.
///
/// # Errors
///
/// There is no such flag, or it is a boolean flag, or broken.
///
/// ```
/// use flagkit_core::{compile, Context, Fixed, Timestamp};
/// use flagkit_dialects::{decode, flipt, Dialect, Settings};
///
/// let text = r#"{ "namespace": { "key": "default" }, "flags": [
///     { "key": "header", "enabled": true, "rules": [], "defaultVariant": { "key": "green" } }
/// ] }"#;
/// let snapshot = compile(decode(Dialect::Flipt, text, &Settings::default())?.document).snapshot;
/// let world = Fixed::at(Timestamp::EPOCH);
/// let found = flipt::variant(&snapshot, "header", &Context::new("u-7"), &world).unwrap();
/// assert_eq!((found.variant_key, found.is_match), (Some("green"), false));
/// # Ok::<(), flagkit_dialects::DecodeError>(())
/// ```
pub fn variant<'s, C: Attributes + ?Sized>(
    snapshot: &'s Snapshot,
    flag: &str,
    context: &C,
    ambient: &dyn Ambient,
) -> Result<VariantResponse<'s>, NotEvaluated> {
    match evaluate(snapshot, flag, context, ambient)? {
        BatchResponse::Variant(response) => Ok(response),
        BatchResponse::Boolean(_) => Err(NotEvaluated::WrongKind),
    }
}

/// Evaluates a boolean flag.
///
/// # Errors
///
/// There is no such flag, or it is a variant flag, or broken.
pub fn boolean<'s, C: Attributes + ?Sized>(
    snapshot: &'s Snapshot,
    flag: &str,
    context: &C,
    ambient: &dyn Ambient,
) -> Result<BooleanResponse<'s>, NotEvaluated> {
    match evaluate(snapshot, flag, context, ambient)? {
        BatchResponse::Boolean(response) => Ok(response),
        BatchResponse::Variant(_) => Err(NotEvaluated::WrongKind),
    }
}

impl VariantResponse<'_> {
    /// The same as Flipt's engine writes it, with empty text as `null`.
    pub fn to_json(&self) -> Json {
        json!({
            "match": self.is_match,
            "segment_keys": self.segment_keys,
            "reason": self.reason,
            "flag_key": self.flag_key,
            "variant_key": self.variant_key,
            "variant_attachment": self.variant_attachment,
        })
    }
}

impl BooleanResponse<'_> {
    /// The same as Flipt's engine writes it.
    pub fn to_json(&self) -> Json {
        json!({
            "enabled": self.enabled,
            "flag_key": self.flag_key,
            "reason": self.reason,
            "segment_keys": self.segment_keys,
        })
    }
}

/// What a variant keeps for the answer: its attachment, and the segments of its rule by their
/// keys in the document and in the core.
pub(super) fn metadata(attachment: &str, names: Names) -> Structure {
    let attachment = (!attachment.is_empty()).then(|| (ATTACHMENT, Value::from(attachment)));
    let pair = |(key, name): (String, String)| Value::from([Value::from(key), Value::from(name)]);
    let names: Vec<Value> = names.into_iter().map(pair).collect();
    let segments = (!names.is_empty()).then(|| (SEGMENTS, Value::List(names.into())));
    attachment.into_iter().chain(segments).collect()
}

/// A rule is decided by the first segments that settle it; the answer names all that hold.
fn segment_keys<'s, C: Attributes + ?Sized>(
    snapshot: &'s Snapshot,
    found: &Resolution<'s>,
    context: &C,
    ambient: &dyn Ambient,
) -> Vec<&'s str> {
    let metadata = found.variant_metadata();
    let Some(Value::List(names)) = metadata.and_then(|metadata| metadata.get(SEGMENTS)) else {
        return Vec::new();
    };
    let is_in = |pair: &'s Value| {
        let Value::List(pair) = pair else { return None };
        let [key, name] = &**pair else { return None };
        let holds = snapshot.is_in_segment(name.as_str()?, context, ambient, &mut ());
        key.as_str().filter(|_| holds == Ok(true))
    };
    let mut keys: Vec<&str> = names.iter().filter_map(is_in).collect();
    keys.sort_unstable();
    keys
}

const ATTACHMENT: &str = "attachment";
const SEGMENTS: &str = "segments";
