//! Documents of GrowthBook: features, saved groups and contextual bandits, as its API serves them.
//!
//! Two ways lead to an answer. A document becomes flags like that of every other vendor, and
//! those are evaluated from attributes alone, without allocating. [`Features`] evaluates the
//! same features with everything else that GrowthBook's SDKs take from their caller: forced
//! variations and values, earlier assignments, the page. It also tells what trackers want to
//! know of every experiment. Both are made of the same conditions and buckets.
//!
//! Answers are those of the JavaScript SDK, 1.8.

use crate::error::WrongShape;
use crate::node::{Entry, Node};
use crate::report::Report;
use crate::settings::{Lowered, Settings};
use crate::vendors::Reader;

mod buckets;
mod condition;
mod decrypt;
mod evaluate;
mod experiment;
mod feature;
mod features;
mod groups;
mod lower;
mod object;
mod pattern;
mod ranges;
mod result;
mod script;
mod sticky;
mod url;
mod user;

pub use buckets::{HashVersion, bucket_ranges, choose_variation, equal_weights, is_in_namespace};
pub use decrypt::decrypt;
pub use features::{Features, Redirect};
pub use result::{ExperimentResult, FeatureResult, Source};
pub use sticky::{StickyBuckets, StickyDocument};
pub use url::query_string_override;
pub use user::{User, context};

pub(crate) const READER: Reader = Reader { lower: lowered, is_likely };

/// Lowers a whole document.
fn lowered(root: &Node<'_>, settings: &Settings) -> Result<Lowered, WrongShape> {
    let mut report = Report::new();
    let mut read = features::read(root, feature::Audience::Nobody, &mut report)?;
    read.conditions.finish(&mut report);
    let document = lower::document(&read.features, read.conditions);
    let environment = settings.environment.clone();
    Ok(Lowered { document, diagnostics: report.into_diagnostics(), environment })
}

/// Whether this looks like features of GrowthBook.
fn is_likely(root: &Node<'_>) -> bool {
    let is_feature = |(_, node): &Entry<'_>| {
        node.entry("defaultValue").is_some() || node.entry("rules").is_some()
    };
    match root.entry("features") {
        Some(Node::Map(entries)) => entries.iter().take(LOOKED_AT).any(is_feature),
        _ => matches!(root.entry("encryptedFeatures"), Some(Node::Text(_))),
    }
}

/// Features that are looked at to recognise a document.
const LOOKED_AT: usize = 16;

#[cfg(test)]
mod tests;
