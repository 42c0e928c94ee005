//! Which duplicates count.

use super::*;
use crate::tidy::packages::Packages;
use crate::tidy::packages::tests::other;
use crate::tidy::tree::Tree;

/// The violations for three versions of `syn`, with this skip list; all but those of tests shipped.
fn found(skip: &str) -> Vec<String> {
    let deny = format!("[bans]\nskip = [{skip}]\n");
    let all = vec![
        other("syn", "2.0.1", "MIT"),
        other("syn", "3.0.0", "MIT"),
        other("syn", "1.0.0", "MIT"),
    ];
    let shipped = all.iter().take(2).map(|package| package.id.clone()).collect();
    let packages = Packages { all, shipped };
    let facts = Facts { tree: Tree::of(&[("deny.toml", &deny)]), packages };
    check(&facts).iter().map(ToString::to_string).collect()
}

#[test]
fn two_shipped_versions_are_one_too_many() {
    let found = found("");
    assert_eq!(found.len(), 1);
    assert!(found.concat().contains("`syn` is compiled as 2.0.1 and as 3.0.0"), "{found:?}");
}

#[test]
fn excepted_versions_are_not_counted() {
    for skip in
        ["\"syn@2\"", "\"syn@3.0.0\"", "{ crate = \"syn@2.0\", reason = \"clap\" }", "\"syn\""]
    {
        assert_eq!(found(skip), [""; 0], "{skip}");
    }
    for skip in ["\"syn@1\"", "\"syn@20\"", "\"sy\""] {
        assert_eq!(found(skip).len(), 1, "{skip}");
    }
}
