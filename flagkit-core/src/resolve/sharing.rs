//! What the evaluations of a batch do for each other.
//!
//! An evaluation that is alone has `()` for this, which does nothing and costs nothing. In a batch
//! the answer of a test or segment is remembered, so that the next flag that asks the same need
//! not test again, and an evaluation that comes to a costly hash is put off: the hashes of many
//! evaluations are computed side by side, and then they are finished.

use std::ptr;
use std::sync::Arc;

use crate::bucketing::PreparedBucketing;
use crate::document::Lookup;
use crate::lanes;
use crate::snapshot::Snapshot;
use crate::snapshot::condition::{KnownTest, asks_for_chance};
use crate::snapshot::flag::{Questions, Split};
use crate::value::ValueRef;

/// What an evaluation asks of the batch that it belongs to.
pub(super) trait Sharing<'s, 'c> {
    /// Whether there is a batch.
    const IS_SHARED: bool = true;

    /// The answer of a test for the same context.
    fn recall(&self, test: &KnownTest) -> Option<bool>;

    /// Keeps it.
    fn remember(&mut self, test: &KnownTest, holds: bool);

    /// Whether the same context is in a segment.
    fn recall_segment(&self, index: u32) -> Option<bool>;

    /// Keeps it.
    fn remember_segment(&mut self, index: u32, holds: bool);

    /// Who is bucketed: what `find` finds, or found before.
    fn subject(
        &mut self,
        lookup: &'s Arc<Lookup>,
        find: impl FnOnce() -> Option<ValueRef<'c>>,
    ) -> Option<ValueRef<'c>>;

    /// The bucket, or that it will be known later: then the evaluation ends with whatever error,
    /// and is done again.
    fn bucket(
        &mut self,
        bucketing: &'s PreparedBucketing,
        subject: &ValueRef<'c>,
        asked_flag: &str,
        split: Option<&'s Split>,
    ) -> Result<Option<f64>, Later>;
}

/// The bucket is not known yet.
pub(super) struct Later;

/// Alone.
impl<'s, 'c> Sharing<'s, 'c> for () {
    const IS_SHARED: bool = false;

    #[inline]
    fn recall(&self, _test: &KnownTest) -> Option<bool> {
        None
    }

    #[inline]
    fn remember(&mut self, _test: &KnownTest, _holds: bool) {}

    #[inline]
    fn recall_segment(&self, _index: u32) -> Option<bool> {
        None
    }

    #[inline]
    fn remember_segment(&mut self, _index: u32, _holds: bool) {}

    #[inline]
    fn subject(
        &mut self,
        _lookup: &'s Arc<Lookup>,
        find: impl FnOnce() -> Option<ValueRef<'c>>,
    ) -> Option<ValueRef<'c>> {
        find()
    }

    #[inline]
    fn bucket(
        &mut self,
        bucketing: &'s PreparedBucketing,
        subject: &ValueRef<'c>,
        asked_flag: &str,
        _split: Option<&'s Split>,
    ) -> Result<Option<f64>, Later> {
        Ok(bucketing.bucket_of(subject, asked_flag))
    }
}

/// What has been found out for one context so far.
///
/// Answers lie in a table with one place for each remainder of their numbers. Numbers are given
/// in order, so as long as a snapshot has fewer tests than the table has places, none is lost; a
/// lost one is tested again.
pub(super) struct Memory<'s, 'c> {
    answers: Box<[u64]>,
    /// By the number of questions: that number, and the first rule whose condition holds.
    rules: Box<[(u64, u32)]>,
    subject: Option<(&'s Arc<Lookup>, Option<ValueRef<'c>>)>,
}

impl<'s, 'c> Memory<'s, 'c> {
    /// Remembers nothing yet.
    pub(super) fn of(snapshot: &Snapshot) -> Self {
        let wanted = snapshot.answers.saturating_add(1).next_power_of_two();
        let places = wanted.clamp(PLACES_MIN, PLACES_MAX);
        let (answers, rules) = (vec![0; places].into(), vec![(0, 0); places].into());
        Self { answers, rules, subject: None }
    }

    /// Remembers nothing at all: for evaluations that have no context in common.
    pub(super) fn none() -> Self {
        Self { answers: Box::default(), rules: Box::default(), subject: None }
    }

    /// The first rule whose condition holds, if flags that ask the same have been evaluated.
    #[inline]
    pub(super) fn rule(&self, questions: &Questions) -> Option<u32> {
        let (number, rule) = *self.rules.get(self.place(questions.number))?;
        (number == questions.number).then_some(rule)
    }

    /// Keeps it.
    pub(super) fn set_rule(&mut self, questions: &Questions, rule: u32) {
        let place = self.place(questions.number);
        if let Some(kept) = self.rules.get_mut(place) {
            *kept = (questions.number, rule);
        }
    }

    /// Who is bucketed: what `find` finds, or found the last time that it looked there.
    #[inline]
    pub(super) fn subject(
        &mut self,
        lookup: &'s Arc<Lookup>,
        find: impl FnOnce() -> Option<ValueRef<'c>>,
    ) -> Option<ValueRef<'c>> {
        match self.subject {
            Some((last, subject)) if Arc::ptr_eq(last, lookup) => subject,
            _ => {
                let found = find();
                if !self.answers.is_empty() && !asks_for_chance(lookup) {
                    self.subject = Some((lookup, found));
                }
                found
            }
        }
    }

    #[inline]
    fn get(&self, number: u64) -> Option<bool> {
        let place = self.place(number);
        let answer = *self.answers.get(place)?;
        // A place that was never used is 0, and so is the number of what may not be remembered.
        (answer >> 1 == number && number > 0).then_some(answer & 1 == 1)
    }

    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "only the remainder counts")]
    fn place(&self, number: u64) -> usize {
        number as usize & self.answers.len().wrapping_sub(1)
    }

    #[inline]
    fn set(&mut self, number: u64, holds: bool) {
        let place = self.place(number);
        if let Some(answer) = self.answers.get_mut(place) {
            *answer = number << 1 | u64::from(holds);
        }
    }
}

const PLACES_MIN: usize = 64;
const PLACES_MAX: usize = 1 << 16;

/// An evaluation of a batch that waits for a bucket.
pub(super) struct Waiting<'s> {
    pub(super) bucketing: &'s PreparedBucketing,
    /// Where the hash will be.
    pub(super) hash: usize,
    /// The split that asked, if it was one.
    pub(super) split: Option<&'s Split>,
}

/// A bucket that has become known, and whose it is.
#[derive(Clone, Copy)]
pub(super) struct Known<'s> {
    pub(super) bucketing: &'s PreparedBucketing,
    pub(super) bucket: f64,
}

/// The member of a batch that is being evaluated.
pub(super) struct Member<'m, 's, 'c> {
    pub(super) memory: &'m mut Memory<'s, 'c>,
    /// The buckets that it waited for.
    pub(super) known: &'m [Known<'s>],
    /// Where hashes are computed.
    pub(super) lanes: &'m mut lanes::Batch,
    /// What it waits for now.
    pub(super) waiting: Option<Waiting<'s>>,
}

impl<'s, 'c> Sharing<'s, 'c> for Member<'_, 's, 'c> {
    #[inline]
    fn recall(&self, test: &KnownTest) -> Option<bool> {
        self.memory.get(test.number)
    }

    #[inline]
    fn remember(&mut self, test: &KnownTest, holds: bool) {
        if test.number > 0 {
            self.memory.set(test.number, holds);
        }
    }

    fn recall_segment(&self, index: u32) -> Option<bool> {
        self.memory.get(SEGMENTS | u64::from(index))
    }

    fn remember_segment(&mut self, index: u32, holds: bool) {
        // What an evaluation that is put off found on its way is not settled.
        if self.waiting.is_none() {
            self.memory.set(SEGMENTS | u64::from(index), holds);
        }
    }

    #[inline]
    fn subject(
        &mut self,
        lookup: &'s Arc<Lookup>,
        find: impl FnOnce() -> Option<ValueRef<'c>>,
    ) -> Option<ValueRef<'c>> {
        self.memory.subject(lookup, find)
    }

    fn bucket(
        &mut self,
        bucketing: &'s PreparedBucketing,
        subject: &ValueRef<'c>,
        asked_flag: &str,
        split: Option<&'s Split>,
    ) -> Result<Option<f64>, Later> {
        if let Some(known) = self.known.iter().find(|known| ptr::eq(known.bucketing, bucketing)) {
            return Ok(Some(known.bucket));
        }
        if self.waiting.is_some() {
            return Err(Later);
        }
        let hash = match subject {
            ValueRef::String(text) => self.lanes.push(bucketing, text),
            _ => None,
        };
        let Some(hash) = hash else { return Ok(bucketing.bucket_of(subject, asked_flag)) };
        self.waiting = Some(Waiting { bucketing, hash, split });
        Err(Later)
    }
}

/// Keeps the numbers of segments apart from those of tests.
const SEGMENTS: u64 = 1 << 62;
