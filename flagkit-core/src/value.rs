//! Values: what a variant carries, what a context's attribute holds.
//!
//! [`Value`] owns its content and is cheap to clone: text, lists and structures
//! are shared, so handing a variant's value to an application is a counter, not a
//! copy. [`ValueRef`] is the borrowed form in which a context lends an attribute
//! to an evaluation; making one never allocates.
//!
//! An object can be anything that names values: [`Attributes`] is what an evaluation
//! may ask of whoever is evaluated, and of objects inside. The owned and the
//! borrowed context have them, an application's own struct (by
//! `#[derive(Attributes)]` of the facade), a host language's dictionary. Only the
//! attributes that the rules of a flag mention are asked for.
//!
//! Integers and floats are told apart, as JSON documents spell them, and compare
//! as numbers without rounding: `2⁵³ + 1` is not its float neighbour.

use std::fmt;
use std::sync::Arc;

mod from;
mod json;
mod number;

pub use number::Number;

/// A value of a flag or of an attribute.
///
/// ```
/// use flagkit_core::Value;
///
/// let header = Value::from("green");
/// assert_eq!(header.as_str(), Some("green"));
/// assert_eq!(header.to_string(), r#""green""#);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// Nothing.
    #[default]
    Null,
    /// `true` or `false`.
    Boolean(bool),
    /// A number that was written without fraction or exponent.
    Integer(i64),
    /// Such a number beyond the reach of `i64`: ids that are hashes, for example.
    Unsigned(u64),
    /// Any other number; never infinite and never not-a-number when it came from a document.
    Float(f64),
    /// Text.
    String(Arc<str>),
    /// Values in order.
    List(Arc<[Value]>),
    /// Named values in document order.
    Structure(Arc<Structure>),
}

impl Value {
    /// The boolean, if this is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Boolean(value) => Some(*value),
            _ => None,
        }
    }

    /// The text, if this is text.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The integer; a float without fraction counts as the integer it equals.
    pub fn as_integer(&self) -> Option<i64> {
        match self {
            Self::Integer(value) => Some(*value),
            Self::Float(value) => {
                Number::Float(*value).to_integer().and_then(|i| i.try_into().ok())
            }
            _ => None,
        }
    }

    /// The number as a float; integers are converted.
    #[expect(clippy::cast_precision_loss, reason = "the caller asks for a float")]
    pub fn as_float(&self) -> Option<f64> {
        match self {
            Self::Integer(value) => Some(*value as f64),
            Self::Unsigned(value) => Some(*value as f64),
            Self::Float(value) => Some(*value),
            _ => None,
        }
    }

    /// The borrowed form.
    pub fn borrow(&self) -> ValueRef<'_> {
        match self {
            Self::Null => ValueRef::Null,
            Self::Boolean(value) => ValueRef::Boolean(*value),
            Self::Integer(value) => ValueRef::Integer(*value),
            Self::Unsigned(value) => ValueRef::Unsigned(*value),
            Self::Float(value) => ValueRef::Float(*value),
            Self::String(text) => ValueRef::String(text),
            Self::List(items) => ValueRef::List(List::Values(items)),
            Self::Structure(structure) => ValueRef::Structure(&**structure),
        }
    }

    /// What kind of value this is, in the words of error messages.
    pub fn kind(&self) -> &'static str {
        self.borrow().kind()
    }
}

/// Compact JSON.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.borrow().fmt(f)
    }
}

/// Named values in the order in which they were given.
#[derive(Clone, Debug, Default, Hash, PartialEq)]
pub struct Structure {
    entries: Vec<(Arc<str>, Value)>,
}

impl Structure {
    /// The value under this name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.entries.iter().find(|(other, _)| &**other == name).map(|(_, value)| value)
    }

    /// Names and values in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Value)> {
        self.entries.iter().map(|(name, value)| (&**name, value))
    }

    /// How many names there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is no name.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

/// A repeated name keeps its first place and its last value, as JSON readers do.
impl<N: Into<Arc<str>>> FromIterator<(N, Value)> for Structure {
    fn from_iter<I: IntoIterator<Item = (N, Value)>>(entries: I) -> Self {
        let entries = entries.into_iter();
        let mut kept: Vec<(Arc<str>, Value)> = Vec::with_capacity(entries.size_hint().0);
        let mut places = hashbrown::HashMap::new();
        for (name, value) in entries {
            let name: Arc<str> = name.into();
            // Most structures are small: comparing a few names is cheaper than a table.
            let known = if kept.len() < FEW {
                kept.iter().position(|(other, _)| *other == name)
            } else {
                if places.is_empty() {
                    let named = kept.iter().map(|(name, _)| name.clone()).zip(0..);
                    places = named.collect();
                }
                Some(*places.entry(name.clone()).or_insert(kept.len()))
            };
            match known.and_then(|place| kept.get_mut(place)) {
                Some(entry) => entry.1 = value,
                None => kept.push((name, value)),
            }
        }
        kept.shrink_to_fit();
        Self { entries: kept }
    }
}

/// Up to this many names are compared one by one.
const FEW: usize = 8;

impl Attributes for Structure {
    fn attribute(&self, name: &str) -> Option<ValueRef<'_>> {
        self.get(name).map(Value::borrow)
    }

    fn each_attribute(&self, visit: &mut dyn FnMut(&str, ValueRef<'_>)) {
        for (name, value) in self.iter() {
            visit(name, value.borrow());
        }
    }
}

/// Something with named values: an evaluation context, or an object inside one.
///
/// ```
/// use flagkit_core::{Attributes, ValueRef};
///
/// struct User { id: u64, country: String }
///
/// impl Attributes for User {
///     fn attribute(&self, name: &str) -> Option<ValueRef<'_>> {
///         match name {
///             "user_id" => Some(self.id.into()),
///             "country" => Some((&self.country).into()),
///             _ => None,
///         }
///     }
///
///     fn each_attribute(&self, visit: &mut dyn FnMut(&str, ValueRef<'_>)) {
///         visit("user_id", self.id.into());
///         visit("country", (&self.country).into());
///     }
/// }
/// ```
pub trait Attributes {
    /// The value under exactly this name; `None` and [`ValueRef::Null`] both mean absent.
    fn attribute(&self, name: &str) -> Option<ValueRef<'_>>;

    /// Calls `visit` with every name and value; used by explanations, and by evaluations that
    /// read objects or know names only as digests.
    fn each_attribute(&self, visit: &mut dyn FnMut(&str, ValueRef<'_>));

    /// Who is evaluated, where the context says so apart from its attributes.
    fn targeting_key(&self) -> Option<ValueRef<'_>> {
        None
    }
}

impl<T: Attributes + ?Sized> Attributes for &T {
    fn attribute(&self, name: &str) -> Option<ValueRef<'_>> {
        (**self).attribute(name)
    }

    fn each_attribute(&self, visit: &mut dyn FnMut(&str, ValueRef<'_>)) {
        (**self).each_attribute(visit);
    }

    fn targeting_key(&self) -> Option<ValueRef<'_>> {
        (**self).targeting_key()
    }
}

/// The empty context: nobody, with no attributes.
impl Attributes for () {
    fn attribute(&self, _name: &str) -> Option<ValueRef<'_>> {
        None
    }

    fn each_attribute(&self, _visit: &mut dyn FnMut(&str, ValueRef<'_>)) {}
}

/// A value lent by a context for one evaluation.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub enum ValueRef<'a> {
    /// Nothing: counts as absent.
    Null,
    /// `true` or `false`.
    Boolean(bool),
    /// An integer.
    Integer(i64),
    /// An integer beyond the reach of `i64`.
    Unsigned(u64),
    /// A number with a fraction, or too large for an integer.
    Float(f64),
    /// Text.
    String(&'a str),
    /// Values in order.
    List(List<'a>),
    /// An object: anything that has attributes itself.
    Structure(&'a dyn Attributes),
}

impl ValueRef<'_> {
    /// Whether this is [`ValueRef::Null`].
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// What kind of value this is, in the words of error messages.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean(_) => "a boolean",
            Self::Integer(_) | Self::Unsigned(_) | Self::Float(_) => "a number",
            Self::String(_) => "text",
            Self::List(_) => "a list",
            Self::Structure(_) => "an object",
        }
    }

    /// An owned copy.
    pub fn to_value(&self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Boolean(value) => Value::Boolean(*value),
            Self::Integer(value) => Value::Integer(*value),
            Self::Unsigned(value) => Value::Unsigned(*value),
            Self::Float(value) => Value::Float(*value),
            Self::String(text) => Value::from(*text),
            Self::List(list) => Value::List(list.iter().map(|item| item.to_value()).collect()),
            Self::Structure(attributes) => {
                let mut entries = Vec::new();
                attributes.each_attribute(&mut |name, value| {
                    entries.push((name.to_owned(), value.to_value()));
                });
                Value::from(entries.into_iter().collect::<Structure>())
            }
        }
    }
}

impl fmt::Debug for ValueRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A borrowed list, in the shapes in which applications hold lists.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum List<'a> {
    /// Values of any kind.
    Values(&'a [Value]),
    /// Borrowed texts.
    Texts(&'a [&'a str]),
    /// Owned texts.
    Strings(&'a [String]),
}

impl<'a> List<'a> {
    /// How many elements there are.
    pub(crate) fn len(self) -> usize {
        match self {
            Self::Values(items) => items.len(),
            Self::Texts(items) => items.len(),
            Self::Strings(items) => items.len(),
        }
    }

    /// The element at this place.
    pub(crate) fn get(self, place: usize) -> Option<ValueRef<'a>> {
        match self {
            Self::Values(items) => items.get(place).map(Value::borrow),
            Self::Texts(items) => items.get(place).map(|text| ValueRef::String(text)),
            Self::Strings(items) => items.get(place).map(|text| ValueRef::String(text)),
        }
    }

    /// The elements in order.
    pub fn iter(self) -> impl Iterator<Item = ValueRef<'a>> {
        let (values, texts, strings): (&[Value], &[&str], &[String]) = match self {
            Self::Values(items) => (items, &[], &[]),
            Self::Texts(items) => (&[], items, &[]),
            Self::Strings(items) => (&[], &[], items),
        };
        values
            .iter()
            .map(Value::borrow)
            .chain(texts.iter().map(|text| ValueRef::String(text)))
            .chain(strings.iter().map(|text| ValueRef::String(text)))
    }
}

#[cfg(test)]
mod tests;
