//! Splits: which variation the shards of a subject get.
//!
//! Each shard has a salt of its own, and a split needs all of its shards. In most documents the
//! splits of an allocation share them: one salt says who is in, another who gets what. Those
//! become one bucket, or a percentage with one bucket inside; all others are asked one by one.

use std::borrow::Cow;

use flagkit_core::document::{
    Branch, Bucket, Condition, Lookup, Operator, Range, Serve, Split, TextReading,
};
use flagkit_core::{Bucketing, ErrorCode, Hash, Part, Scale, Units};

use super::condition;
use super::variation::Variations;

/// A variation for those whose shards are all inside.
pub(super) struct Assignment<'n> {
    pub(super) variation: Cow<'n, str>,
    pub(super) shards: Vec<Shard<'n>>,
}

/// Some ranges of one bucketing.
#[derive(PartialEq)]
pub(super) struct Shard<'n> {
    pub(super) salt: Cow<'n, str>,
    pub(super) ranges: Vec<(f64, f64)>,
}

impl Shard<'_> {
    /// Whether one range has all shards.
    pub(super) fn covers(&self, total: u32) -> bool {
        self.ranges.iter().any(|(from, to)| *from == 0.0 && *to >= f64::from(total))
    }
}

/// What an allocation serves: the first assignment that fits, else whatever comes next.
pub(super) fn serve(
    assignments: &[Assignment<'_>],
    variations: &Variations<'_>,
    total: u32,
) -> Serve {
    match assignments {
        [] => Serve::NextRule,
        [Assignment { variation, shards }, ..] if shards.is_empty() => {
            variations.place(variation).map_or_else(unservable, Serve::Variant)
        }
        _ => shared(assignments, variations, total)
            .unwrap_or_else(|| one_by_one(assignments, variations, total)),
    }
}

/// A variation of the wrong type, or one that does not exist. It is a branch, so that whoever
/// watches the evaluation sees which split it was.
fn unservable() -> Serve {
    let branch = Branch { when: Condition::Always, serve: Serve::Error(ErrorCode::ParseError) };
    Serve::FirstOf { branches: vec![branch], otherwise: Box::new(Serve::NextRule) }
}

/// One bucketing for all, perhaps inside a percentage that is the same for all.
fn shared(
    assignments: &[Assignment<'_>],
    variations: &Variations<'_>,
    total: u32,
) -> Option<Serve> {
    let (gate, salt) = match assignments.first()?.shards.as_slice() {
        [shard] => (None, &shard.salt),
        [gate, shard] => (Some(gate), &shard.salt),
        _ => return None,
    };
    let mut ranges = Vec::with_capacity(assignments.len());
    for Assignment { variation, shards } in assignments {
        let (own_gate, shard) = match shards.as_slice() {
            [shard] => (None, shard),
            [gate, shard] => (Some(gate), shard),
            _ => return None,
        };
        if own_gate != gate || shard.salt != *salt {
            return None;
        }
        let variant = variations.place(variation)?;
        ranges.extend(shard.ranges.iter().map(|(from, to)| Range {
            from: *from,
            to: *to,
            variant,
        }));
    }
    let split = Serve::from(Split {
        subject: Lookup::TargetingKey,
        bucketing: bucketing(salt, total),
        ranges,
        when_missing: Box::new(NOBODY),
        unassigned: Box::new(Serve::NextRule),
    });
    let Some(gate) = gate else { return Some(split) };
    // Inside, the split says what becomes of nobody.
    let bucket = Bucket { when_missing: true, ..bucket(gate, total) };
    let (inside, outside) = (Box::new(split), Box::new(Serve::NextRule));
    Some(Serve::Within { bucket: Box::new(bucket), inside, outside })
}

fn one_by_one(assignments: &[Assignment<'_>], variations: &Variations<'_>, total: u32) -> Serve {
    let branches = assignments.iter().map(|Assignment { variation, shards }| Branch {
        when: Condition::All(
            shards.iter().map(|shard| Condition::from(bucket(shard, total))).collect(),
        ),
        serve: variations
            .place(variation)
            .map_or(Serve::Error(ErrorCode::ParseError), Serve::Variant),
    });
    let splits =
        Serve::FirstOf { branches: branches.collect(), otherwise: Box::new(Serve::NextRule) };
    let has_subject = Condition::Test(condition::of_subject(Operator::Exists));
    let somebody = Branch { when: has_subject, serve: splits };
    Serve::FirstOf { branches: vec![somebody], otherwise: Box::new(NOBODY) }
}

fn bucket(shard: &Shard<'_>, total: u32) -> Bucket {
    Bucket {
        subject: Lookup::TargetingKey,
        bucketing: bucketing(&shard.salt, total),
        ranges: shard.ranges.clone(),
        when_missing: false,
    }
}

fn bucketing(salt: &str, total: u32) -> Bucketing {
    joined(vec![Part::Text(format!("{salt}-")), Part::Subject], total)
}

/// The shard of a text: the first four bytes of its MD5, modulo the number of shards.
pub(super) fn joined(input: Vec<Part>, total: u32) -> Bucketing {
    Bucketing {
        hash: Hash::Md5 { bits: 32 },
        input,
        reads: TextReading::Doubles,
        units: Units::Utf8,
        scale: Scale::modulo(total.into()),
    }
}

/// A subject is needed, and there is none.
pub(super) const NOBODY: Serve = Serve::Error(ErrorCode::TargetingKeyMissing);
