//! Expressions as they are evaluated: constants are folded, constant paths are cut up.

use std::sync::Arc;

use crate::document::{Function, Supplied};
use crate::snapshot::key_set::KeySet;
use crate::value::Value;

/// A compiled expression.
#[derive(Clone, Debug)]
pub(crate) struct Expression {
    pub(crate) term: Term,
    pub(crate) supplied: Box<[(String, Supplied)]>,
    pub(crate) when_failing: Option<Value>,
}

/// A compiled part of one.
#[derive(Clone, Debug)]
pub(crate) enum Term {
    Value(Value),
    /// The data under a path.
    Path(Path),
    List(Box<[Term]>),
    /// Whether something is one of many texts.
    OneOf(Box<(Term, KeySet)>),
    Call(Function, Box<[Term]>),
    Shared(Arc<Term>),
}

/// Names on the way into the data; without any it is the data itself.
#[derive(Clone, Debug)]
pub(crate) struct Path(pub(crate) Box<[Box<str>]>);

impl Path {
    /// The path that a text spells.
    pub(crate) fn of(text: &str) -> Self {
        if text.is_empty() {
            Self(Box::default())
        } else {
            Self(text.split('.').map(Into::into).collect())
        }
    }
}

/// An expression that names a variant, and the names.
#[derive(Clone, Debug)]
pub(crate) struct Computed {
    pub(crate) expression: Expression,
    /// In order of the names.
    pub(crate) variants: Box<[(Arc<str>, u32)]>,
}

impl Computed {
    /// The place of the variant of this name.
    pub(crate) fn variant(&self, name: &str) -> Option<u32> {
        let found = self.variants.binary_search_by(|(other, _)| (**other).cmp(name)).ok()?;
        self.variants.get(found).map(|(_, place)| *place)
    }
}
