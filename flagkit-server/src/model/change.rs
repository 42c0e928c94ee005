//! What a change is.

use std::sync::Arc;

use flagkit_dialects::Dialect;

use super::{AuditRecord, EnvironmentId, Kind};

/// Who changes something, when and why.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Author {
    /// The name of a key, or of the program's own part: `console`, `ci`, `flagkit serve`.
    pub actor: String,
    /// In the words of whoever did it.
    pub reason: Option<String>,
    /// When.
    pub at_ms: u64,
}

/// Edits of one environment that happen together or not at all.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Change {
    /// Where.
    pub environment: EnvironmentId,
    /// What; at most one for each kind and key.
    pub edits: Vec<Edit>,
    /// The language of the document from now on; none to leave it. Whoever sets another one also
    /// deletes the parts of the old one.
    pub dialect: Option<Dialect>,
    /// The version that the environment must have, where edits were checked against a whole
    /// document.
    pub expected_version: Option<u64>,
    /// What history calls it: `update`, `switch-on`, `import`, `revert`.
    pub action: String,
    /// Who, when and why.
    pub author: Author,
}

/// What becomes of one part.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Edit {
    /// What it is.
    pub kind: Kind,
    /// Its key; empty for a vendor's document.
    pub key: String,
    /// Its new text; none to delete it.
    pub json: Option<Arc<str>>,
    /// What must be there.
    pub expected: Expected,
}

/// What must be there before a part is changed.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "these are the conditions of HTTP")]
pub enum Expected {
    /// Anything or nothing.
    #[default]
    Any,
    /// Nothing: `If-None-Match: *`.
    Absent,
    /// A part of this revision: `If-Match`.
    Revision(u64),
}

/// What came of a change.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Changed {
    /// The version of the environment now; the old one if every edit said what was there already.
    pub version: u64,
    /// One record for each part that is different now, in the order of the edits.
    pub records: Vec<AuditRecord>,
}
