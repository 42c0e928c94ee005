//! The flag management systems whose documents can be read: one row for each.
//!
//! Adding one touches this table, [`Dialect`] and a feature, and no other vendor's file.

use flagkit_core::Context;

use crate::dialect::Dialect;
use crate::error::WrongShape;
use crate::node::Node;
use crate::settings::{Lowered, Settings};

/// How documents of one vendor are recognised and read.
pub(crate) struct Reader {
    /// A whole document.
    pub(crate) lower: fn(&Node<'_>, &Settings) -> Result<Lowered, WrongShape>,
    /// Whether a document is certainly of this vendor, judged by its keys.
    pub(crate) is_likely: fn(&Node<'_>) -> bool,
}

/// Who reads a vendor's documents; `None` for our own shapes, and in a build without the feature
/// of the vendor's name.
pub(crate) fn reader(dialect: Dialect) -> Option<&'static Reader> {
    match dialect {
        #[cfg(feature = "unleash")]
        Dialect::Unleash => Some(&crate::unleash::READER),
        #[cfg(feature = "launchdarkly")]
        Dialect::LaunchDarkly => Some(&crate::launchdarkly::READER),
        #[cfg(feature = "flagsmith")]
        Dialect::Flagsmith => Some(&crate::flagsmith::READER),
        #[cfg(feature = "configcat")]
        Dialect::ConfigCat => Some(&crate::configcat::READER),
        #[cfg(feature = "split")]
        Dialect::Split => Some(&crate::split::READER),
        #[cfg(feature = "flagd")]
        Dialect::Flagd => Some(&crate::flagd::READER),
        #[cfg(feature = "growthbook")]
        Dialect::GrowthBook => Some(&crate::growthbook::READER),
        #[cfg(feature = "eppo")]
        Dialect::Eppo => Some(&crate::eppo::READER),
        #[cfg(feature = "flipt")]
        Dialect::Flipt => Some(&crate::flipt::READER),
        #[cfg(feature = "statsig")]
        Dialect::Statsig => Some(&crate::statsig::READER),
        #[cfg(feature = "go-feature-flag")]
        Dialect::GoFeatureFlag => Some(&crate::go_feature_flag::READER),
        #[cfg(feature = "openfeature")]
        Dialect::OpenFeature => Some(&crate::openfeature::READER),
        _ => None,
    }
}

/// Reads a context in a vendor's words.
type ContextReader = fn(&serde_json::Value) -> Result<Context, String>;

/// Who reads contexts in a vendor's words; `None` where [`reader`] has none either.
pub(crate) fn context_reader(dialect: Dialect) -> Option<ContextReader> {
    match dialect {
        #[cfg(feature = "configcat")]
        Dialect::ConfigCat => Some(crate::configcat::context),
        #[cfg(feature = "unleash")]
        Dialect::Unleash => Some(|json| crate::unleash::context(json).map_err(|e| e.to_string())),
        #[cfg(feature = "flagsmith")]
        Dialect::Flagsmith => Some(|json| Ok(crate::flagsmith::context(json))),
        #[cfg(feature = "statsig")]
        Dialect::Statsig => Some(|json| Ok(crate::statsig::context(json))),
        #[cfg(feature = "launchdarkly")]
        Dialect::LaunchDarkly => {
            Some(|json| crate::launchdarkly::context(json).map_err(|e| e.to_string()))
        }
        #[cfg(feature = "flagd")]
        Dialect::Flagd => Some(|json| crate::flagd::context(json).map_err(|e| e.to_string())),
        #[cfg(feature = "eppo")]
        Dialect::Eppo => Some(|json| crate::eppo::context(json).map_err(|e| e.to_string())),
        #[cfg(feature = "flipt")]
        Dialect::Flipt => Some(|json| crate::flipt::context(json).map_err(|e| e.to_string())),
        #[cfg(feature = "growthbook")]
        Dialect::GrowthBook => Some(|json| Ok(crate::growthbook::context(json))),
        #[cfg(feature = "split")]
        Dialect::Split => Some(crate::split::context),
        #[cfg(feature = "go-feature-flag")]
        Dialect::GoFeatureFlag => Some(crate::go_feature_flag::context),
        #[cfg(feature = "openfeature")]
        Dialect::OpenFeature => {
            Some(|json| crate::openfeature::context(json).map_err(|e| e.to_string()))
        }
        _ => None,
    }
}

/// The vendor whose document this certainly is.
pub(crate) fn detect(root: &Node<'_>) -> Option<Dialect> {
    let is_likely =
        |dialect: &Dialect| reader(*dialect).is_some_and(|reader| (reader.is_likely)(root));
    Dialect::ALL.into_iter().find(is_likely)
}

#[cfg(test)]
mod tests;
