use flagkit_core::Attributes;

use super::*;

#[test]
fn words_add_up_and_the_last_counts() {
    let words = [r#"{"a": 1, "b": {"c": "x"}}"#, "a=2", "d=text = text", r#"e="7""#, "f=[1, 2]"];
    let words = words.map(str::to_owned);
    let context = read(&words).unwrap();
    for (name, expected) in [
        ("a", "2"),
        ("b", r#"{"c":"x"}"#),
        ("d", r#""text = text""#),
        ("e", r#""7""#),
        ("f", "[1,2]"),
    ] {
        assert_eq!(context.attribute(name).unwrap().to_string(), expected, "{name}");
    }
}

#[test]
fn other_words_are_no_context() {
    for word in ["", "country", "{", "[1]", "42", "{\"a\":}"] {
        assert!(read(&[word.to_owned()]).is_err(), "{word}");
    }
}
