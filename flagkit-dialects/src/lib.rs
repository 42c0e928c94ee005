//! Flag documents as text become [`Document`]s that the core can compile.
//!
//! Three languages are read, each as JSON or as YAML:
//!
//! | dialect | what it is |
//! |---|---|
//! | [`Dialect::Native`] | `flagkit/1`, FlagKit's own format |
//! | [`Dialect::RolloutRules`] | the older shape with `status` and `rollout_rules` |
//! | [`Dialect::FeatureFlags`] | the older shape with one top key `feature_flags` |
//!
//! ```
//! use flagkit_dialects::{decode, Dialect, Settings};
//!
//! let text = "schema: flagkit/1\nflags: { new-checkout: { enabled: true, rollout_percentage: 25 } }";
//! let decoded = decode(Dialect::Native, text, &Settings::default())?;
//! assert_eq!(decoded.document.flags[0].key, "new-checkout");
//! assert!(decoded.diagnostics.is_empty());
//! # Ok::<(), flagkit_dialects::DecodeError>(())
//! ```
//!
//! Two kinds of trouble are kept apart. Text that is no document at all is a
//! [`DecodeError`], and nothing changes. A flag that is wrong by itself becomes a
//! flag that answers the caller's default with `PARSE_ERROR`, a [`Diagnostic`] says
//! why, and every other flag works. References between flags and segments,
//! patterns and version requirements are checked by `flagkit_core::compile`.
//!
//! # Limits
//!
//! 64 MiB of text, 64 levels of nesting, 40 million values, and aliases of YAML may
//! add 64 MiB. A line of the condition language has at most 64 KiB and nests 64 deep.
//!
//! # Where the format is silent
//!
//! * `null` stands for an absent key, except for `default` and a variant's `value`.
//! * A key that is there twice breaks the flag that holds it; inside values the last one counts.
//! * Whole numbers beyond 64 bits are read as floats.
//! * Conditions with `value: [a, b]` mean the same as with `values: [a, b]`.
//!
//! [`Diagnostic`]: flagkit_core::Diagnostic
//! [`Document`]: flagkit_core::Document

#![forbid(unsafe_code)]

// What goes in and out.
mod decode;
mod dialect;
mod error;

// Text to a tree.
mod json;
mod node;

// A tree to a document.
mod feature_flags;
mod native;
mod older;
mod rollout_rules;

// The same for flag management systems.
#[cfg(feature = "configcat")]
pub mod configcat;
#[cfg(feature = "eppo")]
pub mod eppo;
#[cfg(feature = "flagd")]
pub mod flagd;
#[cfg(feature = "flagsmith")]
pub mod flagsmith;
#[cfg(feature = "flipt")]
pub mod flipt;
#[cfg(feature = "go-feature-flag")]
pub mod go_feature_flag;
#[cfg(feature = "growthbook")]
pub mod growthbook;
#[cfg(feature = "launchdarkly")]
pub mod launchdarkly;
#[cfg(feature = "openfeature")]
pub mod openfeature;
#[cfg(feature = "split")]
pub mod split;
#[cfg(feature = "statsig")]
pub mod statsig;
#[cfg(feature = "unleash")]
pub mod unleash;
mod vendors;

// What several of them share.
#[cfg(any(feature = "flagd", feature = "go-feature-flag"))]
#[cfg_attr(not(feature = "flagd"), expect(dead_code, reason = "flagd alone has shared parts"))]
mod json_logic;

// What the dialects share.
#[cfg(any(feature = "flagsmith", feature = "growthbook"))]
mod backtracking;
mod bounds;
mod comparison;
pub mod condition;
mod fields;
mod lookup;
mod path;
mod report;
mod seen;
mod settings;
mod suggest;
mod time;

// Beside decoding.
mod contexts;
mod convert;
mod locate;
mod schema;
mod written;

// The public interface is:
pub use contexts::{InvalidContext, context, context_from_text, context_in_words_of, flat_context};
pub use convert::{Conversion, Converted, Outcome, convert};
pub use decode::{Decoded, decode, decode_bytes, detect};
pub use dialect::{Dialect, UnknownDialect};
pub use error::{DecodeError, Position};
pub use json::{context_from_json, value_from_json, value_from_text, value_to_json};
pub use locate::{locate, place};
pub use node::TEXT_BYTES_MAX;
pub use schema::schema;
pub use settings::{
    BrokenPart, BucketFloat, DisabledParent, FlagdSettings, FractionalVersion,
    LaunchDarklySettings, NoDefault, ParentGroup, ParentWithoutVariant, RandomPercentage, Settings,
    UnleashSettings,
};
pub use suggest::closest;
pub use written::{Written, written};
