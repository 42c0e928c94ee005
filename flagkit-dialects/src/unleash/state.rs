//! The features and segments of a document, whichever of its two forms it has.
//!
//! A whole state lists `features` and `segments`; a delta lists `events` that end in one. What
//! is there twice counts as it stands last.

use std::collections::HashMap;

use crate::error::WrongShape;
use crate::fields::Fields;
use crate::node::Node;
use crate::path::Path;
use crate::report::Report;

/// What is in force at the end of a document.
#[derive(Default)]
pub(super) struct State<'n> {
    pub(super) features: Kept<'n, &'n str>,
    pub(super) segments: Kept<'n, i64>,
}

impl<'n> State<'n> {
    pub(super) fn read(root: &'n Node<'n>, report: &mut Report) -> Result<Self, WrongShape> {
        let mut state = Self::default();
        let list = |name| root.entry(name).filter(|node| !node.is_null());
        match (list("features"), list("events")) {
            (Some(features), _) => {
                state.put_features(as_list(features, "features")?, &Place::Root, report);
                if let Some(segments) = list("segments") {
                    state.put_segments(as_list(segments, "segments")?, &Place::Root, report);
                }
            }
            (None, Some(events)) => {
                for (index, event) in as_list(events, "events")?.iter().enumerate() {
                    state.apply(event, index, report);
                }
            }
            (None, None) => {
                let problem = "there are neither `features` nor `events`";
                return Err(WrongShape::new("", problem));
            }
        }
        Ok(state)
    }

    fn apply(&mut self, event: &'n Node<'n>, index: usize, report: &mut Report) {
        let events = Path::ROOT.key("events");
        let path = events.index(index);
        let Some(fields) = Fields::open(event, &path, report) else { return };
        let place = Place::Event(index);
        match fields.text("type", report) {
            Some("hydration") => {
                *self = Self::default();
                self.put_features(fields.list("features", report), &place, report);
                self.put_segments(fields.list("segments", report), &place, report);
            }
            Some("feature-updated") => match fields.node("feature") {
                Some(feature) => self.put_feature(feature, place.inner("feature"), report),
                None => missing(&fields, "feature", report),
            },
            Some("segment-updated") => match fields.node("segment") {
                Some(segment) => self.put_segment(segment, place.inner("segment"), report),
                None => missing(&fields, "segment", report),
            },
            Some("feature-removed") => match fields.text("featureName", report) {
                Some(name) => self.features.remove(&name),
                None => missing(&fields, "featureName", report),
            },
            Some("segment-removed") => match fields.node("segmentId").and_then(id) {
                Some(id) => self.segments.remove(&id),
                None => missing(&fields, "segmentId", report),
            },
            other => {
                let problem = format!("there are no events of type `{}`", other.unwrap_or(""));
                report.error(&path, problem, "read a document that this version knows");
            }
        }
    }

    fn put_features(&mut self, features: &'n [Node<'n>], place: &Place, report: &mut Report) {
        for (index, feature) in features.iter().enumerate() {
            self.put_feature(feature, place.element("features", index), report);
        }
    }

    fn put_segments(&mut self, segments: &'n [Node<'n>], place: &Place, report: &mut Report) {
        for (index, segment) in segments.iter().enumerate() {
            self.put_segment(segment, place.element("segments", index), report);
        }
    }

    fn put_feature(&mut self, node: &'n Node<'n>, place: Located, report: &mut Report) {
        match node.entry("name").and_then(Node::as_text) {
            Some(name) => self.features.put(name, node, place),
            None => place.with_path(|path| {
                report.begin_flag();
                report.error(path, "a feature needs a `name` that is text", "add it");
            }),
        }
    }

    fn put_segment(&mut self, node: &'n Node<'n>, place: Located, report: &mut Report) {
        match node.entry("id").and_then(id) {
            Some(id) => self.segments.put(id, node, place),
            None => place.with_path(|path| {
                report.begin_segment();
                report.error(path, "a segment needs an `id` that is an integer", "add it");
            }),
        }
    }
}

/// Things by their keys, each as it was said last, in the order in which they were said first.
pub(super) struct Kept<'n, K> {
    places: HashMap<K, usize>,
    entries: Vec<Option<Entry<'n, K>>>,
}

/// One of them, and where it stands.
pub(super) struct Entry<'n, K> {
    pub(super) key: K,
    pub(super) node: &'n Node<'n>,
    pub(super) place: Located,
}

impl<K> Default for Kept<'_, K> {
    fn default() -> Self {
        Self { places: HashMap::new(), entries: Vec::new() }
    }
}

impl<'n, K: Copy + Eq + std::hash::Hash> Kept<'n, K> {
    fn put(&mut self, key: K, node: &'n Node<'n>, place: Located) {
        let entry = Some(Entry { key, node, place });
        let next = self.entries.len();
        let at = *self.places.entry(key).or_insert(next);
        match self.entries.get_mut(at) {
            Some(known) => *known = entry,
            None => self.entries.push(entry),
        }
    }

    fn remove(&mut self, key: &K) {
        let known = self.places.remove(key).and_then(|at| self.entries.get_mut(at));
        if let Some(known) = known {
            *known = None;
        }
    }

    pub(super) fn get(&self, key: &K) -> Option<&Entry<'n, K>> {
        self.entries.get(*self.places.get(key)?)?.as_ref()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Entry<'n, K>> {
        self.entries.iter().flatten()
    }
}

/// Where a list of features or segments stands.
enum Place {
    Root,
    Event(usize),
}

impl Place {
    fn element(&self, list: &'static str, index: usize) -> Located {
        Located { event: self.event(), key: list, index: Some(index) }
    }

    fn inner(&self, key: &'static str) -> Located {
        Located { event: self.event(), key, index: None }
    }

    fn event(&self) -> Option<usize> {
        match self {
            Self::Root => None,
            Self::Event(index) => Some(*index),
        }
    }
}

/// Where a feature or segment stands: `features[3]`, `events[2].feature`.
pub(super) struct Located {
    event: Option<usize>,
    key: &'static str,
    index: Option<usize>,
}

impl Located {
    /// Calls `then` with the path, which lives on the stack.
    pub(super) fn with_path<R>(&self, then: impl FnOnce(&Path<'_>) -> R) -> R {
        let events = Path::ROOT.key("events");
        let event = self.event.map(|index| events.index(index));
        let list = event.as_ref().unwrap_or(&Path::ROOT).key(self.key);
        match self.index {
            Some(index) => then(&list.index(index)),
            None => then(&list),
        }
    }
}

/// The types of events.
pub(super) const EVENTS: [&str; 5] =
    ["hydration", "feature-updated", "feature-removed", "segment-updated", "segment-removed"];

pub(super) fn id(node: &Node<'_>) -> Option<i64> {
    match node {
        Node::Integer(id) => Some(*id),
        _ => None,
    }
}

fn as_list<'n>(node: &'n Node<'n>, name: &str) -> Result<&'n [Node<'n>], WrongShape> {
    node.as_list().ok_or_else(|| {
        WrongShape::new(name, format!("`{name}` must be a list, not {}", node.kind()))
    })
}

fn missing(fields: &Fields<'_, '_>, name: &str, report: &mut Report) {
    report.error(fields.path(), format!("the event needs `{name}`"), "add it");
}
