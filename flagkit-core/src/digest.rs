//! Digests that stand for texts: names and operands that a document hides.
//!
//! A document for clients that its readers must not understand writes `md5(country)` instead
//! of `country`. Whoever evaluates it has the plain text and compares digests.

use std::fmt;

use md5::{Digest as _, Md5};

/// The MD5 of a text, 128 bits.
///
/// ```
/// use flagkit_core::document::Digest;
///
/// let digest = Digest::of("country");
/// assert_eq!(digest.to_string(), "e909c2d7067ea37437cf97fe11d91bd0");
/// assert_eq!(Digest::parse("e909c2d7067ea37437cf97fe11d91bd0"), Some(digest));
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Digest(u128);

impl Digest {
    /// The digest of this text.
    pub fn of(text: &str) -> Self {
        Self(u128::from_be_bytes(Md5::digest(text).into()))
    }

    /// Reads 32 hexadecimal digits in lower case.
    pub fn parse(hexadecimal: &str) -> Option<Self> {
        let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        let is_whole = hexadecimal.len() == DIGITS && hexadecimal.bytes().all(is_digit);
        let number = is_whole.then(|| u128::from_str_radix(hexadecimal, 16).ok());
        number.flatten().map(Self)
    }

    /// Calls `then` with the 32 digits.
    pub(crate) fn with_digits<R>(self, then: impl FnOnce(&str) -> R) -> R {
        let mut digits = [0; DIGITS];
        for (pair, byte) in digits.as_chunks_mut().0.iter_mut().zip(self.0.to_be_bytes()) {
            *pair = [byte >> 4, byte & 0xf].map(hexadecimal);
        }
        then(str::from_utf8(&digits).unwrap_or_default())
    }
}

/// 32 hexadecimal digits in lower case.
impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

fn hexadecimal(half: u8) -> u8 {
    if half < 10 { b'0' + half } else { b'a' + half - 10 }
}

const DIGITS: usize = 32;

#[cfg(test)]
mod tests;
