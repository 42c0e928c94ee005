//! Values: what flags serve as OpenFeature's types, and OpenFeature's values as ours.

use flagkit_core::{Number, Value};
use open_feature::StructValue;

use crate::evaluate::FlagValue;

/// A type that OpenFeature asks for. Nothing is lost on the way to it.
pub(super) trait Answered: Clone + 'static {
    /// The type in the words of messages.
    const KIND: &'static str;

    /// The value of what a flag serves, if this type can say it.
    fn read(value: &Value) -> Option<Self>;
}

/// A served value; none where the caller's default is served.
#[derive(Clone)]
pub(super) struct Served<T>(pub(super) Option<T>);

impl<T: Answered> FlagValue for Served<T> {
    type Declared = ();
    const KIND: &'static str = T::KIND;

    fn read(value: &Value) -> Option<Self> {
        T::read(value).map(|value| Self(Some(value)))
    }

    fn from_declared((): ()) -> Self {
        Self(None)
    }
}

impl Answered for bool {
    const KIND: &'static str = "a boolean";

    fn read(value: &Value) -> Option<Self> {
        value.as_bool()
    }
}

impl Answered for i64 {
    const KIND: &'static str = "an integer of 64 bits";

    fn read(value: &Value) -> Option<Self> {
        value.as_integer()
    }
}

impl Answered for f64 {
    const KIND: &'static str = "a number that a float can say exactly";

    fn read(value: &Value) -> Option<Self> {
        let exact = match value {
            Value::Integer(value) => Number::from(*value),
            Value::Unsigned(value) => Number::from(*value),
            Value::Float(value) => return Some(*value),
            _ => return None,
        };
        Some(exact.to_float()).filter(|float| Number::Float(*float) == exact)
    }
}

impl Answered for String {
    const KIND: &'static str = "text";

    fn read(value: &Value) -> Option<Self> {
        value.as_str().map(str::to_owned)
    }
}

impl Answered for StructValue {
    const KIND: &'static str =
        "an object without integers beyond 64 bits and without nulls in lists";

    fn read(value: &Value) -> Option<Self> {
        match to_open_feature(value)? {
            open_feature::Value::Struct(fields) => Some(fields),
            _ => None,
        }
    }
}

/// A value as OpenFeature's. Fields that are null are left out: it has no null.
///
/// Values of flags are nested as deeply as documents may be, so this ends soon enough.
fn to_open_feature(value: &Value) -> Option<open_feature::Value> {
    Some(match value {
        Value::Boolean(value) => (*value).into(),
        Value::Integer(value) => (*value).into(),
        Value::Float(value) => (*value).into(),
        Value::String(text) => (&**text).into(),
        Value::List(items) => {
            open_feature::Value::Array(items.iter().map(to_open_feature).collect::<Option<_>>()?)
        }
        Value::Structure(structure) => {
            let mut fields = StructValue::default();
            for (name, value) in structure.iter().filter(|(_, value)| **value != Value::Null) {
                fields.add_field(name, to_open_feature(value)?);
            }
            fields.into()
        }
        _ => return None,
    })
}

/// OpenFeature's values as ours; none for those that are nested more than 64 deep.
pub(super) mod from_open_feature {
    use flagkit_core::{Structure, Value};
    use open_feature::StructValue;

    pub(in super::super) fn structure(fields: &StructValue) -> Option<Value> {
        structure_at(fields, DEPTH_MAX)
    }

    pub(in super::super) fn value(value: &open_feature::Value) -> Option<Value> {
        value_at(value, DEPTH_MAX)
    }

    fn structure_at(fields: &StructValue, depth: usize) -> Option<Value> {
        let depth = depth.checked_sub(1)?;
        let entries = fields.fields.iter();
        let entries = entries.map(|(name, value)| Some((name.as_str(), value_at(value, depth)?)));
        Some(entries.collect::<Option<Structure>>()?.into())
    }

    fn value_at(value: &open_feature::Value, depth: usize) -> Option<Value> {
        Some(match value {
            open_feature::Value::Bool(value) => (*value).into(),
            open_feature::Value::Int(value) => (*value).into(),
            open_feature::Value::Float(value) => (*value).into(),
            open_feature::Value::String(text) => text.as_str().into(),
            open_feature::Value::Array(items) => {
                let depth = depth.checked_sub(1)?;
                let items = items.iter().map(|item| value_at(item, depth));
                Value::List(items.collect::<Option<_>>()?)
            }
            open_feature::Value::Struct(fields) => return structure_at(fields, depth),
        })
    }

    /// As deep as documents may be: nobody's stack ends before.
    const DEPTH_MAX: usize = 64;
}
