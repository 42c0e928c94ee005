//! Judges that compare one value with one threshold, as release controllers have them.
//!
//! They are here so that rules which somebody has today go on working, and as the baselines of
//! comparisons. Each look decides on one value, whatever the number of requests behind it, so a
//! release without any change is rolled back where requests are rare, and one that is ten times
//! worse goes through where errors are: the tests of this crate's root do neither.
//!
//! - [`measurements`]: conditions for success and failure with limits, as in Argo Rollouts;
//! - [`failed_checks`]: a range with a number of failed checks, as in Flagger;
//! - [`peeking`]: a z-test at every look, as in many scripts.

pub mod failed_checks;
pub mod measurements;
pub mod peeking;
