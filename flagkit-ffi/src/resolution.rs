//! What a flag serves and why, as a plain struct.

use flagkit::{Evaluation, Value};

use crate::sized::Sized32;
use crate::strings::flagkit_str;
use crate::value::flagkit_value;
use crate::view::Kept;
use crate::words;

/// What a flag serves for a context, and why.
///
/// The caller provides it and sets `size`; nothing else need be set. Texts and `value` are lent by the
/// view until it is closed.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct flagkit_resolution {
    /// Set by the caller: `sizeof(flagkit_resolution)`.
    pub size: u32,
    /// The type of the value: `FLAGKIT_TYPE_…`. `FLAGKIT_TYPE_NONE` says that the flag serves no value
    /// and the caller is to use a fallback; that may be an error (`error`) or what the flag wants.
    pub kind: u8,
    /// Why: `FLAGKIT_REASON_…`.
    pub reason: u8,
    /// Why there is no value of the flag's own: `FLAGKIT_ERROR_…`.
    pub error: u8,
    /// Whether the flag is on; `false` where anything is wrong.
    pub enabled: bool,
    /// The value if it is a boolean, otherwise `false`.
    pub boolean: bool,
    /// Whether `flag_version` says anything.
    pub has_flag_version: bool,
    /// The value if it is an integer, or a number without fraction in the range of integers, otherwise
    /// 0.
    pub integer: i64,
    /// The value if it is a number, otherwise 0.
    pub number: f64,
    /// The value if it is text, otherwise no text.
    pub string: flagkit_str,
    /// The variant, if what is served has a name.
    pub variant: flagkit_str,
    /// The id of the rule that decided.
    pub rule: flagkit_str,
    /// The version of the flag, where its flag management system counts.
    pub flag_version: u64,
    /// The value whatever its type, for `flagkit_value_…`; NULL for `FLAGKIT_TYPE_NONE`.
    pub value: *const flagkit_value,
    /// The key of the flag. Of a key that was asked for by name it is the caller's text.
    pub key: flagkit_str,
}

// SAFETY: repr(C), the size comes first, and zeros are numbers, `false`, NULL and no texts.
unsafe impl Sized32 for flagkit_resolution {
    fn with_size(self, size: u32) -> Self {
        Self { size, ..self }
    }
}

impl flagkit_resolution {
    /// What was found. `kept` holds values that no flag has, which are those of overrides.
    pub(crate) fn of(found: &Evaluation<'_>, kept: &Kept) -> Self {
        let value = found.served().or_else(|| found.value().map(|value| kept.keep(value)));
        let integer = match value {
            Some(Value::Unsigned(value)) => value.cast_signed(),
            value => value.and_then(Value::as_integer).unwrap_or_default(),
        };
        Self {
            size: 0,
            kind: words::kind(value),
            reason: words::reason(found.reason()),
            error: words::error(found.error()),
            enabled: found.is_enabled(),
            boolean: value.and_then(Value::as_bool).unwrap_or_default(),
            has_flag_version: found.flag_version().is_some(),
            integer,
            number: value.and_then(Value::as_float).unwrap_or_default(),
            string: flagkit_str::of_some(value.and_then(Value::as_str)),
            variant: flagkit_str::of_some(found.variant()),
            rule: flagkit_str::of_some(found.rule()),
            flag_version: found.flag_version().unwrap_or_default(),
            value: flagkit_value::lend(value),
            key: flagkit_str::of(found.key()),
        }
    }
}
