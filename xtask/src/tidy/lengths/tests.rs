//! Lengths around the limits.

use super::*;
use crate::tidy::tests::{files, places};

/// A function whose braces are on the first and the last of this many lines.
fn function(lines: usize) -> String {
    format!("fn f(a: [u8; 4]) {{\n{}}}\n", "    g(\"}\"); // }\n".repeat(lines - 2))
}

/// The places with violations in a file of this path.
fn found(path: &str, text: &str) -> Vec<String> {
    places(&check(&files(&[(path, text)])))
}

#[test]
fn a_function_has_sixty_lines_at_most() {
    assert_eq!(found("src/a.rs", &function(60)), [""; 0]);
    assert_eq!(found("src/a.rs", &format!("\n{}", function(61))), ["src/a.rs:2"]);
    assert_eq!(found("src/a/tests.rs", &function(61)), [""; 0]);
    assert_eq!(found("tests/it/main.rs", &function(61)), [""; 0]);
}

#[test]
fn the_signature_counts() {
    let signature = format!("fn f(\n{}) {{\n}}\n", "    a: u8,\n".repeat(59));
    assert_eq!(found("src/a.rs", &signature), ["src/a.rs:1"]);
}

#[test]
fn what_has_no_body_has_no_length() {
    let declared = format!("trait T {{\n    fn f() -> [u8; 4];\n{}}}\n", "\n".repeat(100));
    assert_eq!(found("src/a.rs", &declared), [""; 0]);
    let pointer = format!("struct S {{ f: fn(u8) -> u8 }}\nmod a {{\n{}}}\n", "\n".repeat(100));
    assert_eq!(found("src/a.rs", &pointer), [""; 0]);
}

#[test]
fn a_file_has_five_hundred_lines_at_most() {
    assert_eq!(found("src/a.rs", &"\n".repeat(500)), [""; 0]);
    assert_eq!(found("src/a.rs", &"\n".repeat(501)), ["src/a.rs:500"]);
    assert_eq!(found("src/a/tests.rs", &"\n".repeat(501)), [""; 0]);
    assert_eq!(found("README.md", &"\n".repeat(501)), [""; 0]);
}
