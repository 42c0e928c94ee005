//! A cache file as bytes: a checksum, a head, the document.
//!
//! ```text
//! flagkit-cache/1 <SHA-256 of everything behind this line, in hexadecimal digits>
//! {"server":"https://flags.example.com","key":"1f2e3d4c5b6a7988","dialect":"native",…}
//! {"schema":"flagkit/1","flags":{…}}
//! ```

use std::fmt;

use flagkit_dialects::{Dialect, TEXT_BYTES_MAX};
use flagkit_protocol::Version;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// What a cache file holds.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Entry {
    /// Whose flags they are.
    pub owner: Owner,
    /// Which state it is, where the source counts.
    pub version: Option<Version>,
    /// The environment, where the source names it.
    pub environment: Option<String>,
    /// What to ask the source with whether it is still current, where it said so.
    pub etag: Option<String>,
    /// When it was written, in milliseconds since 1970.
    pub saved_at_ms: u64,
    /// The document.
    pub text: String,
}

/// Whose flags are in a cache file.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Owner {
    /// Scheme, host and port of the source.
    pub server: String,
    /// The first half of the first half of the key's SHA-256: enough to tell two keys apart.
    pub key: String,
    /// The language of the document.
    pub dialect: String,
    /// The environment that the application asked for, if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
}

/// The second line.
#[derive(Deserialize, Serialize)]
struct Head {
    #[serde(flatten)]
    owner: Owner,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    version: Option<Version>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    serves: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    etag: Option<String>,
    saved_at_ms: u64,
}

impl Owner {
    /// The owner of what comes from this server by this key, or by whatever else tells two of its
    /// environments apart.
    pub fn new(server: &str, key: &str, dialect: Dialect, environment: Option<&str>) -> Self {
        let digits = hexadecimal(&Sha256::digest(key.as_bytes()));
        Self {
            server: server.to_owned(),
            key: digits.get(..KEY_DIGITS).unwrap_or_default().to_owned(),
            dialect: dialect.name().to_owned(),
            environment: environment.map(str::to_owned),
        }
    }

    /// The name of its file: `flagkit-0123456789abcdef.cache`.
    pub fn file_name(&self) -> String {
        let Self { server, key, dialect, environment } = self;
        let environment = environment.as_deref().unwrap_or_default();
        let all = [server, key, dialect, environment].join("\n");
        let digits = hexadecimal(&Sha256::digest(all.as_bytes()));
        format!("flagkit-{}.cache", digits.get(..KEY_DIGITS).unwrap_or_default())
    }
}

impl Entry {
    /// No file may have more bytes: a document's limit and a head.
    pub const BYTES_MAX: usize = TEXT_BYTES_MAX + HEAD_BYTES_MAX;

    /// Reads a file.
    ///
    /// ```
    /// use flagkit_client::Entry;
    ///
    /// assert!(Entry::parse(b"flagkit-cache/1 0123\n{}\n{}").is_err());
    /// ```
    ///
    /// # Errors
    ///
    /// Bytes that no [`to_bytes`](Self::to_bytes) made, or that changed since.
    pub fn parse(bytes: &[u8]) -> Result<Self, InvalidCache> {
        if bytes.len() > Self::BYTES_MAX {
            return Err(InvalidCache("it is too large"));
        }
        let (first, rest) = line(bytes).ok_or(InvalidCache("it has no first line"))?;
        let sum = first.strip_prefix(MAGIC).ok_or(InvalidCache("it is of another version"))?;
        if *sum != *hexadecimal(&Sha256::digest(rest)).as_bytes() {
            return Err(InvalidCache("its checksum is wrong"));
        }
        let (head, text) = line(rest).ok_or(InvalidCache("it has no head"))?;
        let head: Head =
            serde_json::from_slice(head).map_err(|_| InvalidCache("its head cannot be read"))?;
        let text = String::from_utf8(text.to_vec()).map_err(|_| InvalidCache("it is no UTF-8"))?;
        let Head { owner, version, serves: environment, etag, saved_at_ms } = head;
        Ok(Self { owner, version, environment, etag, saved_at_ms, text })
    }

    /// The bytes of the file.
    pub fn to_bytes(&self) -> Vec<u8> {
        let head = Head {
            owner: self.owner.clone(),
            version: self.version.clone(),
            serves: self.environment.clone(),
            etag: self.etag.clone(),
            saved_at_ms: self.saved_at_ms,
        };
        // A map of texts and numbers can always be written; JSON has no line ends outside of texts.
        let mut rest = serde_json::to_vec(&head).unwrap_or_default();
        rest.push(b'\n');
        rest.extend_from_slice(self.text.as_bytes());
        let mut bytes = MAGIC.to_vec();
        bytes.extend_from_slice(hexadecimal(&Sha256::digest(&rest)).as_bytes());
        bytes.push(b'\n');
        bytes.append(&mut rest);
        bytes
    }

    /// Whether it need not be replaced by the other: the same state, or a later one of the same
    /// history.
    pub(super) fn is_as_new_as(&self, other: &Self) -> bool {
        match (&self.version, &other.version) {
            (Some(this), Some(other)) => this.epoch == other.epoch && !this.is_before(other),
            _ => self.text == other.text && self.etag == other.etag,
        }
    }
}

/// The first line of some bytes, and what comes behind it.
fn line(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = bytes.iter().take(HEAD_BYTES_MAX).position(|byte| *byte == b'\n')?;
    Some((bytes.get(..end)?, bytes.get(end + 1..)?))
}

fn hexadecimal(bytes: &[u8]) -> String {
    use fmt::Write;

    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        // Writing to a String does not fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// Why a cache file is of no use.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct InvalidCache(&'static str);

impl fmt::Display for InvalidCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for InvalidCache {}

const MAGIC: &[u8] = b"flagkit-cache/1 ";
const HEAD_BYTES_MAX: usize = 64 * 1024;
const KEY_DIGITS: usize = 16;

#[cfg(test)]
mod tests;
