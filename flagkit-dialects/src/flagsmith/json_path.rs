//! Paths into the evaluation context: `JSONPath` as RFC 9535 defines it.
//!
//! A path is parsed once, when a document is read. Most paths name one place below the
//! identity and become a look-up. Paths into the document itself are answered at once, because
//! the document does not change between evaluations; [`Query::first`] walks it.
//!
//! Functions in filters are not evaluated: [`Parsed::Unsupported`] says so.

use crate::node::Node;

mod filter;
mod parser;

pub(super) use parser::parse;

use filter::Filter;

/// What a text is.
#[derive(Debug)]
pub(super) enum Parsed {
    /// No path.
    Invalid,
    /// A path with something that is not evaluated here.
    Unsupported,
    /// A path.
    Query(Query),
}

/// A path: segments that are followed one after another.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Query {
    pub(super) segments: Vec<Segment>,
}

/// One step.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Segment {
    /// Whether it also looks into everything below.
    descends: bool,
    selectors: Vec<Selector>,
}

#[derive(Clone, Debug, PartialEq)]
enum Selector {
    Name(String),
    Index(i64),
    Wildcard,
    Slice { start: Option<i64>, end: Option<i64>, step: i64 },
    Filter(Filter),
}

/// A step of a path that names one place.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Step<'q> {
    Name(&'q str),
    Index(i64),
}

impl Query {
    /// The names and indices, if the path has nothing else: then it finds one place at most.
    pub(super) fn steps(&self) -> Option<Vec<Step<'_>>> {
        self.segments.iter().map(Segment::step).collect()
    }

    /// The name that the first segment asks for, if it asks for one alone.
    pub(super) fn first_name(&self) -> Option<&str> {
        match self.segments.first()?.step()? {
            Step::Name(name) => Some(name),
            Step::Index(_) => None,
        }
    }

    /// Whether a filter in it looks at the whole context.
    pub(super) fn looks_at_root(&self) -> bool {
        let selectors = self.segments.iter().flat_map(|segment| &segment.selectors);
        selectors.into_iter().any(|selector| match selector {
            Selector::Filter(filter) => filter.looks_at_root(),
            _ => false,
        })
    }

    /// The first thing that the path finds; an error if that takes more than `effort` steps.
    pub(super) fn first<'n>(
        &self,
        root: &'n Node<'n>,
        effort: &mut usize,
    ) -> Result<Option<&'n Node<'n>>, TooLong> {
        let mut walk = Walk { root, effort };
        let mut found = None;
        walk.visit(root, &self.segments, &mut |node| {
            found = Some(node);
            Go::Stop
        })?;
        Ok(found)
    }
}

impl Segment {
    fn step(&self) -> Option<Step<'_>> {
        match (self.descends, self.selectors.as_slice()) {
            (false, [Selector::Name(name)]) => Some(Step::Name(name)),
            (false, [Selector::Index(index)]) => Some(Step::Index(*index)),
            _ => None,
        }
    }
}

/// The path looks at more of the document than all paths together may.
#[derive(Debug)]
pub(super) struct TooLong;

/// Whether to look for more.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Go {
    On,
    Stop,
}

/// One walk through a document, in the order of RFC 9535.
struct Walk<'n, 'e> {
    root: &'n Node<'n>,
    effort: &'e mut usize,
}

/// What is done with everything that a path finds.
type Found<'n, 'f> = dyn FnMut(&'n Node<'n>) -> Go + 'f;

impl<'n> Walk<'n, '_> {
    /// Everything that the segments find below a node.
    fn visit(
        &mut self,
        node: &'n Node<'n>,
        segments: &[Segment],
        found: &mut Found<'n, '_>,
    ) -> Result<Go, TooLong> {
        *self.effort = self.effort.checked_sub(1).ok_or(TooLong)?;
        let Some((segment, rest)) = segments.split_first() else { return Ok(found(node)) };
        for selector in &segment.selectors {
            if self.select(node, selector, rest, found)? == Go::Stop {
                return Ok(Go::Stop);
            }
        }
        if segment.descends {
            for child in children(node) {
                // The segment again, on every child: that is the order of the standard.
                if self.visit(child, segments, found)? == Go::Stop {
                    return Ok(Go::Stop);
                }
            }
        }
        Ok(Go::On)
    }

    fn select(
        &mut self,
        node: &'n Node<'n>,
        selector: &Selector,
        rest: &[Segment],
        found: &mut Found<'n, '_>,
    ) -> Result<Go, TooLong> {
        match selector {
            Selector::Name(name) => self.one(member(node, name), rest, found),
            Selector::Index(index) => self.one(element(node, *index), rest, found),
            Selector::Wildcard => {
                for child in children(node) {
                    if self.visit(child, rest, found)? == Go::Stop {
                        return Ok(Go::Stop);
                    }
                }
                Ok(Go::On)
            }
            Selector::Slice { start, end, step } => {
                let Node::List(items) = node else { return Ok(Go::On) };
                for place in slice(items.len(), *start, *end, *step) {
                    if self.one(items.get(place), rest, found)? == Go::Stop {
                        return Ok(Go::Stop);
                    }
                }
                Ok(Go::On)
            }
            Selector::Filter(filter) => {
                for child in children(node) {
                    if filter.holds(self, child)? && self.visit(child, rest, found)? == Go::Stop {
                        return Ok(Go::Stop);
                    }
                }
                Ok(Go::On)
            }
        }
    }

    fn one(
        &mut self,
        node: Option<&'n Node<'n>>,
        rest: &[Segment],
        found: &mut Found<'n, '_>,
    ) -> Result<Go, TooLong> {
        node.map_or(Ok(Go::On), |node| self.visit(node, rest, found))
    }
}

/// The member of this name; of several the last, as JSON readers keep it.
fn member<'n>(node: &'n Node<'n>, name: &str) -> Option<&'n Node<'n>> {
    let Node::Map(entries) = node else { return None };
    entries.iter().rev().find(|(key, _)| *key == name).map(|(_, value)| value)
}

/// The element at this place; negative places count from the end.
fn element<'n>(node: &'n Node<'n>, index: i64) -> Option<&'n Node<'n>> {
    let Node::List(items) = node else { return None };
    let distance = usize::try_from(index.unsigned_abs()).ok()?;
    let place = if index < 0 { items.len().checked_sub(distance)? } else { distance };
    items.get(place)
}

fn children<'n>(node: &'n Node<'n>) -> impl Iterator<Item = &'n Node<'n>> {
    let (items, entries) = match node {
        Node::List(items) => (*items, [].as_slice()),
        Node::Map(entries) => ([].as_slice(), *entries),
        _ => ([].as_slice(), [].as_slice()),
    };
    items.iter().chain(entries.iter().map(|(_, value)| value))
}

/// The places of a slice, RFC 9535 section 2.3.4.2.2.
fn slice(
    len: usize,
    start: Option<i64>,
    end: Option<i64>,
    step: i64,
) -> impl Iterator<Item = usize> {
    let len = i64::try_from(len).unwrap_or(i64::MAX);
    let from_end = |place: i64| if place < 0 { len.saturating_add(place) } else { place };
    let (first, beyond) = if step > 0 {
        let (start, end) = (start.unwrap_or(0), end.unwrap_or(len));
        (from_end(start).clamp(0, len), from_end(end).clamp(0, len))
    } else {
        let start = start.map_or(len - 1, from_end);
        let end = end.map_or(-1, from_end);
        (start.clamp(-1, len - 1), end.clamp(-1, len - 1))
    };
    let has_more = move |place: &i64| match step {
        1.. => *place < beyond,
        0 => false,
        _ => *place > beyond,
    };
    std::iter::successors(Some(first), move |place| place.checked_add(step))
        .take_while(has_more)
        .filter_map(|place| usize::try_from(place).ok())
}

#[cfg(test)]
mod tests;
