//! Both commands, or a violation for each that is missing.

use super::*;
use crate::tidy::tests::files;

#[test]
fn both_commands_are_needed() {
    let good = "    cargo run --release -- demo\n    cargo xtask test\n";
    assert!(check(&files(&[("README.md", good)])).is_empty());
    assert_eq!(check(&files(&[("README.md", "cargo xtask test")])).len(), 1);
    assert_eq!(check(&files(&[("docs/README.md", good)])).len(), 2);
}
