//! What equals something that is there already is kept once.
//!
//! Flags of one document are alike: they ask the same attributes for the same things, have the
//! variants *off* and *on*, and bucket by the same key. What a snapshot and all that are
//! recompiled from it have in common lies in memory once, stays in the cache of the processor,
//! and an evaluation of many flags tests it once.

use std::fmt::{self, Write};
use std::hash::{BuildHasher, Hash, Hasher};
use std::mem::discriminant;
use std::slice;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use hashbrown::{DefaultHashBuilder, HashTable};

use crate::document::{Lookup, Variant};
use crate::snapshot::condition::{
    Check, Condition, KnownTest, Operands, Test, Texts, asks_for_chance,
};
use crate::snapshot::flag::{Questions, Rule, RuleName};
use crate::snapshot::key_set::KeySet;
use crate::value::{Number, Value};

/// All that the snapshots of a lineage share. Only those who compile look at it.
#[derive(Default)]
pub(crate) struct Interned {
    pools: Mutex<Pools>,
}

#[derive(Default)]
struct Pools {
    hasher: DefaultHashBuilder,
    tests: Pool<KnownTest>,
    names: Pool<[RuleName]>,
    variants: Pool<[Variant]>,
    lookups: Pool<Lookup>,
    questions: Pool<Questions>,
    last_number: u64,
    last_questions: u64,
}

impl Interned {
    /// The test, numbered.
    pub(crate) fn test(&self, test: Test) -> Arc<KnownTest> {
        let mut pools = self.lock();
        let hash = hash_with(&pools.hasher, |state| hash_test(&test, state));
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
        let mut pools = self.lock();
        let hash = hash_with(&pools.hasher, |state| {
            for name in &names {
                (&name.id, &name.label, discriminant(&name.reason)).hash(state);
            }
        });
        match pools.names.find(hash, |known| *known == *names) {
            Some(known) => known,
            None => pools.names.add(hash, names.into()),
        }
    }

    pub(crate) fn variants(&self, variants: Vec<Variant>) -> Arc<[Variant]> {
        let mut pools = self.lock();
        let hash = hash_with(&pools.hasher, |state| {
            for variant in &variants {
                (&variant.key, variant.enabled).hash(state);
                hash_value(&variant.value, state);
            }
        });
        match pools.variants.find(hash, |known| *known == *variants) {
            Some(known) => known,
            None => pools.variants.add(hash, variants.into()),
        }
    }

    pub(crate) fn lookup(&self, lookup: Lookup) -> Arc<Lookup> {
        let mut pools = self.lock();
        let hash = hash_with(&pools.hasher, |state| hash_lookup(&lookup, state));
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
        let mut pools = self.lock();
        let hash = hash_with(&pools.hasher, |state| words.hash(state));
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

fn hash_with<S: BuildHasher>(hasher: &S, hash: impl FnOnce(&mut S::Hasher)) -> u64 {
    let mut state = hasher.build_hasher();
    hash(&mut state);
    state.finish()
}

/// What differs mostly; equality decides the rest.
fn hash_test(test: &Test, state: &mut impl Hasher) {
    hash_lookup(&test.lookup, state);
    (test.negate, test.when_missing, discriminant(&test.check)).hash(state);
    match &test.check {
        Check::OneOf(operands) | Check::Contains(operands) => hash_operands(operands, state),
        Check::TextOneOf(set) | Check::ElementOneOf(set) | Check::Set(_, set) => {
            hash_set(set, state);
        }
        Check::TextContains(texts)
        | Check::TextOrder(_, texts)
        | Check::StartsWith(texts)
        | Check::EndsWith(texts)
        | Check::LenientVersion(_, texts) => texts.hash(state),
        Check::Matches(patterns, _) => {
            patterns.iter().for_each(|pattern| pattern.source.hash(state));
        }
        Check::Number(_, numbers) => numbers.iter().for_each(|number| {
            let is_float = matches!(number, Number::Float(_));
            (is_float, number.to_float().to_bits()).hash(state);
        }),
        Check::Version(_, versions) => {
            versions.iter().for_each(|version| version.as_ref().hash(state));
        }
        Check::Time(_, times) => {
            times.iter().for_each(|time| time.unix_seconds().to_bits().hash(state));
        }
        Check::Dotted(_, text) => text.hash(state),
        Check::Script(script) => script.hash(state),
        Check::DigestOneOf(digests) => digests.hash(state),
        // The rarer operators: what they print says everything.
        other => {
            // INVARIANT: a hasher takes whatever is written.
            let _ = write!(Printed(state), "{other:?}");
        }
    }
}

/// Hashes what is printed.
struct Printed<'h, H>(&'h mut H);

impl<H: Hasher> Write for Printed<'_, H> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.write(text.as_bytes());
        Ok(())
    }
}

fn hash_operands(operands: &Operands, state: &mut impl Hasher) {
    match &operands.texts {
        Texts::Few(texts) => texts.hash(state),
        Texts::Many(set) => hash_set(set, state),
    }
    operands.others.iter().for_each(|value| hash_value(value, state));
}

fn hash_set(set: &KeySet, state: &mut impl Hasher) {
    (set.len(), set.first()).hash(state);
}

fn hash_value(value: &Value, state: &mut impl Hasher) {
    discriminant(value).hash(state);
    match value {
        Value::Boolean(value) => value.hash(state),
        Value::Integer(value) => value.hash(state),
        Value::Unsigned(value) => value.hash(state),
        Value::Float(value) => value.to_bits().hash(state),
        Value::String(text) => text.hash(state),
        Value::List(items) => items.iter().for_each(|item| hash_value(item, state)),
        Value::Structure(structure) => structure.iter().for_each(|(name, value)| {
            name.hash(state);
            hash_value(value, state);
        }),
        Value::Null => {}
    }
}

fn hash_lookup(lookup: &Lookup, state: &mut impl Hasher) {
    discriminant(lookup).hash(state);
    match lookup {
        Lookup::Name(name) | Lookup::Dotted(name) => name.hash(state),
        Lookup::NameOr(name, otherwise) => {
            name.hash(state);
            hash_lookup(otherwise, state);
        }
        Lookup::Path(steps) | Lookup::Walk(_, steps) => steps.hash(state),
        Lookup::Constant(value) => hash_value(value, state),
        Lookup::FirstOf(lookups) => lookups.iter().for_each(|lookup| hash_lookup(lookup, state)),
        Lookup::NotEmpty(lookup) => hash_lookup(lookup, state),
        _ => {}
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
