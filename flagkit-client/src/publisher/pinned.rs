//! Pinned flags: what a test wants flags to be, on every thread and whatever documents say.
//!
//! They are compiled beside the flags that documents bring, so an evaluation knows nothing of them.
//! The flags beneath stay as they are, take changes, and come back.

use std::fmt;
use std::sync::Arc;

use flagkit_core::document::FlagKeys;
use flagkit_core::{Changes, Snapshot, Value, recompile};

use super::held::Held;
use super::{Publisher, lock, overrides};
use crate::listeners::Change;
use crate::str::Str;

/// Flags that are pinned to values, and what is beneath them.
#[derive(Clone)]
pub(super) struct Pinned {
    flags: Vec<(String, Value)>,
    beneath: Arc<Snapshot>,
}

impl Pinned {
    /// The same over other flags.
    pub(super) fn over(&self, beneath: Snapshot) -> Self {
        Self { flags: self.flags.clone(), beneath: Arc::new(beneath) }
    }

    /// What evaluations see.
    ///
    /// A lineage of its own: the places that new keys get here are not those that they get beneath.
    pub(super) fn snapshot(&self, keys: FlagKeys) -> Snapshot {
        let flag =
            |(key, value): &(String, Value)| overrides::flag(overrides::written(key, keys), value);
        let changes = Changes {
            flags: self.flags.iter().map(flag).collect(),
            revision: self.beneath.revision(),
            ..Changes::default()
        };
        recompile(&self.beneath, changes).snapshot.with_new_lineage()
    }
}

impl fmt::Debug for Pinned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pinned").field("flags", &self.flags).finish_non_exhaustive()
    }
}

impl Publisher {
    /// From now on the flag serves this value to everyone, on every thread, whatever documents say;
    /// with `None`, again what they say. For tests: nothing asks whether this is production.
    ///
    /// `true` and `false` switch the flag on and off; any other value counts as on. Listeners are told.
    pub fn override_flag(&self, key: &str, value: Option<Value>) {
        let own = self.own();
        let _turn = lock(&own.turn);
        let held = lock(&own.held).clone();
        let beneath = self.beneath(&held);
        let mut flags = held.pinned.map(|pinned| pinned.flags.clone()).unwrap_or_default();
        flags.retain(|(other, _)| other != key);
        flags.extend(value.map(|value| (key.to_owned(), value)));
        let keys = held.facts.terms.map_or(FlagKeys::Plain, |(_, keys)| keys);
        let pinned = (!flags.is_empty()).then(|| Pinned { flags, beneath: beneath.clone() });
        let shown = match &pinned {
            Some(pinned) => pinned.snapshot(keys),
            None => Snapshot::clone(&beneath),
        };
        lock(&own.held).pinned = pinned.map(Arc::new);
        self.cell.publish(self.recounted(shown, held.rank.version.as_ref()));
        let change = Change { flags: vec![Str::from(key)], revision: beneath.revision() };
        held.listeners.changed(&change);
    }

    /// The flags that documents have brought.
    pub(super) fn beneath(&self, held: &Held) -> Arc<Snapshot> {
        match &held.pinned {
            Some(pinned) => pinned.beneath.clone(),
            None => self.cell.load(),
        }
    }
}
