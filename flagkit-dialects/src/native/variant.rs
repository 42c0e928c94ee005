//! Variants: the named values of a flag, and the two that every flag has.

use std::collections::HashMap;

use flagkit_core::Value;
use flagkit_core::document::Variant;

use super::flag;
use crate::fields::Fields;
use crate::node::{Entry, Node};
use crate::path::Path;
use crate::report::Report;

/// The place of what a flag serves when it is off.
pub(super) const OFF: usize = 0;
/// The place of what a flag serves when it is on without a variant.
pub(super) const ON: usize = 1;
/// The place of the first variant that has a name.
const FIRST_NAMED: usize = 2;

/// Up to so many names are compared one by one.
const FEW: usize = 16;

/// The named variants of a flag.
#[derive(Default)]
pub(super) struct Variants<'n> {
    named: Vec<Named<'n>>,
    /// Where there are so many names that comparing them one by one takes long.
    places: HashMap<&'n str, usize>,
}

struct Named<'n> {
    name: &'n str,
    weight: f64,
    value: Value,
}

impl<'n> Variants<'n> {
    /// Reads a map from names to variants, or a list of variants with `name`.
    pub(super) fn read(fields: &Fields<'n, '_>, report: &mut Report) -> Self {
        let mut variants = Self::default();
        let path = fields.at("variants");
        match fields.node("variants") {
            None => {}
            Some(Node::Map(entries)) => {
                for (name, node) in *entries {
                    let known: &[&str] = &["weight", "value", "description"];
                    variants.add(name, node, (&path.key(name), known), report);
                }
            }
            Some(Node::List(items)) => {
                for (place, node) in items.iter().enumerate() {
                    variants.add_listed(node, &path.index(place), report);
                }
            }
            Some(_) => {
                let mend = "write a map from names to variants";
                fields.mismatch("variants", "a map or a list", mend, report);
            }
        }
        variants
    }

    fn add_listed(&mut self, node: &'n Node<'n>, path: &Path<'_>, report: &mut Report) {
        let Some(name) = node.entry("name").and_then(Node::as_text) else {
            let problem = "a variant in a list needs a `name` that is text";
            report.error(path, problem, "add `name`, or write `variants` as a map");
            return;
        };
        self.add(name, node, (path, &["name", "weight", "value", "description"]), report);
    }

    fn add(
        &mut self,
        name: &'n str,
        node: &'n Node<'n>,
        (path, known): (&Path<'_>, &'static [&'static str]),
        report: &mut Report,
    ) {
        let node = if node.is_null() { None } else { Some(node) };
        let (mut weight, mut value) = (0.0, None);
        if let Some(fields) = Fields::read(node.unwrap_or(&Node::Map(&[])), path, known, report) {
            weight = read_weight(&fields, report);
            let written = fields.node_or_null("value");
            value = written.map(|node| flag::value(node, &fields.at("value"), report));
        }
        if self.known_place(name).is_some() {
            let problem = format!("the variant `{name}` is there twice");
            report.error(path, problem, "rename or remove one of them");
        }
        self.named.push(Named { name, weight, value: value.unwrap_or_else(|| name.into()) });
        let are_missing = match self.named.len() {
            0..=FEW => 0,
            count if count == FEW + 1 => count,
            _ => 1,
        };
        let places = self.named.iter().map(|variant| variant.name).zip(FIRST_NAMED..);
        self.places.extend(places.skip(self.named.len() - are_missing));
    }

    /// The place of the last variant of this name.
    fn known_place(&self, name: &str) -> Option<usize> {
        if self.named.len() > FEW {
            return self.places.get(name).copied();
        }
        let place = self.named.iter().rposition(|variant| variant.name == name)?;
        Some(FIRST_NAMED + place)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.named.is_empty()
    }

    /// The place of the variant of this name in the flag; reports if there is none.
    pub(super) fn place(&self, name: &str, path: &Path<'_>, report: &mut Report) -> Option<usize> {
        let place = self.known_place(name);
        if place.is_none() {
            let names = self.named.iter().map(|variant| variant.name);
            let hint = report.did_you_mean(name, names);
            let problem = format!("the flag has no variant `{name}`{hint}");
            report.error_about(path, problem, "name one of its variants, or add this one", name);
        }
        place
    }

    /// Places and weights in document order.
    pub(super) fn weights(&self) -> Vec<(usize, f64)> {
        let weights = self.named.iter().map(|variant| variant.weight);
        weights.enumerate().map(|(place, weight)| (FIRST_NAMED + place, weight)).collect()
    }

    /// The variants of the flag; `off` is what it serves when it is off.
    pub(super) fn into_document(self, off: Value) -> Vec<Variant> {
        let on = Variant { key: None, value: Value::Boolean(true), enabled: true, metadata: None };
        let off = Variant { key: None, value: off, enabled: false, metadata: None };
        let named = self.named.into_iter().map(|Named { name, value, .. }| Variant {
            key: Some(match &value {
                Value::String(text) if **text == *name => text.clone(),
                _ => name.into(),
            }),
            value,
            enabled: true,
            metadata: None,
        });
        [off, on].into_iter().chain(named).collect()
    }
}

/// The names of the variants of a flag that may be broken; nothing if they cannot be read.
pub(super) fn names<'n>(flag: &'n Node<'n>) -> Option<Vec<&'n str>> {
    match flag.entry("variants") {
        None | Some(Node::Null) => Some(Vec::new()),
        Some(Node::Map(entries)) => {
            let name = |(name, node): &'n Entry<'n>| is_readable(node).then_some(&**name);
            entries.iter().map(name).collect()
        }
        Some(Node::List(items)) => {
            let name =
                |node: &'n Node<'n>| node.entry("name")?.as_text().filter(|_| is_readable(node));
            items.iter().map(name).collect()
        }
        Some(_) => None,
    }
}

fn is_readable(variant: &Node<'_>) -> bool {
    let weight = variant.entry("weight").filter(|weight| !weight.is_null());
    matches!(variant, Node::Null | Node::Map(_))
        && weight.is_none_or(|node| as_weight(node).is_some())
}

fn as_weight(node: &Node<'_>) -> Option<f64> {
    node.as_float().filter(|weight| *weight >= 0.0 && weight.is_finite())
}

fn read_weight(fields: &Fields<'_, '_>, report: &mut Report) -> f64 {
    let Some(node) = fields.node("weight") else {
        return 0.0;
    };
    weight(node, &fields.at("weight"), report)
}

/// A finite number from 0.
pub(super) fn weight(node: &Node<'_>, path: &Path<'_>, report: &mut Report) -> f64 {
    as_weight(node).unwrap_or_else(|| {
        let problem = format!("expected a weight, found {}", node.summary());
        report.error(path, problem, "write a number from 0");
        0.0
    })
}
