//! MD5 (RFC 1321) in lanes.

#![expect(clippy::inline_always, reason = "what is not inlined loses its caller's instructions")]

use fearless_simd::{Level, Simd, SimdBase, dispatch};

use super::message::Block;
use super::vector::{Compress, Word, Words, digests as each, rotated, swapped};

/// The digests of the first `count` blocks; how many were done.
pub(super) fn digests(level: Level, blocks: &[Block], count: usize, out: &mut [u128]) -> usize {
    dispatch!(level, simd => each::<_, Md5>(simd, blocks, count, out))
}

struct Md5;

impl Compress for Md5 {
    #[inline(always)]
    fn compress<S: Simd>(simd: S, blocks: &[Words<S>; 2]) -> [[Word<S>; 4]; 2] {
        let [a, b, c, d] = START;
        let word = |word| Word::<S>::splat(simd, word);
        let start = [word(a), word(b), word(c), word(d)];
        let [first, second, third, fourth] = &ROUNDS;
        let mut states = [start; 2];
        round::<S, 7, 12, 17, 22>(simd, &mut states, blocks, first, |b, c, d| d ^ b & (c ^ d));
        round::<S, 5, 9, 14, 20>(simd, &mut states, blocks, second, |b, c, d| c ^ d & (b ^ c));
        round::<S, 4, 11, 16, 23>(simd, &mut states, blocks, third, |b, c, d| b ^ c ^ d);
        round::<S, 6, 10, 15, 21>(simd, &mut states, blocks, fourth, |b, c, d| c ^ (b | !d));
        // Loops, not `map`: see `vector::shuffled`.
        for (word, start) in states.iter_mut().flat_map(|state| state.iter_mut().zip(start)) {
            *word = swapped(simd, *word + start);
        }
        states
    }
}

/// Sixteen steps, four by four.
#[inline(always)]
fn round<S: Simd, const R0: u32, const R1: u32, const R2: u32, const R3: u32>(
    simd: S,
    states: &mut [[Word<S>; 4]; 2],
    blocks: &[Words<S>; 2],
    steps: &[[(usize, u32); 4]; 4],
    mix: impl Fn(Word<S>, Word<S>, Word<S>) -> Word<S> + Copy,
) {
    for [first, second, third, fourth] in steps {
        step::<S, R0>(simd, states, blocks, *first, mix);
        step::<S, R1>(simd, states, blocks, *second, mix);
        step::<S, R2>(simd, states, blocks, *third, mix);
        step::<S, R3>(simd, states, blocks, *fourth, mix);
    }
}

#[inline(always)]
#[expect(clippy::indexing_slicing, reason = "the places in the table are below sixteen")]
fn step<S: Simd, const ROTATION: u32>(
    simd: S,
    states: &mut [[Word<S>; 4]; 2],
    blocks: &[Words<S>; 2],
    (place, constant): (usize, u32),
    mix: impl Fn(Word<S>, Word<S>, Word<S>) -> Word<S>,
) {
    for (state, words) in states.iter_mut().zip(blocks) {
        let [a, b, c, d] = *state;
        let sum = a + (words[place] + Word::<S>::splat(simd, constant)) + mix(b, c, d);
        *state = [d, b + rotated::<S, ROTATION>(sum), b, c];
    }
}

/// RFC 1321, section 3.3.
const START: [u32; 4] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476];

/// RFC 1321, section 3.4: in each step, which word of the block is added, and which constant.
const ROUNDS: [[[(usize, u32); 4]; 4]; 4] = [
    [
        [(0, 0xd76a_a478), (1, 0xe8c7_b756), (2, 0x2420_70db), (3, 0xc1bd_ceee)],
        [(4, 0xf57c_0faf), (5, 0x4787_c62a), (6, 0xa830_4613), (7, 0xfd46_9501)],
        [(8, 0x6980_98d8), (9, 0x8b44_f7af), (10, 0xffff_5bb1), (11, 0x895c_d7be)],
        [(12, 0x6b90_1122), (13, 0xfd98_7193), (14, 0xa679_438e), (15, 0x49b4_0821)],
    ],
    [
        [(1, 0xf61e_2562), (6, 0xc040_b340), (11, 0x265e_5a51), (0, 0xe9b6_c7aa)],
        [(5, 0xd62f_105d), (10, 0x0244_1453), (15, 0xd8a1_e681), (4, 0xe7d3_fbc8)],
        [(9, 0x21e1_cde6), (14, 0xc337_07d6), (3, 0xf4d5_0d87), (8, 0x455a_14ed)],
        [(13, 0xa9e3_e905), (2, 0xfcef_a3f8), (7, 0x676f_02d9), (12, 0x8d2a_4c8a)],
    ],
    [
        [(5, 0xfffa_3942), (8, 0x8771_f681), (11, 0x6d9d_6122), (14, 0xfde5_380c)],
        [(1, 0xa4be_ea44), (4, 0x4bde_cfa9), (7, 0xf6bb_4b60), (10, 0xbebf_bc70)],
        [(13, 0x289b_7ec6), (0, 0xeaa1_27fa), (3, 0xd4ef_3085), (6, 0x0488_1d05)],
        [(9, 0xd9d4_d039), (12, 0xe6db_99e5), (15, 0x1fa2_7cf8), (2, 0xc4ac_5665)],
    ],
    [
        [(0, 0xf429_2244), (7, 0x432a_ff97), (14, 0xab94_23a7), (5, 0xfc93_a039)],
        [(12, 0x655b_59c3), (3, 0x8f0c_cc92), (10, 0xffef_f47d), (1, 0x8584_5dd1)],
        [(8, 0x6fa8_7e4f), (15, 0xfe2c_e6e0), (6, 0xa301_4314), (13, 0x4e08_11a1)],
        [(4, 0xf753_7e82), (11, 0xbd3a_f235), (2, 0x2ad7_d2bb), (9, 0xeb86_d391)],
    ],
];
