//! From keys to places, in shards that successive snapshots share.

use std::sync::Arc;

use hashbrown::{DefaultHashBuilder, HashTable};

use crate::snapshot::chunks::Chunks;
use crate::text::{hash_alone, is_same};

/// Finds the place of a key with one hash and one probe.
///
/// Keys are only ever added: a place, once given, belongs to its key for the
/// whole lineage. Adding to a shared index copies one shard.
#[derive(Clone, Debug, Default)]
pub(crate) struct KeyIndex {
    hasher: DefaultHashBuilder,
    shards: Vec<Arc<Shard>>,
    keys: Chunks<Option<Arc<str>>>,
    len: u32,
}

#[derive(Clone, Debug, Default)]
struct Shard {
    entries: HashTable<(Arc<str>, u32)>,
}

impl KeyIndex {
    pub(crate) fn find(&self, key: &str) -> Option<u32> {
        self.find_hashed(hash_alone(&self.hasher, key), key)
    }

    #[inline]
    fn find_hashed(&self, hash: u64, key: &str) -> Option<u32> {
        let shard = self.shards.get(self.shard_of(hash))?;
        shard.entries.find(hash, |(other, _)| is_same(other, key)).map(|(_, index)| *index)
    }

    /// The key of a place.
    pub(crate) fn key(&self, index: u32) -> Option<&str> {
        self.keys.get(index)?.as_deref()
    }

    /// The place of a key, a new one if it has none.
    pub(crate) fn intern(&mut self, key: &str) -> u32 {
        let hash = hash_alone(&self.hasher, key);
        self.find_hashed(hash, key).unwrap_or_else(|| self.insert(hash, key))
    }

    /// Makes room for this many keys more, in shards of a size that is cheap to copy.
    pub(crate) fn reserve(&mut self, additional: usize) {
        let wanted = (self.len as usize).saturating_add(additional) / SHARD_LEN;
        let count = wanted.next_power_of_two().min(SHARDS_MAX);
        if count > self.shards.len() {
            self.spread_over(count);
        }
    }

    fn insert(&mut self, hash: u64, key: &str) -> u32 {
        self.reserve(1);
        let index = self.len;
        let place = self.shard_of(hash);
        let (hasher, key) = (&self.hasher, Arc::<str>::from(key));
        self.keys.set(index, Some(key.clone()));
        if let Some(shard) = self.shards.get_mut(place) {
            let entries = &mut Arc::make_mut(shard).entries;
            entries.insert_unique(hash, (key, index), |(key, _)| hash_alone(hasher, key));
            self.len += 1;
        }
        index
    }

    fn spread_over(&mut self, count: usize) {
        let old = std::mem::take(&mut self.shards);
        self.shards = vec![Arc::default(); count];
        let hasher = self.hasher.clone();
        for (key, index) in old.iter().flat_map(|shard| &shard.entries) {
            let hash = hash_alone(&hasher, key);
            let place = self.shard_of(hash);
            if let Some(shard) = self.shards.get_mut(place) {
                let entries = &mut Arc::make_mut(shard).entries;
                let entry = (key.clone(), *index);
                entries.insert_unique(hash, entry, |(key, _)| hash_alone(&hasher, key));
            }
        }
    }

    /// The table inside a shard uses the top seven bits and the low ones; the middle is free.
    #[inline]
    fn shard_of(&self, hash: u64) -> usize {
        (hash >> 32) as usize & self.shards.len().wrapping_sub(1)
    }
}

const SHARD_LEN: usize = 512;
const SHARDS_MAX: usize = 4096;
