//! Changes of some flags, applied without a look at the others.

use std::sync::Arc;

use flagkit_core::{Changes, Compilation, Diagnostic, Document, recompile};
use flagkit_dialects::{Dialect, decode};

use super::compiled::{newly_broken, with_older};
use super::fingerprints::{Fingerprints, Removed};
use super::held::{Facts, Held, terms};
use super::offer::{Origin, Rank};
use super::{Publisher, lock};
use crate::error::Error;
use crate::listeners::Change;
use crate::sync::Delta;

impl Publisher {
    /// Publishes what changed. Costs what the changed flags cost, however many there are.
    ///
    /// # Errors
    ///
    /// Nothing changes, and a whole document has to be asked for
    /// ([`Error::needs_snapshot`]), where another state is held than the one that the change builds
    /// on, where it changes what holds for all flags, and where a flag would not work any more.
    pub fn publish_delta(&self, delta: &Delta) -> Result<Change, Error> {
        let own = self.own();
        let _turn = lock(&own.turn);
        let held = lock(&own.held).clone();
        let (changes, mut news) = read(delta, &held)?;
        let prints = Fingerprints::of_changes(&changes);
        let keys = changes.flags.iter().map(|flag| &*flag.key);
        let flags = held.facts.fingerprints.touched(&prints, keys, &delta.removed_flags);
        let current = self.beneath(&held);
        let Compilation { snapshot, diagnostics: found, .. } = recompile(&current, changes);
        news.extend(found);
        if news.iter().any(Diagnostic::is_error) && !newly_broken(&current, &snapshot).is_empty() {
            return Err(Error::malformed(news).in_delta());
        }
        let diagnostics = with_older(&held, &snapshot, &news);
        let change = Change { flags, revision: snapshot.revision() };
        let listeners = held.listeners.clone();
        // The only other owner of the fingerprints: gone, they can be changed in their place.
        drop(held);
        let mut held = lock(&own.held);
        let mut facts = std::mem::take(&mut held.facts);
        Arc::make_mut(&mut facts.fingerprints).apply(prints, &removed(delta));
        let rank = Rank { origin: Origin::Live, version: Some(delta.version.clone()) };
        self.put(snapshot, &mut held, (Facts { diagnostics, ..facts }, rank));
        drop(held);
        if !change.flags.is_empty() {
            listeners.changed(&change);
        }
        Ok(change)
    }
}

/// What changes, if it fits to what is held.
fn read(delta: &Delta, held: &Held) -> Result<(Changes, Vec<Diagnostic>), Error> {
    if held.rank.version.as_ref() != Some(&delta.from) {
        return Err(Error::other_base(&delta.from, held.rank.version.as_ref()));
    }
    if delta.version.epoch != delta.from.epoch || delta.version.is_before(&delta.from) {
        return Err(Error::other_base(&delta.version, Some(&delta.from)));
    }
    let decoded = decode(Dialect::Native, &delta.document, &held.reading.settings)
        .map_err(|error| Error::no_document(error).in_delta())?;
    if held.facts.terms != Some(terms(&decoded.document)) {
        return Err(Error::other_terms());
    }
    let Removed { flags: mut removed_flags, segments: removed_segments } = removed(delta);
    let Document { mut flags, segments, revision, flag_keys, .. } = decoded.document;
    if held.facts.is_overridden {
        let overrides = &held.reading.overrides;
        flags.retain(|flag| !overrides.concerns(&flag.key, flag_keys));
        removed_flags.retain(|key| !overrides.concerns(key, flag_keys));
    }
    let changes = Changes { flags, removed_flags, segments, removed_segments, revision };
    Ok((changes, decoded.diagnostics))
}

fn removed(delta: &Delta) -> Removed {
    Removed { flags: delta.removed_flags.clone(), segments: delta.removed_segments.clone() }
}
