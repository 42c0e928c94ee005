//! What goes into the lowering of every dialect and what comes out.

use flagkit_core::{Diagnostic, Document};

mod flagd;
mod launchdarkly;
mod unleash;

pub use flagd::{FlagdSettings, FractionalVersion, NoDefault};
pub use launchdarkly::{BucketFloat, LaunchDarklySettings};
pub use unleash::{
    BrokenPart, DisabledParent, ParentGroup, ParentWithoutVariant, RandomPercentage,
    UnleashSettings,
};

/// What the application says about itself when it reads a document.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "callers write it as a literal")]
pub struct Settings {
    /// The environment; it wins over the one that the document names.
    pub environment: Option<String>,
    /// Where versions of flagd differ.
    pub flagd: FlagdSettings,
    /// What LaunchDarkly's own SDKs do not agree on.
    pub launchdarkly: LaunchDarklySettings,
    /// What Unleash's own SDKs do not agree on.
    pub unleash: UnleashSettings,
}

/// What became of a tree.
pub(crate) struct Lowered {
    pub(crate) document: Document,
    pub(crate) diagnostics: Vec<Diagnostic>,
    pub(crate) environment: Option<String>,
}
