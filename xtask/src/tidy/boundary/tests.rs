//! Which functions are inside the boundary.

use super::*;
use crate::tidy::tests::{files, places};

fn found(code: &str) -> usize {
    places(&check(&files(&[("flagkit-ffi/src/client.rs", code)]))).len()
}

#[test]
fn a_body_that_is_one_boundary_is_fine() {
    for code in [
        r#"#[unsafe(no_mangle)] pub unsafe extern "C" fn a(b: *const c) -> bool { boundary!(false, { f(b) }) }"#,
        r#"#[unsafe(no_mangle)] pub extern "C" fn a() { boundary!((), { f(()); }); }"#,
        r#"pub type a = Option<unsafe extern "C" fn(user: *mut c_void)>;"#,
        r#"fn a(log: unsafe extern "C" fn(*mut c_void, u32)) { g() }"#,
    ] {
        assert_eq!(found(code), 0, "{code}");
    }
}

#[test]
fn anything_else_is_found() {
    for code in [
        r#"extern "C" fn a() -> bool { f() }"#,
        r#"extern "C" fn a() -> bool { let b = f(); boundary!(false, { b }) }"#,
        r#"extern "C" fn a() { boundary!((), { f() }); g(); }"#,
        r#"extern "C" fn a() { guard((), || f()) }"#,
        r#"extern "C" fn a() { /* boundary!((), { f() }) */ f() }"#,
        "#[unsafe(no_mangle)] pub fn a(b: u32, c: u32, d: u32, e: u32) { boundary!((), {}) }",
    ] {
        assert_eq!(found(code), 1, "{code}");
    }
}

#[test]
fn other_crates_and_tests_are_left_alone() {
    let code = r#"extern "C" fn a() { f() }"#;
    for path in
        ["benches/src/a.rs", "flagkit-ffi/src/client/tests.rs", "flagkit-ffi/tests/it/main.rs"]
    {
        assert_eq!(check(&files(&[(path, code)])), []);
    }
}
