//! Messages that wait until there are enough of them.

use super::function::{Function, LANES};
use super::level::Level;
use super::message::{self, Block};
use crate::bucketing::keep_leading;

/// Up to [`LANES`] padded messages of one hash function, each with a place for its hash.
#[derive(Clone, Debug)]
pub(super) struct Group {
    function: Function,
    level: Level,
    /// Of these, `len` wait. Those behind them are from earlier: lanes that nobody asks.
    blocks: Blocks,
    slots: [Slot; LANES],
    len: usize,
}

/// Vectors are loaded from here, and one that lies in two cache lines is loaded twice.
#[derive(Clone, Debug)]
#[repr(align(64))]
struct Blocks([Block; LANES]);

/// Where a hash belongs.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Slot {
    /// A number that is handed back with the hash.
    pub(super) place: usize,
    /// How many leading bits of the digest count, at most 128.
    pub(super) bits: u32,
}

impl Group {
    pub(super) fn new(function: Function, level: Level) -> Self {
        let (blocks, slots) = (Blocks([[0; 64]; LANES]), [Slot::default(); LANES]);
        Self { function, level, blocks, slots, len: 0 }
    }

    /// Lets a message wait that begins as `begun` writes it; `false` if it is too long.
    #[inline]
    pub(super) fn push(
        &mut self,
        begun: impl FnOnce(&mut Block) -> Option<usize>,
        [subject, suffix]: [&str; 2],
        slot: Slot,
    ) -> bool {
        let (Some(block), Some(kept)) =
            (self.blocks.0.get_mut(self.len), self.slots.get_mut(self.len))
        else {
            return false;
        };
        let len = begun(block).and_then(|start| {
            message::complete(block, start, subject.as_bytes(), suffix.as_bytes())
        });
        let Some(len) = len else { return false };
        self.function.seal(block, len);
        *kept = slot;
        self.len += 1;
        true
    }

    /// Whether nobody else can wait.
    #[inline]
    pub(super) fn is_full(&self) -> bool {
        self.len == LANES
    }

    /// Hashes all that waits and hands out places and hashes, in the order in which they came.
    // Inlined, it takes registers from the pushes, which are 32 times as frequent.
    #[inline(never)]
    pub(super) fn flush(&mut self, mut take: impl FnMut(usize, u128)) {
        let mut digests = [0; LANES];
        self.function.digests(self.level, &self.blocks.0, self.len, &mut digests);
        for (slot, digest) in self.slots.iter().zip(digests).take(self.len) {
            take(slot.place, keep_leading(digest, slot.bits));
        }
        self.len = 0;
    }
}
