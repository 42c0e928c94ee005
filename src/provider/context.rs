//! OpenFeature's evaluation contexts, lent to evaluations.

use std::any::Any;
use std::cell::Cell;
use std::fmt;

use flagkit_core::{Attributes, Structure, Value, ValueRef};
use open_feature::{EvaluationContext, EvaluationContextFieldValue as Field, StructValue};
use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, UtcOffset};

use super::served::from_open_feature;

/// A field of an OpenFeature context that holds whatever has attributes, a type with
/// `#[derive(Attributes)]` for example.
///
/// ```
/// #[derive(flagkit::Attributes)]
/// struct Company { plan: String, seats: i64 }
///
/// let company = Company { plan: "pro".to_owned(), seats: 12 };
/// let context = open_feature::EvaluationContext::default()
///     .with_targeting_key("user-42")
///     .with_custom_field("company", flagkit::provider::structure(company));
/// # assert!(context.custom_fields["company"].is_struct());
/// ```
pub fn structure(attributes: impl Attributes + Send + Sync + 'static) -> Field {
    Field::new_struct(Nested(Box::new(attributes)))
}

struct Nested(Box<dyn Attributes + Send + Sync>);

/// An OpenFeature context as attributes; what it has in another form is translated once.
pub(super) struct Asking<'a> {
    context: &'a EvaluationContext,
    /// Times and structures that are not lent; none for what cannot be read.
    translated: Vec<(&'a str, Option<Value>)>,
    /// A field that was asked for and cannot be read.
    unreadable: Cell<Option<&'a str>>,
}

impl<'a> Asking<'a> {
    pub(super) fn new(context: &'a EvaluationContext) -> Self {
        let translated = context.custom_fields.iter().filter_map(|(name, field)| match field {
            Field::DateTime(time) => Some((&**name, text(*time).map(Value::from))),
            Field::Struct(held) if !held.is::<Nested>() => Some((&**name, read(&**held))),
            _ => None,
        });
        Self { context, translated: translated.collect(), unreadable: Cell::new(None) }
    }

    /// Whether the context says who asks.
    pub(super) fn has_key(&self) -> bool {
        self.context.targeting_key.is_some()
    }

    /// What an evaluation asked for in vain.
    pub(super) fn problem(&self) -> Option<Unreadable<'a>> {
        let name = self.unreadable.get()?;
        let field = self.context.custom_fields.get(name);
        Some(Unreadable { name, is_time: field.is_some_and(Field::is_date_time) })
    }

    fn lend(&self, name: &'a str, field: &'a Field) -> ValueRef<'_> {
        match field {
            Field::Bool(value) => ValueRef::Boolean(*value),
            Field::Int(value) => ValueRef::Integer(*value),
            Field::Float(value) => ValueRef::Float(*value),
            Field::String(text) => ValueRef::String(text),
            Field::DateTime(_) => self.lend_translated(name),
            Field::Struct(held) => match held.downcast_ref::<Nested>() {
                Some(nested) => ValueRef::Structure(&*nested.0),
                None => self.lend_translated(name),
            },
        }
    }

    fn lend_translated(&self, name: &'a str) -> ValueRef<'_> {
        let found = self.translated.iter().find(|(other, _)| *other == name);
        if let Some((_, Some(value))) = found {
            return value.borrow();
        }
        self.unreadable.set(Some(name));
        ValueRef::Null
    }
}

impl Attributes for Asking<'_> {
    fn attribute(&self, name: &str) -> Option<ValueRef<'_>> {
        if name == TARGETING_KEY && self.has_key() {
            return self.targeting_key();
        }
        let (name, field) = self.context.custom_fields.get_key_value(name)?;
        Some(self.lend(name, field))
    }

    fn each_attribute(&self, visit: &mut dyn FnMut(&str, ValueRef<'_>)) {
        for (name, field) in &self.context.custom_fields {
            if name != TARGETING_KEY || !self.has_key() {
                visit(name, self.lend(name, field));
            }
        }
        if let Some(key) = self.targeting_key() {
            visit(TARGETING_KEY, key);
        }
    }

    fn targeting_key(&self) -> Option<ValueRef<'_>> {
        self.context.targeting_key.as_deref().map(ValueRef::String)
    }
}

/// A field that cannot be read.
pub(super) struct Unreadable<'a> {
    name: &'a str,
    is_time: bool,
}

impl fmt::Display for Unreadable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, is_time } = self;
        if *is_time {
            return write!(f, "the time in `{name}` is not in the years 0 to 9999, UTC");
        }
        write!(
            f,
            "the structure in `{name}` is of a type that cannot be read or nested too deeply; make \
             it an `open_feature::StructValue`, or wrap it in `flagkit::provider::structure`"
        )
    }
}

/// RFC 3339 in UTC.
fn text(time: OffsetDateTime) -> Option<String> {
    time.checked_to_offset(UtcOffset::UTC)?.format(&Rfc3339).ok()
}

/// A structure of a type that is known here.
fn read(held: &(dyn Any + Send + Sync)) -> Option<Value> {
    if let Some(fields) = held.downcast_ref::<StructValue>() {
        return from_open_feature::structure(fields);
    }
    if let Some(value) = held.downcast_ref::<open_feature::Value>() {
        return from_open_feature::value(value);
    }
    if let Some(structure) = held.downcast_ref::<Structure>() {
        return Some(structure.clone().into());
    }
    if let Some(texts) = held.downcast_ref::<Vec<String>>() {
        return Some(texts.clone().into());
    }
    held.downcast_ref::<Value>().cloned()
}

/// What the targeting key is called among attributes.
const TARGETING_KEY: &str = "targetingKey";
