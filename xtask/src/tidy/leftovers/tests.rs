//! What is a leftover and what only looks like one.

use super::*;
use crate::tidy::tests::{files, places};

#[test]
fn leftovers_in_code_are_found_in_code_only() {
    for (text, expected) in [
        ("fn f() { todo!() }", 1),
        ("fn f() { unimplemented!(\"x\") }", 1),
        ("fn f() { dbg!(1); }", 1),
        ("#[ignore]\n#[test]\nfn f() {}", 1),
        ("#[ignore = \"slow\"]\nfn f() {}", 1),
        ("let text = \"todo!() dbg!()\"; // dbg!", 0),
        ("let todo = !x; let dbg = 1;", 0),
    ] {
        assert_eq!(check(&files(&[("src/a.rs", text)])).len(), expected, "{text}");
    }
}

#[test]
fn a_note_needs_a_reason() {
    let good =
        "// TODO: waits for the second dialect\n/* x\n FIXME: wrong by one day */\nTODO_LIST";
    assert!(check(&files(&[("src/a.rs", good)])).is_empty());
    let bad = ["// TO", "DO later\n/* x\n FIX", "ME: */\n// TO", "DO:\n"].concat();
    assert_eq!(
        places(&check(&files(&[("src/a.rs", &bad)]))),
        ["src/a.rs:1", "src/a.rs:3", "src/a.rs:4"]
    );
    assert!(check(&files(&[("README.md", &bad)])).is_empty());
}

#[test]
fn no_file_is_called_mod() {
    assert_eq!(places(&check(&files(&[("src/a/mod.rs", "")]))), ["src/a/mod.rs:1"]);
    assert!(check(&files(&[("src/a_mod.rs", "")])).is_empty());
}
