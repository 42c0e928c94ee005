//! Resolutions: what an evaluation found, borrowed from the snapshot.

use std::fmt;
use std::sync::Arc;

use crate::value::Value;

/// What a flag serves for a context.
///
/// Everything is borrowed from the snapshot: nothing is copied until the
/// application asks for something of its own.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Resolution<'s> {
    pub(crate) value: Option<&'s Value>,
    pub(crate) variant: Option<&'s Arc<str>>,
    pub(crate) rule: Option<&'s Arc<str>>,
    pub(crate) reason: Reason,
    pub(crate) enabled: bool,
}

impl<'s> Resolution<'s> {
    /// The value to use; `None` stands for the caller's default.
    pub fn value(&self) -> Option<&'s Value> {
        self.value
    }

    /// The name of the variant, if what is served has one.
    pub fn variant(&self) -> Option<&'s str> {
        self.variant.map(|key| &**key)
    }

    /// The name of the variant for keeping.
    pub fn variant_arc(&self) -> Option<Arc<str>> {
        self.variant.cloned()
    }

    /// The id of the rule that decided, if it has one.
    pub fn rule(&self) -> Option<&'s str> {
        self.rule.map(|id| &**id)
    }

    /// The id of the rule for keeping.
    pub fn rule_arc(&self) -> Option<Arc<str>> {
        self.rule.cloned()
    }

    /// Why.
    pub fn reason(&self) -> Reason {
        self.reason
    }

    /// Whether the flag counts as on.
    pub fn is_enabled(&self) -> bool {
        self.enabled
    }
}

/// Why a flag served what it served: OpenFeature's reasons and one more.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Reason {
    /// The same for every context.
    Static,
    /// No rule decided; a configured default was served.
    Default,
    /// A rule or an individual target matched.
    TargetingMatch,
    /// A bucket decided.
    Split,
    /// The flag is switched off.
    Disabled,
    /// Another flag is not as this one demands.
    PrerequisiteFailed,
    /// The answer came from a cache.
    Cached,
    /// The flags may be out of date.
    Stale,
    /// The reason is not known.
    Unknown,
    /// The evaluation failed.
    Error,
}

impl Reason {
    /// OpenFeature's name: `TARGETING_MATCH`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Static => "STATIC",
            Self::Default => "DEFAULT",
            Self::TargetingMatch => "TARGETING_MATCH",
            Self::Split => "SPLIT",
            Self::Disabled => "DISABLED",
            Self::PrerequisiteFailed => "PREREQUISITE_FAILED",
            Self::Cached => "CACHED",
            Self::Stale => "STALE",
            Self::Unknown => "UNKNOWN",
            Self::Error => "ERROR",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Why an evaluation could not answer: OpenFeature's error codes.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum ErrorCode {
    /// There are no flags yet.
    ProviderNotReady,
    /// No flag has this key.
    FlagNotFound,
    /// The flag is malformed.
    ParseError,
    /// The flag's value is not of the type that the caller asked for.
    TypeMismatch,
    /// The flag needs a targeting key and the context has none.
    TargetingKeyMissing,
    /// The context cannot be used.
    InvalidContext,
    /// Anything else.
    General,
}

impl ErrorCode {
    /// OpenFeature's name: `FLAG_NOT_FOUND`.
    pub fn name(self) -> &'static str {
        match self {
            Self::ProviderNotReady => "PROVIDER_NOT_READY",
            Self::FlagNotFound => "FLAG_NOT_FOUND",
            Self::ParseError => "PARSE_ERROR",
            Self::TypeMismatch => "TYPE_MISMATCH",
            Self::TargetingKeyMissing => "TARGETING_KEY_MISSING",
            Self::InvalidContext => "INVALID_CONTEXT",
            Self::General => "GENERAL",
        }
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
