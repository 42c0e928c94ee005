//! Endings of type names.

use super::*;
use crate::tidy::tests::files;

#[test]
fn empty_names_are_found_where_types_are_declared() {
    for (text, expected) in [
        ("struct FlagManager;", 1),
        ("pub(crate) enum Info { A }", 1),
        ("trait StoreBase {}", 1),
        ("type UserData = u8;", 1),
        ("struct Metadata; struct Database; struct Implementation;", 0),
        ("fn f(x: &serde::FlagData) -> VariantInfo {}", 0),
        ("// struct FlagUtil", 0),
    ] {
        assert_eq!(check(&files(&[("src/a.rs", text)])).len(), expected, "{text}");
    }
}
