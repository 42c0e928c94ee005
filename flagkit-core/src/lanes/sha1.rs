//! SHA-1 (FIPS 180-4) in lanes.

#![expect(clippy::inline_always, reason = "what is not inlined loses its caller's instructions")]

use std::ops::Range;

use fearless_simd::{Level, Simd, SimdBase, dispatch};

use super::message::Block;
use super::vector::{Compress, Word, Words, digests as each, rotated, swapped};

/// The digests of the first `count` blocks; how many were done.
pub(super) fn digests(level: Level, blocks: &[Block], count: usize, out: &mut [u128]) -> usize {
    dispatch!(level, simd => each::<_, Sha1>(simd, blocks, count, out))
}

struct Sha1;

impl Compress for Sha1 {
    #[inline(always)]
    fn compress<S: Simd>(simd: S, blocks: &[Words<S>; 2]) -> [[Word<S>; 4]; 2] {
        let start = START.map(|word| Word::<S>::splat(simd, word));
        let mut chains = blocks.map(|words| (start, words.map(|word| swapped(simd, word))));
        let [first, second, third, fourth] =
            CONSTANTS.map(|constant| Word::<S>::splat(simd, constant));
        steps::<S>(&mut chains, 0..20, first, |b, c, d| d ^ b & (c ^ d));
        steps::<S>(&mut chains, 20..40, second, |b, c, d| b ^ c ^ d);
        steps::<S>(&mut chains, 40..60, third, |b, c, d| b & c | d & (b | c));
        steps::<S>(&mut chains, 60..80, fourth, |b, c, d| b ^ c ^ d);
        let [e, f, g, h, _] = start;
        chains.map(|([a, b, c, d, _], _)| [a + e, b + f, c + g, d + h])
    }
}

/// A state, and the last sixteen words of the schedule.
type Chain<S> = ([Word<S>; 5], Words<S>);

#[inline(always)]
fn steps<S: Simd>(
    chains: &mut [Chain<S>; 2],
    numbers: Range<usize>,
    constant: Word<S>,
    mix: impl Fn(Word<S>, Word<S>, Word<S>) -> Word<S>,
) {
    for number in numbers {
        for ([a, b, c, d, e], words) in chains.iter_mut() {
            let sum = *e + (scheduled::<S>(words, number) + constant) + mix(*b, *c, *d);
            (*e, *d, *c, *b) = (*d, *c, rotated::<S, 30>(*b), *a);
            *a = sum + rotated::<S, 5>(*a);
        }
    }
}

/// FIPS 180-4, section 6.1.2: the word of a step.
#[inline(always)]
#[expect(clippy::indexing_slicing, reason = "a remainder by sixteen is below it")]
fn scheduled<S: Simd>(words: &mut Words<S>, number: usize) -> Word<S> {
    if number >= 16 {
        let back = |steps: usize| words[(number + 16 - steps) % 16];
        words[number % 16] = rotated::<S, 1>(back(3) ^ back(8) ^ back(14) ^ back(16));
    }
    words[number % 16]
}

/// FIPS 180-4, section 5.3.1.
const START: [u32; 5] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0];

/// FIPS 180-4, section 4.2.1.
const CONSTANTS: [u32; 4] = [0x5a82_7999, 0x6ed9_eba1, 0x8f1b_bcdc, 0xca62_c1d6];
