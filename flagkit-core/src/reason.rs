//! Why: reasons and error codes, by OpenFeature's names.

use std::fmt;

/// Why a flag served what it served: OpenFeature's reasons and one more.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
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
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum ErrorCode {
    /// There are no flags yet.
    ProviderNotReady,
    /// There will never be any: what provides them has failed for good.
    ProviderFatal,
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
    /// All of them, in their order.
    pub(crate) const ALL: [Self; 8] = [
        Self::ProviderNotReady,
        Self::ProviderFatal,
        Self::FlagNotFound,
        Self::ParseError,
        Self::TypeMismatch,
        Self::TargetingKeyMissing,
        Self::InvalidContext,
        Self::General,
    ];

    /// OpenFeature's name: `FLAG_NOT_FOUND`.
    pub fn name(self) -> &'static str {
        match self {
            Self::ProviderNotReady => "PROVIDER_NOT_READY",
            Self::ProviderFatal => "PROVIDER_FATAL",
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
