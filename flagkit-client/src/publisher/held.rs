//! What a publisher knows of the flags that it holds, and who wants to know of them.

use std::fmt;
use std::sync::{Arc, Weak};

use flagkit_core::document::{FlagKeys, References};
use flagkit_core::{Diagnostic, Document};
use flagkit_dialects::Dialect;

use super::fingerprints::Fingerprints;
use super::offer::Rank;
use super::pinned::Pinned;
use super::status::Outlook;
use super::{Reading, Supply};
use crate::listeners::Listeners;
use crate::str::Str;

/// Everything but the snapshot itself. Copied in a few instructions, so that nobody who works with
/// it keeps it locked.
#[derive(Clone, Default)]
pub(super) struct Held {
    pub(super) reading: Reading,
    pub(super) rank: Rank,
    pub(super) facts: Facts,
    /// How many documents have been published.
    pub(super) publications: u64,
    /// Why the last document was refused, if it was.
    pub(super) problem: Option<String>,
    pub(super) outlook: Outlook,
    pub(super) listeners: Listeners,
    pub(super) pinned: Option<Arc<Pinned>>,
    pub(super) supply: Option<Weak<dyn Supply>>,
}

/// What the snapshot was made of.
#[derive(Clone, Debug, Default)]
pub(super) struct Facts {
    /// What holds for all flags, and cannot be changed by a recompile of some.
    pub(super) terms: Option<(References, FlagKeys)>,
    pub(super) contexts: Dialect,
    pub(super) environment: Option<Str>,
    /// Whether the application's overrides hold.
    pub(super) is_overridden: bool,
    pub(super) fingerprints: Arc<Fingerprints>,
    pub(super) diagnostics: Arc<[Diagnostic]>,
}

impl Held {
    /// These are the facts from now on.
    pub(super) fn take(&mut self, facts: Facts, rank: Rank) {
        self.rank = rank.replacing(&self.rank);
        self.facts = facts;
        self.publications += 1;
        self.problem = None;
    }
}

impl fmt::Debug for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Held").field("rank", &self.rank).finish_non_exhaustive()
    }
}

/// What holds for all flags of a document.
pub(super) fn terms(document: &Document) -> (References, FlagKeys) {
    (document.references, document.flag_keys)
}
