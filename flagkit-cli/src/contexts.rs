//! Contexts in the words of the vendor whose flags are evaluated.

use flagkit_dialects::Dialect;

/// Whether contexts of a dialect are plain attributes, which can be borrowed as they stand.
pub(crate) fn are_plain(dialect: Dialect) -> bool {
    matches!(dialect, Dialect::Native | Dialect::RolloutRules | Dialect::FeatureFlags)
}
