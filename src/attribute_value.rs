//! What can be an attribute of a borrowed context.

use std::borrow::Cow;
use std::sync::Arc;

use flagkit_core::{List, Value, ValueRef};

use flagkit_client::Str;

/// Something that lends itself as the value of an attribute.
///
/// Numbers, booleans, texts, lists of texts, options of these, [`Value`], and
/// every struct with `#[derive(Attributes)]`.
pub trait AttributeValue {
    /// The value, borrowed. `None` of an option is [`ValueRef::Null`]: absent.
    fn as_value(&self) -> ValueRef<'_>;
}

macro_rules! copied {
    ($($kind:ty as $wide:ty),*) => {$(
        impl AttributeValue for $kind {
            fn as_value(&self) -> ValueRef<'_> {
                ValueRef::from(<$wide>::from(*self))
            }
        }
    )*};
}

copied!(
    bool as bool,
    i8 as i64,
    i16 as i64,
    i32 as i64,
    i64 as i64,
    u8 as i64,
    u16 as i64,
    u32 as i64,
    u64 as u64,
    usize as usize,
    f32 as f64,
    f64 as f64
);

macro_rules! text {
    ($($kind:ty),*) => {$(
        impl AttributeValue for $kind {
            fn as_value(&self) -> ValueRef<'_> {
                ValueRef::String(self.as_ref())
            }
        }
    )*};
}

text!(str, String, Box<str>, Arc<str>, Cow<'_, str>, Str);

impl AttributeValue for Value {
    fn as_value(&self) -> ValueRef<'_> {
        self.borrow()
    }
}

impl AttributeValue for [String] {
    fn as_value(&self) -> ValueRef<'_> {
        ValueRef::List(List::Strings(self))
    }
}

impl AttributeValue for Vec<String> {
    fn as_value(&self) -> ValueRef<'_> {
        self.as_slice().as_value()
    }
}

impl AttributeValue for [&str] {
    fn as_value(&self) -> ValueRef<'_> {
        ValueRef::List(List::Texts(self))
    }
}

impl<const N: usize> AttributeValue for [&str; N] {
    fn as_value(&self) -> ValueRef<'_> {
        self.as_slice().as_value()
    }
}

impl AttributeValue for Vec<&str> {
    fn as_value(&self) -> ValueRef<'_> {
        self.as_slice().as_value()
    }
}

impl<T: AttributeValue> AttributeValue for Option<T> {
    fn as_value(&self) -> ValueRef<'_> {
        self.as_ref().map_or(ValueRef::Null, T::as_value)
    }
}

impl<T: AttributeValue + ?Sized> AttributeValue for &T {
    fn as_value(&self) -> ValueRef<'_> {
        (**self).as_value()
    }
}
