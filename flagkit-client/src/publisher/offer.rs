//! Flags that somebody offers, and whether they may replace those that are held.

use std::fmt;

use flagkit_dialects::Dialect;
use flagkit_protocol::Version;

/// Where flags come from, the least trusted first.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Origin {
    /// Nowhere: every evaluation answers the default of its caller.
    #[default]
    Defaults,
    /// The application: a text that it was built with, or was given.
    Bootstrap,
    /// The file in which an earlier process left what it had.
    Cache,
    /// A file that people and programs edit.
    File,
    /// A server, right now.
    Live,
}

impl Origin {
    /// The name in logs and metrics: `bootstrap`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Defaults => "defaults",
            Self::Bootstrap => "bootstrap",
            Self::Cache => "cache",
            Self::File => "file",
            Self::Live => "live",
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// What becomes of malformed flags.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "there is nothing between these three")]
pub enum Strictness {
    /// They answer with an error, the others work: for the first flags of a process.
    Accept,
    /// They refuse the whole document: for authors, who can mend it.
    Refuse,
    /// Those that worked before stay as they were, the others work: for servers, whose flags may
    /// say what this version cannot read yet.
    Keep,
}

/// A document that somebody offers.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_structs, reason = "an argument list with names")]
pub struct Offer<'a> {
    /// The document: UTF-8 text.
    pub bytes: &'a [u8],
    /// Its dialect; `None` for what the publisher was told, or else what it looks like.
    pub dialect: Option<Dialect>,
    /// Where it comes from.
    pub origin: Origin,
    /// Which state of an environment it is, where the source counts.
    pub version: Option<Version>,
    /// The environment that it is of, where the source says it beside the document.
    pub environment: Option<&'a str>,
    /// What becomes of malformed flags in it.
    pub strictness: Strictness,
}

/// Where flags come from, and which state they are.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rank {
    pub(super) origin: Origin,
    pub(super) version: Option<Version>,
}

impl Rank {
    /// Whether flags of this rank may replace flags of the other: newer ones of the same history,
    /// and where that cannot be said, those of a source that is trusted as much or more.
    pub(super) fn may_replace(&self, held: &Self) -> bool {
        match (&self.version, &held.version) {
            (Some(offered), Some(held)) if offered.epoch == held.epoch => !offered.is_before(held),
            _ => self.origin >= held.origin,
        }
    }

    /// The rank after these flags replaced the held ones: the same state again is worth what it
    /// was worth.
    pub(super) fn replacing(self, held: &Self) -> Self {
        let is_same = self.version.is_some() && self.version == held.version;
        let origin = if is_same { self.origin.max(held.origin) } else { self.origin };
        Self { origin, ..self }
    }
}

impl fmt::Display for Rank {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.version {
            Some(version) => write!(f, "flags `{version}` ({})", self.origin),
            None => write!(f, "flags without a version ({})", self.origin),
        }
    }
}

#[cfg(test)]
mod tests;
