//! Keys that no flag has, and how often each was asked for.

use std::sync::OnceLock;

use hashbrown::DefaultHashBuilder;

use super::counter::{add, untold};
use crate::sync::AtomicU64;
use crate::text::hash_alone;

/// The first keys that were asked for in vain, each with its own counter, and one for all others.
pub(super) struct Unknown {
    hasher: DefaultHashBuilder,
    keys: [Asked; KEYS_MAX],
    others: Counter,
}

#[derive(Default)]
struct Asked {
    key: OnceLock<Box<str>>,
    counter: Counter,
}

struct Counter {
    counted: AtomicU64,
    told: AtomicU64,
}

impl Unknown {
    /// Counts a key, in the thread that has the sheet.
    pub(super) fn count(&self, key: &str, times: u64) {
        add(&self.counter(key).counted, times);
    }

    pub(super) fn count_other(&self, times: u64) {
        add(&self.others.counted, times);
    }

    fn counter(&self, key: &str) -> &Counter {
        if key.len() > KEY_BYTES_MAX {
            return &self.others;
        }
        // A key is where its hash points, or in the next free place.
        let (before, from) = self.keys.split_at(self.place_of(key));
        for asked in from.iter().chain(before) {
            if **asked.key.get_or_init(|| key.into()) == *key {
                return &asked.counter;
            }
        }
        &self.others
    }

    fn place_of(&self, key: &str) -> usize {
        usize::try_from(hash_alone(&self.hasher, key) % KEYS_MAX as u64).unwrap_or(0)
    }

    pub(super) fn tell(&self, mut tell: impl FnMut(Option<&str>, u64)) {
        let known = self.keys.iter().filter_map(|asked| Some((asked.key.get()?, &asked.counter)));
        let others = (None, &self.others);
        let all = known.map(|(key, counter)| (Some(&**key), counter)).chain([others]);
        for (key, counter) in all {
            let times = untold(&counter.counted, &counter.told);
            if times > 0 {
                tell(key, times);
            }
        }
    }
}

impl Default for Unknown {
    fn default() -> Self {
        Self {
            hasher: DefaultHashBuilder::default(),
            keys: std::array::from_fn(|_| Asked::default()),
            others: Counter::default(),
        }
    }
}

impl Default for Counter {
    fn default() -> Self {
        Self { counted: AtomicU64::new(0), told: AtomicU64::new(0) }
    }
}

/// So many keys have counters of their own on a sheet.
const KEYS_MAX: usize = 64;
/// Longer keys have none.
const KEY_BYTES_MAX: usize = 256;
