//! Does an answer agree with what is expected?

use serde_json::{Number, Value};

/// Only the fields of `expected` count; numbers compare by value, everything else strictly.
pub(crate) fn agrees(expected: &Value, given: &Value) -> bool {
    match (expected, given) {
        (Value::Object(wanted), Value::Object(given)) => wanted
            .iter()
            .all(|(name, wanted)| given.get(name).is_some_and(|given| agrees(wanted, given))),
        (Value::Array(wanted), Value::Array(given)) => {
            wanted.len() == given.len()
                && wanted.iter().zip(given).all(|(wanted, given)| agrees(wanted, given))
        }
        (Value::Number(wanted), Value::Number(given)) => same_number(wanted, given),
        _ => expected == given,
    }
}

fn same_number(left: &Number, right: &Number) -> bool {
    left == right || left.as_f64() == right.as_f64()
}

#[cfg(test)]
mod tests;
