//! Numbers for what the facade has enums for, and their names.

use flagkit::{ErrorCode, Origin, Reason, Value};

use crate::boundary::boundary;
use crate::strings::flagkit_str;

/// No value: the fallback of the caller is to be used.
pub const FLAGKIT_TYPE_NONE: u8 = 0;
/// `true` or `false`.
pub const FLAGKIT_TYPE_BOOLEAN: u8 = 1;
/// A whole number of 64 bits with sign.
pub const FLAGKIT_TYPE_INTEGER: u8 = 2;
/// A number with a fraction, or beyond 64 bits.
pub const FLAGKIT_TYPE_DOUBLE: u8 = 3;
/// Text.
pub const FLAGKIT_TYPE_STRING: u8 = 4;
/// Values in order.
pub const FLAGKIT_TYPE_LIST: u8 = 5;
/// Named values.
pub const FLAGKIT_TYPE_OBJECT: u8 = 6;
/// `null`.
pub const FLAGKIT_TYPE_NULL: u8 = 7;
/// A whole number from 2^63 to 2^64 - 1. `integer` has its bits: convert it to `uint64_t`.
pub const FLAGKIT_TYPE_UNSIGNED: u8 = 8;

/// The reason is not known.
pub const FLAGKIT_REASON_UNKNOWN: u8 = 0;
/// The same for every context.
pub const FLAGKIT_REASON_STATIC: u8 = 1;
/// No rule decided; a configured default was served.
pub const FLAGKIT_REASON_DEFAULT: u8 = 2;
/// A rule or an individual target matched.
pub const FLAGKIT_REASON_TARGETING_MATCH: u8 = 3;
/// A percentage decided.
pub const FLAGKIT_REASON_SPLIT: u8 = 4;
/// The flag is switched off.
pub const FLAGKIT_REASON_DISABLED: u8 = 5;
/// Another flag is not as this one demands.
pub const FLAGKIT_REASON_PREREQUISITE_FAILED: u8 = 6;
/// The answer came from a cache.
pub const FLAGKIT_REASON_CACHED: u8 = 7;
/// The flags may be out of date.
pub const FLAGKIT_REASON_STALE: u8 = 8;
/// The evaluation failed; `error` says why.
pub const FLAGKIT_REASON_ERROR: u8 = 9;

/// No error.
pub const FLAGKIT_ERROR_NONE: u8 = 0;
/// There are no flags yet.
pub const FLAGKIT_ERROR_PROVIDER_NOT_READY: u8 = 1;
/// There will never be any.
pub const FLAGKIT_ERROR_PROVIDER_FATAL: u8 = 2;
/// No flag has this key.
pub const FLAGKIT_ERROR_FLAG_NOT_FOUND: u8 = 3;
/// The flag is malformed.
pub const FLAGKIT_ERROR_PARSE_ERROR: u8 = 4;
/// The value of the flag is not of the type that was asked for.
pub const FLAGKIT_ERROR_TYPE_MISMATCH: u8 = 5;
/// The flag needs a targeting key and the context has none.
pub const FLAGKIT_ERROR_TARGETING_KEY_MISSING: u8 = 6;
/// The context cannot be used.
pub const FLAGKIT_ERROR_INVALID_CONTEXT: u8 = 7;
/// Anything else.
pub const FLAGKIT_ERROR_GENERAL: u8 = 8;

/// There are no flags: every evaluation answers the fallback.
pub const FLAGKIT_SOURCE_DEFAULTS: u8 = 0;
/// The flags are those that the application brought.
pub const FLAGKIT_SOURCE_BOOTSTRAP: u8 = 1;
/// The flags are those that an earlier process left.
pub const FLAGKIT_SOURCE_CACHE: u8 = 2;
/// The flags are those of a file.
pub const FLAGKIT_SOURCE_FILE: u8 = 3;
/// The flags are those that a server has right now.
pub const FLAGKIT_SOURCE_LIVE: u8 = 4;

/// The name of a reason as OpenFeature has it: `TARGETING_MATCH`. Lives for ever; `UNKNOWN` for a
/// number that is none.
#[unsafe(no_mangle)]
pub extern "C" fn flagkit_reason_name(reason: u8) -> flagkit_str {
    boundary!(flagkit_str::NONE, {
        let found = REASONS.iter().find(|(_, number)| *number == reason);
        flagkit_str::of(found.map_or(Reason::Unknown, |(reason, _)| *reason).name())
    })
}

/// The name of an error as OpenFeature has it: `FLAG_NOT_FOUND`. Lives for ever; no text for
/// `FLAGKIT_ERROR_NONE`, `GENERAL` for a number that is none.
#[unsafe(no_mangle)]
pub extern "C" fn flagkit_error_name(error: u8) -> flagkit_str {
    boundary!(flagkit_str::NONE, {
        if error == FLAGKIT_ERROR_NONE {
            return flagkit_str::NONE;
        }
        let found = ERRORS.iter().find(|(_, number)| *number == error);
        flagkit_str::of(found.map_or(ErrorCode::General, |(code, _)| *code).name())
    })
}

/// The name of a source of flags: `live`. Lives for ever; no text for a number that is none.
#[unsafe(no_mangle)]
pub extern "C" fn flagkit_source_name(source: u8) -> flagkit_str {
    boundary!(flagkit_str::NONE, {
        let found = ORIGINS.iter().find(|(_, number)| *number == source);
        flagkit_str::of_some(found.map(|(origin, _)| origin.name()))
    })
}

pub(crate) fn reason(reason: Reason) -> u8 {
    let found = REASONS.iter().find(|(other, _)| *other == reason);
    found.map_or(FLAGKIT_REASON_UNKNOWN, |(_, number)| *number)
}

pub(crate) fn error(error: Option<ErrorCode>) -> u8 {
    let Some(error) = error else { return FLAGKIT_ERROR_NONE };
    let found = ERRORS.iter().find(|(other, _)| *other == error);
    found.map_or(FLAGKIT_ERROR_GENERAL, |(_, number)| *number)
}

pub(crate) fn origin(origin: Origin) -> u8 {
    let found = ORIGINS.iter().find(|(other, _)| *other == origin);
    found.map_or(FLAGKIT_SOURCE_DEFAULTS, |(_, number)| *number)
}

pub(crate) fn kind(value: Option<&Value>) -> u8 {
    match value {
        None => FLAGKIT_TYPE_NONE,
        Some(Value::Boolean(_)) => FLAGKIT_TYPE_BOOLEAN,
        Some(Value::Integer(_)) => FLAGKIT_TYPE_INTEGER,
        Some(Value::Unsigned(_)) => FLAGKIT_TYPE_UNSIGNED,
        Some(Value::Float(_)) => FLAGKIT_TYPE_DOUBLE,
        Some(Value::String(_)) => FLAGKIT_TYPE_STRING,
        Some(Value::List(_)) => FLAGKIT_TYPE_LIST,
        Some(Value::Structure(_)) => FLAGKIT_TYPE_OBJECT,
        Some(_) => FLAGKIT_TYPE_NULL,
    }
}

const REASONS: &[(Reason, u8)] = &[
    (Reason::Unknown, FLAGKIT_REASON_UNKNOWN),
    (Reason::Static, FLAGKIT_REASON_STATIC),
    (Reason::Default, FLAGKIT_REASON_DEFAULT),
    (Reason::TargetingMatch, FLAGKIT_REASON_TARGETING_MATCH),
    (Reason::Split, FLAGKIT_REASON_SPLIT),
    (Reason::Disabled, FLAGKIT_REASON_DISABLED),
    (Reason::PrerequisiteFailed, FLAGKIT_REASON_PREREQUISITE_FAILED),
    (Reason::Cached, FLAGKIT_REASON_CACHED),
    (Reason::Stale, FLAGKIT_REASON_STALE),
    (Reason::Error, FLAGKIT_REASON_ERROR),
];

const ERRORS: &[(ErrorCode, u8)] = &[
    (ErrorCode::ProviderNotReady, FLAGKIT_ERROR_PROVIDER_NOT_READY),
    (ErrorCode::ProviderFatal, FLAGKIT_ERROR_PROVIDER_FATAL),
    (ErrorCode::FlagNotFound, FLAGKIT_ERROR_FLAG_NOT_FOUND),
    (ErrorCode::ParseError, FLAGKIT_ERROR_PARSE_ERROR),
    (ErrorCode::TypeMismatch, FLAGKIT_ERROR_TYPE_MISMATCH),
    (ErrorCode::TargetingKeyMissing, FLAGKIT_ERROR_TARGETING_KEY_MISSING),
    (ErrorCode::InvalidContext, FLAGKIT_ERROR_INVALID_CONTEXT),
    (ErrorCode::General, FLAGKIT_ERROR_GENERAL),
];

const ORIGINS: &[(Origin, u8)] = &[
    (Origin::Defaults, FLAGKIT_SOURCE_DEFAULTS),
    (Origin::Bootstrap, FLAGKIT_SOURCE_BOOTSTRAP),
    (Origin::Cache, FLAGKIT_SOURCE_CACHE),
    (Origin::File, FLAGKIT_SOURCE_FILE),
    (Origin::Live, FLAGKIT_SOURCE_LIVE),
];

#[cfg(test)]
mod tests;
