//! The hash functions of the field, over bytes that are already joined.
//!
//! MD5, SHA and XXH3 come from their crates. MurmurHash3, FNV-1a, CRC-32 and the
//! Java text hash are a few lines each and are needed over slices and UTF-16
//! units without allocating, which no maintained crate offers.

use std::fmt;
use std::iter;

use md5::{Digest, Md5};

use super::input;

/// A hash function and how much of its digest counts.
///
/// `bits` are the leading bits of the digest, read as a big-endian integer: 128
/// is a whole MD5, 32 its first four bytes, 60 the first fifteen hexadecimal
/// digits. More bits than the digest has, or than 128, count as that many.
#[derive(Clone, Copy, Debug, Hash, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Hash {
    /// MD5 (RFC 1321).
    Md5 {
        /// Leading bits that count, at most 128.
        bits: u32,
    },
    /// SHA-1 (FIPS 180-4).
    #[cfg(feature = "sha")]
    Sha1 {
        /// Leading bits that count, at most 128.
        bits: u32,
    },
    /// SHA-256 (FIPS 180-4).
    #[cfg(feature = "sha")]
    Sha256 {
        /// Leading bits that count, at most 128.
        bits: u32,
    },
    /// XXH3, 64 bits, no seed.
    #[cfg(feature = "xxh3")]
    Xxh3,
    /// `MurmurHash3_x86_32`.
    Murmur3 {
        /// The seed.
        seed: u32,
    },
    /// FNV-1a, 32 bits.
    Fnv1a,
    /// FNV-1a of the decimal text of the FNV-1a.
    Fnv1aTwice,
    /// CRC-32 (IEEE 802.3, reflected), as in zip.
    Crc32,
    /// `31 · h + unit` over UTF-16 units in 32 bits, as Java hashes text, xor the seed.
    JavaText {
        /// Xored into the result.
        seed: u32,
    },
}

impl Hash {
    /// The hash of these bytes.
    #[inline]
    pub(super) fn of_bytes(self, bytes: &[u8]) -> u128 {
        match self {
            Self::Md5 { bits } => leading(&Md5::digest(bytes), bits),
            #[cfg(feature = "sha")]
            Self::Sha1 { bits } => leading(&sha1::Sha1::digest(bytes), bits),
            #[cfg(feature = "sha")]
            Self::Sha256 { bits } => leading(&sha2::Sha256::digest(bytes), bits),
            #[cfg(feature = "xxh3")]
            Self::Xxh3 => u128::from(xxhash_rust::xxh3::xxh3_64(bytes)),
            Self::Murmur3 { seed } => murmur3(bytes, seed).into(),
            Self::Fnv1a => fnv1a(bytes.iter().map(|byte| u32::from(*byte))).into(),
            Self::Fnv1aTwice => twice(fnv1a(bytes.iter().map(|byte| u32::from(*byte)))).into(),
            Self::Crc32 => crc32(bytes).into(),
            Self::JavaText { seed } => {
                let text = str::from_utf8(bytes).unwrap_or_default();
                u128::from(java_text(text.encode_utf16()) ^ seed)
            }
        }
    }

    /// The hash of short parts, one after another, where a message of one block has a shorter way.
    #[inline]
    pub(super) fn of_block(self, parts: [&[u8]; 3]) -> Option<u128> {
        match self {
            Self::Md5 { bits } => {
                input::with_block(parts, u64::to_le_bytes, |block| md5_of_block(block, bits))
            }
            #[cfg(feature = "sha")]
            Self::Sha1 { bits } => {
                input::with_block(parts, u64::to_be_bytes, |block| sha1_of_block(block, bits))
            }
            #[cfg(feature = "sha")]
            Self::Sha256 { bits } => {
                input::with_block(parts, u64::to_be_bytes, |block| sha256_of_block(block, bits))
            }
            _ => None,
        }
    }

    /// The hash of the UTF-16 units of these parts, the whole repeated with the separator between.
    pub(super) fn of_utf16(self, parts: &[&str], separator: &str, times: usize) -> u128 {
        let before = |time: usize| iter::once(if time == 0 { "" } else { separator });
        let once = |time: usize| before(time).chain(parts.iter().copied());
        let units = || (0..times).flat_map(once).flat_map(str::encode_utf16);
        match self {
            Self::Fnv1a => fnv1a(units().map(u32::from)).into(),
            Self::Fnv1aTwice => twice(fnv1a(units().map(u32::from))).into(),
            Self::JavaText { seed } => u128::from(java_text(units()) ^ seed),
            of_bytes => of_bytes.of_bytes(vec![parts.concat(); times].join(separator).as_bytes()),
        }
    }
}

/// The name by which the field knows the function.
impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Md5 { .. } => "md5",
            #[cfg(feature = "sha")]
            Self::Sha1 { .. } => "sha1",
            #[cfg(feature = "sha")]
            Self::Sha256 { .. } => "sha256",
            #[cfg(feature = "xxh3")]
            Self::Xxh3 => "xxh3",
            Self::Murmur3 { .. } => "murmur3",
            Self::Fnv1a => "fnv1a",
            Self::Fnv1aTwice => "fnv1a∘fnv1a",
            Self::Crc32 => "crc32",
            Self::JavaText { .. } => "java",
        })
    }
}

/// The MD5 of a message that is one padded block: the compression alone.
#[inline]
pub(crate) fn md5_of_block(block: &[u8; 64], bits: u32) -> u128 {
    // RFC 1321, section 3.3: the state before the first block.
    let mut state = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476];
    md5::block_api::compress(&mut state, std::slice::from_ref(block));
    keep_leading(joined(state.map(u32::swap_bytes)), bits)
}

/// The same for SHA-1.
#[cfg(feature = "sha")]
#[inline]
pub(crate) fn sha1_of_block(block: &[u8; 64], bits: u32) -> u128 {
    // FIPS 180-4, section 5.3.1.
    let mut state = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0];
    sha1::block_api::compress(&mut state, std::slice::from_ref(block));
    let [first @ .., _] = state;
    keep_leading(joined(first), bits)
}

/// The same for SHA-256.
#[cfg(feature = "sha")]
#[inline]
pub(crate) fn sha256_of_block(block: &[u8; 64], bits: u32) -> u128 {
    // FIPS 180-4, section 5.3.3.
    let mut state = [
        0x6a09_e667,
        0xbb67_ae85,
        0x3c6e_f372,
        0xa54f_f53a,
        0x510e_527f,
        0x9b05_688c,
        0x1f83_d9ab,
        0x5be0_cd19,
    ];
    sha2::block_api::compress256(&mut state, std::slice::from_ref(block));
    let [a, b, c, d, ..] = state;
    keep_leading(joined([a, b, c, d]), bits)
}

#[inline]
fn joined(words: [u32; 4]) -> u128 {
    let [a, b, c, d] = words.map(u128::from);
    a << 96 | b << 64 | c << 32 | d
}

/// The leading bits of a digest as an integer.
#[inline]
fn leading(digest: &[u8], bits: u32) -> u128 {
    let first = digest.first_chunk().map_or(0, |bytes: &[u8; 16]| u128::from_be_bytes(*bytes));
    keep_leading(first, bits)
}

/// The leading bits of 128.
#[inline]
pub(crate) fn keep_leading(number: u128, bits: u32) -> u128 {
    number.checked_shr(128_u32.saturating_sub(bits)).unwrap_or(0)
}

/// `MurmurHash3_x86_32` by Austin Appleby (public domain), over a slice.
fn murmur3(bytes: &[u8], seed: u32) -> u32 {
    let (blocks, tail) = bytes.as_chunks::<4>();
    let mut hash = seed;
    for block in blocks {
        hash ^= murmur3_mix(u32::from_le_bytes(*block));
        hash = hash.rotate_left(13).wrapping_mul(5).wrapping_add(0xe654_6b64);
    }
    if !tail.is_empty() {
        let last = tail.iter().rev().fold(0, |word, byte| word << 8 | u32::from(*byte));
        hash ^= murmur3_mix(last);
    }
    // The length is taken modulo 2³², as the reference does.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the reference keeps 32 bits of the length"
    )]
    let mut hash = hash ^ bytes.len() as u32;
    hash = (hash ^ hash >> 16).wrapping_mul(0x85eb_ca6b);
    hash = (hash ^ hash >> 13).wrapping_mul(0xc2b2_ae35);
    hash ^ hash >> 16
}

fn murmur3_mix(word: u32) -> u32 {
    word.wrapping_mul(0xcc9e_2d51).rotate_left(15).wrapping_mul(0x1b87_3593)
}

/// FNV-1a (Fowler, Noll, Vo) over bytes or wider units.
fn fnv1a(units: impl Iterator<Item = u32>) -> u32 {
    units.fold(0x811c_9dc5, |hash, unit| (hash ^ unit).wrapping_mul(0x0100_0193))
}

/// FNV-1a over the decimal text of a hash.
fn twice(hash: u32) -> u32 {
    let mut digits = [0; 10];
    let (mut rest, mut len) = (hash, 0);
    for digit in digits.iter_mut().rev() {
        *digit = rest % 10 + u32::from(b'0');
        (rest, len) = (rest / 10, len + 1);
        if rest == 0 {
            break;
        }
    }
    fnv1a(digits.into_iter().skip(10 - len))
}

/// CRC-32 with the polynomial 0x04c11db7, reflected.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            let carry = crc & 1;
            crc >> 1 ^ (0xedb8_8320 & carry.wrapping_neg())
        })
    })
}

fn java_text(units: impl Iterator<Item = u16>) -> u32 {
    units.fold(0, |hash: u32, unit| hash.wrapping_mul(31).wrapping_add(unit.into()))
}
