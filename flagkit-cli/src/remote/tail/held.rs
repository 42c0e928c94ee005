//! What a stream has told so far, and what each event changes of it.

use std::collections::BTreeMap;

use flagkit_protocol::{Checksum, Delta, Document, Part, Snapshot, Version};
use serde_json::value::RawValue;

use crate::remote::history::Record;

/// All parts of an environment's document.
#[derive(Debug, Default)]
pub(super) struct Held {
    /// The version that is held; none before the first event, and after one that did not fit.
    pub(super) version: Option<Version>,
    parts: BTreeMap<(Kind, String), Box<RawValue>>,
}

/// What a part is, in the order in which changes are told.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Kind {
    /// A flag.
    Flag,
    /// A segment.
    Segment,
    /// Anything else at the top of the document.
    Setting,
}

/// A part that is different.
#[derive(Debug)]
pub(super) struct Changed {
    /// What it is.
    pub(super) kind: Kind,
    /// Its key.
    pub(super) key: String,
    /// Its JSON before; none where it is new.
    pub(super) before: Option<Box<RawValue>>,
    /// Its JSON after; none where it is gone.
    pub(super) after: Option<Box<RawValue>>,
}

/// An event does not fit to what is held.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Mismatch;

impl Held {
    /// Takes a whole state in. The first one changes nothing: it is what is there.
    pub(super) fn replace(&mut self, snapshot: &Snapshot<'_>) -> Result<Vec<Changed>, Mismatch> {
        let document = snapshot.document().map_err(|_| Mismatch)?;
        if document.checksum() != snapshot.checksum {
            return Err(Mismatch);
        }
        let is_first = self.version.is_none() && self.parts.is_empty();
        let mut old = std::mem::take(&mut self.parts);
        let mut changes = Vec::new();
        for (kind, key, json) in parts(&document) {
            let before = old.remove(&(kind, key.clone()));
            changes.extend(self.put(kind, key, before, Some(json.to_owned())));
        }
        let gone = old.into_iter().map(|((kind, key), before)| Changed {
            kind,
            key,
            before: Some(before),
            after: None,
        });
        changes.extend(gone);
        self.version = Some(snapshot.version.clone());
        Ok(if is_first { Vec::new() } else { changes })
    }

    /// Takes a change in. After a mismatch the version is unknown, and a whole state is needed.
    pub(super) fn apply(&mut self, delta: &Delta<'_>) -> Result<Vec<Changed>, Mismatch> {
        let before = self.parts.clone();
        let changes = self.try_to_apply(delta);
        if changes.is_err() {
            *self = Self { version: None, parts: before };
        }
        changes
    }

    fn try_to_apply(&mut self, delta: &Delta<'_>) -> Result<Vec<Changed>, Mismatch> {
        let from = Version { epoch: delta.version.epoch.clone(), number: delta.from };
        let document = match delta.document() {
            Ok(document) if self.version.as_ref() == Some(&from) => document,
            _ => return Err(Mismatch),
        };
        let mut changes = Vec::new();
        let settings = document.settings.keys();
        let lost = self.parts.keys().filter(|(kind, key)| {
            *kind == Kind::Setting && settings.clone().all(|other| other != key)
        });
        let flags = delta.removed.flags.iter().map(|key| (Kind::Flag, key.to_string()));
        let segments = delta.removed.segments.iter().map(|key| (Kind::Segment, key.to_string()));
        for (kind, key) in lost.cloned().chain(flags).chain(segments).collect::<Vec<_>>() {
            let before = self.parts.remove(&(kind, key.clone()));
            changes.extend(self.put(kind, key, before, None));
        }
        for (kind, key, json) in parts(&document) {
            let before = self.parts.remove(&(kind, key.clone()));
            changes.extend(self.put(kind, key, before, Some(json.to_owned())));
        }
        if self.checksum() != delta.checksum {
            return Err(Mismatch);
        }
        self.version = Some(delta.version.clone());
        Ok(changes)
    }

    fn put(
        &mut self,
        kind: Kind,
        key: String,
        before: Option<Box<RawValue>>,
        after: Option<Box<RawValue>>,
    ) -> Option<Changed> {
        if let Some(after) = after.clone() {
            self.parts.insert((kind, key.clone()), after);
        }
        let texts = [&before, &after].map(|json| json.as_ref().map(|json| json.get()));
        let [old, new] = texts;
        (old != new).then_some(Changed { kind, key, before, after })
    }

    fn checksum(&self) -> Checksum {
        let mut sum = Checksum::default();
        for ((kind, key), json) in &self.parts {
            sum.insert(kind.part(), key, json.get());
        }
        sum
    }
}

impl Changed {
    /// Whether this record of the history is about it.
    pub(super) fn is_in(&self, record: &Record) -> bool {
        record.kind == self.kind.name() && record.key == self.key
    }
}

impl Kind {
    fn part(self) -> Part {
        match self {
            Self::Flag => Part::Flag,
            Self::Segment => Part::Segment,
            Self::Setting => Part::Setting,
        }
    }

    /// The word for people and programs.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Flag => "flag",
            Self::Segment => "segment",
            Self::Setting => "setting",
        }
    }
}

fn parts<'d>(document: &Document<'d>) -> Vec<(Kind, String, &'d RawValue)> {
    let kinds = [
        (Kind::Flag, &document.flags),
        (Kind::Segment, &document.segments),
        (Kind::Setting, &document.settings),
    ];
    let each = kinds
        .into_iter()
        .flat_map(|(kind, parts)| parts.iter().map(move |(key, json)| (kind, key.clone(), *json)));
    each.collect()
}

#[cfg(test)]
mod tests;
