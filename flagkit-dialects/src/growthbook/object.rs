//! Objects of a document, some of whose entries may come from elsewhere.

use crate::node::{Entry, Node};
use crate::path::Path;
use crate::report::Report;

use super::script;

/// The entries of an object; of a key that is there twice the last counts.
#[derive(Clone, Debug, Default)]
pub(super) struct Object<'n> {
    /// Those of a node, which most objects have alone.
    whole: &'n [Entry<'n>],
    /// Those that were chosen or added.
    entries: Vec<(&'n str, &'n Node<'n>)>,
}

/// Who reads an object, and who hears of what is wrong with it.
pub(super) struct Reader<'a, 'p, 'r> {
    pub(super) path: &'a Path<'p>,
    pub(super) report: &'r mut Report,
}

impl<'n> Object<'n> {
    /// The entries of a map; anything else has none.
    pub(super) fn of(node: &'n Node<'n>) -> Self {
        Self { whole: node.as_map().unwrap_or_default(), entries: Vec::new() }
    }

    /// The same with these entries over its own.
    pub(super) fn overridden(mut self, by: Option<&'n Node<'n>>) -> Self {
        let others = by.map(Self::of).unwrap_or_default();
        self.entries.extend(others.entries());
        self
    }

    /// Only the entries that are chosen.
    pub(super) fn only(self, choose: impl Fn(&str, &Node<'_>) -> bool) -> Self {
        let chosen = self.entries().filter(|(key, node)| choose(key, node));
        Self { whole: &[], entries: chosen.collect() }
    }

    pub(super) fn entries(&self) -> impl Iterator<Item = (&'n str, &'n Node<'n>)> {
        self.whole.iter().map(|(key, node)| (*key, node)).chain(self.entries.iter().copied())
    }

    /// What is under a key, null included.
    pub(super) fn get(&self, key: &str) -> Option<&'n Node<'n>> {
        let added = self.entries.iter().rfind(|(other, _)| *other == key).map(|(_, node)| *node);
        added.or_else(|| self.whole.iter().rfind(|(other, _)| *other == key).map(|(_, node)| node))
    }

    /// What is under a key, if JavaScript takes it for true.
    pub(super) fn truthy(&self, key: &str) -> Option<&'n Node<'n>> {
        self.get(key).filter(|node| script::is_truthy(node))
    }

    /// What is under a key, if it is neither missing nor null.
    pub(super) fn present(&self, key: &str) -> Option<&'n Node<'n>> {
        self.get(key).filter(|node| !node.is_null())
    }

    pub(super) fn is_true(&self, key: &str) -> bool {
        self.truthy(key).is_some()
    }

    /// Text that is not empty.
    pub(super) fn text(&self, key: &str, reader: &mut Reader<'_, '_, '_>) -> Option<String> {
        let node = self.truthy(key)?;
        match node {
            Node::Text(text) => Some(text.to_string()),
            Node::Integer(_) | Node::Unsigned(_) | Node::Float(_) => {
                Some(script::text(&script::value(node)))
            }
            _ => reader.mismatch(key, "text", node),
        }
    }

    pub(super) fn number(&self, key: &str, reader: &mut Reader<'_, '_, '_>) -> Option<f64> {
        let node = self.present(key)?;
        let number = node.as_float();
        if number.is_none() {
            reader.mismatch::<()>(key, "a number", node);
        }
        number
    }

    pub(super) fn list(
        &self,
        key: &str,
        reader: &mut Reader<'_, '_, '_>,
    ) -> Option<&'n [Node<'n>]> {
        let node = self.truthy(key)?;
        match node {
            Node::List(items) => Some(items),
            other => reader.mismatch(key, "a list", other),
        }
    }

    pub(super) fn numbers(&self, key: &str, reader: &mut Reader<'_, '_, '_>) -> Option<Vec<f64>> {
        let items = self.list(key, reader)?;
        let numbers: Option<Vec<f64>> = items.iter().map(Node::as_float).collect();
        if numbers.is_none() {
            reader.error(key, "expected a list of numbers");
        }
        numbers
    }

    /// Pairs of numbers, from and to.
    pub(super) fn ranges(
        &self,
        key: &str,
        reader: &mut Reader<'_, '_, '_>,
    ) -> Option<Vec<(f64, f64)>> {
        let items = self.list(key, reader)?;
        let ranges: Option<Vec<(f64, f64)>> = items.iter().map(range).collect();
        if ranges.is_none() {
            reader.error(key, "expected a list of ranges, such as `[[0, 0.5], [0.5, 1]]`");
        }
        ranges
    }

    pub(super) fn range(&self, key: &str, reader: &mut Reader<'_, '_, '_>) -> Option<(f64, f64)> {
        let range = range(self.truthy(key)?);
        if range.is_none() {
            reader.error(key, "expected a range, such as `[0, 0.5]`");
        }
        range
    }
}

/// Two numbers.
fn range(node: &Node<'_>) -> Option<(f64, f64)> {
    match node.as_list()? {
        [from, to, ..] => Some((from.as_float()?, to.as_float()?)),
        _ => None,
    }
}

impl Reader<'_, '_, '_> {
    fn mismatch<T>(&mut self, key: &str, wanted: &str, found: &Node<'_>) -> Option<T> {
        let problem = format!("expected {wanted}, found {}", found.summary());
        self.error(key, problem);
        None
    }

    pub(super) fn error(&mut self, key: &str, problem: impl Into<String>) {
        self.report.error(&self.path.key(key), problem, "correct it");
    }
}
