use proptest::prelude::*;

use super::*;

#[test]
fn values_print_as_the_json_they_came_from() {
    for text in [
        "1e+16",
        "1.5e+300",
        "0.00001",
        "1e-6",
        "18446744073709551615",
        "null",
        "true",
        "-7",
        "1.5",
        "1.0",
        r#""a\"b\\\n\u0001é""#,
        r#"[1,"x",[],{}]"#,
        r#"{"b":1,"a":{"c":null}}"#,
    ] {
        let parsed: serde_json::Value = serde_json::from_str(text).unwrap();
        assert_eq!(from_json(&parsed).to_string(), text);
    }
}

#[test]
fn a_repeated_name_keeps_its_last_value() {
    let structure: Structure =
        [("a", 1.into()), ("b", 2.into()), ("a", 3.into())].into_iter().collect();
    assert_eq!(structure.get("a"), Some(&Value::Integer(3)));
    assert_eq!(structure.len(), 2);
}

#[test]
fn integers_and_floats_compare_without_rounding() {
    let above = Number::Integer((1 << 53) + 1);
    assert!(above > Number::Float(9_007_199_254_740_992.0));
    assert!(above < Number::Float(9_007_199_254_740_994.0));
    assert!(Number::Integer(-1) < Number::Float(-0.5));
    assert!(Number::from(i64::MAX) < Number::Float(9.3e18));
    assert!(Number::from(u64::MAX) < Number::Float(18_446_744_073_709_551_616.0));
    assert!(Number::from(u64::MAX) > Number::Float(18_446_744_073_709_549_568.0));
    assert!(Number::Integer(0) == Number::Float(-0.0));
    assert!(Number::Integer(0) != Number::Float(f64::NAN));
}

#[test]
fn text_reads_as_a_number_after_trimming() {
    assert_eq!(Number::parse(" 42 "), Some(Number::Integer(42)));
    assert_eq!(Number::parse("1e3"), Some(Number::Float(1000.0)));
    assert_eq!(Number::parse("4 2"), None);
    assert_eq!(Number::parse(""), None);
    assert_eq!(Number::parse("inf"), None);
}

proptest! {
    #[test]
    fn small_integers_compare_as_their_floats(a in -1000i32..1000, b in -1000.0f64..1000.0) {
        let exact = Number::from(i64::from(a)).partial_cmp(&Number::Float(b));
        prop_assert_eq!(exact, f64::from(a).partial_cmp(&b));
    }

    #[test]
    fn an_integral_float_is_the_integer_it_equals(n in any::<i64>()) {
        #[expect(clippy::cast_precision_loss, reason = "that is what is tested")]
        let float = n as f64;
        if let Some(integer) = Value::Float(float).as_integer() {
            prop_assert!(Number::from(integer) == Number::Float(float));
        }
    }
}

fn from_json(value: &serde_json::Value) -> Value {
    match value {
        serde_json::Value::Null => Value::Null,
        serde_json::Value::Bool(value) => Value::Boolean(*value),
        serde_json::Value::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(integer), _) => Value::Integer(integer),
            (None, Some(integer)) => Value::Unsigned(integer),
            (None, None) => Value::Float(number.as_f64().unwrap()),
        },
        serde_json::Value::String(text) => Value::from(text.as_str()),
        serde_json::Value::Array(items) => Value::List(items.iter().map(from_json).collect()),
        // `serde_json` sorts names; only the sorted example above passes through here.
        serde_json::Value::Object(entries) => entries
            .iter()
            .rev()
            .map(|(name, value)| (name.as_str(), from_json(value)))
            .collect::<Structure>()
            .into(),
    }
}
