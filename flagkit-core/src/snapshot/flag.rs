//! Flags and segments as they are evaluated.

use std::fmt;
use std::sync::Arc;

use crate::bucketing::PreparedBucketing;
use crate::counters::{Outcome, TRACKED};
use crate::document::{Lookup, Range, Variant};
use crate::reason::{ErrorCode, Reason};
use crate::snapshot::condition::{Bucket, Condition};
use crate::snapshot::expression::Computed;
use crate::value::Structure;

/// A compiled flag.
#[derive(Clone)]
// In this order: what an evaluation by name needs first lies on the first cache line.
#[repr(C)]
pub struct Flag {
    pub(crate) head: Head,
    pub(crate) shortcut: Shortcut,
    pub(crate) outcomes: Outcomes,
    /// Where it is among the flags of its snapshot.
    pub(crate) place: u32,
    pub(crate) variants: Arc<[Variant]>,
    pub(crate) rules: Arc<[Rule]>,
    pub(crate) names: Arc<[RuleName]>,
    /// What the rules ask, if that is the same for all evaluations for one context.
    pub(crate) questions: Option<Arc<Questions>>,
    pub(crate) key: Arc<str>,
    pub(crate) version: Option<u64>,
    pub(crate) metadata: Option<Arc<Structure>>,
    pub(crate) status: Status,
}

impl Flag {
    /// The key by which applications ask.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Whether this is its key.
    #[inline]
    pub(crate) fn has_key(&self, key: &str) -> bool {
        self.head == Head::of(key) && (key.len() <= Head::WHOLE || *key == *self.key)
    }

    /// What the flag can serve.
    pub fn variants(&self) -> &[Variant] {
        &self.variants
    }

    /// Its version, where the flag management system counts.
    pub fn version(&self) -> Option<u64> {
        self.version
    }

    /// What came with it for whoever evaluates it.
    pub fn metadata(&self) -> Option<&Arc<Structure>> {
        self.metadata.as_ref()
    }

    /// Whether somebody wants to know who sees which variant: its metadata says `track: true`.
    pub fn is_tracked(&self) -> bool {
        self.outcomes.is_tracked()
    }

    /// What a variant is called in reports.
    pub(crate) fn name_of(&self, variant: u32) -> Option<&str> {
        let variant = self.variants.get(variant as usize)?;
        Some(variant.key.as_deref().unwrap_or(if variant.enabled { "on" } else { "off" }))
    }

    /// The error with which every evaluation of it answers.
    pub fn fault(&self) -> Option<ErrorCode> {
        match self.rules.first() {
            Some(Rule { when: Condition::Always, serve: Serve::Error(code), .. }) => Some(*code),
            _ => self.status.fault,
        }
    }
}

/// The numbers under which a snapshot counts what a flag serves: one for each reason and each
/// variant, the caller's default among them. The reason of the first rule comes first.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Outcomes {
    /// The first number, with [`TRACKED`] in it.
    pub(crate) first: u32,
    /// How many there are.
    pub(crate) count: u32,
    /// How many have the same reason: the variants and the caller's default.
    pub(crate) width: u32,
    /// The code of the reason where no rule decides.
    pub(crate) unruled: u8,
}

impl Outcomes {
    /// The first number.
    pub(crate) fn first(self) -> u32 {
        self.first & !TRACKED
    }

    /// The first number behind them.
    pub(crate) fn end(self) -> u32 {
        self.first().saturating_add(self.count)
    }

    /// The number of a variant, or of the caller's default, for the reason of this code.
    #[inline]
    pub(crate) fn of(self, code: u8, variant: u32) -> Outcome {
        let offset = u32::from(code).wrapping_mul(self.width);
        let offset = offset.wrapping_add(variant.min(self.width.wrapping_sub(1)));
        Outcome(self.first.wrapping_add(offset))
    }

    /// The code of the reason and the place of the variant, if it is a number of these.
    pub(crate) fn meaning(self, outcome: Outcome) -> Option<(u32, u32)> {
        let offset = (outcome.0 & !TRACKED).checked_sub(self.first())?;
        Some((offset.checked_div(self.width)?, offset.checked_rem(self.width)?))
    }

    fn is_tracked(self) -> bool {
        self.first != self.first()
    }
}

impl fmt::Debug for Flag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Flag").field("key", &self.key).finish_non_exhaustive()
    }
}

/// The length of a key and up to sixteen of its bytes, which decide almost every comparison
/// without a look at the key itself.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Head {
    len: usize,
    words: [u64; 2],
}

impl Head {
    /// Texts of up to this length are equal if their heads are.
    const WHOLE: usize = 16;

    #[inline]
    pub(crate) fn of(text: &str) -> Self {
        let bytes = text.as_bytes();
        let words = match (bytes.first_chunk(), bytes.last_chunk()) {
            (Some(first), Some(last)) => [u64::from_le_bytes(*first), u64::from_le_bytes(*last)],
            _ => match (bytes.first_chunk(), bytes.last_chunk()) {
                (Some(first), Some(last)) => {
                    [u32::from_le_bytes(*first).into(), u32::from_le_bytes(*last).into()]
                }
                _ => [bytes.iter().fold(0, |word, byte| word << 8 | u64::from(*byte)), 0],
            },
        };
        Self { len: bytes.len(), words }
    }
}

/// What the rules of the commonest flags come to: an evaluation that nobody watches may take
/// it instead of walking them.
#[derive(Clone, Debug)]
pub(crate) enum Shortcut {
    /// There is none.
    None,
    /// The only rule serves everyone this variant, and it is on or off.
    Constant { variant: u32, enabled: bool },
    /// The only rule is for everyone, and serves one of two variants by a percentage.
    Percentage { gate: Arc<Bucket>, inside: u32, outside: u32 },
}

/// The conditions of a flag's rules, as one: other flags may have the same.
#[derive(Debug)]
pub(crate) struct Questions {
    /// The number by which evaluations remember the first rule whose condition holds.
    pub(crate) number: u64,
    pub(crate) words: Box<[u64]>,
}

/// A compiled rule.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    pub(crate) when: Condition,
    pub(crate) serve: Serve,
}

/// What is told about a rule. It stands apart, because walking the rules does not need it.
#[derive(Clone, Debug, Hash, PartialEq)]
pub(crate) struct RuleName {
    pub(crate) id: Option<Arc<str>>,
    pub(crate) label: Option<Arc<str>>,
    pub(crate) reason: Reason,
    /// The same for all rules of the flag that have the same reason: 0, 1, …
    pub(crate) code: u8,
}

/// What a compiled rule does.
#[derive(Clone, Debug)]
pub(crate) enum Serve {
    Variant(u32),
    Split(Box<Split>),
    Within(Box<Within>),
    FirstOf(Box<FirstOf>),
    Computed(Box<ServeComputed>),
    Default,
    NextRule,
    Rule(u32),
    Error(ErrorCode),
}

/// A percentage inside a rule.
#[derive(Clone, Debug)]
pub(crate) struct Within {
    pub(crate) bucket: Arc<Bucket>,
    pub(crate) inside: Serve,
    pub(crate) outside: Serve,
}

/// Branches of which the first is taken whose condition holds.
#[derive(Clone, Debug)]
pub(crate) struct FirstOf {
    pub(crate) branches: Box<[(Condition, Serve)]>,
    pub(crate) otherwise: Serve,
}

/// An expression and what it serves.
#[derive(Clone, Debug)]
pub(crate) struct ServeComputed {
    pub(crate) computed: Computed,
    pub(crate) when_null: Serve,
    pub(crate) when_unknown: Serve,
}

/// Buckets and their variants.
#[derive(Clone, Debug)]
pub(crate) struct Split {
    pub(crate) subject: Arc<Lookup>,
    pub(crate) bucketing: PreparedBucketing,
    pub(crate) ranges: Box<[Range]>,
    /// The variant of every text, whatever its hash.
    pub(crate) of_all_texts: Option<u32>,
    pub(crate) when_missing: Serve,
    pub(crate) unassigned: Serve,
}

/// A compiled segment.
#[derive(Clone, Debug)]
pub(crate) struct Segment {
    pub(crate) key: Arc<str>,
    pub(crate) when: Arc<Condition>,
    pub(crate) status: Status,
}

/// A flag or a segment, by its place.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(crate) enum Node {
    Flag(u32),
    Segment(u32),
}

/// What a flag or segment is worth among the others it refers to.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Status {
    /// Every evaluation that gets here fails with this.
    pub(crate) fault: Option<ErrorCode>,
    /// What it refers to, once per occurrence.
    pub(crate) links: Option<Arc<[Node]>>,
    /// Those of its links that lead back to it.
    pub(crate) circular: Option<Arc<[Node]>>,
    /// Its own part of `height` and `cost`.
    pub(crate) own: Effort,
    /// How deep and how long an evaluation may get from here.
    pub(crate) total: Effort,
    /// Its own rules or condition could not be compiled.
    pub(crate) is_malformed: bool,
}

impl Status {
    pub(crate) fn links(&self) -> &[Node] {
        self.links.as_deref().unwrap_or_default()
    }

    #[inline]
    pub(crate) fn leads_back(&self, target: Node) -> bool {
        self.circular.as_ref().is_some_and(|circular| circular.contains(&target))
    }
}

/// How deep an evaluation recurses and how many conditions it may visit.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Effort {
    pub(crate) height: u32,
    pub(crate) cost: u32,
}
