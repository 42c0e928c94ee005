//! Who asks: attributes, and what the caller says beside them.

use std::collections::HashMap;

use flagkit_core::{Attributes, Context, Value, ValueRef};

use crate::error::DecodeError;
use crate::node::{self, Node, Tree};

use super::object::Object;
use super::script;
use super::sticky::StickyBuckets;

/// A user, and what the caller of an SDK says beside the attributes.
///
/// ```
/// use flagkit_dialects::growthbook::User;
///
/// let user = User::from_json(r#"{
///     "attributes": { "id": "u-42", "plan": "pro" },
///     "url": "https://example.com/?checkout=1",
///     "forcedVariations": { "banner": 0 }
/// }"#)?;
/// assert!(user.sticky_buckets().is_none());
/// # Ok::<(), flagkit_dialects::DecodeError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct User {
    pub(super) attributes: Context,
    pub(super) url: String,
    pub(super) is_disabled: bool,
    pub(super) is_in_qa_mode: bool,
    pub(super) forced_variations: HashMap<String, f64>,
    pub(super) forced_values: HashMap<String, Value>,
    pub(super) groups: Vec<String>,
    pub(super) sticky: Option<StickyBuckets>,
}

impl User {
    /// A user with these attributes.
    pub fn new(attributes: Context) -> Self {
        Self { attributes, ..Self::default() }
    }

    /// Reads the context of an SDK: `attributes`, `attributeOverrides`, `url`, `enabled`,
    /// `qaMode`, `forcedVariations`, `forcedFeatureValues` and `groups`; everything else is the
    /// business of others.
    ///
    /// # Errors
    ///
    /// Text that is not JSON.
    pub fn from_json(text: &str) -> Result<Self, DecodeError> {
        let mut tree = Tree::default();
        let root = node::read(text, &mut tree)?;
        Ok(Self::of(&root))
    }

    pub(super) fn of(root: &Node<'_>) -> Self {
        let object = Object::of(root);
        let named = |key: &str| object.get(key).map(Object::of).unwrap_or_default();
        let attributes = named("attributes").overridden(object.get("attributeOverrides"));
        let forced = named("forcedVariations");
        let values = named("forcedFeatureValues");
        let groups = named("groups");
        Self {
            attributes: attributes.entries().map(|(k, node)| (k, script::value(node))).collect(),
            url: object.get("url").and_then(Node::as_text).unwrap_or_default().to_owned(),
            is_disabled: object.get("enabled") == Some(&Node::Boolean(false)),
            is_in_qa_mode: object.is_true("qaMode"),
            forced_variations: forced
                .entries()
                .map(|(key, node)| (key.to_owned(), node.as_float().unwrap_or(f64::NAN)))
                .collect(),
            forced_values: values
                .entries()
                .map(|(key, node)| (key.to_owned(), script::value(node)))
                .collect(),
            groups: groups
                .entries()
                .filter(|(_, node)| script::is_truthy(node))
                .map(|(name, _)| name.to_owned())
                .collect(),
            sticky: None,
        }
    }

    /// The same with earlier assignments; experiments then keep users in their variations and
    /// add new assignments here.
    #[must_use]
    pub fn with_sticky_buckets(self, sticky: StickyBuckets) -> Self {
        Self { sticky: Some(sticky), ..self }
    }

    /// All assignments, those that the last evaluations made included.
    pub fn sticky_buckets(&self) -> Option<&StickyBuckets> {
        self.sticky.as_ref()
    }

    /// What is known about the user.
    pub fn attributes(&self) -> &Context {
        &self.attributes
    }

    /// An attribute that JavaScript takes for true.
    pub(super) fn truthy(&self, name: &str) -> Option<Value> {
        self.attributes.attribute(name).map(|value| value.to_value()).filter(script::is_true)
    }

    /// The attribute that is hashed and its value: the other attribute where the first is
    /// missing, and no value where both are.
    pub(super) fn hashed(&self, name: &str, fallback: Option<&str>) -> Hashed {
        for name in [Some(name), fallback].into_iter().flatten() {
            if let Some(value) = self.truthy(name) {
                return Hashed { attribute: name.to_owned(), value: Some(value) };
            }
        }
        Hashed { attribute: name.to_owned(), value: None }
    }
}

/// The attributes in a context of an SDK: those under `attributes`, with `attributeOverrides`
/// over them, or else the object itself.
///
/// ```
/// use flagkit_core::Context;
/// use flagkit_dialects::growthbook::context;
/// use serde_json::json;
///
/// let expected = Context::anonymous().with("id", "u-42").with("plan", "pro");
/// assert_eq!(context(&json!({ "attributes": { "id": "u-42", "plan": "pro" } })), expected);
/// assert_eq!(context(&json!({ "id": "u-42", "plan": "pro" })), expected);
/// ```
pub fn context(json: &serde_json::Value) -> Context {
    let attributes = json.get("attributes").filter(|attributes| attributes.is_object());
    let overrides = attributes.and(json.get("attributeOverrides"));
    let objects = [Some(attributes.unwrap_or(json)), overrides].into_iter().flatten();
    let entries = objects.filter_map(serde_json::Value::as_object).flatten();
    entries.map(|(name, value)| (name.as_str(), script::value_of_json(value))).collect()
}

/// What is hashed.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Hashed {
    pub(super) attribute: String,
    pub(super) value: Option<Value>,
}

/// A page, as conditions see it.
pub(super) struct Page<'a> {
    pub(super) url: &'a str,
    pub(super) path: &'a str,
}

impl Attributes for Page<'_> {
    fn attribute(&self, name: &str) -> Option<ValueRef<'_>> {
        match name {
            super::url::PAGE => Some(ValueRef::String(self.url)),
            super::url::PATH => Some(ValueRef::String(self.path)),
            _ => None,
        }
    }

    fn each_attribute(&self, visit: &mut dyn FnMut(&str, ValueRef<'_>)) {
        visit(super::url::PAGE, ValueRef::String(self.url));
        visit(super::url::PATH, ValueRef::String(self.path));
    }
}
