//! Who is hashed, and how.

use flagkit_core::document::{Lookup, TextReading};
use flagkit_core::{Bucketing, Hash, Part, Scale, Units};

use super::BUCKETING_KEY;

/// The two hashes that flags name by number.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "documents of a third could not be read")]
pub enum Algorithm {
    /// 1, and whatever is not 2: the hash of Java's strings.
    Legacy,
    /// 2: `MurmurHash3`, 32 bits.
    Murmur,
}

impl Algorithm {
    /// The algorithm of this number.
    pub fn numbered(number: i64) -> Self {
        if number == 2 { Self::Murmur } else { Self::Legacy }
    }
}

/// Buckets 1 to 100 of a key; of the seed the low 32 bits count.
///
/// ```
/// use flagkit_dialects::split::{Algorithm, bucketing};
///
/// let bucketing = bucketing(Algorithm::Murmur, 467_569_525).prepare();
/// let bucket = bucketing.bucket("aUfEsdPN1twuEjff9Sl".into());
/// assert_eq!(bucket, Some(52.0));
/// ```
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the low bits count")]
pub fn bucketing(algorithm: Algorithm, seed: i64) -> Bucketing {
    let seed = seed as u32;
    let scale = Scale::modulo(100).plus(1);
    let (hash, units, scale) = match algorithm {
        Algorithm::Murmur => (Hash::Murmur3 { seed }, Units::Utf8, scale),
        Algorithm::Legacy => {
            let signed = Scale { absolute_32: true, ..scale };
            (Hash::JavaText { seed }, Units::Utf16, signed)
        }
    };
    Bucketing { hash, input: vec![Part::Subject], reads: TextReading::Json, units, scale }
}

/// The bucketing key, or else the targeting key.
pub(super) fn subject() -> Lookup {
    Lookup::FirstOf(vec![Lookup::Name(BUCKETING_KEY.to_owned()), Lookup::TargetingKey])
}

/// The first bucket beyond those up to here, this one included.
pub(super) fn beyond(percentage: f64) -> f64 {
    percentage.floor() + 1.0
}
