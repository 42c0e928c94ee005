//! Arrows and circles between snippets.

use super::*;
use crate::tidy::tests::files;

/// The arrows of files below the folder, as `from -> to:line`.
fn arrows_of(snippets: &[(&str, &str)]) -> Vec<String> {
    let arrows = arrows(&facts(snippets), &[]);
    let each = arrows.iter().flat_map(|(from, targets)| {
        targets.iter().map(move |(to, (_, line))| format!("{from} -> {to}:{line}"))
    });
    each.collect()
}

/// Facts about files below the folder.
fn facts(snippets: &[(&str, &str)]) -> Facts {
    let named: Vec<(String, &str)> =
        snippets.iter().map(|(path, text)| (format!("{FOLDER}{path}"), *text)).collect();
    let borrowed: Vec<(&str, &str)> =
        named.iter().map(|(path, text)| (path.as_str(), *text)).collect();
    files(&borrowed)
}

#[test]
fn every_way_to_name_a_module_is_an_arrow() {
    for (importing, expected) in [
        ("use crate::value::Value;", vec!["crate::a -> crate::value:1"]),
        ("fn f() { crate::value::null() }", vec!["crate::a -> crate::value:1"]),
        ("use super::value;", vec!["crate::a -> crate::value:1"]),
        (
            "use crate::{\nvalue::{self, Value as V},\ntext::Text};",
            vec!["crate::a -> crate::text:3", "crate::a -> crate::value:2"],
        ),
        ("use crate::text::*;", vec!["crate::a -> crate::text:1"]),
        ("use crate::Value;", vec!["crate::a -> crate:1"]),
        ("mod b;\nfn f() { b::g() }", vec!["crate::a -> crate::a::b:2"]),
        ("mod b;\npub use self::b::G;", vec!["crate::a -> crate::a::b:2"]),
        ("mod b;", vec![]),
        ("#[cfg(test)]\nmod tests;\n#[cfg(test)]\nuse crate::value::Value;", vec![]),
        ("pub(in crate::value) fn f() {}", vec![]),
        ("use std::value::Value; // crate::value::X", vec![]),
        ("struct S { b: u8 } fn f(b: S) { b.b; x::b::y() }", vec![]),
    ] {
        let found = arrows_of(&[
            ("lib.rs", ""),
            ("a.rs", importing),
            ("a/b.rs", ""),
            ("value.rs", ""),
            ("text.rs", ""),
            ("value/tests.rs", "use crate::a::X;"),
        ]);
        assert_eq!(found, expected, "{importing}");
    }
}

#[test]
fn a_child_reaches_upwards() {
    let found = arrows_of(&[
        ("a.rs", ""),
        ("a/b.rs", "use super::A;\nuse super::super::c::C;"),
        ("c.rs", ""),
    ]);
    assert_eq!(found, ["crate::a::b -> crate::a:1", "crate::a::b -> crate::c:2"]);
}

#[test]
fn a_circle_is_printed_in_full_and_once() {
    let facts = facts(&[
        ("a.rs", "\nuse crate::b::B;"),
        ("b.rs", "use crate::c::C;"),
        ("c.rs", "use crate::a::A;\nuse crate::d::D;"),
        ("d.rs", ""),
    ]);
    let found: Vec<String> = check(&facts).iter().map(ToString::to_string).collect();
    let expected = "flagkit-core/src/a.rs:2: circle of imports: \
        crate::a (flagkit-core/src/a.rs:2) -> crate::b (flagkit-core/src/b.rs:1) -> \
        crate::c (flagkit-core/src/c.rs:1) -> crate::a; move what both need to a lower module";
    assert_eq!(found, [expected]);
}

#[test]
fn parent_and_child_that_use_each_other_are_a_circle() {
    let pair = [("a.rs", "mod b;\npub use b::B;"), ("a/b.rs", "use super::A;")];
    assert_eq!(check(&facts(&pair)).len(), 1);
    let exception = Exception { from: "crate::a", to: "crate::a::b", _reason: "a test" };
    assert!(circles(&arrows(&facts(&pair), &[exception])).is_empty());
}

#[test]
fn a_tree_of_imports_has_no_circle() {
    let facts = facts(&[
        ("lib.rs", "mod a;\nmod b;\nmod c;\npub use a::A;"),
        ("a.rs", "use crate::{b::B, c::C};"),
        ("b.rs", "use crate::c::C;"),
        ("c.rs", ""),
    ]);
    assert!(check(&facts).is_empty());
}
