//! Reserved crates and budgets.

use super::*;
use crate::tidy::packages::Packages;
use crate::tidy::packages::tests::{needs, ours};

/// The violations of one package.
fn found(name: &str, dependencies: &[Dependency]) -> String {
    let packages = Packages { all: vec![ours(name, dependencies)], ..Packages::default() };
    let violations = check(&Facts { tree: Tree::default(), packages });
    let lines: Vec<String> = violations.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

#[test]
fn reserved_crates_are_refused_to_others() {
    for (user, dependency) in [
        ("flagkit-macros", "serde"),
        ("flagkit", "serde_json"),
        ("flagkit-core", "tokio"),
        ("flagkit-dialects", "arc-swap"),
    ] {
        assert!(found(user, &[needs(dependency)]).contains("move the code into"), "{user}");
    }
    assert_eq!(found("flagkit-dialects", &[needs("serde"), needs("serde_json")]), "");
    assert_eq!(found("flagkit-core", &[needs("arc-swap")]), "");
}

#[test]
fn the_core_may_have_serde_as_a_feature() {
    assert!(found("flagkit-core", &[needs("serde")]).contains("make it optional"));
    let optional = Dependency { is_optional: true, ..needs("serde") };
    assert_eq!(found("flagkit-core", std::slice::from_ref(&optional)), "");
    assert!(!found("flagkit-macros", &[optional]).is_empty());
}

#[test]
fn tests_may_use_anything() {
    let dev = Dependency { is_dev: true, ..needs("serde_json") };
    assert_eq!(found("flagkit", &[dev]), "");
}

#[test]
fn only_required_third_party_crates_count_against_the_budget() {
    let mut dependencies: Vec<Dependency> = ["a", "b", "c", "flagkit-core"].map(needs).into();
    dependencies.push(Dependency { is_optional: true, ..needs("e") });
    dependencies.push(Dependency { is_dev: true, ..needs("f") });
    dependencies.push(Dependency { target: Some("cfg(loom)".to_owned()), ..needs("loom") });
    assert_eq!(found("flagkit-dialects", &dependencies), "");
    dependencies.push(needs("g"));
    let found = found("flagkit-dialects", &dependencies);
    assert!(
        found.contains("4 required third-party crates (a, b, c, g); the budget is 3"),
        "{found}"
    );
}
