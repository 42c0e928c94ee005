//! Fingerprints: which flags and segments of a document differ from the last one.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hash, Hasher};

use flagkit_core::document::fingerprint;
use flagkit_core::{Changes, Document, Flag, Snapshot};

use crate::str::Str;

/// A number for the content of every flag and segment of a document, by a number for its key.
///
/// Two contents share one with a probability of about 2⁻⁶⁴, and so do two keys.
#[derive(Clone, Debug, Default)]
pub(super) struct Fingerprints {
    flags: Prints,
    segments: Prints,
}

/// The keys of what is gone.
#[derive(Debug, Default)]
pub(super) struct Removed {
    pub(super) flags: Vec<String>,
    pub(super) segments: Vec<String>,
}

/// Both are spread evenly already.
type Prints = HashMap<u64, u64, BuildHasherDefault<Same>>;

impl Fingerprints {
    /// Those of this document, comparable with all that were made in this process.
    pub(super) fn of(document: &Document) -> Self {
        let flags = document.flags.iter().map(|flag| print(&flag.key, flag));
        let segments = document.segments.iter().map(|segment| print(&segment.key, segment));
        Self { flags: flags.collect(), segments: segments.collect() }
    }

    /// Those of some parts only.
    pub(super) fn of_changes(changes: &Changes) -> Self {
        let flags = changes.flags.iter().map(|flag| print(&flag.key, flag));
        let segments = changes.segments.iter().map(|segment| print(&segment.key, segment));
        Self { flags: flags.collect(), segments: segments.collect() }
    }

    /// Follows a change: these parts are new or different, and those are gone.
    pub(super) fn apply(&mut self, changed: Self, removed: &Removed) {
        for key in &removed.flags {
            self.flags.remove(&fingerprint(&**key));
        }
        for key in &removed.segments {
            self.segments.remove(&fingerprint(&**key));
        }
        self.flags.extend(changed.flags);
        self.segments.extend(changed.segments);
    }

    /// The keys of flags that a change makes new, different or gone, sorted; `after` is what it
    /// says of flags, called by these keys.
    pub(super) fn touched<'k>(
        &self,
        after: &Self,
        keys: impl Iterator<Item = &'k str>,
        removed: &'k [String],
    ) -> Vec<Str> {
        let different = keys.filter(|key| is_different(&after.flags, &self.flags, key));
        let gone = removed.iter().map(|key| &**key).filter(|key| !is_gone(&self.flags, key));
        let mut keys: Vec<Str> = different.chain(gone).map(Str::from).collect();
        keys.sort_unstable();
        keys
    }

    /// Takes back what these flags say: they stay as they were in the old document.
    pub(super) fn keep(&mut self, old: &Self, flags: &[String]) {
        for key in flags {
            let key = fingerprint(&**key);
            self.flags.extend(old.flags.get(&key).map(|print| (key, *print)));
        }
    }

    /// The keys of flags that are new, different or gone, sorted; `next` is the snapshot of these
    /// flags and `current` that of the old ones.
    pub(super) fn changed_flags(
        &self,
        old: &Self,
        next: &Snapshot,
        current: &Snapshot,
    ) -> Vec<Str> {
        let next = next.flags().map(Flag::key);
        let gone = current.flags().map(Flag::key).filter(|key| is_gone(&self.flags, key));
        let different = next.filter(|key| is_different(&self.flags, &old.flags, key));
        let mut keys: Vec<Str> = different.chain(gone).map(Str::from).collect();
        keys.sort_unstable();
        keys
    }

    /// What differs, taken out of the document; `current` is the snapshot of the old ones.
    pub(super) fn changes(
        &self,
        old: &Self,
        document: &mut Document,
        current: &Snapshot,
    ) -> Changes {
        let mut flags = std::mem::take(&mut document.flags);
        flags.retain(|flag| is_different(&self.flags, &old.flags, &flag.key));
        let mut segments = std::mem::take(&mut document.segments);
        segments.retain(|segment| is_different(&self.segments, &old.segments, &segment.key));
        let gone_flags = current.flags().map(Flag::key);
        let gone_segments = current.segment_keys();
        Changes {
            flags,
            removed_flags: gone_flags
                .filter(|key| is_gone(&self.flags, key))
                .map(str::to_owned)
                .collect(),
            segments,
            removed_segments: gone_segments
                .filter(|key| is_gone(&self.segments, key))
                .map(str::to_owned)
                .collect(),
            revision: document.revision,
        }
    }
}

fn print(key: &str, part: &impl Hash) -> (u64, u64) {
    (fingerprint(key), fingerprint(part))
}

fn is_different(new: &Prints, old: &Prints, key: &str) -> bool {
    let key = fingerprint(key);
    new.get(&key) != old.get(&key)
}

fn is_gone(new: &Prints, key: &str) -> bool {
    !new.contains_key(&fingerprint(key))
}

/// Hashes a fingerprint to itself.
#[derive(Debug, Default)]
struct Same(u64);

impl Hasher for Same {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0 << 8 | u64::from(*byte);
        }
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
