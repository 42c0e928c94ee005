//! From the keys of flags to the flags themselves, in shards that successive snapshots share.
//!
//! An evaluation by name hashes the key, probes one shard and compares the key with what stands
//! at the head of the flag that it found: whatever it needs next lies beside that.

use std::sync::Arc;

use hashbrown::{DefaultHashBuilder, HashTable};

use crate::snapshot::flag::Flag;
use crate::text::hash_alone;

/// Finds a flag by its key with one hash and one probe.
#[derive(Clone, Debug, Default)]
pub(crate) struct FlagTable {
    hasher: DefaultHashBuilder,
    shards: Vec<Arc<Shard>>,
    len: usize,
}

#[derive(Clone, Debug, Default)]
struct Shard {
    flags: HashTable<Arc<Flag>>,
}

impl FlagTable {
    #[inline(always)]
    #[expect(
        clippy::inline_always,
        reason = "a call here costs more than what it does: benches/targets, W1 by name"
    )]
    pub(crate) fn find(&self, key: &str) -> Option<&Flag> {
        let hash = hash_alone(&self.hasher, key);
        let shard = self.shards.get(self.shard_of(hash))?;
        shard.flags.find(hash, |flag| flag.has_key(key)).map(|flag| &**flag)
    }

    /// How many flags there are.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Puts a flag in the place of the one that has its key, if there is one.
    pub(crate) fn put(&mut self, flag: Arc<Flag>) {
        self.reserve(1);
        let hash = hash_alone(&self.hasher, flag.key());
        let place = self.shard_of(hash);
        let Some(shard) = self.shards.get_mut(place) else { return };
        let flags = &mut Arc::make_mut(shard).flags;
        if let Some(old) = flags.find_mut(hash, |other| other.has_key(flag.key())) {
            *old = flag;
            return;
        }
        let hasher = &self.hasher;
        flags.insert_unique(hash, flag, |flag| hash_alone(hasher, flag.key()));
        self.len += 1;
    }

    /// Takes the flag of this key out.
    pub(crate) fn remove(&mut self, key: &str) {
        let hash = hash_alone(&self.hasher, key);
        let place = self.shard_of(hash);
        let Some(shard) = self.shards.get_mut(place) else { return };
        // The shard is copied only if it has the flag.
        if shard.flags.find(hash, |flag| flag.has_key(key)).is_some()
            && let Ok(found) = Arc::make_mut(shard).flags.find_entry(hash, |flag| flag.has_key(key))
        {
            found.remove();
            self.len -= 1;
        }
    }

    /// Makes room for this many flags more, in shards of a size that is cheap to copy.
    pub(crate) fn reserve(&mut self, additional: usize) {
        let wanted = self.len.saturating_add(additional) / SHARD_LEN;
        let count = wanted.next_power_of_two().min(SHARDS_MAX);
        if count > self.shards.len() {
            self.spread_over(count);
        }
    }

    fn spread_over(&mut self, count: usize) {
        let old = std::mem::take(&mut self.shards);
        self.shards = vec![Arc::default(); count];
        self.len = 0;
        for flag in old.iter().flat_map(|shard| &shard.flags) {
            self.put(flag.clone());
        }
    }

    /// The table inside a shard uses the top seven bits and the low ones; the middle is free.
    #[inline]
    fn shard_of(&self, hash: u64) -> usize {
        (hash >> 32) as usize & self.shards.len().wrapping_sub(1)
    }
}

const SHARD_LEN: usize = 256;
const SHARDS_MAX: usize = 4096;
