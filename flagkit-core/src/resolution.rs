//! Resolutions: what an evaluation found, borrowed from the snapshot.

use std::fmt;
use std::sync::Arc;

use crate::document::Variant;
use crate::snapshot::flag::Rule;
use crate::value::{Structure, Value};

/// What a flag serves for a context.
///
/// Everything is borrowed from the snapshot: nothing is copied until the
/// application asks for something of its own.
#[derive(Clone, Copy, Debug)]
pub struct Resolution<'s> {
    pub(crate) variant: Option<&'s Variant>,
    pub(crate) rule: Option<&'s Rule>,
    pub(crate) position: u32,
}

impl<'s> Resolution<'s> {
    /// The value to use; `None` stands for the caller's default.
    pub fn value(&self) -> Option<&'s Value> {
        self.variant.map(|variant| &variant.value)
    }

    /// The name of the variant, if what is served has one.
    pub fn variant(&self) -> Option<&'s str> {
        self.variant?.key.as_deref()
    }

    /// The name of the variant for keeping.
    pub fn variant_arc(&self) -> Option<Arc<str>> {
        self.variant?.key.clone()
    }

    /// Further facts about what is served.
    pub fn variant_metadata(&self) -> Option<&'s Arc<Structure>> {
        self.variant?.metadata.as_ref()
    }

    /// The id of the rule that decided, if it has one.
    pub fn rule(&self) -> Option<&'s str> {
        self.rule?.id.as_deref()
    }

    /// The id of the rule for keeping.
    pub fn rule_arc(&self) -> Option<Arc<str>> {
        self.rule?.id.clone()
    }

    /// The place of the rule that decided among the flag's rules; `None` if none did.
    pub fn rule_position(&self) -> Option<usize> {
        self.rule.and(usize::try_from(self.position).ok())
    }

    /// What the flag management system itself calls the outcome.
    pub fn label(&self) -> Option<&'s str> {
        self.rule?.label.as_deref()
    }

    /// Why.
    pub fn reason(&self) -> Reason {
        self.rule.map_or(Reason::Default, |rule| rule.reason)
    }

    /// Whether the flag counts as on.
    pub fn is_enabled(&self) -> bool {
        self.variant.is_some_and(|variant| variant.enabled)
    }
}

impl PartialEq for Resolution<'_> {
    /// The same variant for the same reason, by a rule of the same name at the same place.
    fn eq(&self, other: &Self) -> bool {
        let outcome = |of: &Self| (of.rule_position(), of.reason());
        self.variant == other.variant
            && outcome(self) == outcome(other)
            && (self.rule(), self.label()) == (other.rule(), other.label())
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
