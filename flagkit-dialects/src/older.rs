//! What the two older shapes share: flags without variants of their own.

use std::sync::Arc;

use flagkit_core::document::{
    Bucket, Condition, Flag, Lookup, Operator, Readings, Rule, Serve, Test, TextReading,
    Unreadable, Variant,
};
use flagkit_core::{
    Bucketing, Case, ErrorCode, Hash, Part, Reason, Scale, Structure, Units, Value,
};

use crate::lookup;

/// The place of what a flag serves when it is off.
pub(crate) const OFF: usize = 0;
/// The place of `true`.
pub(crate) const ON: usize = 1;

/// A flag that serves `true` when it is on; a broken one fails for everybody.
pub(crate) fn flag(
    name: &str,
    off: Variant,
    rules: Vec<Rule>,
    metadata: Option<Arc<Structure>>,
) -> Flag {
    let on = Variant { key: None, value: Value::Boolean(true), enabled: true, metadata: None };
    Flag { key: name.to_owned(), variants: vec![off, on], rules, version: None, metadata }
}

/// A flag that fails for everybody.
pub(crate) fn broken(name: &str) -> Flag {
    Flag::broken(name.to_owned(), ErrorCode::ParseError)
}

/// What a flag serves when it is off.
pub(crate) fn off() -> Variant {
    Variant { key: None, value: Value::Boolean(false), enabled: false, metadata: None }
}

pub(crate) fn rule(when: Condition, variant: usize, reason: Reason) -> Rule {
    Rule { id: None, label: None, when, serve: Serve::Variant(variant), reason }
}

/// Holds where the attribute, or an element of it, equals one of the values.
pub(crate) fn is_one_of(lookup: Lookup, values: Vec<Value>) -> Condition {
    Condition::Test(Test { operator: Operator::OneOf(values), ..exists(lookup) })
}

/// A test that holds where the attribute is there and not null.
pub(crate) fn exists(lookup: Lookup) -> Test {
    Test {
        lookup,
        operator: Operator::Exists,
        case: Case::Sensitive,
        reads: Readings::STRICT,
        negate: false,
        when_missing: false,
        when_unreadable: Unreadable::DoesNotMeet,
        when_malformed: None,
    }
}

/// Buckets by the whole MD5 of some text and the user, modulo 100.
pub(crate) fn bucket(before_user: Option<String>, offset: u64, beyond: f64) -> Bucket {
    let text = before_user.map(Part::Text);
    Bucket {
        subject: lookup::USER.lookup(),
        bucketing: Bucketing {
            hash: Hash::Md5 { bits: 128 },
            input: text.into_iter().chain([Part::Subject]).collect(),
            reads: TextReading::Json,
            units: Units::Utf8,
            scale: Scale::modulo(100).plus(offset),
        },
        ranges: vec![(0.0, beyond)],
        when_missing: false,
    }
}
