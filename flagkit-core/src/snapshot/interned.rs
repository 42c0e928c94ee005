//! What equals something that is there already is kept once.
//!
//! Flags of one document are alike: they ask the same attributes for the same things, have the
//! variants *off* and *on*, and bucket by the same key. What a snapshot and all that are
//! recompiled from it have in common lies in memory once, stays in the cache of the processor,
//! and an evaluation of many flags tests it once.

use std::fmt;
use std::slice;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use hashbrown::HashTable;

use crate::document::{Lookup, Variant, fingerprint};
use crate::snapshot::condition::{Condition, KnownTest, Test, asks_for_chance};
use crate::snapshot::flag::{Questions, Rule, RuleName};

/// All that the snapshots of a lineage share. Only those who compile look at it.
#[derive(Default)]
pub(crate) struct Interned {
    pools: Mutex<Pools>,
}

#[derive(Default)]
struct Pools {
    tests: Pool<KnownTest>,
    names: Pool<[RuleName]>,
    variants: Pool<[Variant]>,
    lookups: Pool<Lookup>,
    questions: Pool<Questions>,
    last_number: u64,
    last_questions: u64,
}

impl Interned {
    /// The test, numbered; `hash` is the fingerprint of what it was compiled from.
    pub(crate) fn test(&self, hash: u64, test: Test) -> Arc<KnownTest> {
        let mut pools = self.lock();
        if let Some(known) = pools.tests.find(hash, |known| **known == test) {
            return known;
        }
        // A number is never given twice: a lineage would have to compile tests for longer than any
        // process runs.
        pools.last_number += 1;
        let number = if asks_for_chance(&test.lookup) { 0 } else { pools.last_number };
        pools.tests.add(hash, Arc::new(KnownTest::new(number, test)))
    }

    pub(crate) fn names(&self, names: Vec<RuleName>) -> Arc<[RuleName]> {
        let hash = fingerprint(&*names);
        let mut pools = self.lock();
        match pools.names.find(hash, |known| *known == *names) {
            Some(known) => known,
            None => pools.names.add(hash, names.into()),
        }
    }

    pub(crate) fn variants(&self, variants: Vec<Variant>) -> Arc<[Variant]> {
        let hash = fingerprint(&*variants);
        let mut pools = self.lock();
        match pools.variants.find(hash, |known| *known == *variants) {
            Some(known) => known,
            None => pools.variants.add(hash, variants.into()),
        }
    }

    pub(crate) fn lookup(&self, lookup: Lookup) -> Arc<Lookup> {
        let hash = fingerprint(&lookup);
        let mut pools = self.lock();
        match pools.lookups.find(hash, |known| *known == lookup) {
            Some(known) => known,
            None => pools.lookups.add(hash, Arc::new(lookup)),
        }
    }

    /// The conditions of rules, numbered; none if an answer for one context may not be kept.
    pub(crate) fn questions(&self, rules: &[Rule]) -> Option<Arc<Questions>> {
        let mut words = Vec::new();
        for rule in rules {
            spell(&rule.when, &mut words)?;
        }
        let hash = fingerprint(&*words);
        let mut pools = self.lock();
        if let Some(known) = pools.questions.find(hash, |known| *known.words == *words) {
            return Some(known);
        }
        pools.last_questions += 1;
        let number = pools.last_questions;
        Some(pools.questions.add(hash, Arc::new(Questions { number, words: words.into() })))
    }

    /// How many different answers an evaluation may have to remember, roughly.
    pub(crate) fn answers(&self) -> usize {
        let pools = self.lock();
        pools.tests.known.len().max(pools.questions.known.len())
    }

    /// Nothing in here breaks half way: a panic elsewhere leaves it usable.
    fn lock(&self) -> MutexGuard<'_, Pools> {
        self.pools.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Interned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Interned").finish_non_exhaustive()
    }
}

/// Things of one kind that are still used somewhere, with their hashes.
struct Pool<T: ?Sized> {
    known: HashTable<(u64, Weak<T>)>,
}

impl<T: ?Sized> Pool<T> {
    fn find(&self, hash: u64, is_it: impl Fn(&T) -> bool) -> Option<Arc<T>> {
        let candidates = self.known.iter_hash(hash).filter(|(other, _)| *other == hash);
        candidates.filter_map(|(_, known)| known.upgrade()).find(|known| is_it(known))
    }

    fn add(&mut self, hash: u64, item: Arc<T>) -> Arc<T> {
        if self.known.len() == self.known.capacity() {
            self.known.retain(|(_, known)| known.strong_count() > 0);
        }
        self.known.insert_unique(hash, (hash, Arc::downgrade(&item)), |(hash, _)| *hash);
        item
    }
}

impl<T: ?Sized> Default for Pool<T> {
    fn default() -> Self {
        Self { known: HashTable::new() }
    }
}

/// Writes down what a condition asks, so that different conditions differ.
fn spell(condition: &Condition, words: &mut Vec<u64>) -> Option<()> {
    let mut all = |kind: u64, inner: &[Condition]| {
        words.extend([kind, inner.len() as u64]);
        inner.iter().try_for_each(|inner| spell(inner, words))
    };
    match condition {
        Condition::Always => all(0, &[]),
        Condition::All(inner) => all(1, inner),
        Condition::Any(inner) => all(2, inner),
        Condition::Not(inner) => all(3, slice::from_ref(inner)),
        Condition::Test(test) if test.number > 0 => {
            words.extend([4, test.number]);
            Some(())
        }
        Condition::InSegment(index) => {
            words.extend([5, u64::from(*index)]);
            Some(())
        }
        _ => None,
    }
}
