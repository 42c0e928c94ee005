//! Values: every type, and nothing that is lost.

use open_feature::{Client as Asking, EvaluationError, EvaluationErrorCode, StructValue, Value};

use super::{of_text, run};

/// A flag that serves this JSON.
fn serving(json: &str) -> Asking {
    of_text(&format!(
        "schema: flagkit/1\nflags: {{f: {{enabled: true, rollout_percentage: 100, \
         variants: {{v: {{weight: 1, value: {json}}}}}}}}}"
    ))
}

fn code<T>(found: Result<T, EvaluationError>) -> Option<EvaluationErrorCode> {
    found.err().map(|error| error.code)
}

#[test]
fn integers_are_converted_where_they_are_exact() {
    for (json, wanted) in [
        ("10", Some(10)),
        ("10.0", Some(10)),
        ("-9223372036854775808", Some(i64::MIN)),
        ("10.5", None),
        ("9223372036854775808", None),
        ("1e300", None),
        ("\"10\"", None),
        ("true", None),
    ] {
        assert_eq!(run(serving(json).get_int_value("f", None, None)).ok(), wanted, "{json}");
    }
}

#[test]
fn floats_are_converted_where_they_are_exact() {
    for (json, wanted) in [
        ("0.5", Some(0.5)),
        ("10", Some(10.0)),
        // 2⁵³ + 1 lies between two floats.
        ("9007199254740993", None),
        ("9223372036854775807", None),
        ("18446744073709551615", None),
        // 2⁶³ is a float.
        ("9223372036854775808", Some(9_223_372_036_854_775_808.0)),
        ("\"0.5\"", None),
    ] {
        let found = run(serving(json).get_float_value("f", None, None));
        assert_eq!(found.as_ref().ok(), wanted.as_ref(), "{json}");
        assert_eq!(found.is_err(), code(found) == Some(EvaluationErrorCode::TypeMismatch));
    }
}

#[test]
fn objects_become_structures_and_types_of_the_application() {
    #[derive(Debug, PartialEq)]
    struct Limits {
        mb: i64,
        names: Vec<String>,
    }

    impl TryFrom<StructValue> for Limits {
        type Error = ();

        fn try_from(fields: StructValue) -> Result<Self, ()> {
            let names = fields.fields.get("names").and_then(Value::as_array).ok_or(())?;
            let names = names.iter().map(|name| name.as_str().map(str::to_owned).ok_or(()));
            let mb = fields.fields.get("mb").and_then(Value::as_i64).ok_or(())?;
            Ok(Self { mb, names: names.collect::<Result<_, _>>()? })
        }
    }

    let flags =
        serving(r#"{mb: 10, names: ["a", "b"], inner: {ratio: 0.5, on: true}, gone: null}"#);
    let limits = run(flags.get_struct_value::<Limits>("f", None, None)).unwrap();
    assert_eq!(limits, Limits { mb: 10, names: vec!["a".to_owned(), "b".to_owned()] });
    let whole = run(flags.get_struct_value::<StructValue>("f", None, None)).unwrap();
    let inner = StructValue::default().with_field("ratio", 0.5).with_field("on", true);
    let wanted = StructValue::default()
        .with_field("mb", 10)
        .with_field("names", vec!["a", "b"])
        .with_field("inner", inner);
    assert_eq!(whole, wanted, "a field that is null is a field that is not there");
}

#[test]
fn what_a_structure_cannot_say_is_a_mismatch() {
    for json in ["{list: [1, null]}", "{id: 18446744073709551615}", "[1, 2]", "\"text\"", "1"] {
        let found = run(serving(json).get_struct_value::<StructValue>("f", None, None));
        assert_eq!(code(found), Some(EvaluationErrorCode::TypeMismatch), "{json}");
    }
}
