use std::fmt::Write;

use super::*;

const JSON: &str = r#"{
  "schema": "flagkit/1",
  "flags": {
    "new-checkout": { "salt": "é", "enabled": 1,
      "targeting_rules": [
        { "id": "a", "conditions": [ { "values": [1,
          "x"] } ] }
      ] },
    "a.b": { "c": true },
    "a": { "b": { "c": false } },
    "twice": { "id": 1 },
    "twice": { "id": 2 }
  }
}"#;

const YAML: &str = "
schema: flagkit/1
base: &base { salt: 7, enabled: true }
flags:
  new-checkout:
    <<: *base
    salt: é
    targeting_rules:
      - id: a
        conditions:
          - { values: [1,
              x] }
  a.b: { c: true }
  a: { b: { c: false } }
";

fn position(text: &str, path: &str) -> Option<(usize, usize)> {
    locate(text, path).map(|position| (position.line, position.column))
}

#[test]
fn json_is_located_by_line_and_character() {
    for (path, expected) in [
        ("schema", Some((2, 13))),
        ("flags", Some((3, 3))),
        ("flags.new-checkout", Some((4, 5))),
        ("flags.new-checkout.salt", Some((4, 31))),
        ("flags.new-checkout.enabled", Some((4, 47))),
        ("flags.new-checkout.targeting_rules", Some((5, 7))),
        ("flags.new-checkout.targeting_rules[0]", Some((6, 9))),
        ("flags.new-checkout.targeting_rules[0].id", Some((6, 17))),
        ("flags.new-checkout.targeting_rules[0].conditions[0].values[1]", Some((7, 11))),
        ("flags.a.b.c", Some((9, 19))),
        ("flags.a.b", Some((9, 5))),
        ("flags.a", Some((10, 5))),
        ("flags.twice.id", Some((12, 22))),
        ("flags.new-checkout.targeting_rules[1]", None),
        ("flags.new-checkout.salt.x", None),
        ("flags.none", None),
        ("flags[0]", None),
    ] {
        assert_eq!(position(JSON, path), expected, "{path}");
    }
}

#[test]
fn yaml_is_located_by_line_and_character() {
    for (path, expected) in [
        ("schema", Some((2, 9))),
        ("flags", Some((4, 1))),
        ("flags.new-checkout", Some((5, 3))),
        ("flags.new-checkout.salt", Some((7, 11))),
        ("flags.new-checkout.enabled", Some((3, 33))),
        ("flags.new-checkout.targeting_rules[0]", Some((9, 9))),
        ("flags.new-checkout.targeting_rules[0].conditions", Some((10, 9))),
        ("flags.new-checkout.targeting_rules[0].conditions[0].values[1]", Some((12, 15))),
        ("flags.a.b.c", Some((13, 13))),
        ("flags.a.b", Some((13, 3))),
        ("flags.none", None),
    ] {
        assert_eq!(position(YAML, path), expected, "{path}");
    }
}

#[test]
fn flags_in_a_list_are_found_by_their_names() {
    for text in [
        "[{\"name\": \"a\", \"x\": 1},\n {\"name\": \"b\", \"x\": 2}]",
        "- { name: a, x: 1 }\n- { name: b, x: 2 }\n",
    ] {
        assert_eq!(locate(text, "b.x").map(|position| position.line), Some(2), "{text}");
        assert_eq!(locate(text, "[1].x").map(|position| position.line), Some(2), "{text}");
    }
}

#[test]
fn nothing_is_found_in_what_cannot_be_read() {
    for text in ["{\"a\": ", "", "a: [", "{\"a\": tru}", "a: *b", "? [a]\n: 1\n"] {
        assert_eq!(locate(text, "a"), None, "{text}");
    }
    assert_eq!(locate("\u{feff}{\"a\": 1}", "a"), Some(Position { line: 1, column: 7 }));
}

#[test]
fn every_cut_of_a_text_can_be_searched() {
    for text in [JSON, YAML] {
        for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
            let _ = locate(&text[..end], "flags.new-checkout.salt");
        }
    }
}

#[test]
fn keys_made_of_dots_do_not_take_for_ever() {
    let mut text = String::from("1");
    for _ in 0..60 {
        text = format!("{{\"a\": {text}, \"a.a\": {{}}}}");
    }
    let path = vec!["a"; 200].join(".");
    assert_eq!(locate(&text, &path), None);
}

#[test]
fn aliases_nest_only_so_deep() {
    let mut text = String::from("a0: &a0 [1]\n");
    for level in 1..100_000 {
        writeln!(text, "a{level}: &a{level} [*a{}]", level - 1).unwrap();
    }
    assert_eq!(locate(&text, "a0"), None);
}

/// The path and place of a diagnostic after it was placed.
fn placed(text: &str, path: &str, about: Option<&str>) -> (String, Option<(usize, usize)>) {
    let mut diagnostic = Diagnostic::error(path, "problem");
    diagnostic.about = about.map(str::to_owned);
    let mut diagnostics = [diagnostic];
    let position = place(text, &mut diagnostics).pop().flatten();
    (diagnostics[0].path.clone(), position.map(|position| (position.line, position.column)))
}

#[test]
fn a_short_path_is_extended_to_the_text_that_is_at_fault() {
    let text = "flags:
  a:
    description: needs b
    variants: { b: {} }
    dependencies: [c, b]
    targeting_rules: [{ when: 'in_segment \"beta\"' }]
  list.of.dots:
    dependencies: [{ flag: x }]
segments:
  s: { conditions: [{ operator: in_segment, values: [other] }] }
";
    for (path, about, expected, place) in [
        ("flags.a", Some("b"), "flags.a.dependencies[1]", (5, 23)),
        ("flags.a", Some("beta"), "flags.a.targeting_rules[0].when", (6, 31)),
        ("flags.a", Some("zzz"), "flags.a", (2, 3)),
        ("flags.a", None, "flags.a", (2, 3)),
        ("flags.a.dependencies[0]", Some("b"), "flags.a.dependencies[0]", (5, 20)),
        ("flags.a.dependencies[7].flag", None, "flags.a.dependencies[7].flag", (5, 5)),
        ("flags.list.of.dots", Some("x"), "flags.list.of.dots.dependencies[0].flag", (8, 28)),
        ("flags.list.of.dots.dependencies", None, "flags.list.of.dots.dependencies", (8, 5)),
        ("segments.s", Some("other"), "segments.s.conditions[0].values[0]", (10, 54)),
        ("schema", None, "schema", (1, 1)),
    ] {
        let found = placed(text, path, about);
        assert_eq!(found, (expected.to_owned(), Some(place)), "{path} {about:?}");
    }
}

#[test]
fn there_are_as_many_places_as_diagnostics() {
    let mut diagnostics = vec![Diagnostic::error("flags.a", "x"), Diagnostic::error("", "y")];
    assert_eq!(place("{", &mut diagnostics), [None, None]);
    assert_eq!(place("flags: {a: }", &mut diagnostics).len(), 2);
    assert!(place("", &mut []).is_empty());
}

#[test]
fn columns_are_right_wherever_a_line_is_cut_into_blocks() {
    for padding in [0, 1, 4080, 4090, 4096, 8192, 9000] {
        let text = format!(
            "{{\"é\": \"{}\", \"flags\": {{\"ü\": {{\"salt\": 7}}}}}}",
            "ö".repeat(padding)
        );
        let place = locate(&text, "flags.ü.salt").unwrap();
        let byte = text.find('7').unwrap();
        assert_eq!(place.column, text[..byte].chars().count() + 1, "{padding}");
    }
}
