//! Conditions as they are evaluated: references are places, lists are sets,
//! patterns, dates and versions are read once.

use std::ops::Deref;
use std::sync::Arc;

use regex_automata::meta::Regex;

use crate::bucketing::PreparedBucketing;
use crate::digest::Digest;
use crate::document::{
    Accepts, ByKind, Failing, ForeignPattern, Lookup, Order, Readings, Script, Search, SetRelation,
    TimeSpan, Unreadable,
};
use crate::reason::ErrorCode;
use crate::semantic_version::OwnedVersion;
use crate::snapshot::expression::Expression;
use crate::snapshot::key_set::KeySet;
#[cfg(feature = "sha")]
use crate::snapshot::salted::SaltedCheck;
use crate::text::{Case, PlainPattern};
use crate::timestamp::Timestamp;
use crate::value::{Number, Value};

#[derive(Clone, Debug)]
pub(crate) enum Condition {
    Always,
    All(Box<[Condition]>),
    Any(Box<[Condition]>),
    Not(Box<Condition>),
    Test(Arc<KnownTest>),
    InSegment(u32),
    InBucket(Box<Bucket>),
    InRamp(Box<Ramp>),
    Prerequisite(Box<Prerequisite>),
    AnyElement(Box<AnyElement>),
    /// Proofs and refutations.
    Refuted(Box<[(Condition, Condition)]>),
    Holds(Box<Expression>),
    Fails(ErrorCode),
}

impl Condition {
    /// Whether two evaluations for the same context, be it of different flags, may differ in it. It
    /// may be said of a condition in which they never do.
    pub(crate) fn varies(&self) -> bool {
        let bucket_varies = |subject: &Lookup, bucketing: &PreparedBucketing| {
            asks_for_chance(subject) || bucketing.asks_for_flag()
        };
        match self {
            Self::Always | Self::Fails(_) | Self::InSegment(_) => false,
            Self::All(inner) | Self::Any(inner) => inner.iter().any(Self::varies),
            Self::Not(inner) => inner.varies(),
            Self::Test(test) => asks_for_chance(&test.lookup),
            Self::InBucket(bucket) => bucket_varies(&bucket.subject, &bucket.bucketing),
            Self::InRamp(ramp) => bucket_varies(&ramp.subject, &ramp.bucketing),
            Self::AnyElement(any) => asks_for_chance(&any.list) || any.when.varies(),
            Self::Refuted(all) => {
                all.iter().any(|(proof, refutation)| proof.varies() || refutation.varies())
            }
            Self::Prerequisite(_) | Self::Holds(_) => true,
        }
    }
}

/// Whether two evaluations for the same context may find different values there.
pub(crate) fn asks_for_chance(lookup: &Lookup) -> bool {
    match lookup {
        Lookup::Random => true,
        Lookup::NameOr(_, inner) | Lookup::NotEmpty(inner) => asks_for_chance(inner),
        Lookup::FirstOf(lookups) => lookups.iter().any(asks_for_chance),
        _ => false,
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Prerequisite {
    pub(crate) flag: u32,
    pub(crate) accepts: Accepts,
    /// Where the value must make the context a member of a segment.
    pub(crate) segment: Option<u32>,
    pub(crate) when_disabled: bool,
    pub(crate) when_failing: Failing,
}

#[derive(Clone, Debug)]
pub(crate) struct AnyElement {
    pub(crate) list: Lookup,
    pub(crate) when: Condition,
    pub(crate) with_null: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Test {
    pub(crate) lookup: Lookup,
    pub(crate) check: Check,
    pub(crate) case: Case,
    pub(crate) reads: Readings,
    pub(crate) negate: bool,
    pub(crate) when_missing: bool,
    pub(crate) when_unreadable: Unreadable,
}

/// A test, and the number by which evaluations remember its answer.
#[derive(Debug)]
pub(crate) struct KnownTest {
    /// 0 where the answer must not be remembered.
    pub(crate) number: u64,
    test: Test,
}

impl KnownTest {
    pub(crate) fn new(number: u64, test: Test) -> Self {
        Self { number, test }
    }
}

impl Deref for KnownTest {
    type Target = Test;

    #[inline]
    fn deref(&self) -> &Test {
        &self.test
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Check {
    Exists,
    OneOf(Operands),
    TextOneOf(KeySet),
    /// In ascending order.
    DigestOneOf(Box<[Digest]>),
    Contains(Operands),
    TextContains(Box<[Box<str>]>),
    TextOrder(Order, Box<[Box<str>]>),
    Set(SetRelation, KeySet),
    StartsWith(Box<[Box<str>]>),
    EndsWith(Box<[Box<str>]>),
    Matches(Box<[Arc<Pattern>]>, Search),
    Number(Order, Box<[Number]>),
    Modulo {
        divisor: f64,
        remainder: f64,
    },
    SameKind(Order, Box<ByKind>),
    MatchesForeign(Arc<dyn ForeignPattern>),
    NumberNear {
        targets: Box<[f64]>,
        tolerance: f64,
    },
    Version(Order, Box<[OwnedVersion]>),
    LenientVersion(Order, Box<[Box<str>]>),
    Dotted(Order, Box<str>),
    VersionMatches(Box<[semver::VersionReq]>),
    Time(Order, Box<[Timestamp]>),
    TimeOfDay(Box<[TimeSpan]>),
    Weekday(Box<[u8]>),
    InNetwork(Box<[Network]>),
    Script(Script),
    ElementOneOf(KeySet),
    #[cfg(feature = "sha")]
    Salted(SaltedCheck),
    /// The operands could not be read, and the document says what that means.
    Malformed,
}

/// Operands of any kind: texts in a set, the others in a list.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Operands {
    pub(crate) texts: Texts,
    pub(crate) others: Box<[Value]>,
}

/// A few texts are compared one by one, many are a set.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Texts {
    Few(Box<[Box<str>]>),
    Many(KeySet),
}

/// Regular expressions that are asked together, and the texts they came from.
#[derive(Debug)]
pub(crate) struct Pattern {
    pub(crate) sources: Box<[Box<str>]>,
    pub(crate) matcher: Matcher,
}

/// Of the same sources; whether upper and lower case differ is up to the test.
impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.sources == other.sources
    }
}

/// What finds a pattern in text.
#[derive(Debug)]
pub(crate) enum Matcher {
    Plain(PlainPattern),
    Engine(Regex),
}

/// IP addresses that share their leading bits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Network {
    pub(crate) address: u128,
    pub(crate) mask: u128,
    pub(crate) is_v6: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Bucket {
    pub(crate) subject: Arc<Lookup>,
    pub(crate) bucketing: PreparedBucketing,
    pub(crate) ranges: Box<[(f64, f64)]>,
    /// Every text is inside, whatever its hash.
    pub(crate) has_all_texts: bool,
    pub(crate) when_missing: bool,
}

/// A percentage gate whose bound moves with time.
#[derive(Clone, Debug)]
pub(crate) struct Ramp {
    pub(crate) subject: Arc<Lookup>,
    pub(crate) bucketing: PreparedBucketing,
    pub(crate) clock: Lookup,
    pub(crate) start: Timestamp,
    pub(crate) end: Timestamp,
    pub(crate) first: f64,
    pub(crate) last: f64,
    pub(crate) when_missing: bool,
}
