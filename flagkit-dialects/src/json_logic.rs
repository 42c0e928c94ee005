//! `JsonLogic`: trees of objects with one key, as expressions of the core.
//!
//! An object with exactly one key is an operation, every other one a constant. An operator that
//! nobody knows fails where an evaluation reaches it, so the rest of the tree still works.

use std::sync::Arc;

use flagkit_core::document::{Function, Term};
use flagkit_core::{ErrorCode, Value};

use crate::node::{Entry, Node};
use crate::path::Path;
use crate::report::Report;

/// How trees of one flag management system are read.
pub(crate) struct Reader<'r> {
    /// Operators beyond the usual ones.
    pub(crate) operators: &'r dyn Fn(&str) -> Option<Function>,
    /// Parts by their name, for `{"$ref": "name"}`.
    pub(crate) parts: &'r dyn Fn(&str) -> Option<&'r Part>,
    pub(crate) report: &'r mut Report,
    /// What was read so far.
    pub(crate) extent: Extent,
}

/// How much a tree is once every reference is replaced.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Extent {
    height: usize,
    terms: usize,
}

impl Extent {
    /// Whether it is deeper than can be evaluated, or larger than anybody writes: parts that
    /// refer to each other twice each double with every step.
    pub(crate) fn is_too_large(self) -> bool {
        self.height > HEIGHT_MAX || self.terms > TERMS_MAX
    }

    fn include(&mut self, depth: usize, inner: Self) {
        self.height = self.height.max(depth.saturating_add(inner.height));
        self.terms = self.terms.saturating_add(inner.terms);
    }
}

/// A tree that others refer to.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    term: Arc<Term>,
    /// Its elements if it is a list: as the arguments of an operation they stand alone.
    items: Option<Vec<Arc<Term>>>,
    extent: Extent,
    kind: Kind,
}

/// What a tree is before it is evaluated.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    /// Empty, or what counts as false: a condition that is not there.
    Nothing,
    /// An object.
    Object,
    /// A list, or something plain.
    Other,
}

impl Part {
    /// A part that fails wherever it is used.
    pub(crate) fn broken(code: ErrorCode) -> Self {
        let extent = Extent { height: 1, terms: 1 };
        Self { term: Arc::new(fails(code)), items: None, extent, kind: Kind::Object }
    }

    pub(crate) fn extent(&self) -> Extent {
        self.extent
    }

    fn term(&self) -> Term {
        Term::Shared(self.term.clone())
    }

    fn arguments(&self) -> Vec<Term> {
        match &self.items {
            Some(items) => items.iter().cloned().map(Term::Shared).collect(),
            None => vec![self.term()],
        }
    }
}

impl<'r> Reader<'r> {
    /// Reads a tree to which others will refer.
    pub(crate) fn part(&mut self, node: &Node<'_>, path: &Path<'_>) -> Part {
        self.extent = Extent::default();
        let items = node.as_list().map(|items| {
            let items = items.iter().enumerate();
            let items = items.map(|(at, item)| Arc::new(self.term_at(item, &path.index(at), 2)));
            items.collect::<Vec<_>>()
        });
        let term = match &items {
            Some(items) => Term::List(items.iter().cloned().map(Term::Shared).collect()),
            None => self.term(node, path),
        };
        Part { term: Arc::new(term), items, extent: self.extent, kind: self.kind(node) }
    }

    /// What a tree is once a reference is replaced.
    pub(crate) fn kind(&self, node: &Node<'_>) -> Kind {
        let entry = node.as_map().and_then(only);
        if let Some((REFERENCE, Node::Text(name))) = entry
            && let Some(part) = (self.parts)(name)
        {
            return part.kind;
        }
        match node {
            nothing if is_nothing(nothing) => Kind::Nothing,
            Node::Map(_) => Kind::Object,
            _ => Kind::Other,
        }
    }

    /// Reads a tree.
    pub(crate) fn term(&mut self, node: &Node<'_>, path: &Path<'_>) -> Term {
        self.term_at(node, path, 1)
    }

    fn term_at(&mut self, node: &Node<'_>, path: &Path<'_>, depth: usize) -> Term {
        self.extent.include(depth, Extent { height: 0, terms: 1 });
        match node {
            Node::List(items) => Term::List(self.terms(items, path, depth)),
            Node::Map(entries) => match only(entries) {
                Some((operator, value)) => self.operation(operator, value, path, depth),
                None => Term::Value(node.to_value()),
            },
            scalar => Term::Value(scalar.to_value()),
        }
    }

    fn terms(&mut self, nodes: &[Node<'_>], path: &Path<'_>, depth: usize) -> Vec<Term> {
        let nodes = nodes.iter().enumerate();
        nodes.map(|(at, node)| self.term_at(node, &path.index(at), depth + 1)).collect()
    }

    fn operation(
        &mut self,
        operator: &str,
        value: &Node<'_>,
        path: &Path<'_>,
        depth: usize,
    ) -> Term {
        let path = path.key(operator);
        if operator == REFERENCE
            && let Some(part) = self.referred(value, depth)
        {
            return part.term();
        }
        let function = function(operator).or_else(|| (self.operators)(operator));
        let function = function.unwrap_or_else(|| self.unknown(operator, value, &path));
        let mut arguments = self.arguments(value, &path, depth);
        // What a reduction begins with is a constant, even if it looks like an operation.
        if let (Function::Reduce, Some(first), Some(node)) =
            (&function, arguments.get_mut(2), value.as_list().and_then(|items| items.get(2)))
        {
            *first = Term::Value(node.to_value());
        }
        Term::Call(function, arguments)
    }

    /// A list is the arguments, anything else the only argument.
    fn arguments(&mut self, value: &Node<'_>, path: &Path<'_>, depth: usize) -> Vec<Term> {
        if let Node::List(items) = value {
            return self.terms(items, path, depth);
        }
        let entry = value.as_map().and_then(only);
        if let Some((REFERENCE, name)) = entry
            && let Some(part) = self.referred(name, depth + 1)
        {
            return part.arguments();
        }
        vec![self.term_at(value, path, depth + 1)]
    }

    fn referred(&mut self, name: &Node<'_>, depth: usize) -> Option<&'r Part> {
        let part = (self.parts)(name.as_text()?)?;
        self.extent.include(depth, part.extent);
        Some(part)
    }

    fn unknown(&mut self, operator: &str, value: &Node<'_>, path: &Path<'_>) -> Function {
        // A dot asks for a part of an operator; operators have none.
        let known = operator.split_once('.').map(|(first, _)| first);
        let known = known.and_then(|first| function(first).or_else(|| (self.operators)(first)));
        let code = if known.is_some() { ErrorCode::General } else { ErrorCode::ParseError };
        let problem = match (operator, value.as_text()) {
            (REFERENCE, Some(name)) => format!("there is no evaluator `{name}` to refer to here"),
            _ => format!("there is no operator `{operator}`"),
        };
        let consequence = "an evaluation that reaches it answers the caller's default";
        self.report.warning(path, problem, consequence, "correct or remove it");
        Function::Fails(code)
    }
}

/// The only key of an object and its value; of a key that is there twice the last counts.
fn only<'n>(entries: &'n [Entry<'_>]) -> Option<(&'n str, &'n Node<'n>)> {
    let (key, value) = entries.last()?;
    entries.iter().all(|(other, _)| other == key).then_some((&**key, value))
}

/// Always fails.
fn fails(code: ErrorCode) -> Term {
    Term::Call(Function::Fails(code), Vec::new())
}

/// Whether a tree is empty, or counts as false.
pub(crate) fn is_nothing(node: &Node<'_>) -> bool {
    match node {
        Node::List(items) => items.is_empty(),
        Node::Map(entries) => entries.is_empty(),
        scalar => match scalar.to_value() {
            Value::Null | Value::Boolean(false) | Value::Integer(0) => true,
            Value::Float(value) => value == 0.0,
            Value::String(text) => text.is_empty(),
            _ => false,
        },
    }
}

/// The operators that everybody has.
fn function(operator: &str) -> Option<Function> {
    Some(match operator {
        "var" => Function::Attribute,
        "missing" => Function::Missing,
        "missing_some" => Function::MissingSome,
        "if" | "?:" => Function::If,
        "and" => Function::And,
        "or" => Function::Or,
        "!" => Function::Not,
        "!!" => Function::IsTrue,
        "==" => Function::ConvertedEqual,
        "!=" => Function::ConvertedUnequal,
        "===" => Function::Equal,
        "!==" => Function::Unequal,
        "<" => Function::Less,
        "<=" => Function::LessOrEqual,
        ">" => Function::Greater,
        ">=" => Function::GreaterOrEqual,
        "+" => Function::Add,
        "*" => Function::Multiply,
        "-" => Function::Subtract,
        "/" => Function::Divide,
        "%" => Function::Remainder,
        "min" => Function::Minimum,
        "max" => Function::Maximum,
        "map" => Function::Map,
        "filter" => Function::Filter,
        "reduce" => Function::Reduce,
        "all" => Function::Every,
        "some" => Function::Some,
        "none" => Function::None,
        "merge" => Function::Merge,
        "in" => Function::In,
        "cat" => Function::Join,
        "substr" => Function::Substring,
        "log" => Function::Same,
        _ => return None,
    })
}

/// The key that stands for another tree.
const REFERENCE: &str = "$ref";

/// As deep as a compiled flag may be, less what stands around.
const HEIGHT_MAX: usize = 66;
const TERMS_MAX: usize = 1_000_000;
