//! Properties of conditions: the names of traits, and paths into the evaluation context.
//!
//! A path into the identity is a look-up. A path into the rest of the context leads to
//! something that only a new document changes, so it is followed while the document is read.

use std::collections::HashMap;

use flagkit_core::Value;
use flagkit_core::document::{Condition, Lookup};

use crate::node::Node;

use super::json_path::{self, Parsed, Query, Step};

/// What a condition looks at.
#[derive(Clone, Debug)]
pub(super) struct Property {
    pub(super) lookup: Lookup,
    /// Whether a list or an object that is found there counts as nothing.
    pub(super) is_place: bool,
    /// Whether it is the key of the identity, which has a substitute where it is missing.
    pub(super) is_identity_key: bool,
}

/// Reads properties; each different one once.
pub(super) struct Properties<'r, 'n> {
    root: &'r Node<'n>,
    environment: &'r str,
    effort: usize,
    known: HashMap<String, Result<Property, String>>,
}

impl<'r, 'n> Properties<'r, 'n> {
    pub(super) fn new(root: &'r Node<'n>, environment: &'r str) -> Self {
        Self { root, environment, effort: EFFORT_MAX, known: HashMap::new() }
    }

    /// The key of the environment.
    pub(super) fn environment(&self) -> &'r str {
        self.environment
    }

    /// What the text names; `Err` says what cannot be looked up exactly.
    pub(super) fn read(&mut self, text: &str) -> Result<Property, String> {
        if let Some(known) = self.known.get(text) {
            return known.clone();
        }
        let property = self.read_anew(text);
        self.known.insert(text.to_owned(), property.clone());
        property
    }

    fn read_anew(&mut self, text: &str) -> Result<Property, String> {
        let of_trait = Lookup::Name(text.to_owned());
        if !text.starts_with("$.") {
            return Ok(Property { lookup: of_trait, is_place: false, is_identity_key: false });
        }
        let query = match json_path::parse(text) {
            Parsed::Invalid => {
                return Ok(Property { lookup: of_trait, is_place: false, is_identity_key: false });
            }
            Parsed::Unsupported => {
                return Err(format!("the path `{text}` needs functions, which are not supported"));
            }
            Parsed::Query(query) => query,
        };
        // A trait of exactly this name comes first.
        let mut lookups = vec![of_trait];
        let steps = query.steps();
        match query.first_name() {
            Some("identity") => {
                let steps = steps.clone().ok_or_else(|| {
                    format!("the path `{text}` enumerates the identity, which is not supported")
                })?;
                lookups.extend(identity(&steps)?);
            }
            Some("flags") => {
                return Err(format!(
                    "the path `{text}` depends on another flag, which is not supported"
                ));
            }
            Some(_) if !query.looks_at_root() => {
                lookups.extend(self.constant(&query, text)?.map(Lookup::Constant));
            }
            _ => {
                return Err(format!(
                    "the path `{text}` enumerates the context, which is not supported"
                ));
            }
        }
        let is_identity_key =
            steps.is_some_and(|steps| steps == [Step::Name("identity"), Step::Name("key")]);
        Ok(Property { lookup: Lookup::FirstOf(lookups), is_place: true, is_identity_key })
    }

    /// The value at a place of the document, unless it is a list, an object or nothing.
    fn constant(&mut self, query: &Query, text: &str) -> Result<Option<Value>, String> {
        let found = query
            .first(self.root, &mut self.effort)
            .map_err(|_| format!("following `{text}` and all other paths takes too long"))?;
        let is_scalar =
            |node: &&Node<'_>| !matches!(node, Node::List(_) | Node::Map(_) | Node::Null);
        Ok(found.filter(is_scalar).map(Node::to_value))
    }
}

/// Look-ups for a place in the identity.
fn identity(steps: &[Step<'_>]) -> Result<Vec<Lookup>, String> {
    let mut path = vec![IDENTITY.to_owned()];
    for step in steps.iter().skip(1) {
        match step {
            Step::Name(name) => path.push((*name).to_owned()),
            Step::Index(_) => {
                return Err("lists inside of traits are not supported".to_owned());
            }
        }
    }
    let mut lookups = Vec::new();
    let plain = match steps {
        [_, Step::Name("identifier")] => Some(Lookup::TargetingKey),
        [_, Step::Name("traits"), Step::Name(name)] => Some(Lookup::Name((*name).to_owned())),
        _ => None,
    };
    // The whole identity is an object, which counts as nothing.
    if path.len() > 1 {
        lookups.push(Lookup::Path(path));
    }
    // For contexts that were not made by this dialect: targeting key and attributes.
    lookups.extend(plain);
    Ok(lookups)
}

/// The key of the identity, if the context says it.
pub(super) fn identity_key() -> Lookup {
    Lookup::Path(vec![IDENTITY.to_owned(), "key".to_owned()])
}

/// Holds where there is an identity whose key has to be made up.
pub(super) fn lacks_key() -> Condition {
    let exists = |lookup| Condition::Test(super::operand::exists(lookup));
    Condition::All(vec![exists(identity_key()).negated(), exists(Lookup::TargetingKey)])
}

/// The attribute that holds the identity as it was given.
pub(super) const IDENTITY: &str = "$identity";
/// How many values of a document all paths together may look at.
const EFFORT_MAX: usize = 50_000_000;
