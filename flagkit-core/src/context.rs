//! Evaluation contexts: who asks, and what is known about them.
//!
//! [`Context`] owns its attributes and can be kept; [`ContextRef`] borrows them,
//! lives on the stack for one request and allocates nothing. Attribute names are
//! found by a linear scan: contexts have a handful of attributes, and hashing a
//! name costs more than comparing it with that many.

use std::fmt;
use std::sync::Arc;

use crate::text::is_same;
use crate::value::{Attributes, Value, ValueRef};

/// An owned evaluation context.
///
/// ```
/// use flagkit_core::Context;
///
/// let context = Context::new("user-42").with("country", "DE").with("age", 37);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Context {
    targeting_key: Option<Value>,
    attributes: Vec<(Arc<str>, Value)>,
}

impl Context {
    /// A context for this targeting key, usually the id of a user, device or account.
    pub fn new(targeting_key: impl Into<Value>) -> Self {
        Self { targeting_key: Some(targeting_key.into()), attributes: Vec::new() }
    }

    /// A context without targeting key: percentages treat all such contexts as one.
    pub fn anonymous() -> Self {
        Self::default()
    }

    /// Adds an attribute; a name that is already there gets the new value.
    pub fn with(mut self, name: impl Into<Arc<str>>, value: impl Into<Value>) -> Self {
        self.insert(name, value);
        self
    }

    /// Adds an attribute to a context in place; a name that is already there gets the new value.
    pub fn insert(&mut self, name: impl Into<Arc<str>>, value: impl Into<Value>) {
        let (name, value) = (name.into(), value.into());
        match self.attributes.iter_mut().find(|(other, _)| *other == name) {
            Some(entry) => entry.1 = value,
            None => self.attributes.push((name, value)),
        }
    }
}

impl<N: Into<Arc<str>>> FromIterator<(N, Value)> for Context {
    fn from_iter<I: IntoIterator<Item = (N, Value)>>(attributes: I) -> Self {
        let mut context = Self::anonymous();
        for (name, value) in attributes {
            context.insert(name, value);
        }
        context
    }
}

impl Attributes for Context {
    #[inline]
    fn attribute(&self, name: &str) -> Option<ValueRef<'_>> {
        let found = self.attributes.iter().find(|(other, _)| is_same(other, name));
        found.map(|(_, value)| value.borrow())
    }

    fn each_attribute(&self, visit: &mut dyn FnMut(&str, ValueRef<'_>)) {
        for (name, value) in &self.attributes {
            visit(name, value.borrow());
        }
    }

    fn targeting_key(&self) -> Option<ValueRef<'_>> {
        self.targeting_key.as_ref().map(Value::borrow)
    }
}

/// A borrowed evaluation context; making one allocates nothing.
///
/// ```
/// use flagkit_core::ContextRef;
///
/// let country = String::from("DE");
/// let attributes = [("country", (&country).into()), ("age", 37.into())];
/// let context = ContextRef::new("user-42", &attributes);
/// ```
#[derive(Clone, Copy)]
pub struct ContextRef<'a> {
    targeting_key: ValueRef<'a>,
    attributes: &'a [(&'a str, ValueRef<'a>)],
}

impl<'a> ContextRef<'a> {
    /// A context for this targeting key with these attributes.
    pub fn new(
        targeting_key: impl Into<ValueRef<'a>>,
        attributes: &'a [(&'a str, ValueRef<'a>)],
    ) -> Self {
        Self { targeting_key: targeting_key.into(), attributes }
    }

    /// The value under exactly this name. It lives as long as what the context borrows, which may
    /// be longer than the context itself.
    ///
    /// ```
    /// use flagkit_core::{ContextRef, ValueRef};
    ///
    /// let attributes = [("country", "DE".into())];
    /// let country = ContextRef::new("user-42", &attributes).get("country");
    /// assert!(matches!(country, Some(ValueRef::String("DE"))));
    /// ```
    #[inline]
    pub fn get(self, name: &str) -> Option<ValueRef<'a>> {
        self.attributes.iter().find(|(other, _)| is_same(other, name)).map(|(_, value)| *value)
    }
}

impl Attributes for ContextRef<'_> {
    #[inline]
    fn attribute(&self, name: &str) -> Option<ValueRef<'_>> {
        self.get(name)
    }

    fn each_attribute(&self, visit: &mut dyn FnMut(&str, ValueRef<'_>)) {
        for (name, value) in self.attributes {
            visit(name, *value);
        }
    }

    #[inline]
    fn targeting_key(&self) -> Option<ValueRef<'_>> {
        Some(self.targeting_key)
    }
}

impl fmt::Debug for ContextRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut fields = f.debug_map();
        fields.entry(&"targeting key", &self.targeting_key);
        fields.entries(self.attributes.iter().map(|(name, value)| (name, value))).finish()
    }
}
