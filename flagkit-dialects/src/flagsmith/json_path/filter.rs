//! Filters of paths: which children are wanted.

use flagkit_core::Number;

use crate::node::{Entry, Node};

use super::{Go, Query, TooLong, Walk};

/// What must hold for a child.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Filter {
    All(Vec<Filter>),
    Any(Vec<Filter>),
    Not(Box<Filter>),
    /// The path finds something.
    Finds(Start, Query),
    Compares(Comparable, Comparison, Comparable),
}

/// Where a path inside of a filter begins.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Start {
    /// At the child.
    Child,
    /// At the whole context.
    Root,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Comparable {
    Text(String),
    /// Any other scalar.
    Scalar(Node<'static>),
    /// A path that finds one place at most.
    Place(Start, Query),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Filter {
    pub(super) fn holds<'n>(
        &self,
        walk: &mut Walk<'n, '_>,
        child: &'n Node<'n>,
    ) -> Result<bool, TooLong> {
        match self {
            Self::All(all) => {
                for filter in all {
                    if !filter.holds(walk, child)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Self::Any(any) => {
                for filter in any {
                    if filter.holds(walk, child)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Self::Not(filter) => Ok(!filter.holds(walk, child)?),
            Self::Finds(start, query) => Ok(start.first(query, walk, child)?.is_some()),
            Self::Compares(left, comparison, right) => {
                let (left, right) = (left.value(walk, child)?, right.value(walk, child)?);
                Ok(comparison.holds(left.as_ref(), right.as_ref()))
            }
        }
    }

    /// Whether a path in it begins at the whole context.
    pub(super) fn looks_at_root(&self) -> bool {
        let from_root =
            |start: &Start, query: &Query| *start == Start::Root || query.looks_at_root();
        match self {
            Self::All(inner) | Self::Any(inner) => inner.iter().any(Self::looks_at_root),
            Self::Not(inner) => inner.looks_at_root(),
            Self::Finds(start, query) => from_root(start, query),
            Self::Compares(left, _, right) => [left, right].into_iter().any(|side| match side {
                Comparable::Text(_) | Comparable::Scalar(_) => false,
                Comparable::Place(start, query) => from_root(start, query),
            }),
        }
    }
}

impl Start {
    fn first<'n>(
        self,
        query: &Query,
        walk: &mut Walk<'n, '_>,
        child: &'n Node<'n>,
    ) -> Result<Option<&'n Node<'n>>, TooLong> {
        let from = match self {
            Self::Child => child,
            Self::Root => walk.root,
        };
        let mut found = None;
        walk.visit(from, &query.segments, &mut |node| {
            found = Some(node);
            Go::Stop
        })?;
        Ok(found)
    }
}

impl Comparable {
    fn value<'v, 'n: 'v>(
        &'v self,
        walk: &mut Walk<'n, '_>,
        child: &'n Node<'n>,
    ) -> Result<Option<Node<'v>>, TooLong> {
        match self {
            Self::Text(text) => Ok(Some(Node::Text(text))),
            Self::Scalar(node) => Ok(Some(*node)),
            Self::Place(start, query) => Ok(start.first(query, walk, child)?.copied()),
        }
    }
}

impl Comparison {
    /// RFC 9535 section 2.3.5.2.2: nothing equals nothing, and only numbers and texts have an order.
    fn holds(self, left: Option<&Node<'_>>, right: Option<&Node<'_>>) -> bool {
        match self {
            Self::Equal => is_equal(left, right),
            Self::NotEqual => !is_equal(left, right),
            Self::Less => is_less(left, right),
            Self::LessOrEqual => is_less(left, right) || is_equal(left, right),
            Self::Greater => is_less(right, left),
            Self::GreaterOrEqual => is_less(right, left) || is_equal(left, right),
        }
    }
}

fn is_equal(left: Option<&Node<'_>>, right: Option<&Node<'_>>) -> bool {
    match (left, right) {
        (None, None) => true,
        (Some(left), Some(right)) => are_same(left, right),
        _ => false,
    }
}

fn are_same(left: &Node<'_>, right: &Node<'_>) -> bool {
    match (left, right) {
        (Node::List(left), Node::List(right)) => {
            left.len() == right.len()
                && left.iter().zip(*right).all(|(left, right)| are_same(left, right))
        }
        (Node::Map(entries), Node::Map(others)) => {
            let has = |(name, value): &Entry<'_>| {
                super::member(right, name).is_some_and(|other| are_same(value, other))
            };
            entries.len() == others.len() && entries.iter().all(has)
        }
        (Node::Text(left), Node::Text(right)) => left == right,
        (Node::Boolean(left), Node::Boolean(right)) => left == right,
        (Node::Null, Node::Null) => true,
        _ => match (number(left), number(right)) {
            (Some(left), Some(right)) => left == right,
            _ => false,
        },
    }
}

fn is_less(left: Option<&Node<'_>>, right: Option<&Node<'_>>) -> bool {
    match (left, right) {
        (Some(Node::Text(left)), Some(Node::Text(right))) => left < right,
        (Some(left), Some(right)) => match (number(left), number(right)) {
            (Some(left), Some(right)) => left < right,
            _ => false,
        },
        _ => false,
    }
}

fn number(node: &Node<'_>) -> Option<Number> {
    match node {
        Node::Integer(value) => Some((*value).into()),
        Node::Unsigned(value) => Some((*value).into()),
        Node::Float(value) => Some(Number::Float(*value)),
        _ => None,
    }
}
