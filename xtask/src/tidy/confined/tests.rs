//! Where confined code is accepted and where it is not.

use super::*;
use crate::tidy::tests::{files, places};

/// The lines with violations in a file of this path.
fn lines(path: &str, text: &str) -> Vec<usize> {
    let violations = check(&files(&[(path, text)]));
    places(&violations)
        .iter()
        .map(|place| place.rsplit(':').next().unwrap().parse().unwrap())
        .collect()
}

#[test]
fn unsafe_code_is_found_outside_the_c_interface_and_allocators() {
    let code = "#![forbid(unsafe_code)]\n// unsafe\nfn f() { unsafe { g() } }";
    assert_eq!(lines("src/lib.rs", code), [3]);
    assert_eq!(lines("flagkit-core/src/value/tests.rs", code), [3]);
    assert_eq!(lines("fuzz/fuzz_targets/compile.rs", code), [3]);
    for path in
        ["flagkit-ffi/src/a.rs", "tests/it/allocation.rs", "flagkit-core/tests/it/allocation.rs"]
    {
        assert_eq!(lines(path, code), [0; 0], "{path}");
    }
    assert_eq!(lines("src/not-tests/it/allocation.rs.rs", code), [3]);
}

#[test]
fn atomics_are_found_in_every_way_to_import_them() {
    for code in [
        "use std::sync::atomic::AtomicBool;",
        "use std::sync::{Arc, atomic::AtomicBool};",
        "use std::sync::{Arc, atomic};\nfn f() { atomic::fence(x) }",
    ] {
        assert_eq!(lines("flagkit-core/src/compile.rs", code).len(), 1, "{code}");
        assert_eq!(lines("flagkit-core/src/cell/thread.rs", code), [0; 0], "{code}");
        assert_eq!(lines("tests/it/threads.rs", code), [0; 0], "{code}");
    }
    assert_eq!(lines("src/a.rs", "let atomic = is_atomic(x);"), [0; 0]);
}

#[test]
fn arc_swap_has_one_file() {
    assert_eq!(lines("src/handle.rs", "use arc_swap::ArcSwap;"), [1]);
    assert_eq!(lines("flagkit-core/src/sync.rs", "use arc_swap::ArcSwap;"), [0; 0]);
}
