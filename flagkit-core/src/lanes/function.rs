//! The hash functions that gain by standing side by side.

use super::level::Level;
#[cfg(feature = "simd")]
use super::md5;
use super::message::Block;
#[cfg(all(feature = "simd", feature = "sha"))]
use super::{sha1, sha256};
use crate::bucketing::{Hash, md5_of_block};
#[cfg(feature = "sha")]
use crate::bucketing::{sha1_of_block, sha256_of_block};

/// A hash function over messages of one block.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Function {
    Md5,
    #[cfg(feature = "sha")]
    Sha1,
    #[cfg(feature = "sha")]
    Sha256,
}

/// As many messages as are hashed together: two vectors of the widest kind.
pub(super) const LANES: usize = 32;

impl Function {
    /// The function behind a hash, and how many leading bits of its digest count.
    pub(super) fn of(hash: Hash) -> Option<(Self, u32)> {
        match hash {
            Hash::Md5 { bits } => Some((Self::Md5, bits)),
            #[cfg(feature = "sha")]
            Hash::Sha1 { bits } => Some((Self::Sha1, bits)),
            #[cfg(feature = "sha")]
            Hash::Sha256 { bits } => Some((Self::Sha256, bits)),
            _ => None,
        }
    }

    /// Writes the length of the message to the end of its block.
    #[inline]
    pub(super) fn seal(self, block: &mut Block, len: usize) {
        let bits = (len as u64) * 8;
        if let Some(end) = block.last_chunk_mut() {
            *end = match self {
                Self::Md5 => bits.to_le_bytes(),
                #[cfg(feature = "sha")]
                Self::Sha1 | Self::Sha256 => bits.to_be_bytes(),
            };
        }
    }

    /// The first 128 bits of the digests of the first `count` blocks.
    pub(super) fn digests(
        self,
        level: Level,
        blocks: &[Block; LANES],
        count: usize,
        out: &mut [u128; LANES],
    ) {
        let done = self.digests_in_lanes(level, blocks, count, out);
        for (block, out) in blocks.iter().zip(out).take(count).skip(done) {
            *out = match self {
                Self::Md5 => md5_of_block(block, 128),
                #[cfg(feature = "sha")]
                Self::Sha1 => sha1_of_block(block, 128),
                #[cfg(feature = "sha")]
                Self::Sha256 => sha256_of_block(block, 128),
            };
        }
    }

    /// How many digests, from the first, are cheaper in lanes; they are in their places.
    #[cfg(feature = "simd")]
    fn digests_in_lanes(
        self,
        level: Level,
        blocks: &[Block; LANES],
        count: usize,
        out: &mut [u128; LANES],
    ) -> usize {
        let Some(vectors) = level.vectors else { return 0 };
        match self {
            Self::Md5 => md5::digests(vectors, blocks, count, out),
            #[cfg(feature = "sha")]
            Self::Sha1 | Self::Sha256 if level.does_sha_faster() => 0,
            #[cfg(feature = "sha")]
            Self::Sha1 => sha1::digests(vectors, blocks, count, out),
            #[cfg(feature = "sha")]
            Self::Sha256 => sha256::digests(vectors, blocks, count, out),
        }
    }

    #[cfg(not(feature = "simd"))]
    #[expect(clippy::unused_self, reason = "the same question as with the feature")]
    fn digests_in_lanes(
        self,
        _level: Level,
        _blocks: &[Block; LANES],
        _count: usize,
        _out: &mut [u128; LANES],
    ) -> usize {
        0
    }
}
