//! One bucketing and many subjects.

use super::function::Function;
use super::group::{Group, Slot};
use super::level::Level;
use super::message::{self, Block};
use crate::bucketing::PreparedBucketing;

impl PreparedBucketing {
    /// The buckets of these subjects, in their order, behind those that `out` has already.
    ///
    /// Each is what [`bucket`](Self::bucket) gives for the text. Hashes of short texts are computed
    /// side by side in the vectors of the processor, a single one being mostly time spent waiting.
    /// Nothing but `out` is allocated.
    ///
    /// ```
    /// use flagkit_core::document::TextReading;
    /// use flagkit_core::{Bucketing, Hash, Part, Scale, Units};
    ///
    /// let bucketing = Bucketing {
    ///     hash: Hash::Md5 { bits: 128 },
    ///     input: vec![Part::Text("new-checkout:".into()), Part::Subject],
    ///     reads: TextReading::Json,
    ///     units: Units::Utf8,
    ///     scale: Scale::modulo(10_000),
    /// };
    /// let (prepared, mut buckets) = (bucketing.prepare(), Vec::new());
    /// prepared.buckets_of(["user_123", "user_124"], &mut buckets);
    /// assert_eq!(buckets[0], Some(8.0));
    /// assert_eq!(buckets[1], prepared.bucket("user_124".into()));
    /// ```
    pub fn buckets_of<'s>(
        &self,
        subjects: impl IntoIterator<Item = &'s str>,
        out: &mut Vec<Option<f64>>,
    ) {
        self.buckets_at(Level::detect(), subjects.into_iter(), out);
    }

    /// The same with no other vectors than these.
    pub(super) fn buckets_at<'s>(
        &self,
        level: Level,
        subjects: impl Iterator<Item = &'s str>,
        out: &mut Vec<Option<f64>>,
    ) {
        let Some(column) = Column::of(self) else {
            return out.extend(subjects.map(|subject| self.bucket(subject.into())));
        };
        out.reserve(subjects.size_hint().0);
        let mut group = Group::new(column.function, level);
        for subject in subjects {
            let slot = Slot { place: out.len(), bits: column.bits };
            if group.push(|block| column.begin(block), [subject, column.suffix], slot) {
                out.push(None);
            } else {
                out.push(self.bucket(subject.into()));
            }
            if group.is_full() {
                self.flush(&mut group, out);
            }
        }
        self.flush(&mut group, out);
    }

    fn flush(&self, group: &mut Group, out: &mut [Option<f64>]) {
        group.flush(|place, hash| {
            if let Some(kept) = out.get_mut(place) {
                *kept = Some(self.bucket_of_hash(hash));
            }
        });
    }
}

/// What all messages of a column have in common.
struct Column<'p> {
    function: Function,
    bits: u32,
    /// A block that begins with the prefix.
    start: Block,
    prefix_len: usize,
    suffix: &'p str,
}

impl<'p> Column<'p> {
    fn of(prepared: &'p PreparedBucketing) -> Option<Self> {
        let (hash, [prefix, suffix]) = prepared.as_hash_of_text()?;
        let (function, bits) = Function::of(hash)?;
        let mut start = [0; 64];
        let prefix_len = message::begin(&mut start, prefix.as_bytes())?;
        Some(Self { function, bits, start, prefix_len, suffix })
    }

    #[inline]
    #[expect(clippy::unnecessary_wraps, reason = "other messages may not fit their block")]
    fn begin(&self, block: &mut Block) -> Option<usize> {
        *block = self.start;
        Some(self.prefix_len)
    }
}
