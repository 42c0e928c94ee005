//! The room of a tree: what stands on one level of a document stands in one vector.
//!
//! With a vector for each list and map, getting and giving back memory takes longer than
//! reading. So a document is read into growing levels, where a list or map is a span of the
//! level below. Then the levels become nodes, the deepest first: when a level borrows from the
//! one below, that one no longer changes.

use super::{DEPTH_MAX, Entry, Node};

/// What the nodes of one document borrow from.
pub(crate) struct Tree<'a> {
    texts: String,
    levels: [Level<'a>; DEPTH_MAX],
}

#[derive(Default)]
struct Level<'a> {
    items: Vec<Node<'a>>,
    entries: Vec<Entry<'a>>,
}

impl Default for Tree<'_> {
    fn default() -> Self {
        Self { texts: String::new(), levels: std::array::from_fn(|_| Level::default()) }
    }
}

/// A document that is being read.
pub(super) struct Growth<'a> {
    /// The texts that cannot be borrowed from the document, one after another.
    pub(super) texts: String,
    pub(super) levels: [Growing<'a>; DEPTH_MAX],
}

/// A level that is being read: the items of its lists and the entries of its maps. Those of one
/// list or map are neighbours, because whatever is read between them stands deeper.
#[derive(Default)]
pub(super) struct Growing<'a> {
    pub(super) items: Vec<Grown<'a>>,
    pub(super) entries: Vec<(Key<'a>, Grown<'a>)>,
}

/// A value that has been read.
#[derive(Clone, Copy)]
pub(super) enum Grown<'a> {
    /// A scalar; text is borrowed from the document.
    Scalar(Node<'a>),
    /// Text that is not borrowed.
    Text(Span),
    /// Items of the level below.
    List(Span),
    /// Entries of the level below.
    Map(Span),
}

/// A key that has been read.
#[derive(Clone, Copy)]
pub(super) enum Key<'a> {
    Borrowed(&'a str),
    Text(Span),
}

#[derive(Clone, Copy)]
pub(super) struct Span {
    // INVARIANT: neither a document's bytes nor its values are as many as a `u32` can count.
    start: u32,
    end: u32,
}

impl Span {
    pub(super) fn new(start: usize, end: usize) -> Self {
        let short = |place| u32::try_from(place).unwrap_or(u32::MAX);
        Self { start: short(start), end: short(end) }
    }

    fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

impl Default for Growth<'_> {
    fn default() -> Self {
        Self { texts: String::new(), levels: std::array::from_fn(|_| Growing::default()) }
    }
}

/// Keeps a text that cannot be borrowed.
pub(super) fn keep(texts: &mut String, text: &str) -> Span {
    let start = texts.len();
    texts.push_str(text);
    Span::new(start, texts.len())
}

impl<'a> Growth<'a> {
    /// The nodes, which borrow from the tree from now on.
    pub(super) fn freeze(self, root: Grown<'a>, tree: &'a mut Tree<'a>) -> Node<'a> {
        let Tree { texts, levels } = tree;
        *texts = self.texts;
        let mut below = Below { texts, items: &[], entries: &[] };
        for (level, growing) in levels.iter_mut().zip(self.levels).rev() {
            // Grown values and nodes have the same size, so each vector is changed in place.
            level.items = growing.items.into_iter().map(|item| below.node(item)).collect();
            let entry = |(key, value)| (below.key(key), below.node(value));
            level.entries = growing.entries.into_iter().map(entry).collect();
            below = Below { items: &level.items, entries: &level.entries, ..below };
        }
        below.node(root)
    }
}

/// The level below, which no longer changes.
#[derive(Clone, Copy)]
struct Below<'a> {
    texts: &'a str,
    items: &'a [Node<'a>],
    entries: &'a [Entry<'a>],
}

impl<'a> Below<'a> {
    fn node(self, grown: Grown<'a>) -> Node<'a> {
        match grown {
            Grown::Scalar(node) => node,
            Grown::Text(span) => Node::Text(self.text(span)),
            Grown::List(span) => Node::List(self.items.get(span.range()).unwrap_or_default()),
            Grown::Map(span) => Node::Map(self.entries.get(span.range()).unwrap_or_default()),
        }
    }

    fn key(self, key: Key<'a>) -> &'a str {
        match key {
            Key::Borrowed(text) => text,
            Key::Text(span) => self.text(span),
        }
    }

    fn text(self, span: Span) -> &'a str {
        self.texts.get(span.range()).unwrap_or_default()
    }
}
