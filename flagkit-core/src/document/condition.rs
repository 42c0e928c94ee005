//! Conditions: who a rule or segment is for.

use std::sync::Arc;

use super::operand::{ByKind, ForeignPattern, SetRelation};
use super::order::Order;
use super::script::Script;
use crate::bucketing::Bucketing;
use crate::digest::Digest;
use crate::document::expression::Expression;
use crate::reading::Readings;
use crate::reason::ErrorCode;
use crate::text::Case;
use crate::timestamp::Timestamp;
use crate::value::{Number, Value};

/// Something that holds for a context or does not.
#[derive(Clone, Debug, Hash, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Condition {
    /// Holds for everyone.
    Always,
    /// Every one holds; holds if there is none.
    All(Vec<Condition>),
    /// At least one holds; does not hold if there is none.
    Any(Vec<Condition>),
    /// The other way round.
    Not(Box<Condition>),
    /// An attribute passes a test.
    Test(Test),
    /// The context is in this segment.
    InSegment(String),
    /// The context is inside a percentage.
    InBucket(Box<Bucket>),
    /// The context is inside a percentage that grows or shrinks with time.
    InRamp(Box<Ramp>),
    /// Another flag serves this context what is demanded.
    Prerequisite(Prerequisite),
    /// An element of a list fulfils a condition of its own.
    AnyElement(AnyElement),
    /// One of these does not hold, and the first that does not is refuted.
    Refuted(Vec<Refutable>),
    /// An expression comes to something true.
    Holds(Expression),
    /// Reaching this is an error of the flag.
    Fails(ErrorCode),
}

impl Condition {
    /// The opposite condition, without a double negation.
    pub fn negated(self) -> Self {
        match self {
            Self::Not(inner) => *inner,
            other => Self::Not(Box::new(other)),
        }
    }
}

/// Conditions are small, because vectors of them grow and move; what is large stands apart.
impl From<Bucket> for Condition {
    fn from(bucket: Bucket) -> Self {
        Self::InBucket(Box::new(bucket))
    }
}

impl From<Ramp> for Condition {
    fn from(ramp: Ramp) -> Self {
        Self::InRamp(Box::new(ramp))
    }
}

/// Another flag, and what it must serve for the same context.
#[derive(Clone, Debug, Hash, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case", deny_unknown_fields))]
pub struct Prerequisite {
    /// The other flag's key.
    pub flag: String,
    /// What it must serve.
    pub accepts: Accepts,
    /// Whether it may be off.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "crate::serial::is_default")
    )]
    pub when_disabled: bool,
    /// What happens where it fails to answer.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "crate::serial::is_default")
    )]
    pub when_failing: Failing,
}

impl Prerequisite {
    /// The other flag is on.
    pub fn enabled(flag: impl Into<String>) -> Self {
        Self::accepting(flag, Accepts::Anything)
    }

    /// The other flag is on and serves what is accepted; one that fails is not accepted.
    pub fn accepting(flag: impl Into<String>, accepts: Accepts) -> Self {
        let when_failing = Failing::NotAccepted;
        Self { flag: flag.into(), accepts, when_disabled: false, when_failing }
    }
}

/// What a prerequisite must serve.
#[derive(Clone, Debug, Hash, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Accepts {
    /// Anything.
    Anything,
    /// One of these variants.
    Variants(Vec<String>),
    /// One of these variants, for any reason but [`Reason::Disabled`](crate::Reason::Disabled).
    /// Together with `when_disabled` it asks whether the flag is switched on, whatever the
    /// variant is worth.
    VariantsOfSwitchedOn(Vec<String>),
    /// One of these variants, or something that has no name.
    VariantsOrUnnamed(Vec<String>),
    /// A value of the same kind and equal to one of these; integers and floats compare as numbers.
    Values(Vec<Value>),
    /// A value that, as the [`Origin::Element`], makes the context a member of this segment.
    InSegment(String),
}

/// What a prerequisite that fails to answer does.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Failing {
    /// It is not accepted.
    #[default]
    NotAccepted,
    /// The flag that asks fails with the same error.
    Fails,
    /// The flag that asks fails as well if the error is this one; otherwise it is not accepted.
    FailsWith(ErrorCode),
}

/// Something that need not be refuted where it does not hold, because it cannot be judged.
#[derive(Clone, Debug, Hash, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case", deny_unknown_fields))]
pub struct Refutable {
    /// Holds where it is so.
    pub proof: Condition,
    /// Holds where it is not so.
    pub refutation: Condition,
}

/// Whether one of the elements of a list fulfils a condition. Anything but a list has none.
#[derive(Clone, Debug, Hash, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case", deny_unknown_fields))]
pub struct AnyElement {
    /// The list.
    pub list: Lookup,
    /// What one of them must fulfil; [`Origin::Element`] is that one in there.
    pub when: Box<Condition>,
    /// Whether elements that are null are looked at, too.
    pub with_null: bool,
}

/// A percentage gate: who is in one of these ranges of buckets.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case", deny_unknown_fields))]
pub struct Bucket {
    /// Who is bucketed.
    pub subject: Lookup,
    /// How.
    pub bucketing: Bucketing,
    /// Buckets `from ≤ bucket < to` are inside.
    #[cfg_attr(feature = "serde", serde(with = "crate::serial::float_pairs"))]
    pub ranges: Vec<(f64, f64)>,
    /// The answer for contexts without subject.
    pub when_missing: bool,
}

/// A percentage gate whose bound moves with time: who is in a bucket below the bound.
///
/// Nobody is inside before the start. Then the bound moves in a straight line, in steps of whole
/// seconds and to whole buckets; from the end on it stays where it came to.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case", deny_unknown_fields))]
pub struct Ramp {
    /// Who is bucketed.
    pub subject: Lookup,
    /// How.
    pub bucketing: Bucketing,
    /// What the time is: RFC 3339 text or unix seconds.
    pub clock: Lookup,
    /// When it starts.
    pub start: Timestamp,
    /// When it ends, after the start.
    pub end: Timestamp,
    /// The bound at the start.
    #[cfg_attr(feature = "serde", serde(with = "crate::serial::float"))]
    pub first: f64,
    /// The bound at the end.
    #[cfg_attr(feature = "serde", serde(with = "crate::serial::float"))]
    pub last: f64,
    /// The answer for contexts without subject or time.
    pub when_missing: bool,
}

/// One attribute against one operator.
#[derive(Clone, Debug, Hash, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case", deny_unknown_fields))]
pub struct Test {
    /// What is tested.
    pub lookup: Lookup,
    /// Against what.
    pub operator: Operator,
    /// How text is compared.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "crate::serial::is_default")
    )]
    pub case: Case,
    /// How the attribute is read where it is not of the kind that the operator needs.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "crate::serial::is_default")
    )]
    pub reads: Readings,
    /// Turn the operator's answer round.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "crate::serial::is_default")
    )]
    pub negate: bool,
    /// The answer where the attribute is absent; not turned round by `negate`.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "crate::serial::is_default")
    )]
    pub when_missing: bool,
    /// The answer where the attribute cannot be read as what the operator needs.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "crate::serial::is_default")
    )]
    pub when_unreadable: Unreadable,
    /// The answer, wherever the attribute is there, if the operator's own operands cannot be
    /// read: a pattern that is none. `None` breaks the whole flag.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "crate::serial::is_default")
    )]
    pub when_malformed: Option<Unreadable>,
}

/// The answer where an attribute is there but cannot be read.
#[derive(Clone, Copy, Debug, Default, Hash, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Unreadable {
    /// It does not meet the operator; `negate` turns that round.
    #[default]
    DoesNotMeet,
    /// This, whatever `negate` says.
    Holds(bool),
    /// The flag fails.
    Fails(ErrorCode),
}

/// Where a value comes from.
#[derive(Clone, Debug, Hash, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Lookup {
    /// The context's targeting key.
    TargetingKey,
    /// The attribute of exactly this name.
    Name(String),
    /// The attribute whose name has this digest.
    NameDigest(Digest),
    /// The attribute of exactly this name; where the context does not have it, not even as
    /// null, something else.
    NameOr(String, Box<Lookup>),
    /// The attribute of exactly this name; if absent, a walk into objects at the dots.
    Dotted(String),
    /// A walk into objects.
    Path(Vec<String>),
    /// The time of the evaluation, in seconds since 1970.
    Now,
    /// A random integer, new for every evaluation.
    Random,
    /// Always this.
    Constant(Value),
    /// A walk into objects and lists: `0` is the first element of a list, `length` is how many
    /// it has. No step at all is where it begins.
    Walk(Origin, Vec<String>),
    /// The first of these that is there and not null.
    FirstOf(Vec<Lookup>),
    /// This, unless it is empty text.
    NotEmpty(Box<Lookup>),
}

/// Where a walk begins.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Origin {
    /// At the attributes of the context.
    Context,
    /// At the element that [`AnyElement`] looks at, or the value of the flag that
    /// [`Accepts::InSegment`] judges; null outside of both.
    Element,
}

/// What an attribute is tested for. Operators with several operands are met if one is.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Operator {
    /// There at all, and not null.
    Exists,
    /// Equal to one of these, of the same kind; an element of a list counts for the list.
    OneOf(Vec<Value>),
    /// Its text, as the test reads text, is one of these.
    TextOneOf(Vec<String>),
    /// Text that has one of these digests.
    DigestOneOf(Vec<Digest>),
    /// Text with one of these inside, or a list with one of these as an element.
    Contains(Vec<Value>),
    /// Text with one of these inside.
    TextContains(Vec<String>),
    /// A list that, as a set, stands so to the set of these texts.
    Set(SetRelation, Vec<String>),
    /// Text in this order to one of these, byte by byte.
    TextOrder(Order, Vec<String>),
    /// Text that starts with one of these.
    StartsWith(Vec<String>),
    /// Text that ends with one of these.
    EndsWith(Vec<String>),
    /// Text that one of these patterns matches.
    Matches(Vec<String>, Search),
    /// A number in this order to one of these.
    Number(Order, Vec<Number>),
    /// A number that leaves this remainder, which has the sign of the divisor.
    Modulo {
        /// What it is divided by.
        divisor: f64,
        /// What must be left.
        remainder: f64,
    },
    /// In this order to the operand of its own kind; text that spells a number in plain decimals
    /// is that number. A value of a kind without operand cannot be read.
    SameKind(Order, Box<ByKind>),
    /// Text that this pattern of another engine matches.
    #[cfg_attr(feature = "serde", serde(skip))]
    MatchesForeign(Arc<dyn ForeignPattern>),
    /// A number, as a float, that is less than the tolerance away from one of these.
    NumberNear {
        /// What it may be near.
        targets: Vec<f64>,
        /// How far away is too far.
        tolerance: f64,
    },
    /// A semantic version in this order to one of these.
    Version(Order, Vec<String>),
    /// A version in this order to one of these, both read as [`LenientVersion`](crate::LenientVersion) says.
    LenientVersion(Order, Vec<String>),
    /// Numbers between dots in this order to these: `1.10` is more than `1.9`. What follows a
    /// dash does not count, missing numbers are 0, and what is no number cannot be read if the
    /// comparison gets to it.
    Dotted(Order, String),
    /// A semantic version that fulfils one of these requirements, such as `^1.4`.
    VersionMatches(Vec<String>),
    /// A time (RFC 3339 text or unix seconds) in this order to one of these.
    Time(Order, Vec<Timestamp>),
    /// A time of day, UTC, inside one of these spans.
    TimeOfDay(Vec<TimeSpan>),
    /// A day of the week, UTC: 0 is Monday.
    Weekday(Vec<u8>),
    /// An IP address inside one of these networks, such as `10.0.0.0/8`.
    InNetwork(Vec<String>),
    /// What scripting languages compare in ways of their own.
    Script(Script),
    /// A list of text, or text that is one as JSON, with one of these as an element.
    ElementOneOf(Vec<String>),
    /// Text that is said by salted digests only.
    #[cfg(feature = "sha")]
    Salted(SaltedDigests),
}

/// SHA-256 digests, each of some text with the same salt behind it.
#[cfg(feature = "sha")]
#[derive(Clone, Debug, Hash, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case", deny_unknown_fields))]
pub struct SaltedDigests {
    /// What is hashed behind the text.
    pub salt: String,
    /// The digests in lower-case hexadecimal, and of what they are. Nothing has a digest that is
    /// written otherwise.
    pub digests: Digested,
}

/// What must have one of these digests.
#[cfg(feature = "sha")]
#[derive(Clone, Debug, Hash, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Digested {
    /// The whole text.
    Whole(Vec<String>),
    /// So many bytes at its start.
    Start(Vec<(usize, String)>),
    /// So many bytes at its end.
    End(Vec<(usize, String)>),
    /// An element of a list of text, or of text that is such a list as JSON.
    Element(Vec<String>),
}

/// Where a pattern must match.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Search {
    /// From the start of the text.
    AtStart,
    /// Anywhere in the text.
    Anywhere,
}

/// Seconds of a day, UTC: `from ≤ time < to`; over midnight where `to` is before `from`.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case", deny_unknown_fields))]
pub struct TimeSpan {
    /// The first second inside.
    pub from: u32,
    /// The first second beyond.
    pub to: u32,
}
