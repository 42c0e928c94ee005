use super::*;
use crate::value::Value;

/// The texts that are looked at, if the value is a list of text.
fn texts(value: &Value) -> Option<Vec<String>> {
    let mut seen = Vec::new();
    any_text(value.borrow(), |text| {
        seen.push(text.to_owned());
        false
    })?;
    Some(seen)
}

#[test]
fn text_is_a_list_where_a_json_reader_says_so() {
    let cases = [
        "[]",
        " [ ] ",
        "[\"a\"]",
        "[\"a\",\"b\"]",
        "\n[ \"a\" ,\t\"b\" ]\r",
        "[\"\"]",
        r#"["\"\\\/\b\f\n\r\t"]"#,
        r#"["\u0041\u00e9\ud83d\ude00"]"#,
        r#"["\ud83d"]"#,
        r#"["\ude00\ud83d"]"#,
        r#"["\ud83dx"]"#,
        r#"["\ud83d\u0041"]"#,
        r#"["\x"]"#,
        r#"["\u12"]"#,
        "[\"a\nb\"]",
        "[\"a\"",
        "[\"a\",]",
        "[,\"a\"]",
        "[\"a\" \"b\"]",
        "[1]",
        "[\"a\",1]",
        "[[\"a\"]]",
        "{}",
        "\"a\"",
        "",
        "a",
        "[\"a\"]]",
        "[\"a\"] x",
        "[\"日本\",\"ʄ\"]",
        "[\u{a0}]",
        "[null]",
        "]",
        "[",
    ];
    for case in cases {
        let expected = serde_json::from_str::<Vec<String>>(case).ok();
        assert_eq!(texts(&Value::from(case)), expected, "{case}");
    }
}

#[test]
fn a_list_counts_if_all_of_it_is_text() {
    let list = |values: &[Value]| Value::List(values.into());
    let plain = list(&[Value::from("a"), Value::from("[\"b\"]")]);
    assert_eq!(texts(&plain), Some(vec!["a".to_owned(), "[\"b\"]".to_owned()]));
    assert_eq!(texts(&list(&[])), Some(Vec::new()));
    assert_eq!(texts(&list(&[Value::from("a"), Value::from(1)])), None);
    assert_eq!(texts(&Value::from(1)), None);
}

#[test]
fn long_text_with_escapes_is_read_whole() {
    let long = "é\n".repeat(2000);
    let json = serde_json::to_string(&[&long]).unwrap();
    assert_eq!(texts(&Value::from(json)), Some(vec![long]));
}
