//! Documents: what a flag management system said, in one shape for all of them.
//!
//! Everything here is plain public data and promises nothing: a document may
//! name variants that do not exist, refer to itself in circles or hold operators
//! without sense. [`compile`](crate::compile()) checks it once and for ever.
//!
//! **A flag is an ordered list of rules; the first match wins.** Switched off,
//! prerequisites, individual targets, targeting rules and the fallthrough are all
//! rules; there is no second mechanism. What vendors do differently is a field
//! here, never a branch in the evaluator.

#![expect(
    clippy::exhaustive_structs,
    clippy::exhaustive_enums,
    reason = "plain data that dialects build: a new field must be said by every one of them"
)]

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use crate::bucketing::Bucketing;
use crate::reason::{ErrorCode, Reason};
use crate::value::{Structure, Value};

mod condition;
mod content;
mod expression;
mod operand;
mod order;
mod script;

pub use crate::digest::Digest;
pub use crate::reading::{
    ListReading, NumberReading, Readings, TextReading, TimeReading, VersionReading,
};
pub use crate::script::SURROGATES;
pub use condition::{
    Accepts, AnyElement, Bucket, Condition, Failing, Lookup, Operator, Origin, Prerequisite, Ramp,
    Refutable, Search, Test, TimeSpan, Unreadable,
};
#[cfg(feature = "sha")]
pub use condition::{Digested, SaltedDigests};
pub use content::fingerprint;
pub use expression::{Expression, Fractional, Function, Spread, Supplied, Term};
pub use operand::{ByKind, ForeignPattern, SetRelation, TextOperand};
pub use order::Order;
pub use script::{Kind, Script};

/// All flags and segments of one environment.
#[derive(Clone, Debug, Default)]
pub struct Document {
    /// The flags, in any order; of two with one key the last counts.
    pub flags: Vec<Flag>,
    /// The segments, in any order; of two with one key the last counts.
    pub segments: Vec<Segment>,
    /// Grows with every change, where the flag management system counts.
    pub revision: Option<u64>,
    /// What broken references do to the flags that hold them.
    pub references: References,
    /// How flags are called here and by applications.
    pub flag_keys: FlagKeys,
}

/// How the keys of a document's flags are written.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum FlagKeys {
    /// As applications ask for them.
    #[default]
    Plain,
    /// As the [`Digest`]s of what applications ask for.
    Digests,
}

/// What changed since a snapshot was compiled. Broken references do what they did there, and
/// the keys of flags are written as there.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// Flags that are new or different.
    pub flags: Vec<Flag>,
    /// Keys of flags that are gone.
    pub removed_flags: Vec<String>,
    /// Segments that are new or different.
    pub segments: Vec<Segment>,
    /// Keys of segments that are gone.
    pub removed_segments: Vec<String>,
    /// The revision after the change.
    pub revision: Option<u64>,
}

/// One pivot of logic.
#[derive(Clone, Debug, Hash, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case", deny_unknown_fields))]
pub struct Flag {
    /// The name by which applications ask.
    pub key: String,
    /// What it can serve; rules name variants by their place here.
    pub variants: Vec<Variant>,
    /// First match wins; a flag whose rules all fail serves the caller's default.
    pub rules: Vec<Rule>,
    /// Grows with every change of this flag, where the flag management system counts.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "crate::serial::is_default")
    )]
    pub version: Option<u64>,
    /// Handed to the caller with every evaluation's details.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "crate::serial::is_default")
    )]
    pub metadata: Option<Arc<Structure>>,
}

impl Flag {
    /// A flag that cannot be evaluated and answers for itself with this error.
    pub fn broken(key: String, code: ErrorCode) -> Self {
        let rule = Rule {
            id: None,
            label: None,
            when: Condition::Always,
            serve: Serve::Error(code),
            reason: Reason::Error,
        };
        Self { key, variants: Vec::new(), rules: vec![rule], version: None, metadata: None }
    }
}

/// Something a flag can serve.
#[derive(Clone, Debug, Hash, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case", deny_unknown_fields))]
pub struct Variant {
    /// Its name; `None` for values that have none, such as what a flag serves when it is off.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "crate::serial::is_default")
    )]
    pub key: Option<Arc<str>>,
    /// Its value.
    pub value: Value,
    /// Whether a flag that serves it counts as on.
    pub enabled: bool,
    /// Further facts that the flag management system tells whoever gets it, such as a
    /// configuration. Variants may share a key and differ here.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "crate::serial::is_default")
    )]
    pub metadata: Option<Arc<Structure>>,
}

/// A condition and what to do where it holds.
#[derive(Clone, Debug, Hash, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case", deny_unknown_fields))]
pub struct Rule {
    /// The name under which explanations and details show it.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "crate::serial::is_default")
    )]
    pub id: Option<Arc<str>>,
    /// What the flag management system itself calls the outcome.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "crate::serial::is_default")
    )]
    pub label: Option<Arc<str>>,
    /// Who it is for.
    pub when: Condition,
    /// What they get.
    pub serve: Serve,
    /// The reason to report.
    pub reason: Reason,
}

/// What a matching rule does.
#[derive(Clone, Debug, Hash, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Serve {
    /// Serves this variant.
    Variant(usize),
    /// Serves a variant by bucket.
    Split(Box<Split>),
    /// Decides by a bucket which of two things to do: a percentage inside the rule.
    Within {
        /// The percentage.
        bucket: Box<Bucket>,
        /// For those inside.
        inside: Box<Serve>,
        /// For everybody else.
        outside: Box<Serve>,
    },
    /// Takes the first of these branches whose condition holds.
    FirstOf {
        /// The branches.
        branches: Vec<Branch>,
        /// Where none of them holds.
        otherwise: Box<Serve>,
    },
    /// Serves the variant that an expression names.
    Computed(Box<Computed>),
    /// Serves the caller's default value.
    Default,
    /// Goes on with the next rule.
    NextRule,
    /// Goes on with the rule at this place, which must be a later one: a tail that rules share.
    Rule(usize),
    /// Fails: a malformed flag answers for itself, alone.
    Error(ErrorCode),
}

impl From<Split> for Serve {
    fn from(split: Split) -> Self {
        Self::Split(Box::new(split))
    }
}

impl From<Computed> for Serve {
    fn from(computed: Computed) -> Self {
        Self::Computed(Box::new(computed))
    }
}

/// One of several things that a rule may do.
#[derive(Clone, Debug, Hash, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case", deny_unknown_fields))]
pub struct Branch {
    /// Who it is for.
    pub when: Condition,
    /// What they get.
    pub serve: Serve,
}

/// Fractional evaluation: a bucket chooses the variant.
#[derive(Clone, Debug, Hash, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case", deny_unknown_fields))]
pub struct Split {
    /// Who is bucketed.
    pub subject: Lookup,
    /// How.
    pub bucketing: Bucketing,
    /// Which bucket gets what; the first range that holds the bucket counts.
    pub ranges: Vec<Range>,
    /// For contexts without subject.
    pub when_missing: Box<Serve>,
    /// For buckets in no range.
    pub unassigned: Box<Serve>,
}

/// An expression that names a variant: text does, booleans are `true` and `false`, numbers are
/// written as they are, `1` or `1.5`, and a float without fraction as `1.0`.
#[derive(Clone, Debug, Hash, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case", deny_unknown_fields))]
pub struct Computed {
    /// What names the variant.
    pub expression: Expression,
    /// For null.
    pub when_null: Box<Serve>,
    /// For everything that names no variant.
    pub when_unknown: Box<Serve>,
}

/// Buckets `from ≤ bucket < to`.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case", deny_unknown_fields))]
pub struct Range {
    /// The first bucket inside.
    #[cfg_attr(feature = "serde", serde(with = "crate::serial::float"))]
    pub from: f64,
    /// The first bucket beyond.
    #[cfg_attr(feature = "serde", serde(with = "crate::serial::float"))]
    pub to: f64,
    /// The variant's place in the flag.
    pub variant: usize,
}

/// By their bits, as all floats of a document are hashed.
impl Hash for Range {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let Self { from, to, variant } = self;
        (from.to_bits(), to.to_bits(), variant).hash(state);
    }
}

/// A named, reusable condition.
#[derive(Clone, Debug, Hash, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case", deny_unknown_fields))]
pub struct Segment {
    /// The name by which conditions refer to it.
    pub key: String,
    /// Who is in it.
    pub when: Condition,
}

/// What references that cannot be followed do to the flag that holds them, directly or
/// through segments.
#[derive(Clone, Copy, Debug, Hash, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case", deny_unknown_fields))]
pub struct References {
    /// A prerequisite names a flag that does not exist.
    pub unknown_flag: Broken,
    /// A condition names a segment that does not exist.
    pub unknown_segment: Broken,
    /// Flags or segments refer to each other in a circle.
    pub circle: Broken,
}

impl Default for References {
    /// The strictest reading: the whole flag fails.
    fn default() -> Self {
        Self { unknown_flag: Broken::Flag, unknown_segment: Broken::Flag, circle: Broken::Flag }
    }
}

/// What a reference that cannot be followed does.
#[derive(Clone, Copy, Debug, Hash, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Broken {
    /// The whole flag fails, whoever asks.
    Flag,
    /// The evaluation fails if it reaches the reference.
    Reached,
    /// The condition does not hold.
    NeverHolds,
    /// The evaluation fails if it comes back to a flag or segment that it is still in the middle
    /// of. For circles only; otherwise the same as `Reached`.
    Reentered,
}
