//! The parts of a document as they are held and sent: byte for byte.

use std::collections::BTreeMap;
use std::sync::Arc;

use flagkit_protocol::{Checksum, Part};

use crate::json_text::quoted;

/// All parts of a native document.
#[derive(Clone, Debug, Default)]
pub(crate) struct Held {
    settings: Parts,
    segments: Parts,
    flags: Parts,
    checksum: Checksum,
    bytes: usize,
}

/// Parts of one kind by their keys.
pub(crate) type Parts = BTreeMap<Arc<str>, Entry>;

/// One part.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// Its JSON, compact.
    pub(crate) json: Arc<str>,
    /// What it adds to the checksum.
    hash: u64,
    /// The version of the environment that brought it.
    pub(crate) revision: u64,
}

/// What becomes of one part.
#[derive(Clone, Debug)]
pub(crate) struct PartEdit {
    /// What it is.
    pub(crate) part: Part,
    /// Its key.
    pub(crate) key: Arc<str>,
    /// Its JSON, compact; none to remove it.
    pub(crate) json: Option<Arc<str>>,
}

impl Held {
    /// Parts of one kind.
    pub(crate) fn of(&self, part: Part) -> &Parts {
        match part {
            Part::Flag => &self.flags,
            Part::Segment => &self.segments,
            Part::Setting => &self.settings,
        }
    }

    /// The checksum of all of them.
    pub(crate) fn checksum(&self) -> Checksum {
        self.checksum
    }

    /// About how many bytes the document has.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Puts a part in, or takes it out.
    pub(crate) fn apply(&mut self, edit: &PartEdit, revision: u64) {
        let PartEdit { part, key, json } = edit;
        let entry = json.clone().map(|json| {
            let hash = Checksum::of_part(*part, key, &json);
            Entry { json, hash, revision }
        });
        let added = entry.as_ref().map(|entry| (entry.hash, entry.bytes(key)));
        let parts = match part {
            Part::Flag => &mut self.flags,
            Part::Segment => &mut self.segments,
            Part::Setting => &mut self.settings,
        };
        let old = match entry {
            Some(entry) => parts.insert(key.clone(), entry),
            None => parts.remove(key),
        };
        if let Some(old) = old {
            self.checksum.subtract(old.hash);
            self.bytes -= old.bytes(key);
        }
        if let Some((hash, bytes)) = added {
            self.checksum.add(hash);
            self.bytes += bytes;
        }
    }

    /// The edits that make this what `next` is.
    pub(crate) fn edits_to(&self, next: &Self) -> Vec<PartEdit> {
        let mut edits = Vec::new();
        for part in [Part::Setting, Part::Segment, Part::Flag] {
            let (old, new) = (self.of(part), next.of(part));
            let gone = old.keys().filter(|key| !new.contains_key(*key));
            edits.extend(gone.map(|key| PartEdit { part, key: key.clone(), json: None }));
            let is_same = |key: &Arc<str>, entry: &Entry| {
                old.get(key).is_some_and(|old| old.json == entry.json)
            };
            let different = new.iter().filter(|(key, entry)| !is_same(key, entry));
            edits.extend(different.map(|(key, entry)| {
                let json = Some(entry.json.clone());
                PartEdit { part, key: key.clone(), json }
            }));
        }
        edits
    }

    /// The whole document as JSON.
    pub(crate) fn document(&self) -> String {
        let all = [&self.settings, &self.segments, &self.flags];
        let mut json = String::with_capacity(self.bytes + 64);
        let by_key = |parts| Parts::iter(parts).map(|(key, entry)| (&**key, &*entry.json));
        let [settings, segments, flags] = all.map(by_key);
        write_document(&mut json, settings, segments, flags);
        json
    }

    /// A document of all settings and those parts alone that an edit puts in.
    pub(crate) fn document_of(&self, edits: &[PartEdit]) -> String {
        let mut json = String::new();
        let put = |wanted: Part| {
            let of_kind = edits.iter().filter(move |edit| edit.part == wanted);
            of_kind.filter_map(|edit| Some((&*edit.key, &**edit.json.as_ref()?)))
        };
        let settings = self.settings.iter().map(|(key, entry)| (&**key, &*entry.json));
        write_document(&mut json, settings, put(Part::Segment), put(Part::Flag));
        json
    }
}

impl Entry {
    fn bytes(&self, key: &str) -> usize {
        key.len() + self.json.len() + PUNCTUATION
    }
}

fn write_document<'p>(
    json: &mut String,
    settings: impl Iterator<Item = (&'p str, &'p str)>,
    segments: impl Iterator<Item = (&'p str, &'p str)>,
    flags: impl Iterator<Item = (&'p str, &'p str)>,
) {
    json.push('{');
    for (key, setting) in settings {
        push_entry(json, key, setting);
        json.push(',');
    }
    let mut segments = segments.peekable();
    if segments.peek().is_some() {
        json.push_str(r#""segments":{"#);
        write_entries(json, segments);
        json.push_str("},");
    }
    json.push_str(r#""flags":{"#);
    write_entries(json, flags);
    json.push_str("}}");
}

fn write_entries<'p>(json: &mut String, entries: impl Iterator<Item = (&'p str, &'p str)>) {
    for (place, (key, entry)) in entries.enumerate() {
        if place > 0 {
            json.push(',');
        }
        push_entry(json, key, entry);
    }
}

fn push_entry(json: &mut String, key: &str, entry: &str) {
    json.push_str(&quoted(key));
    json.push(':');
    json.push_str(entry);
}

/// Two quotes, a colon and a comma.
const PUNCTUATION: usize = 4;

#[cfg(test)]
mod tests;
