//! One number for everything that is held, kept up to date change by change.

use std::fmt;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use xxhash_rust::xxh3::Xxh3Default;

/// A number for the parts of a document, whatever their order: the sum of a hash of each.
///
/// It tells lost or doubled changes, not forgery. Parts are put in and taken out one by one, so
/// a change of one flag among thousands costs two hashes.
///
/// ```
/// use flagkit_protocol::{Checksum, Part};
///
/// let mut held = Checksum::default();
/// held.insert(Part::Flag, "beta", r#"{"enabled":true}"#);
/// held.insert(Part::Flag, "alpha", "{}");
/// held.remove(Part::Flag, "alpha", "{}");
///
/// let mut sent = Checksum::default();
/// sent.insert(Part::Flag, "beta", r#"{"enabled":true}"#);
/// assert_eq!(held, sent);
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct Checksum(u64);

/// What a part of a document is.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "a further kind would be another protocol")]
pub enum Part {
    /// An entry of `flags`.
    Flag,
    /// An entry of `segments`.
    Segment,
    /// Any other entry at the top of the document.
    Setting,
}

impl Checksum {
    /// Adds a part: its key and its JSON, byte for byte as it was sent.
    pub fn insert(&mut self, part: Part, key: &str, json: &str) {
        self.add(hash(part, key, json));
    }

    /// Takes a part out that was in.
    pub fn remove(&mut self, part: Part, key: &str, json: &str) {
        self.subtract(hash(part, key, json));
    }

    /// Adds a part by its [`hash`](Self::of_part).
    pub fn add(&mut self, hash: u64) {
        self.0 = self.0.wrapping_add(hash);
    }

    /// Takes a part out by its [`hash`](Self::of_part).
    pub fn subtract(&mut self, hash: u64) {
        self.0 = self.0.wrapping_sub(hash);
    }

    /// What a part adds to the sum, for those who do not keep its text.
    #[must_use]
    pub fn of_part(part: Part, key: &str, json: &str) -> u64 {
        hash(part, key, json)
    }
}

/// XXH3 of the kind, the length of the key, the key and the JSON.
fn hash(part: Part, key: &str, json: &str) -> u64 {
    let kind = match part {
        Part::Flag => b'f',
        Part::Segment => b's',
        Part::Setting => b't',
    };
    let mut hasher = Xxh3Default::new();
    hasher.update(&[kind]);
    hasher.update(&(key.len() as u64).to_le_bytes());
    hasher.update(key.as_bytes());
    hasher.update(json.as_bytes());
    hasher.digest()
}

impl fmt::Display for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl Serialize for Checksum {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Checksum {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        let is_written_so = text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        match u64::from_str_radix(&text, 16) {
            Ok(number) if is_written_so => Ok(Self(number)),
            _ => Err(D::Error::custom("a checksum is 16 hexadecimal digits")),
        }
    }
}

#[cfg(test)]
mod tests;
