//! The schema of what only converted documents say.

use serde_json::{Value, json};

use crate::dialect::Dialect;

pub(super) fn references() -> Value {
    json!({
        "description": "What references do that cannot be followed: fail the whole flag, \
            fail where they are reached, or never hold. For converted documents.",
        "type": ["object", "null"],
        "additionalProperties": { "enum": ["flag", "reached", "never_holds"] },
        "propertyNames": { "enum": ["unknown_flag", "unknown_segment", "circle"] },
    })
}

pub(super) fn contexts() -> Value {
    json!({
        "description": "The dialect in whose words contexts for these flags are written. \
            For converted documents.",
        "enum": Dialect::ALL.map(Dialect::name),
    })
}

pub(super) fn flag_keys() -> Value {
    json!({
        "description": "How the keys of the flags are written: as applications ask for \
            them, or as their MD5. For converted documents.",
        "enum": ["plain", "digests", null],
    })
}
