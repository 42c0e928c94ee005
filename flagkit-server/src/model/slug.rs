//! Names in paths: projects and environments.

use std::fmt;
use std::str::FromStr;

/// The key of a project or an environment: 1 to 64 ASCII letters, digits, `-`, `_` and `.`,
/// beginning with a letter or digit.
///
/// ```
/// use flagkit_server::model::Slug;
///
/// let key: Slug = "eu-production".parse()?;
/// assert_eq!(key.as_str(), "eu-production");
/// assert!("../etc".parse::<Slug>().is_err());
/// # Ok::<(), flagkit_server::model::InvalidSlug>(())
/// ```
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Slug(String);

impl Slug {
    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Slug {
    type Err = InvalidSlug;

    fn from_str(text: &str) -> Result<Self, InvalidSlug> {
        let begins_well = text.starts_with(|first: char| first.is_ascii_alphanumeric());
        let is_inside = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        if begins_well && text.len() <= BYTES_MAX && text.bytes().all(is_inside) {
            return Ok(Self(text.to_owned()));
        }
        Err(InvalidSlug { text: text.chars().take(BYTES_MAX).collect() })
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// A text that cannot be the key of a project or an environment.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct InvalidSlug {
    /// Its first 64 characters.
    pub text: String,
}

impl fmt::Display for InvalidSlug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` cannot be a key here; a key is 1 to {BYTES_MAX} letters, digits, `-`, `_` and `.`, \
             beginning with a letter or digit",
            self.text
        )
    }
}

impl std::error::Error for InvalidSlug {}

const BYTES_MAX: usize = 64;

#[cfg(test)]
mod tests;
