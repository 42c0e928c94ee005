//! YAML text to nodes: YAML 1.2 with its core schema, and the merge key `<<`.
//!
//! Aliases are copied out, so a document may grow; what they add is bounded by the
//! size that a document may have. Several documents in one text, keys that are
//! lists or maps, infinities and not-a-number are refused. Tags are ignored, except
//! that `!!str` makes text of anything.

use std::borrow::Cow;
use std::collections::HashMap;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, ScanError, Tag};

use super::{
    DEPTH_MAX, Draft, DraftEntry, NODES_MAX, Node, TEXT_BYTES_MAX, Tree, too_deep, too_many,
};
use crate::error::{DecodeError, Position};

mod merge;
mod scalar;

pub(super) fn read<'a>(text: &'a str, tree: &'a mut Tree<'a>) -> Result<Node<'a>, DecodeError> {
    compose(text)?.freeze(tree)
}

fn compose(text: &str) -> Result<Draft<'_>, DecodeError> {
    let mut composer = Composer::default();
    let mut parser = Parser::new_from_str(text);
    while let Some(event) = parser.next_event() {
        let (event, span) = event.map_err(|error| unreadable(&error))?;
        composer.take(event).map_err(|problem| at(span.start, problem))?;
    }
    composer.root.ok_or_else(|| DecodeError::new("the document is empty"))
}

fn unreadable(error: &ScanError) -> DecodeError {
    // Of brackets alone the parser reads 255 before it reports the first one.
    if error.info() == "recursion limit exceeded" {
        return at(*error.marker(), too_deep());
    }
    at(*error.marker(), format!("this is neither JSON nor YAML: {}", error.info()))
}

fn at(marker: Marker, problem: impl Into<String>) -> DecodeError {
    DecodeError::new(problem).at(Some(position(marker)))
}

/// The parser counts lines from 1 and columns from 0.
pub(crate) fn position(marker: Marker) -> Position {
    Position { line: marker.line().max(1), column: marker.col() + 1 }
}

/// Builds the tree from the parser's events.
#[derive(Default)]
struct Composer<'a> {
    root: Option<Draft<'a>>,
    open: Vec<Collection<'a>>,
    anchors: HashMap<usize, Anchored<'a>>,
    nodes: usize,
    copied_bytes: usize,
}

/// A list or map that has begun and not ended.
struct Collection<'a> {
    anchor: usize,
    content: Content<'a>,
}

enum Content<'a> {
    List(Vec<Draft<'a>>),
    Map { entries: Vec<DraftEntry<'a>>, key: Option<Cow<'a, str>>, merges: Vec<usize> },
}

/// A node that aliases may repeat.
struct Anchored<'a> {
    node: Draft<'a>,
    bytes: usize,
    levels: usize,
}

type Taken = Result<(), String>;

impl<'a> Composer<'a> {
    fn take(&mut self, event: Event<'a>) -> Taken {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.scalar(text, style, anchor, tag.as_deref())
            }
            Event::SequenceStart(anchor, _) => self.open(anchor, Content::List(Vec::new())),
            Event::MappingStart(anchor, _) => {
                let (entries, merges) = (Vec::new(), Vec::new());
                self.open(anchor, Content::Map { entries, key: None, merges })
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(),
            Event::Alias(anchor) => self.alias(anchor),
            Event::DocumentStart(_) if self.root.is_some() => {
                Err("there is a second document; a text holds one".to_owned())
            }
            _ => Ok(()),
        }
    }

    fn scalar(
        &mut self,
        text: Cow<'a, str>,
        style: ScalarStyle,
        anchor: usize,
        tag: Option<&Tag>,
    ) -> Taken {
        let is_text = style != ScalarStyle::Plain || tag.is_some_and(is_text_tag);
        if let Some(Content::Map { entries, key: key @ None, merges }) = self.innermost() {
            if text == "<<" && !is_text {
                merges.push(entries.len());
            }
            *key = Some(text.clone());
            // An alias may repeat the key as a value.
            return self.remember(anchor, &Draft::Text(text));
        }
        let node = if is_text { Draft::Text(text) } else { scalar::plain(text)? };
        self.remember(anchor, &node)?;
        self.add(node)
    }

    fn open(&mut self, anchor: usize, content: Content<'a>) -> Taken {
        if let Some(Content::Map { key: None, .. }) = self.innermost() {
            return Err("a key must be text, not a list or a map".to_owned());
        }
        self.open.push(Collection { anchor, content });
        if self.open.len() > DEPTH_MAX { Err(too_deep()) } else { Ok(()) }
    }

    fn close(&mut self) -> Taken {
        let Some(Collection { anchor, content }) = self.open.pop() else {
            return Ok(());
        };
        let node = match content {
            Content::List(items) => Draft::List(items),
            Content::Map { entries, merges, .. } if merges.is_empty() => Draft::Map(entries),
            Content::Map { entries, merges, .. } => Draft::Map(merge::entries(entries, &merges)?),
        };
        self.remember(anchor, &node)?;
        self.add(node)
    }

    fn alias(&mut self, anchor: usize) -> Taken {
        let Some(anchored) = self.anchors.get(&anchor) else {
            return Err("an alias stands inside of what it repeats".to_owned());
        };
        let (bytes, levels) = (anchored.bytes, anchored.levels);
        if self.open.len() + levels > DEPTH_MAX {
            return Err(too_deep());
        }
        self.charge(bytes)?;
        let node = self.anchors.get(&anchor).map_or(Draft::Null, |anchored| anchored.node.clone());
        match self.innermost() {
            Some(Content::Map { key: key @ None, .. }) => match node {
                Draft::Text(text) => *key = Some(text),
                other => return Err(format!("a key must be text, not {}", other.kind())),
            },
            _ => self.add(node)?,
        }
        Ok(())
    }

    fn innermost(&mut self) -> Option<&mut Content<'a>> {
        self.open.last_mut().map(|collection| &mut collection.content)
    }

    fn add(&mut self, node: Draft<'a>) -> Taken {
        self.nodes += 1;
        if self.nodes > NODES_MAX {
            return Err(too_many());
        }
        match self.innermost() {
            Some(Content::List(items)) => items.push(node),
            Some(Content::Map { entries, key, .. }) => {
                entries.push((key.take().unwrap_or_default(), node));
            }
            None => self.root = Some(node),
        }
        Ok(())
    }

    /// Keeps a copy for aliases.
    fn remember(&mut self, anchor: usize, node: &Draft<'a>) -> Taken {
        if anchor == 0 {
            return Ok(());
        }
        let bytes = bytes(node);
        self.charge(bytes)?;
        let anchored = Anchored { node: node.clone(), bytes, levels: levels(node) };
        self.anchors.insert(anchor, anchored);
        Ok(())
    }

    fn charge(&mut self, bytes: usize) -> Taken {
        self.copied_bytes = self.copied_bytes.saturating_add(bytes);
        if self.copied_bytes > TEXT_BYTES_MAX {
            let problem = "anchors and aliases make the document larger than";
            return Err(format!("{problem} {TEXT_BYTES_MAX} bytes"));
        }
        Ok(())
    }
}

fn is_text_tag(tag: &Tag) -> bool {
    tag.is_yaml_core_schema() && tag.suffix == "str"
}

/// About what a copy costs.
fn bytes(node: &Draft<'_>) -> usize {
    let inside = match node {
        Draft::Text(text) => text.len(),
        Draft::List(items) => items.iter().map(bytes).sum(),
        Draft::Map(entries) => entries.iter().map(|(key, value)| key.len() + bytes(value)).sum(),
        _ => 0,
    };
    inside + size_of::<Draft<'_>>()
}

fn levels(node: &Draft<'_>) -> usize {
    let deepest =
        |nodes: &mut dyn Iterator<Item = &Draft<'_>>| nodes.map(levels).max().unwrap_or(0);
    match node {
        Draft::List(items) => 1 + deepest(&mut items.iter()),
        Draft::Map(entries) => 1 + deepest(&mut entries.iter().map(|(_, value)| value)),
        _ => 0,
    }
}
