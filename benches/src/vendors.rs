//! The flags of the scenarios in the words of other systems, as their own interfaces write them.

use flagkit::Dialect;

use crate::scenario::shape::Flag;

pub mod configcat;
pub mod eppo;
pub mod flagd;
pub mod flagsmith;
pub mod growthbook;
pub mod launchdarkly;
pub mod statsig;
pub mod unleash;

/// The systems that have documents here.
pub const VENDORS: [Dialect; 8] = [
    Dialect::GrowthBook,
    Dialect::ConfigCat,
    Dialect::Flagsmith,
    Dialect::LaunchDarkly,
    Dialect::Flagd,
    Dialect::Statsig,
    Dialect::Eppo,
    Dialect::Unleash,
];

/// A document of these flags; none if the system is not among [`VENDORS`] or cannot say one of them.
pub fn document(vendor: Dialect, flags: &[Flag]) -> Option<String> {
    match vendor {
        Dialect::GrowthBook => Some(growthbook::document(flags)),
        Dialect::ConfigCat => configcat::document(flags),
        Dialect::Flagsmith => Some(flagsmith::document(flags)),
        Dialect::LaunchDarkly => Some(launchdarkly::document(flags)),
        Dialect::Flagd => flagd::document(flags),
        Dialect::Statsig => Some(statsig::document(flags)),
        Dialect::Eppo => Some(eppo::document(flags)),
        Dialect::Unleash => Some(unleash::document(flags, unleash::Rollout::Flexible)),
        _ => None,
    }
}
