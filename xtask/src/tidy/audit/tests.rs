//! Crates that are on the page, and crates that are not.

use super::*;
use crate::tidy::packages::Packages;
use crate::tidy::packages::tests::{needs, ours};
use crate::tidy::tests::files;

/// The violations of one package, beside a page that names `serde`.
fn found(package: Package, is_shipped: bool) -> Vec<Violation> {
    let Facts { tree, .. } = files(&[(PAGE, "| `serde` | JSON |\n")]);
    let shipped = is_shipped.then(|| package.id.clone()).into_iter().collect();
    check(&Facts { tree, packages: Packages { all: vec![package], shipped } })
}

#[test]
fn a_crate_that_users_compile_is_on_the_page() {
    let package = || ours("flagkit-client", &[needs("serde"), needs("serde_json")]);
    let violations = found(package(), true);
    assert_eq!(violations.len(), 1);
    let said = violations[0].to_string();
    assert!(said.contains("`serde_json` is not in docs/dependencies.md"), "{said}");
    assert!(found(package(), false).is_empty());
}

#[test]
fn a_crate_that_tests_need_is_not() {
    let dev = Dependency { is_dev: true, ..needs("proptest") };
    assert!(found(ours("flagkit-client", &[dev]), true).is_empty());
}
