//! The languages that can be read, and their names.

use std::fmt;
use std::str::FromStr;

use crate::suggest;

/// A language in which flags are written.
///
/// ```
/// use flagkit_dialects::Dialect;
///
/// assert_eq!("rollout-rules".parse(), Ok(Dialect::RolloutRules));
/// assert_eq!(Dialect::Native.to_string(), "native");
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Dialect {
    /// `flagkit/1`.
    #[default]
    Native,
    /// Objects with `status` and `rollout_rules`.
    RolloutRules,
    /// A map below the one top key `feature_flags`.
    FeatureFlags,
    /// Unleash.
    Unleash,
    /// LaunchDarkly.
    LaunchDarkly,
    /// Flagsmith.
    Flagsmith,
    /// ConfigCat.
    ConfigCat,
    /// Split.
    Split,
    /// flagd.
    Flagd,
    /// GrowthBook.
    GrowthBook,
    /// Eppo.
    Eppo,
    /// Flipt.
    Flipt,
    /// Statsig.
    Statsig,
    /// go-feature-flag.
    GoFeatureFlag,
    /// the OpenFeature specification's own test document.
    OpenFeature,
}

impl Dialect {
    /// All of them.
    pub const ALL: [Self; 15] = [
        Self::Native,
        Self::RolloutRules,
        Self::FeatureFlags,
        Self::Unleash,
        Self::LaunchDarkly,
        Self::Flagsmith,
        Self::ConfigCat,
        Self::Split,
        Self::Flagd,
        Self::GrowthBook,
        Self::Eppo,
        Self::Flipt,
        Self::Statsig,
        Self::GoFeatureFlag,
        Self::OpenFeature,
    ];

    /// The name in options and messages: `rollout-rules`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Native => "native",
            Self::RolloutRules => "rollout-rules",
            Self::FeatureFlags => "feature-flags",
            Self::Unleash => "unleash",
            Self::LaunchDarkly => "launchdarkly",
            Self::Flagsmith => "flagsmith",
            Self::ConfigCat => "configcat",
            Self::Split => "split",
            Self::Flagd => "flagd",
            Self::GrowthBook => "growthbook",
            Self::Eppo => "eppo",
            Self::Flipt => "flipt",
            Self::Statsig => "statsig",
            Self::GoFeatureFlag => "go-feature-flag",
            Self::OpenFeature => "openfeature",
        }
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Dialect {
    type Err = UnknownDialect;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|dialect| dialect.name() == name);
        found.ok_or_else(|| UnknownDialect { name: name.to_owned() })
    }
}

/// A name that no [`Dialect`] has.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct UnknownDialect {
    name: String,
}

impl fmt::Display for UnknownDialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = Dialect::ALL.map(Dialect::name);
        let hint = suggest::did_you_mean(&self.name, names.iter().copied());
        write!(f, "there is no dialect `{}`{hint}; known are {}", self.name, names.join(", "))
    }
}

impl std::error::Error for UnknownDialect {}

#[cfg(test)]
mod tests;
