//! Expressions: constants are folded, shared parts are compiled once.

use std::sync::Arc;

use crate::document;
use crate::document::{Function, Variant};
use crate::snapshot::expression::{Computed, Expression, Path, Term};
use crate::snapshot::flag::Effort;
use crate::snapshot::key_set::KeySet;
use crate::text::Case;
use crate::value::Value;

use super::condition::{Compiler, Shared};

impl Compiler {
    pub(super) fn expression(
        &mut self,
        expression: document::Expression,
        depth: u32,
    ) -> Expression {
        Expression {
            term: self.term(expression.term, depth),
            supplied: expression.supplied.into(),
            when_failing: expression.when_failing,
        }
    }

    pub(super) fn computed(
        &mut self,
        expression: document::Expression,
        variants: &[Variant],
        depth: u32,
    ) -> Computed {
        let named = variants.iter().zip(0..);
        let mut names: Vec<(Arc<str>, u32)> =
            named.filter_map(|(variant, place)| Some((variant.key.clone()?, place))).collect();
        // Sorting keeps the order of equals: the first of one name counts.
        names.sort_by(|left, right| left.0.cmp(&right.0));
        names.dedup_by(|later, first| later.0 == first.0);
        Computed { expression: self.expression(expression, depth), variants: names.into() }
    }

    fn term(&mut self, term: document::Term, depth: u32) -> Term {
        // One look at a malformed part is enough: shared parts may repeat it without end.
        if self.is_malformed() || self.is_too_deep(depth) {
            return Term::Value(Value::Null);
        }
        match term {
            document::Term::Value(value) => Term::Value(value),
            document::Term::List(items) => folded(self.terms(items, depth + 1)),
            document::Term::Call(Function::Attribute, arguments) => {
                self.attribute(arguments, depth + 1)
            }
            document::Term::Call(Function::In, arguments) => {
                searched(self.terms(arguments, depth + 1))
            }
            document::Term::Call(function, arguments) => {
                Term::Call(function, self.terms(arguments, depth + 1))
            }
            document::Term::Shared(source) => self.shared(source, depth),
        }
    }

    fn terms(&mut self, terms: Vec<document::Term>, depth: u32) -> Box<[Term]> {
        terms.into_iter().map(|term| self.term(term, depth)).collect()
    }

    /// A path that is known now, and without a default, needs no look at it later.
    fn attribute(&mut self, arguments: Vec<document::Term>, depth: u32) -> Term {
        let path = match arguments.as_slice() {
            [] | [document::Term::Value(Value::Null)] => Some(Path::of("")),
            [document::Term::Value(Value::String(text))] => Some(Path::of(text)),
            _ => None,
        };
        match path {
            Some(path) => Term::Path(path),
            None => Term::Call(Function::Attribute, self.terms(arguments, depth)),
        }
    }

    /// Compiles a shared part where it stands first, and only adds its effort where it stands again.
    fn shared(&mut self, source: Arc<document::Term>, depth: u32) -> Term {
        let address = Arc::as_ptr(&source).addr();
        if let Some(known) = self.shared_terms.get(&address) {
            let (compiled, effort) = (known.compiled.clone(), known.effort);
            self.add_effort(depth, effort);
            return Term::Shared(compiled);
        }
        let outside = self.replace_effort(Effort::default());
        let compiled = Arc::new(self.term((*source).clone(), depth + 1));
        let inside = self.replace_effort(outside);
        let effort = Effort { height: inside.height.saturating_sub(depth + 1), ..inside };
        self.add_effort(depth, effort);
        if !self.is_malformed() {
            let shared = Shared { _source: source, compiled: compiled.clone(), effort };
            self.shared_terms.insert(address, shared);
        }
        Term::Shared(compiled)
    }
}

/// A search in a long list of constant texts is one probe of a set.
fn searched(arguments: Box<[Term]>) -> Term {
    let set = match &*arguments {
        [_, Term::Value(Value::List(items))] if items.len() > FEW => {
            let texts = items.iter().filter_map(Value::as_str);
            let are_texts = texts.clone().count() == items.len();
            are_texts.then(|| KeySet::new(texts, Case::Sensitive)).flatten()
        }
        _ => None,
    };
    match (set, Vec::from(arguments)) {
        (Some(set), arguments) => match arguments.into_iter().next() {
            Some(needle) => Term::OneOf(Box::new((needle, set))),
            None => Term::Value(Value::Boolean(false)),
        },
        (None, arguments) => Term::Call(Function::In, arguments.into()),
    }
}

/// A list of constants is a constant.
fn folded(items: Box<[Term]>) -> Term {
    let constants: Option<Vec<Value>> = items
        .iter()
        .map(|item| match item {
            Term::Value(value) => Some(value.clone()),
            _ => None,
        })
        .collect();
    constants.map_or(Term::List(items), |constants| Term::Value(Value::List(constants.into())))
}

/// Comparing so many texts one by one is cheaper than a set.
const FEW: usize = 8;
