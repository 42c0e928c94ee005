//! Keys, and where they come from.

use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::error::Error;

/// A key that appears in no log.
#[derive(Clone, Eq, PartialEq)]
pub(crate) struct Key(String);

/// What a key is to an application.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum KeySource {
    /// Said once.
    Text(Key),
    /// In a file that is read again when it changes.
    File(PathBuf),
}

impl Key {
    /// # Errors
    ///
    /// A text that cannot be the value of a header.
    pub(crate) fn new(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.is_empty() {
            return Err("the key is empty".to_owned());
        }
        if text.len() > BYTES_MAX || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(format!(
                "a key is at most {BYTES_MAX} letters, digits and signs of ASCII, without spaces"
            ));
        }
        Ok(Self(text.to_owned()))
    }

    /// The key itself, for whom it opens.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

impl KeySource {
    /// The key of this moment.
    pub(crate) fn read(&self) -> Result<Key, Error> {
        match self {
            Self::Text(key) => Ok(key.clone()),
            Self::File(path) => read(path),
        }
    }
}

fn read(path: &Path) -> Result<Key, Error> {
    let mut text = String::new();
    let file = File::open(path).map_err(|error| Error::read(path, error))?;
    let file = file.take(BYTES_MAX as u64 + 2);
    { file }.read_to_string(&mut text).map_err(|error| Error::read(path, error))?;
    Key::new(&text).map_err(|why| Error::configuration(format!("`{}`: {why}", path.display())))
}

const BYTES_MAX: usize = 4096;
