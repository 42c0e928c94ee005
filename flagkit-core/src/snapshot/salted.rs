//! Sets of salted digests: lists of texts that a document does not tell.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::document::{Digested, SaltedDigests};
use crate::reading::{TextReading, any_text};
use crate::value::ValueRef;

/// What must have one of the digests.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum SaltedCheck {
    Whole(Digests),
    Start(AffixDigests),
    End(AffixDigests),
    Element(Digests),
}

impl From<SaltedDigests> for SaltedCheck {
    fn from(SaltedDigests { salt, digests }: SaltedDigests) -> Self {
        let set = |digests: Vec<String>| Digests::new(&salt, digests.iter().map(String::as_str));
        match digests {
            Digested::Whole(digests) => Self::Whole(set(digests)),
            Digested::Start(affixes) => Self::Start(AffixDigests::new(&salt, affixes)),
            Digested::End(affixes) => Self::End(AffixDigests::new(&salt, affixes)),
            Digested::Element(digests) => Self::Element(set(digests)),
        }
    }
}

impl SaltedCheck {
    /// Whether a value does; `None` if it cannot be read as what is needed.
    pub(crate) fn meets(&self, value: ValueRef<'_>, reading: TextReading) -> Option<bool> {
        match self {
            Self::Whole(digests) => reading.with(value, |text| digests.contain(text.as_bytes())),
            Self::Start(affixes) => reading.with(value, |text| affixes.start(text)),
            Self::End(affixes) => reading.with(value, |text| affixes.end(text)),
            Self::Element(digests) => any_text(value, |text| digests.contain(text.as_bytes())),
        }
    }
}

impl fmt::Display for SaltedCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole(digests) => write!(f, "has one of {} digests", digests.len()),
            Self::Start(affixes) => write!(f, "starts with one of {} digests", affixes.len()),
            Self::End(affixes) => write!(f, "ends with one of {} digests", affixes.len()),
            Self::Element(digests) => {
                write!(f, "has an element with one of {} digests", digests.len())
            }
        }
    }
}

/// Digests of texts that all had the same salt behind them.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Digests {
    salt: Box<str>,
    digests: Box<[Bytes]>,
}

/// A SHA-256.
type Bytes = [u8; 32];

impl Digests {
    /// From lower-case hexadecimal; what is written otherwise is no digest of any text.
    fn new<'t>(salt: &str, digests: impl Iterator<Item = &'t str>) -> Self {
        let mut digests: Vec<Bytes> = digests.filter_map(from_hexadecimal).collect();
        digests.sort_unstable();
        Self { salt: salt.into(), digests: digests.into() }
    }

    /// Whether the digest of these bytes and the salt is among them.
    fn contain(&self, bytes: &[u8]) -> bool {
        let digest =
            Sha256::new().chain_update(bytes).chain_update(self.salt.as_bytes()).finalize();
        self.digests.binary_search(&digest.into()).is_ok()
    }

    fn len(&self) -> usize {
        self.digests.len()
    }
}

fn from_hexadecimal(text: &str) -> Option<Bytes> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let mut bytes = [0; 32];
    if pairs.len() != bytes.len() || !rest.is_empty() {
        return None;
    }
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        *byte = digit(*high)? << 4 | digit(*low)?;
    }
    Some(bytes)
}

fn digit(character: u8) -> Option<u8> {
    match character {
        b'0'..=b'9' => Some(character - b'0'),
        b'a'..=b'f' => Some(character - b'a' + 10),
        _ => None,
    }
}

/// Digests of the first or last bytes of texts, and how many bytes those are.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct AffixDigests {
    by_length: Box<[(usize, Digests)]>,
}

impl AffixDigests {
    fn new(salt: &str, mut affixes: Vec<(usize, String)>) -> Self {
        affixes.sort_unstable_by_key(|(length, _)| *length);
        let groups = affixes.chunk_by(|left, right| left.0 == right.0);
        let by_length = groups.filter_map(|group| {
            let digests = group.iter().map(|(_, digest)| &**digest);
            Some((group.first()?.0, Digests::new(salt, digests)))
        });
        Self { by_length: by_length.collect() }
    }

    /// Whether the text begins with one of them.
    fn start(&self, text: &str) -> bool {
        let start = |length| text.as_bytes().get(..length);
        self.any(|length, digests| start(length).is_some_and(|bytes| digests.contain(bytes)))
    }

    /// Whether the text ends with one of them.
    fn end(&self, text: &str) -> bool {
        let end = |length| text.as_bytes().get(text.len().checked_sub(length)?..);
        self.any(|length, digests| end(length).is_some_and(|bytes| digests.contain(bytes)))
    }

    fn len(&self) -> usize {
        self.by_length.iter().map(|(_, digests)| digests.len()).sum()
    }

    fn any(&self, holds: impl Fn(usize, &Digests) -> bool) -> bool {
        self.by_length.iter().any(|(length, digests)| holds(*length, digests))
    }
}

#[cfg(test)]
mod tests;
