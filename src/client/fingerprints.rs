//! Fingerprints: which flags and segments of a document differ from the last one.

use std::collections::HashMap;
use std::fmt::{self, Debug, Write};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::LazyLock;

use flagkit_core::{Changes, Document};

use crate::str::Str;

/// A number for the content of every flag and segment of a document.
///
/// Two contents share one with a probability of 2⁻⁶⁴.
#[derive(Debug, Default)]
pub(super) struct Fingerprints {
    flags: HashMap<Str, u64>,
    segments: HashMap<Str, u64>,
}

impl Fingerprints {
    /// Those of this document, comparable with all that were made in this process.
    pub(super) fn of(document: &Document) -> Self {
        let flags = document.flags.iter().map(|flag| (flag.key.as_str().into(), fingerprint(flag)));
        let segments = document.segments.iter();
        let segments = segments.map(|segment| (segment.key.as_str().into(), fingerprint(segment)));
        Self { flags: flags.collect(), segments: segments.collect() }
    }

    /// The keys of flags that are new, different or gone, sorted.
    pub(super) fn changed_flags(&self, old: &Self) -> Vec<Str> {
        let mut keys: Vec<Str> = different(&self.flags, &old.flags).cloned().collect();
        keys.extend(gone(&self.flags, &old.flags).cloned());
        keys.sort();
        keys
    }

    /// What differs, taken out of the document.
    pub(super) fn changes(&self, old: &Self, document: &mut Document) -> Changes {
        let is_changed = |map: &HashMap<Str, u64>, old: &HashMap<Str, u64>, key: &str| {
            map.get(key) != old.get(key)
        };
        let flags = std::mem::take(&mut document.flags);
        let segments = std::mem::take(&mut document.segments);
        Changes {
            flags: flags
                .into_iter()
                .filter(|flag| is_changed(&self.flags, &old.flags, &flag.key))
                .collect(),
            removed_flags: gone(&self.flags, &old.flags).map(ToString::to_string).collect(),
            segments: segments
                .into_iter()
                .filter(|segment| is_changed(&self.segments, &old.segments, &segment.key))
                .collect(),
            removed_segments: gone(&self.segments, &old.segments)
                .map(ToString::to_string)
                .collect(),
            revision: document.revision,
        }
    }
}

fn different<'f>(
    new: &'f HashMap<Str, u64>,
    old: &'f HashMap<Str, u64>,
) -> impl Iterator<Item = &'f Str> {
    new.iter().filter(|(key, print)| old.get(*key) != Some(*print)).map(|(key, _)| key)
}

fn gone<'f>(
    new: &'f HashMap<Str, u64>,
    old: &'f HashMap<Str, u64>,
) -> impl Iterator<Item = &'f Str> {
    old.keys().filter(|key| !new.contains_key(*key))
}

/// The debug form says everything about a part of a document: it is hashed as it is printed.
fn fingerprint(part: &impl Debug) -> u64 {
    let mut printed = Hashed(STATE.build_hasher());
    // Writing into a hasher cannot fail.
    let _ = write!(printed, "{part:?}");
    printed.0.finish()
}

struct Hashed<H>(H);

impl<H: Hasher> Write for Hashed<H> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.write(text.as_bytes());
        Ok(())
    }
}

/// One seed for the whole process, so that fingerprints of different times can be compared.
static STATE: LazyLock<RandomState> = LazyLock::new(RandomState::new);
