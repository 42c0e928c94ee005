//! What counts as a test file, and where a line is found.

use super::*;

#[test]
fn test_files_are_known_by_their_path() {
    let tree = Tree::of(&[
        ("flagkit-core/src/value.rs", ""),
        ("flagkit-core/src/value/tests.rs", ""),
        ("tests/it/main.rs", ""),
        ("flagkit-testkit/src/lib.rs", ""),
    ]);
    let tests: Vec<bool> = tree.files.iter().map(File::is_test).collect();
    assert_eq!(tests, [false, true, true, false]);
}

#[test]
fn a_line_is_found_by_its_beginning() {
    let tree = Tree::of(&[("a/Cargo.toml", "[dependencies]\nserde = \"1\"\n")]);
    assert_eq!(tree.line_beginning("a/Cargo.toml", "serde"), 2);
    assert_eq!(tree.line_beginning("a/Cargo.toml", "tokio"), 1);
    assert_eq!(tree.line_beginning("b/Cargo.toml", "serde"), 1);
}
