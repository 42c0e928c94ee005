//! What the tests of the checks share: facts made of snippets.

use super::*;

/// Facts about these files and no packages.
pub(crate) fn files(files: &[(&str, &str)]) -> Facts {
    Facts { tree: Tree::of(files), packages: Packages::default() }
}

/// The violations of a check as `path:line`, for comparing with what a snippet marks.
pub(crate) fn places(violations: &[Violation]) -> Vec<String> {
    violations.iter().map(|violation| format!("{}:{}", violation.path, violation.line)).collect()
}

#[test]
fn a_violation_is_one_line() {
    let violation = Violation::new("src/lib.rs", 7, "`dbg!` is left over", "remove it");
    assert_eq!(violation.to_string(), "src/lib.rs:7: `dbg!` is left over; remove it");
}
