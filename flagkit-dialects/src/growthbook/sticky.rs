//! Sticky buckets: assignments of earlier visits, which stay.

use flagkit_core::{Structure, Value};

use crate::error::DecodeError;
use crate::node::{self, Node, Tree};

use super::experiment::Experiment;
use super::object::Object;
use super::script;
use super::user::{Hashed, User};

/// Assignments by the attribute that was hashed and its value.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StickyBuckets {
    documents: Vec<StickyDocument>,
}

/// The assignments of one user or device.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct StickyDocument {
    /// The attribute, such as `id`.
    pub attribute_name: String,
    /// Its value, as text.
    pub attribute_value: String,
    /// The variation's key by `<experiment>__<bucket version>`, in the order of assignment.
    pub assignments: Vec<(String, Value)>,
}

/// What earlier assignments say about an experiment.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Earlier {
    /// Nothing.
    Unassigned,
    /// This variation.
    Variation(usize),
    /// The user was in a version that is excluded.
    Blocked,
}

impl StickyBuckets {
    /// Reads documents: a list of them, or an object whose values they are.
    ///
    /// # Errors
    ///
    /// Text that is not JSON.
    pub fn from_json(text: &str) -> Result<Self, DecodeError> {
        let mut tree = Tree::default();
        let root = node::read(text, &mut tree)?;
        let mut buckets = Self::default();
        match &root {
            Node::List(items) => items.iter().map(document).for_each(|one| buckets.insert(one)),
            Node::Map(entries) => {
                let nodes = entries.iter().map(|(_, node)| node);
                nodes.map(document).for_each(|one| buckets.insert(one));
            }
            _ => {}
        }
        Ok(buckets)
    }

    /// The documents.
    pub fn documents(&self) -> &[StickyDocument] {
        &self.documents
    }

    /// Adds a document in the place of one for the same user.
    pub fn insert(&mut self, document: StickyDocument) {
        let same = |other: &&mut StickyDocument| {
            other.attribute_name == document.attribute_name
                && other.attribute_value == document.attribute_value
        };
        match self.documents.iter_mut().find(same) {
            Some(place) => *place = document,
            None => self.documents.push(document),
        }
    }

    /// Only the documents that a store would load for a user: those for these attributes.
    pub(super) fn keep_own(&mut self, user: &User, attributes: &[&str]) {
        self.documents.retain(|document| {
            attributes.iter().any(|name| {
                document.attribute_name == *name
                    && document.attribute_value == identity(&user.hashed(name, None))
            })
        });
    }

    /// The assignment of an experiment's version, or that the user is excluded.
    pub(super) fn earlier(&self, experiment: &Experiment, user: &User) -> Earlier {
        let assignment = |version: f64| self.assignment(experiment, user, version);
        let mut version = 0.0;
        while version < experiment.sticky.min_version.min(VERSIONS_MAX) {
            if assignment(version).is_some() {
                return Earlier::Blocked;
            }
            version += 1.0;
        }
        let metas = experiment.meta.as_deref().unwrap_or_default();
        let variation = assignment(experiment.sticky.version)
            .and_then(|key| metas.iter().position(|meta| meta.key.as_ref() == Some(key)));
        variation.map_or(Earlier::Unassigned, Earlier::Variation)
    }

    /// The document of the hashed attribute wins over that of the other one; where none is
    /// named, the other one is `id`.
    fn assignment(&self, experiment: &Experiment, user: &User, version: f64) -> Option<&Value> {
        let key = assignment_key(&experiment.key, version);
        let own = user.hashed(&experiment.hash_attribute, None);
        let fallback = experiment.fallback_attribute.as_deref().unwrap_or(super::experiment::ID);
        let other = user.hashed(fallback, None);
        let other = other.value.is_some().then_some(other);
        [Some(own), other].into_iter().flatten().find_map(|hashed| {
            let document = self.document(&hashed.attribute, &identity(&hashed))?;
            document.assignments.iter().find(|(name, _)| *name == key).map(|(_, value)| value)
        })
    }

    fn document(&self, name: &str, value: &str) -> Option<&StickyDocument> {
        let is_it = |document: &&StickyDocument| {
            document.attribute_name == name && document.attribute_value == value
        };
        self.documents.iter().find(is_it)
    }

    /// Remembers an assignment.
    pub(super) fn assign(&mut self, hashed: &Hashed, experiment: &Experiment, variation: Value) {
        let key = assignment_key(&experiment.key, experiment.sticky.version);
        let value = identity(hashed);
        let known = self.document(&hashed.attribute, &value);
        let mut assignments =
            known.map(|document| document.assignments.clone()).unwrap_or_default();
        match assignments.iter_mut().find(|(name, _)| *name == key) {
            Some((_, earlier)) if *earlier == variation => return,
            Some((_, earlier)) => *earlier = variation,
            None => assignments.push((key, variation)),
        }
        self.insert(StickyDocument {
            attribute_name: hashed.attribute.clone(),
            attribute_value: value,
            assignments,
        });
    }
}

impl StickyDocument {
    /// The key under which stores keep it.
    pub fn key(&self) -> String {
        format!("{}||{}", self.attribute_name, self.attribute_value)
    }

    /// The document as stores keep it.
    pub fn to_value(&self) -> Value {
        let assignments = self.assignments.iter().map(|(key, value)| (&**key, value.clone()));
        let entries = [
            ("attributeName", Value::from(&*self.attribute_name)),
            ("attributeValue", Value::from(&*self.attribute_value)),
            ("assignments", Value::from(assignments.collect::<Structure>())),
        ];
        Value::from(entries.into_iter().collect::<Structure>())
    }
}

fn document(node: &Node<'_>) -> StickyDocument {
    let object = Object::of(node);
    let text = |key: &str| object.get(key).map(|node| script::text(&script::value(node)));
    let assignments = object.get("assignments").map(Object::of).unwrap_or_default();
    let assignments = assignments.entries();
    StickyDocument {
        attribute_name: text("attributeName").unwrap_or_default(),
        attribute_value: text("attributeValue").unwrap_or_default(),
        assignments: assignments.map(|(key, node)| (key.to_owned(), script::value(node))).collect(),
    }
}

/// The value of an attribute as text: text as it is, everything else as JSON.
fn identity(hashed: &Hashed) -> String {
    match &hashed.value {
        None => String::new(),
        Some(Value::String(text)) => text.to_string(),
        Some(other) => script::json(other),
    }
}

fn assignment_key(experiment: &str, version: f64) -> String {
    format!("{experiment}__{}", script::text(&Value::from(version)))
}

/// Nobody counts further; a document could ask for billions.
const VERSIONS_MAX: f64 = 10_000.0;
