//! Versions of an environment's flags.

use std::fmt;
use std::str::FromStr;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Which state of an environment's flags: written `epoch:number`.
///
/// The number grows by one with each change. It can only be compared within an epoch, which an
/// environment gets when it is created: a database that was made anew counts from 1 again.
///
/// ```
/// use flagkit_protocol::Version;
///
/// let version: Version = "k3v9:12".parse()?;
/// assert!(version.follows(&"k3v9:11".parse()?));
/// assert!(!version.is_before(&"other:99".parse()?));
/// # Ok::<(), flagkit_protocol::InvalidVersion>(())
/// ```
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "its two fields are how it is written")]
pub struct Version {
    /// Which history the number belongs to: 1 to 32 ASCII letters and digits.
    pub epoch: String,
    /// How many changes there were.
    pub number: u64,
}

impl Version {
    /// Whether this is an older state of the same history.
    #[must_use]
    pub fn is_before(&self, other: &Self) -> bool {
        self.epoch == other.epoch && self.number < other.number
    }

    /// Whether this is the state right after `other`.
    #[must_use]
    pub fn follows(&self, other: &Self) -> bool {
        self.epoch == other.epoch && other.number.checked_add(1) == Some(self.number)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.epoch, self.number)
    }
}

impl FromStr for Version {
    type Err = InvalidVersion;

    fn from_str(text: &str) -> Result<Self, InvalidVersion> {
        let (epoch, number) = text.split_once(':').ok_or(InvalidVersion)?;
        let is_epoch = (1..=EPOCH_MAX).contains(&epoch.len())
            && epoch.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let is_number = number.bytes().all(|byte| byte.is_ascii_digit());
        match number.parse() {
            Ok(number) if is_epoch && is_number => Ok(Self { epoch: epoch.to_owned(), number }),
            _ => Err(InvalidVersion),
        }
    }
}

impl Serialize for Version {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}

/// A text is no version.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct InvalidVersion;

impl fmt::Display for InvalidVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a version is an epoch, a colon and a number, for example `k3v9:12`")
    }
}

impl std::error::Error for InvalidVersion {}

const EPOCH_MAX: usize = 32;

#[cfg(test)]
mod tests;
