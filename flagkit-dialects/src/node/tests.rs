use std::fmt::Write;

use super::*;
use crate::error::Position;

fn read(text: &str) -> Result<Draft<'static>, DecodeError> {
    let mut tree = Tree::default();
    super::read(text, &mut tree).map(|node| node.to_draft())
}

fn text(text: &str) -> Draft<'_> {
    Draft::Text(Cow::Borrowed(text))
}

fn message(text: &str) -> String {
    read(text).unwrap_err().to_string()
}

#[test]
fn json_keeps_order_and_repeated_keys() {
    let node = read(r#"{"b": 1, "a": [true, null, -2.5], "b": "\u00e9"}"#).unwrap();
    let expected = Draft::Map(vec![
        ("b".into(), Draft::Integer(1)),
        ("a".into(), Draft::List(vec![Draft::Boolean(true), Draft::Null, Draft::Float(-2.5)])),
        ("b".into(), text("é")),
    ]);
    assert_eq!(node, expected);
}

#[test]
fn text_without_escapes_is_borrowed() {
    assert!(is_json("\n [ {\"a\": 1} ]") && !is_json("[a]") && !is_json("{}") && !is_json(""));
    let written = r#"[{"plain": "plain", "k\n": "esc\n"}]"#;
    let mut tree = Tree::default();
    let root = super::read(written, &mut tree).unwrap();
    let [Node::Map(entries)] = root.as_list().unwrap() else { panic!() };
    let is_borrowed = |text: &str| written.as_bytes().as_ptr_range().contains(&text.as_ptr());
    let [(plain, Node::Text(text)), (key, escaped)] = *entries else { panic!() };
    assert!(is_borrowed(plain) && is_borrowed(text) && (*plain, *text) == ("plain", "plain"));
    assert!(!is_borrowed(key) && *key == "k\n" && *escaped == Node::Text("esc\n"));
}

#[test]
fn whole_numbers_of_64_bits_are_kept_and_larger_ones_become_floats() {
    for (written, expected) in [
        ("[9223372036854775807]", Draft::Integer(i64::MAX)),
        ("[9223372036854775808]", Draft::Unsigned(1 << 63)),
        ("[18446744073709551616]", Draft::Float(18_446_744_073_709_551_616.0)),
        ("- 9223372036854775807", Draft::Integer(i64::MAX)),
        ("- 9223372036854775808", Draft::Unsigned(1 << 63)),
        ("- 18446744073709551616", Draft::Float(18_446_744_073_709_551_616.0)),
        ("- -9223372036854775808", Draft::Integer(i64::MIN)),
    ] {
        assert_eq!(read(written).unwrap(), Draft::List(vec![expected]), "{written}");
    }
}

#[test]
fn plain_scalars_of_yaml_follow_the_core_schema() {
    for (written, expected) in [
        ("~", Draft::Null),
        ("Null", Draft::Null),
        ("True", Draft::Boolean(true)),
        ("FALSE", Draft::Boolean(false)),
        ("yes", text("yes")),
        ("on", text("on")),
        ("42", Draft::Integer(42)),
        ("+42", Draft::Integer(42)),
        ("007", Draft::Integer(7)),
        ("0o17", Draft::Integer(15)),
        ("0xff", Draft::Integer(255)),
        ("0xfg", text("0xfg")),
        ("1.5", Draft::Float(1.5)),
        (".5", Draft::Float(0.5)),
        ("1.", Draft::Float(1.0)),
        ("1e3", Draft::Float(1000.0)),
        ("1.4.0", text("1.4.0")),
        ("1_000", text("1_000")),
        ("2026-12-01T00:00:00Z", text("2026-12-01T00:00:00Z")),
        ("10.0.0.0/8", text("10.0.0.0/8")),
        ("'42'", text("42")),
        ("\"true\"", text("true")),
        ("!!str 42", text("42")),
        ("!custom 42", Draft::Integer(42)),
        ("nan", text("nan")),
        (".", text(".")),
        ("+", text("+")),
    ] {
        assert_eq!(
            read(&format!("a: {written}")).unwrap().entry("a"),
            Some(&expected),
            "{written}"
        );
    }
}

#[test]
fn numbers_that_are_not_finite_are_refused() {
    for written in [".inf", "-.inf", ".nan", ".NaN", "+.Inf"] {
        let problem = message(&format!("a:\n  - {written}\n"));
        assert_eq!(
            problem,
            format!("line 2, column 5: `{written}` cannot be used: numbers must be finite")
        );
    }
    assert_eq!(message("a: 1e999"), "line 1, column 4: the number `1e999` is too large");
    assert_eq!(
        message("{\"a\": 1e999}"),
        "line 1, column 11: this is no JSON: number out of range"
    );
}

#[test]
fn a_flow_map_of_yaml_may_look_like_json() {
    assert_eq!(read("{a: 1}").unwrap(), read(r#"{"a": 1}"#).unwrap());
    assert_eq!(
        message("{\"a\": 1 \"b\": 2}"),
        "line 1, column 9: this is no JSON: expected `,` or `}`"
    );
}

#[test]
fn anchors_aliases_and_merges_are_written_out() {
    let node = read("a: &x { p: 1, q: 2 }\nb: { q: 3, <<: *x, r: 4 }\nc: *x\nd: [*x]\n").unwrap();
    let map = |entries: &[(&'static str, i64)]| {
        Draft::Map(entries.iter().map(|(k, v)| ((*k).into(), Draft::Integer(*v))).collect())
    };
    assert_eq!(node.entry("b"), Some(&map(&[("q", 3), ("p", 1), ("r", 4)])));
    assert_eq!(node.entry("c"), Some(&map(&[("p", 1), ("q", 2)])));
    let many = read("x: &x { p: 1 }\ny: &y { p: 2, q: 2 }\nz: { <<: [*x, *y] }\n").unwrap();
    assert_eq!(many.entry("z"), Some(&map(&[("p", 1), ("q", 2)])));
    let quoted = read("z: { '<<': 1 }").unwrap();
    assert_eq!(quoted.entry("z"), Some(&map(&[("<<", 1)])));
    assert_eq!(
        message("z:\n  <<: 1\n"),
        "line 3, column 1: `<<` needs a map or a list of maps, not a number"
    );
}

#[test]
fn what_yaml_allows_and_flags_cannot_use_is_refused() {
    for (written, expected) in [
        ("a: 1\n---\nb: 2\n", "line 2, column 1: there is a second document; a text holds one"),
        ("? [a]\n: 1\n", "line 1, column 3: a key must be text, not a list or a map"),
        ("a: &x [*x]", "line 1, column 8: an alias stands inside of what it repeats"),
        ("x: &x [1]\n*x : 2\n", "line 2, column 1: a key must be text, not a list"),
    ] {
        assert_eq!(message(written), expected, "{written}");
    }
    assert!(message("a: *unknown").starts_with("line 1, column 4: this is neither JSON nor YAML"));
    assert!(message("a: [1").contains("this is neither JSON nor YAML"));
}

#[test]
fn keys_are_the_text_that_was_written() {
    let Draft::Map(entries) = read("1: a\ntrue: b\n1.50: c\n").unwrap() else { panic!() };
    let keys: Vec<&str> = entries.iter().map(|(key, _)| &**key).collect();
    assert_eq!(keys, ["1", "true", "1.50"]);
}

#[test]
fn sixty_four_levels_are_read_and_one_more_is_not() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}"), ("{a: ", "}"), ("- ", "")] {
        let nested =
            |levels: usize| format!("{}{}{}", open.repeat(levels), "1", close.repeat(levels));
        assert!(read(&nested(64)).is_ok(), "{open}");
        assert!(message(&nested(65)).contains("nested deeper than 64 levels"), "{open}");
        assert!(read(&nested(1_000_000)).is_err(), "{open}");
    }
    assert!(message(&"[".repeat(1_000_000)).contains("nested deeper than 64 levels"));
}

#[test]
fn aliases_cannot_nest_deeper_either() {
    let mut written = String::from("a0: &a0 [1]\n");
    for level in 1..80 {
        writeln!(written, "a{level}: &a{level} [*a{}]", level - 1).unwrap();
    }
    assert!(message(&written).contains("nested deeper than 64 levels"));
}

#[test]
fn a_billion_laughs_are_cut_short() {
    let mut written = String::from("a0: &a0 [ha, ha, ha, ha, ha, ha, ha, ha, ha]\n");
    for level in 1..12 {
        let inner = vec![format!("*a{}", level - 1); 9].join(", ");
        writeln!(written, "a{level}: &a{level} [{inner}]").unwrap();
    }
    assert!(message(&written).contains("anchors and aliases make the document larger than"));
    let long = format!("a: &a '{}'\nb: [{}]\n", "x".repeat(1 << 20), "*a, ".repeat(100));
    assert!(message(&long).contains("anchors and aliases make the document larger than"));
}

#[test]
fn a_text_over_the_limit_is_not_read() {
    let long = " ".repeat(TEXT_BYTES_MAX + 1);
    assert_eq!(message(&long), "the document has 67108865 bytes; at most 67108864 are allowed");
}

#[test]
fn errors_count_characters_not_bytes() {
    assert_eq!(
        message("{\"äöü\": 1 2}"),
        "line 1, column 11: this is no JSON: expected `,` or `}`"
    );
    assert_eq!(position_at("x\näöü!", 2, 7), Position { line: 2, column: 4 });
}

#[test]
fn cut_off_texts_are_errors_or_shorter_documents_but_never_panic() {
    let json = r#"{"flags": {"a\u00e9": {"on": [1, -2.5e3, true, null, "x\"y"]}}}"#;
    let yaml =
        "flags: &f\n  a: !!str 1\n  \"b\\n\": |\n    x\n  c: [1, {d: 'e'}]\n  <<: {g: ~}\nh: *f\n";
    for written in [json, yaml] {
        for end in (0..written.len()).filter(|end| written.is_char_boundary(*end)) {
            let _ = read(&written[..end]);
            let _ = read(&written[end..]);
        }
    }
    for end in 1..json.len() {
        assert!(read(&json[..end]).is_err(), "{}", &json[..end]);
    }
}
