//! Semantic versions, and what is taken for them.

use crate::semantic_version::SemanticVersion;
use crate::value::ValueRef;

/// What is taken for a semantic version; it counts for attributes and operands alike.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[expect(clippy::exhaustive_enums, reason = "plain data: a new kind must be said everywhere")]
pub enum VersionReading {
    /// Text with three numbers as SemVer 2.0 writes them: no leading zeros, no `v`.
    #[default]
    Strict,
    /// The same, but the second and third number may be missing and count as 0: `2`, `2.1-rc`.
    Short,
    /// The same texts, in a total order: where all else is equal, build metadata decides.
    WithBuild,
    /// The same once blanks around it are removed.
    Trimmed,
}

impl VersionReading {
    /// The version of an attribute; `None` if the value cannot be read as one.
    pub(crate) fn read(self, value: ValueRef<'_>) -> Option<SemanticVersion<'_>> {
        match value {
            ValueRef::String(text) => self.parse(text),
            _ => None,
        }
    }

    /// The version that this text is; `None` if it is none.
    pub fn parse(self, text: &str) -> Option<SemanticVersion<'_>> {
        match self {
            Self::Strict => SemanticVersion::parse(text),
            Self::Short => SemanticVersion::parse_short(text),
            Self::WithBuild => SemanticVersion::parse_with_build(text),
            Self::Trimmed => SemanticVersion::parse(text.trim()),
        }
    }
}
