use flagkit_core::{Attributes, Context, ValueRef};
use serde_json::json;

use super::{context_in_words_of, flat_context};
use crate::dialect::Dialect;

/// Attributes that are no JSON yet come to the same context.
#[test]
fn attributes_are_put_into_the_words_of_every_dialect_that_has_its_own() {
    let json = json!({ "targetingKey": "u-7", "plan": "pro", "address": { "city": "Ulm" } });
    let city: flagkit_core::Structure = [("city", "Ulm".into())].into_iter().collect();
    let flat = Context::new("u-7").with("plan", "pro").with("address", city);
    for dialect in Dialect::ALL {
        let words = context_in_words_of(dialect, &flat).unwrap();
        assert_eq!(words.unwrap_or_else(|| with_key(&flat)), flat_context(dialect, &json).unwrap());
    }
    assert_eq!(context_in_words_of(Dialect::Native, &flat), Ok(None));
}

/// The key is an attribute, too, where a context is read from JSON.
fn with_key(flat: &Context) -> Context {
    let mut context = Context::new("u-7");
    for name in ["address", "plan"] {
        context.insert(name, flat.attribute(name).unwrap_or(ValueRef::Null).to_value());
    }
    context.with("targetingKey", "u-7")
}

#[test]
fn a_vendor_refuses_what_its_own_sdk_refuses() {
    assert!(flat_context(Dialect::Native, &json!([1])).is_err());
    #[cfg(feature = "eppo")]
    assert!(context_in_words_of(Dialect::Eppo, &()).is_err());
}
