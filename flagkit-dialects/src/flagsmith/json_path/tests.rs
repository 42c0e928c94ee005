use super::{Parsed, parse};
use crate::node::{self, Tree};

fn first(path: &str) -> Option<String> {
    let text = r#"{ "a": { "b": [1, "two", { "c": true }, [4]], "d e": "é" },
                    "list": [{ "n": 1, "v": "x" }, { "n": 5, "v": "y" }, { "n": 9 }] }"#;
    let mut tree = Tree::default();
    let root = node::read(text, &mut tree).unwrap();
    let Parsed::Query(query) = parse(path) else { panic!("{path} is no path") };
    let mut effort = 1_000;
    query.first(&root, &mut effort).unwrap().map(|node| node.to_value().to_string())
}

#[test]
fn paths_find_what_the_standard_says() {
    for (path, expected) in [
        ("$.a.b[0]", Some("1")),
        ("$.a.b[-1][0]", Some("4")),
        ("$.a.b[9]", None),
        ("$['a'][\"d e\"]", Some("\"é\"")),
        (r"$.a['d\u0020e']", Some("\"é\"")),
        ("$.*.b[1]", Some("\"two\"")),
        ("$..c", Some("true")),
        ("$.a.b[1:3]", Some("\"two\"")),
        ("$.a.b[::-1][0]", Some("4")),
        ("$.a.b[:0]", None),
        ("$.a.b[0:4:0]", None),
        ("$.list[?@.n > 1].v", Some("\"y\"")),
        ("$.list[?@.n == 9 && !@.v].n", Some("9")),
        ("$.list[?(@.v == 'x' || @.n >= 9)].n", Some("1")),
        ("$.list[?@.v != @.nothing].v", Some("\"x\"")),
        ("$.list[?@['v']]['n', 'v']", Some("1")),
        ("$ .a .b [0]", Some("1")),
    ] {
        assert_eq!(first(path).as_deref(), expected, "{path}");
    }
}

#[test]
fn what_is_no_path_is_told_from_what_is_not_supported() {
    for text in [
        "$.", "$.a.", "$.a[", "$.a[01]", "$.a['b]", "$.1a", "$.a b", "$.a ", "a.b", "$.a[?1]",
        r"$['\x']",
    ] {
        assert!(matches!(parse(text), Parsed::Invalid), "{text}");
    }
    assert!(matches!(parse("$.a[?length(@.b) > 1]"), Parsed::Unsupported));
}

#[test]
fn a_walk_ends_with_its_effort() {
    let mut tree = Tree::default();
    let root = node::read(r#"{ "a": [[1], [2], [3]] }"#, &mut tree).unwrap();
    let Parsed::Query(query) = parse("$..nothing") else { panic!("this is a path") };
    assert!(query.first(&root, &mut 3).is_err());
    assert!(query.first(&root, &mut 100).unwrap().is_none());
}

#[test]
fn only_names_and_indices_are_steps() {
    let steps = |text: &str| match parse(text) {
        Parsed::Query(query) => query.steps().map(|steps| steps.len()),
        _ => None,
    };
    assert_eq!(steps("$.identity.traits['a b'][0]"), Some(4));
    assert_eq!(steps("$..identity"), None);
    assert_eq!(steps("$.identity.*"), None);
}
