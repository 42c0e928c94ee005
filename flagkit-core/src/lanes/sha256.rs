//! SHA-256 (FIPS 180-4) in lanes.

#![expect(clippy::inline_always, reason = "what is not inlined loses its caller's instructions")]

use fearless_simd::{Level, Simd, SimdBase, dispatch};

use super::message::Block;
use super::vector::{Compress, Word, Words, digests as each, rotated, swapped};

/// The digests of the first `count` blocks; how many were done.
pub(super) fn digests(level: Level, blocks: &[Block], count: usize, out: &mut [u128]) -> usize {
    dispatch!(level, simd => each::<_, Sha256>(simd, blocks, count, out))
}

struct Sha256;

impl Compress for Sha256 {
    #[inline(always)]
    fn compress<S: Simd>(simd: S, blocks: &[Words<S>; 2]) -> [[Word<S>; 4]; 2] {
        let start = START.map(|word| Word::<S>::splat(simd, word));
        let mut chains = blocks.map(|words| (start, words.map(|word| swapped(simd, word))));
        for (number, constant) in CONSTANTS.into_iter().enumerate() {
            let constant = Word::<S>::splat(simd, constant);
            for (state, words) in &mut chains {
                *state = stepped::<S>(*state, scheduled::<S>(words, number) + constant);
            }
        }
        let [i, j, k, l, ..] = start;
        chains.map(|([a, b, c, d, ..], _)| [a + i, b + j, c + k, d + l])
    }
}

/// FIPS 180-4, section 6.2.2: one step, its word and constant added up.
#[inline(always)]
#[expect(clippy::many_single_char_names, reason = "the names of the standard")]
fn stepped<S: Simd>([a, b, c, d, e, f, g, h]: [Word<S>; 8], word: Word<S>) -> [Word<S>; 8] {
    let sum = h
        + (rotated::<S, 26>(e) ^ rotated::<S, 21>(e) ^ rotated::<S, 7>(e))
        + (g ^ e & (f ^ g))
        + word;
    let majority = (a & b) | (c & (a | b));
    let first = sum + (rotated::<S, 30>(a) ^ rotated::<S, 19>(a) ^ rotated::<S, 10>(a)) + majority;
    [first, a, b, c, d + sum, e, f, g]
}

/// FIPS 180-4, section 6.2.2: the word of a step.
#[inline(always)]
#[expect(clippy::indexing_slicing, reason = "a remainder by sixteen is below it")]
fn scheduled<S: Simd>(words: &mut Words<S>, number: usize) -> Word<S> {
    if number >= 16 {
        let back = |steps: usize| words[(number + 16 - steps) % 16];
        let (early, late) = (back(15), back(2));
        let early = rotated::<S, 25>(early) ^ rotated::<S, 14>(early) ^ early >> 3;
        let late = rotated::<S, 15>(late) ^ rotated::<S, 13>(late) ^ late >> 10;
        words[number % 16] = back(16) + early + back(7) + late;
    }
    words[number % 16]
}

/// FIPS 180-4, section 5.3.3.
const START: [u32; 8] = [
    0x6a09_e667,
    0xbb67_ae85,
    0x3c6e_f372,
    0xa54f_f53a,
    0x510e_527f,
    0x9b05_688c,
    0x1f83_d9ab,
    0x5be0_cd19,
];

/// FIPS 180-4, section 4.2.2.
const CONSTANTS: [u32; 64] = [
    0x428a_2f98,
    0x7137_4491,
    0xb5c0_fbcf,
    0xe9b5_dba5,
    0x3956_c25b,
    0x59f1_11f1,
    0x923f_82a4,
    0xab1c_5ed5,
    0xd807_aa98,
    0x1283_5b01,
    0x2431_85be,
    0x550c_7dc3,
    0x72be_5d74,
    0x80de_b1fe,
    0x9bdc_06a7,
    0xc19b_f174,
    0xe49b_69c1,
    0xefbe_4786,
    0x0fc1_9dc6,
    0x240c_a1cc,
    0x2de9_2c6f,
    0x4a74_84aa,
    0x5cb0_a9dc,
    0x76f9_88da,
    0x983e_5152,
    0xa831_c66d,
    0xb003_27c8,
    0xbf59_7fc7,
    0xc6e0_0bf3,
    0xd5a7_9147,
    0x06ca_6351,
    0x1429_2967,
    0x27b7_0a85,
    0x2e1b_2138,
    0x4d2c_6dfc,
    0x5338_0d13,
    0x650a_7354,
    0x766a_0abb,
    0x81c2_c92e,
    0x9272_2c85,
    0xa2bf_e8a1,
    0xa81a_664b,
    0xc24b_8b70,
    0xc76c_51a3,
    0xd192_e819,
    0xd699_0624,
    0xf40e_3585,
    0x106a_a070,
    0x19a4_c116,
    0x1e37_6c08,
    0x2748_774c,
    0x34b0_bcb5,
    0x391c_0cb3,
    0x4ed8_aa4a,
    0x5b9c_ca4f,
    0x682e_6ff3,
    0x748f_82ee,
    0x78a5_636f,
    0x84c8_7814,
    0x8cc7_0208,
    0x90be_fffa,
    0xa450_6ceb,
    0xbef9_a3f7,
    0xc671_78f2,
];
