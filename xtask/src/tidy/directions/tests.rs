//! Allowed and forbidden arrows.

use super::*;
use crate::tidy::packages::Packages;
use crate::tidy::packages::tests::{needs, ours};
use crate::tidy::tests::{files, places};

/// The violations of one package with one dependency.
fn arrow(from: &str, dependency: Dependency) -> Vec<String> {
    let packages = Packages { all: vec![ours(from, &[dependency])], ..Packages::default() };
    let facts = Facts { tree: Tree::default(), packages };
    check(&facts).iter().map(ToString::to_string).collect()
}

/// The dependency as a dev-dependency.
fn dev(name: &str) -> Dependency {
    Dependency { is_dev: true, ..needs(name) }
}

#[test]
fn the_arrows_of_the_architecture_are_allowed() {
    for (from, to) in [
        ("flagkit-dialects", "flagkit-core"),
        ("flagkit-testkit", "flagkit-core"),
        ("flagkit", "flagkit-macros"),
        ("flagkit-cli", "flagkit-testkit-like"),
        ("flagkit-benches", "flagkit-testkit"),
        ("flagkit-benches", "flagkit-core"),
        ("flagkit-core", "regex"),
    ] {
        assert_eq!(arrow(from, needs(to)), [""; 0], "{from} -> {to}");
    }
    assert_eq!(arrow("flagkit-core", dev("flagkit-testkit")), [""; 0]);
    assert_eq!(arrow("flagkit-core", dev("flagkit-dialects")), [""; 0]);
}

#[test]
fn other_arrows_are_refused() {
    for (from, dependency, expected) in [
        ("flagkit-core", needs("flagkit-dialects"), "none of ours"),
        ("flagkit-macros", needs("flagkit-core"), "none of ours"),
        ("flagkit-dialects", needs("flagkit-macros"), "it may depend on flagkit-core"),
        ("flagkit-ffi", needs("flagkit-core"), "it may depend on flagkit"),
        ("flagkit-cli", needs("flagkit-ffi"), "nobody depends on it"),
        ("flagkit-cli", needs("flagkit-testkit"), "make it a dev-dependency"),
        ("flagkit-core", dev("xtask"), "nobody depends on it"),
        ("flagkit-new", needs("regex"), "add them to xtask/src/tidy/directions.rs"),
    ] {
        let found = arrow(from, dependency);
        assert_eq!(found.len(), 1, "{from}");
        assert!(found.concat().contains(expected), "{from}: {found:?}");
    }
}

#[test]
fn the_line_of_the_manifest_is_given() {
    let manifest = ("flagkit-core/Cargo.toml", "[dependencies]\nflagkit-macros.workspace = true\n");
    let packages = Packages {
        all: vec![ours("flagkit-core", &[needs("flagkit-macros")])],
        ..Packages::default()
    };
    let facts = Facts { tree: Tree::of(&[manifest]), packages };
    assert_eq!(places(&check(&facts)), ["flagkit-core/Cargo.toml:2"]);
}

#[test]
fn examples_see_the_facade_only() {
    let facts = files(&[
        ("examples/good.rs", "use flagkit::is_enabled; // not flagkit_core"),
        ("examples/bad.rs", "\nuse flagkit_core::Value;"),
        ("src/lib.rs", "pub use flagkit_core::Value;"),
    ]);
    assert_eq!(places(&check(&facts)), ["examples/bad.rs:2"]);
}
