//! YAML with places: a tree in which aliases share what they repeat.

use std::borrow::Cow;
use std::collections::HashMap;
use std::rc::Rc;

use saphyr_parser::{Event, Parser};

use crate::error::Position;
use crate::node::{DEPTH_MAX, yaml_position};

/// A value and its place.
pub(super) struct Marked<'a> {
    pub(super) position: Position,
    pub(super) content: Content<'a>,
    /// How deep lists and maps nest in it, aliases included.
    levels: usize,
}

pub(super) enum Content<'a> {
    Scalar(Cow<'a, str>),
    List(Vec<Rc<Marked<'a>>>),
    Map(Vec<MapEntry<'a>>),
}

/// A key, its place, and its value.
pub(super) type MapEntry<'a> = (Cow<'a, str>, Position, Rc<Marked<'a>>);

/// The whole text; nothing if it is no YAML.
pub(super) fn root(text: &str) -> Option<Rc<Marked<'_>>> {
    let mut builder =
        Builder { root: None, open: Vec::new(), anchors: HashMap::new(), copies_left: COPIED_MAX };
    let mut parser = Parser::new_from_str(text);
    while let Some(event) = parser.next_event() {
        let (event, span) = event.ok()?;
        builder.take(event, yaml_position(span.start))?;
    }
    builder.root
}

struct Builder<'a> {
    root: Option<Rc<Marked<'a>>>,
    open: Vec<Open<'a>>,
    anchors: HashMap<usize, Rc<Marked<'a>>>,
    copies_left: usize,
}

struct Open<'a> {
    anchor: usize,
    position: Position,
    content: Content<'a>,
    key: Option<(Cow<'a, str>, Position)>,
}

impl<'a> Builder<'a> {
    fn take(&mut self, event: Event<'a>, position: Position) -> Option<()> {
        match event {
            Event::Scalar(text, _, anchor, _) => {
                let content = Content::Scalar(text);
                let marked = Marked { position, content, levels: 0 };
                self.add(anchor, Rc::new(marked))?;
            }
            Event::SequenceStart(anchor, _) => {
                self.open(anchor, position, Content::List(Vec::new()))?;
            }
            Event::MappingStart(anchor, _) => {
                self.open(anchor, position, Content::Map(Vec::new()))?;
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let Open { anchor, position, content, .. } = self.open.pop()?;
                let levels = levels(&content) + 1;
                let content = self.merged(content)?;
                let marked = Marked { position, content, levels };
                (levels <= DEPTH_MAX).then(|| self.add(anchor, Rc::new(marked)))??;
            }
            Event::Alias(anchor) => {
                let marked = self.anchors.get(&anchor)?.clone();
                self.add(0, marked)?;
            }
            _ => {}
        }
        Some(())
    }

    fn open(&mut self, anchor: usize, position: Position, content: Content<'a>) -> Option<()> {
        self.open.push(Open { anchor, position, content, key: None });
        (self.open.len() <= DEPTH_MAX).then_some(())
    }

    fn add(&mut self, anchor: usize, marked: Rc<Marked<'a>>) -> Option<()> {
        if anchor != 0 {
            self.anchors.insert(anchor, marked.clone());
        }
        let Some(open) = self.open.last_mut() else {
            self.root = Some(marked);
            return Some(());
        };
        match (&mut open.content, open.key.take()) {
            (Content::List(items), _) => items.push(marked),
            (Content::Map(entries), Some((key, position))) => entries.push((key, position, marked)),
            (_, None) => match &marked.content {
                Content::Scalar(key) => open.key = Some((key.clone(), marked.position)),
                _ => return None,
            },
            (Content::Scalar(_), Some(_)) => return None,
        }
        Some(())
    }

    /// Puts entries of merged maps before the map's own: the last of equal keys is found.
    fn merged(&mut self, content: Content<'a>) -> Option<Content<'a>> {
        let Content::Map(mut entries) = content else {
            return Some(content);
        };
        let mut inherited = Vec::new();
        for (_, _, value) in entries.iter().filter(|(key, ..)| key == "<<") {
            let maps = match &value.content {
                Content::List(items) => items.as_slice(),
                _ => std::slice::from_ref(value),
            };
            for map in maps {
                if let Content::Map(entries) = &map.content {
                    self.copies_left = self.copies_left.checked_sub(entries.len())?;
                    inherited.extend(entries.iter().cloned());
                }
            }
        }
        inherited.append(&mut entries);
        Some(Content::Map(inherited))
    }
}

fn levels(content: &Content<'_>) -> usize {
    match content {
        Content::Scalar(_) => 0,
        Content::List(items) => items.iter().map(|item| item.levels).max().unwrap_or(0),
        Content::Map(entries) => entries.iter().map(|(.., item)| item.levels).max().unwrap_or(0),
    }
}

/// The most entries that merges may copy.
const COPIED_MAX: usize = 4_000_000;
