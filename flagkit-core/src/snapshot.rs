//! Snapshots: all flags of one moment, compiled, checked and immutable.
//!
//! Flags and segments are found by key once, then by index. They live in
//! [`Chunks`] that successive snapshots share, so a change of one flag among a
//! hundred thousand copies a few pages, not the whole. Everything in here is
//! private: the compiled form may change with every release.

use std::fmt;
use std::sync::Arc;

use crate::counters::Counters;
use crate::digest::Digest;
use crate::document::References;

pub(crate) mod chunks;
pub(crate) mod condition;
pub(crate) mod describe;
pub(crate) mod expression;
pub(crate) mod flag;
pub(crate) mod flag_table;
pub(crate) mod interned;
pub(crate) mod key_index;
pub(crate) mod key_set;
pub(crate) mod lineage;
#[cfg(feature = "sha")]
pub(crate) mod salted;

use chunks::Chunks;
pub use flag::Flag;
use flag::{Node, Segment};
use flag_table::FlagTable;
use interned::Interned;
use key_index::KeyIndex;
use lineage::Lineage;

/// All flags of one moment. Made by [`compile`](crate::compile()), asked by
/// [`Snapshot::resolve`].
#[derive(Clone)]
pub struct Snapshot {
    pub(crate) revision: Option<u64>,
    pub(crate) references: References,
    pub(crate) keys_are_digests: bool,
    pub(crate) lineage: Lineage,
    pub(crate) by_key: FlagTable,
    pub(crate) interned: Arc<Interned>,
    /// How many answers an evaluation of all flags may have to remember, roughly.
    pub(crate) answers: usize,
    /// Whether a segment of the lineage may answer differently for the same context.
    pub(crate) segments_vary: bool,
    pub(crate) flag_keys: KeyIndex,
    pub(crate) segment_keys: KeyIndex,
    pub(crate) flags: Chunks<Option<Arc<Flag>>>,
    pub(crate) segments: Chunks<Option<Arc<Segment>>>,
    pub(crate) flag_dependents: Chunks<Option<Arc<[Node]>>>,
    pub(crate) segment_dependents: Chunks<Option<Arc<[Node]>>>,
    /// How many numbers its flags have for what they serve.
    pub(crate) outcomes: u32,
    /// Where it is counted what they serve.
    pub(crate) counters: Option<Arc<Counters>>,
}

impl Snapshot {
    /// A snapshot without flags.
    pub fn empty() -> Self {
        Self {
            revision: None,
            references: References::default(),
            keys_are_digests: false,
            lineage: Lineage::fresh(),
            by_key: FlagTable::default(),
            interned: Arc::default(),
            answers: 0,
            segments_vary: false,
            flag_keys: KeyIndex::default(),
            segment_keys: KeyIndex::default(),
            flags: Chunks::default(),
            segments: Chunks::default(),
            flag_dependents: Chunks::default(),
            segment_dependents: Chunks::default(),
            outcomes: 0,
            counters: None,
        }
    }

    /// The revision of the document, where its flag management system counts.
    pub fn revision(&self) -> Option<u64> {
        self.revision
    }

    /// The flag of this key.
    #[inline]
    pub fn flag(&self, key: &str) -> Option<&Flag> {
        if self.keys_are_digests { self.flag_of_digest(key) } else { self.by_key.find(key) }
    }

    #[cold]
    fn flag_of_digest(&self, key: &str) -> Option<&Flag> {
        Digest::of(key).with_digits(|digits| self.by_key.find(digits))
    }

    /// A number for this key that is cheaper to look up; see [`FlagIndex`].
    #[inline]
    pub fn flag_index(&self, key: &str) -> Option<FlagIndex> {
        self.place(key).map(|index| FlagIndex { index, lineage: self.lineage })
    }

    /// The place of the flag that applications call by this key.
    fn place(&self, key: &str) -> Option<u32> {
        if self.keys_are_digests {
            return Digest::of(key).with_digits(|digits| self.flag_keys.find(digits));
        }
        self.flag_keys.find(key)
    }

    /// The flag of this index; `None` if it is gone or the index is from another lineage.
    #[inline]
    pub fn flag_at(&self, index: FlagIndex) -> Option<&Flag> {
        if index.lineage != self.lineage {
            return None;
        }
        self.flag_slot(index.index)
    }

    /// All flags, in no particular order.
    pub fn flags(&self) -> impl Iterator<Item = &Flag> {
        self.flags.iter().filter_map(|slot| slot.as_deref())
    }

    /// The keys of all segments, in no particular order.
    pub fn segment_keys(&self) -> impl Iterator<Item = &str> {
        self.segments.iter().filter_map(|slot| slot.as_deref()).map(|segment| &*segment.key)
    }

    /// How many flags there are.
    pub fn len(&self) -> usize {
        self.by_key.len()
    }

    /// Whether there is no flag.
    pub fn is_empty(&self) -> bool {
        self.by_key.len() == 0
    }

    #[inline]
    pub(crate) fn flag_slot(&self, index: u32) -> Option<&Flag> {
        self.flags.get(index)?.as_deref()
    }

    #[inline]
    pub(crate) fn segment_slot(&self, index: u32) -> Option<&Segment> {
        self.segments.get(index)?.as_deref()
    }
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot")
            .field("revision", &self.revision)
            .field("flags", &self.len())
            .finish_non_exhaustive()
    }
}

/// The place of a flag in a snapshot and in all that were recompiled from it.
///
/// An index stays good through [`recompile`](crate::recompile()): a caller that keeps one
/// saves the look-up by key. A full compile starts a new lineage, in which old
/// indices find nothing.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct FlagIndex {
    index: u32,
    lineage: Lineage,
}

impl FlagIndex {
    /// The index as one number that [`FlagIndex::unpack`] understands, for atomic caches.
    pub fn pack(self) -> u64 {
        u64::from(self.lineage.number()) << 32 | u64::from(self.index)
    }

    /// The index from its number.
    #[expect(clippy::cast_possible_truncation, reason = "the two halves are taken apart")]
    pub fn unpack(packed: u64) -> Self {
        Self { index: packed as u32, lineage: Lineage::from_number((packed >> 32) as u32) }
    }
}
