//! Where a path is in the text: from `flags.x.targeting_rules[2]` to line and column.
//!
//! A path is made while a tree is read, and the tree has no places: almost every
//! document is sound, and places would cost all of them. Only when something is
//! wrong the text is read once more.

use std::borrow::Cow;
use std::collections::HashMap;

use flagkit_core::Diagnostic;

use crate::error::Position;
use crate::node::without_mark;

mod find;
mod json;
mod levels;
mod lines;
mod refine;
mod spot;
mod yaml;

pub(crate) use find::names;
use find::{Found, find};
use levels::Levels;
use lines::Lines;
use spot::{Entry, Inside, Spot};

/// The place of the value at this path, or of its key if the value is a list or a map.
///
/// Works for JSON and YAML. Keys may contain dots: the longest key that fits is taken. An
/// element of a list may be named by its `name`, as flags in a list are.
///
/// ```
/// use flagkit_dialects::{locate, Position};
///
/// let text = "flags:\n  a.b:\n    salt: 7\n";
/// assert_eq!(locate(text, "flags.a.b.salt"), Some(Position { line: 3, column: 11 }));
/// assert_eq!(locate(text, "flags.a.b"), Some(Position { line: 2, column: 3 }));
/// assert_eq!(locate(text, "flags.c"), None);
/// ```
pub fn locate(text: &str, path: &str) -> Option<Position> {
    let text = without_mark(text);
    let root = Spot::root(text)?;
    let found = find(&root, path)?;
    Some(Lines::new(text).position(found.place()))
}

/// Finds the places of diagnostics, and makes their paths more exact where it can.
///
/// A diagnostic of the core knows the flag and the text that is at fault. Its path is
/// extended to where that text stands in the flag: `flags.a` becomes
/// `flags.a.dependencies[1]`. Where a path is not in the text, the place of the longest part
/// of it that is there is given.
pub fn place(text: &str, diagnostics: &mut [Diagnostic]) -> Vec<Option<Position>> {
    if diagnostics.is_empty() {
        return Vec::new();
    }
    let text = without_mark(text);
    let Some(root) = Spot::root(text) else {
        return vec![None; diagnostics.len()];
    };
    let (index, lines) = (Index::new(&root), Lines::new(text));
    let place = |diagnostic: &mut Diagnostic| {
        let start = lines.position(index.place(diagnostic));
        Some(lines.inside(start, diagnostic.offset))
    };
    diagnostics.iter_mut().map(place).collect()
}

/// A place before it is counted in lines.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Place {
    /// A byte of the text.
    Byte(usize),
    /// Counted by the parser.
    Position(Position),
}

/// The flags and segments of a document by their names.
///
/// A document may have as many diagnostics as flags, so the way to a flag must be short.
struct Index<'a> {
    root: Spot<'a>,
    levels: Levels<'a>,
    sections: Vec<(Cow<'a, str>, Named<'a>)>,
}

type Named<'a> = HashMap<Cow<'a, str>, Entry<'a>>;

impl<'a> Index<'a> {
    fn new(root: &Spot<'a>) -> Self {
        let entries = match root.inside() {
            Inside::Map(entries) => entries,
            _ => Vec::new(),
        };
        let sections = entries.into_iter().filter(|entry| SECTIONS.contains(&&*entry.key));
        let sections = sections.map(|section| (section.key, by_name(&section.spot))).collect();
        Self { root: root.clone(), levels: Levels::default(), sections }
    }

    fn place(&self, diagnostic: &mut Diagnostic) -> Place {
        let Some((section, entry, rest)) = self.entry(&diagnostic.path) else {
            return best(&find::closest(&self.levels, &self.root, &diagnostic.path), diagnostic);
        };
        if rest.is_empty() {
            let about = diagnostic.about.as_deref();
            let Some((path, place)) = about.and_then(|about| refine::find_text(&entry.spot, about))
            else {
                return entry.place;
            };
            diagnostic.path = format!("{section}.{}{path}", entry.key);
            return place;
        }
        let found = find::closest(&self.levels, &entry.spot, rest);
        if !found.is_below {
            return entry.place;
        }
        best(&found, diagnostic)
    }

    /// The flag or segment that a path begins with, and the rest of the path.
    fn entry<'p>(&self, path: &'p str) -> Option<(&str, &Entry<'a>, &'p str)> {
        self.sections.iter().find_map(|(section, entries)| {
            let rest = path.strip_prefix(&**section)?.strip_prefix('.')?;
            let (name, rest) = names(rest).find(|(name, _)| entries.contains_key(*name))?;
            Some((&**section, entries.get(name)?, rest))
        })
    }
}

/// The place of the key where the diagnostic is about the key, else of the value.
fn best(found: &Found<'_>, diagnostic: &Diagnostic) -> Place {
    let is_key = diagnostic.about.as_deref().is_some_and(|about| found.key() == Some(about));
    if is_key { found.key_place() } else { found.place() }
}

/// The entries of a map, or those of a list that carry a name.
fn by_name<'a>(section: &Spot<'a>) -> Named<'a> {
    match section.inside() {
        Inside::Map(entries) => {
            entries.into_iter().map(|entry| (entry.key.clone(), entry)).collect()
        }
        Inside::List(items) => {
            let named = items.into_iter().filter_map(|spot| {
                let key = spot.name()?;
                Some((key.clone(), Entry { key, place: spot.place(), spot }))
            });
            named.collect()
        }
        Inside::Scalar(_) => HashMap::new(),
    }
}

/// The keys at the top below which diagnostics are.
const SECTIONS: [&str; 3] = ["flags", "segments", "feature_flags"];

#[cfg(test)]
mod tests;
