//! From blocks to vectors and back, whatever the width.

#![expect(clippy::inline_always, reason = "what is not inlined loses its caller's instructions")]

use fearless_simd::{Bytes, Simd, SimdBase};

use super::message::Block;

/// One word of as many messages as a vector has lanes.
pub(super) type Word<S> = <S as Simd>::u32s;

/// A block of each of these messages.
pub(super) type Words<S> = [Word<S>; 16];

/// The compression of one block from the state before the first.
pub(super) trait Compress {
    /// The first four words of the digests, each word read in big-endian order.
    ///
    /// Two at once: the steps of one wait for each other, so the processor has time for both.
    fn compress<S: Simd>(simd: S, blocks: &[Words<S>; 2]) -> [[Word<S>; 4]; 2];
}

/// Hashes the first `count` blocks. How many are done; fewer than three are left for one by one.
#[inline(always)]
pub(super) fn digests<S: Simd, C: Compress>(
    simd: S,
    blocks: &[Block],
    count: usize,
    out: &mut [u128],
) -> usize {
    let lanes = Word::<S>::LEN;
    let mut done = 0;
    for (blocks, out) in blocks.chunks_exact(2 * lanes).zip(out.chunks_exact_mut(2 * lanes)) {
        if done + FEW > count {
            break;
        }
        let (first, second) = blocks.split_at(lanes);
        let states = C::compress(simd, &[load(simd, first), load(simd, second)]);
        for (out, state) in out.chunks_exact_mut(lanes).zip(states) {
            store::<S>(state, out);
        }
        done += 2 * lanes;
    }
    done.min(count)
}

/// The words of these blocks, as many as there are lanes, in little-endian order.
#[inline(always)]
fn load<S: Simd>(simd: S, blocks: &[Block]) -> Words<S> {
    // INVARIANT: as many blocks as lanes are sixteen vectors of bytes.
    let parts = blocks.as_flattened().chunks_exact(S::u8s::LEN);
    let mut words = [Word::<S>::splat(simd, 0); 16];
    for (word, bytes) in words.iter_mut().zip(parts) {
        *word = S::u8s::from_slice(simd, bytes).bitcast();
    }
    // The place of a word is the number of its message, then its number in the message. Each
    // shuffle turns the bits of that place by one; the second number has to come first.
    let mut turned = 1;
    while turned < Word::<S>::LEN {
        words = shuffled::<S>(&words);
        turned *= 2;
    }
    words
}

/// The first and the second half, one word from each in turn.
#[inline(always)]
fn shuffled<S: Simd>(words: &Words<S>) -> Words<S> {
    // Loops, not `array::from_fn`: that one is not inlined, and so compiled for the least machine.
    let (first, second) = words.split_at(8);
    let mut shuffled = *words;
    for (pair, (first, second)) in
        shuffled.as_chunks_mut().0.iter_mut().zip(first.iter().zip(second))
    {
        let (low, high) = first.interleave(*second);
        *pair = [low, high];
    }
    shuffled
}

/// Four words of each message as one number.
#[inline(always)]
fn store<S: Simd>([a, b, c, d]: [Word<S>; 4], out: &mut [u128]) {
    let (low, high) = (a.interleave(c), b.interleave(d));
    let (first, second) = (low.0.interleave(high.0), low.1.interleave(high.1));
    let numbers = [first.0, first.1, second.0, second.1];
    let words = numbers.iter().flat_map(|words| words.as_slice().as_chunks().0);
    for (out, [a, b, c, d]) in out.iter_mut().zip(words) {
        let (high, low) =
            (u64::from(*a) << 32 | u64::from(*b), u64::from(*c) << 32 | u64::from(*d));
        *out = u128::from(high) << 64 | u128::from(low);
    }
}

/// Each lane turned left by `BY` bits.
#[inline(always)]
pub(super) fn rotated<S: Simd, const BY: u32>(word: Word<S>) -> Word<S> {
    word << BY | word >> (32 - BY)
}

/// Each lane with its bytes in the other order.
#[inline(always)]
pub(super) fn swapped<S: Simd>(simd: S, word: Word<S>) -> Word<S> {
    let odd = Word::<S>::splat(simd, 0x00ff_00ff);
    rotated::<S, 8>(word) & odd | rotated::<S, 24>(word) & !odd
}

/// Two hashes one by one are as fast as eight in the narrowest vectors.
const FEW: usize = 3;
