//! SPDX expressions as they stand in real packages.

use super::*;
use crate::tidy::packages::Packages;
use crate::tidy::packages::tests::other;
use crate::tidy::tests::places;

const DENY: &str =
    "[licenses]\nallow = [\"MIT\", \"Unicode-3.0\", \"Apache-2.0 WITH LLVM-exception\"]\n";
const LOCK: &str = "version = 4\n\n[[package]]\nname = \"left\"\n\n[[package]]\nname = \"right\"\n";

/// Facts with these packages.
fn facts(packages: Vec<Package>) -> Facts {
    let packages = Packages { all: packages, ..Packages::default() };
    Facts { tree: Tree::of(&[("deny.toml", DENY), ("Cargo.lock", LOCK)]), packages }
}

#[test]
fn expressions_are_decided_as_spdx_means_them() {
    let allowed = ["MIT", "Unicode-3.0", "Apache-2.0 WITH LLVM-exception"].map(str::to_owned);
    for (expression, expected) in [
        ("MIT", true),
        ("MIT OR GPL-3.0", true),
        ("MIT/GPL-3.0", true),
        ("GPL-3.0 OR MIT", true),
        ("MIT AND GPL-3.0", false),
        ("(MIT OR GPL-3.0) AND Unicode-3.0", true),
        ("MIT OR GPL-3.0 AND BSD", true),
        ("Apache-2.0 WITH LLVM-exception", true),
        ("Apache-2.0", false),
        ("MIT WITH LLVM-exception", false),
        ("none", false),
        ("", false),
        ("MIT )", false),
        ("( MIT", false),
    ] {
        assert_eq!(is_allowed(expression, &allowed), expected, "{expression}");
    }
}

#[test]
fn a_refused_licence_is_shown_in_the_lock_file() {
    let packages = vec![other("left", "1.0.0", "MIT"), other("right", "1.0.0", "GPL-3.0")];
    assert_eq!(places(&check(&facts(packages))), ["Cargo.lock:7"]);
}

#[test]
fn packages_come_from_crates_io() {
    for source in ["git+somewhere/left#1", "registry+somewhere/own-index"] {
        let package = Package { source: Some(source.to_owned()), ..other("left", "1.0.0", "MIT") };
        assert_eq!(places(&check(&facts(vec![package]))), ["Cargo.lock:4"], "{source}");
    }
}
