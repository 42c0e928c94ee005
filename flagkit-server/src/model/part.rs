//! Documents as they are kept: in parts.

use std::sync::Arc;

use flagkit_protocol::Part;

use super::Environment;

/// What a part of an environment's document is.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[expect(clippy::exhaustive_enums, reason = "a further kind would be another protocol")]
pub enum Kind {
    /// An entry of `flags` of a native document.
    Flag,
    /// An entry of `segments` of a native document.
    Segment,
    /// Any other entry at the top of a native document.
    Setting,
    /// The whole document of a vendor. Its key is empty.
    Document,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Flag, Self::Segment, Self::Setting, Self::Document];

    /// As it is written in the database and in JSON: `flag`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Flag => "flag",
            Self::Segment => "segment",
            Self::Setting => "setting",
            Self::Document => "document",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// What the protocol calls it; a vendor's document is not sent in parts.
    #[must_use]
    pub fn part(self) -> Option<Part> {
        match self {
            Self::Flag => Some(Part::Flag),
            Self::Segment => Some(Part::Segment),
            Self::Setting => Some(Part::Setting),
            Self::Document => None,
        }
    }
}

/// A part of a document, or the place where one was.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct StoredPart {
    /// What it is.
    pub kind: Kind,
    /// Its key; empty for a vendor's document.
    pub key: String,
    /// Its text, byte for byte as it is sent to clients; none where it was deleted.
    pub json: Option<Arc<str>>,
    /// The version of the environment that brought its last change.
    pub revision: u64,
    /// When that was.
    pub updated_at_ms: u64,
    /// Who did it.
    pub updated_by: String,
}

/// Parts of an environment's document, read at one moment.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct StoredDocument {
    /// The environment with its version at that moment.
    pub environment: Environment,
    /// Its parts, by kind and key.
    pub parts: Vec<StoredPart>,
}
