//! Evaluations through the C interface allocate nothing, and neither does a context that is filled again.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::ptr;

use flagkit_ffi::*;

struct Counting;

thread_local! {
    static COUNT: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: everything is left to the system's allocator; counting does not allocate.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.set(COUNT.get() + 1);
        // SAFETY: as the caller says.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as the caller says.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        COUNT.set(COUNT.get() + 1);
        // SAFETY: as the caller says.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn text(text: &str) -> flagkit_str {
    flagkit_str { ptr: text.as_ptr().cast(), len: text.len() }
}

/// How often `work` allocates, once everything is as large as it gets.
fn allocations(mut work: impl FnMut()) -> usize {
    work();
    work();
    let before = COUNT.get();
    for _ in 0..100 {
        work();
    }
    COUNT.get() - before
}

const FLAGS: &str = r#"{"schema": "flagkit/1", "flags": {
    "beta": {"enabled": true, "rollout_percentage": 40, "targeting_rules": [
        {"id": "pro", "conditions": [
            {"attribute": "plan", "operator": "equals", "value": "pro"},
            {"attribute": "teams", "operator": "contains", "value": "red"},
            {"attribute": "age", "operator": "greater_than", "value": 18}]}]},
    "color": {"enabled": true, "rollout_percentage": 100,
        "variants": {"red": {"weight": 1, "value": "red as a rose"}}},
    "limits": {"enabled": true, "rollout_percentage": 100,
        "variants": {"all": {"weight": 1, "value": {"uploads": 3, "names": ["a", "b"]}}}}}}"#;

#[test]
fn evaluations_allocate_nothing() {
    // SAFETY: the rules of the header are kept: everything is alive until it is given back below.
    unsafe {
        let client = flagkit_client_from_bytes(text(FLAGS), text("native"), ptr::null_mut());
        let context = flagkit_context_new(text("user-42"));
        let teams = [text("blue"), text("red")];
        let fill = || {
            flagkit_context_reset(context, text("user-42"));
            flagkit_context_set_string(context, text("plan"), text("pro"));
            flagkit_context_set_strings(context, text("teams"), teams.as_ptr(), teams.len());
            flagkit_context_set_integer(context, text("age"), 37);
            flagkit_context_set_double(context, text("score"), 0.5);
            flagkit_context_set_boolean(context, text("staff"), true);
        };
        assert_eq!(allocations(fill), 0, "filling a context again");

        let (beta, color) = (flagkit_flag(text("beta")), flagkit_flag(text("color")));
        let mut buffer = [0; 64];
        let (buffer, capacity) = (buffer.as_mut_ptr(), buffer.len());
        let ask = || {
            assert!(flagkit_boolean(client, text("beta"), context, false));
            assert!(flagkit_boolean_by_id(client, beta, context, false));
            assert!(flagkit_is_enabled(client, text("color"), context));
            assert_eq!(flagkit_integer(client, text("color"), context, 7), 7);
            assert_eq!(flagkit_flag(text("color")), color);
            let length =
                flagkit_string(client, text("color"), context, text("x"), buffer, capacity);
            assert_eq!(length, 13);
            let length = flagkit_string(client, text("none"), context, text("x"), buffer, capacity);
            assert_eq!(length, 1);
            let length = flagkit_json(client, text("limits"), context, text("x"), buffer, capacity);
            assert_eq!(length, r#"{"uploads":3,"names":["a","b"]}"#.len());
        };
        assert_eq!(allocations(ask), 0, "asking a client");

        let view = flagkit_view_open(client);
        let mut found: flagkit_resolution = std::mem::zeroed();
        found.size = size_of::<flagkit_resolution>().try_into().unwrap();
        let found = &raw mut found;
        let look = || {
            assert_eq!(flagkit_resolve(view, text("limits"), context, found), FLAGKIT_OK);
            assert_eq!(flagkit_resolve_by_id(view, beta, context, found), FLAGKIT_OK);
            assert!((*found).enabled);
            assert_eq!(flagkit_resolve(view, text("none"), context, found), FLAGKIT_OK);
            assert_eq!(flagkit_view_string_by_id(view, color, context, text("x")).len, 13);
        };
        assert_eq!(allocations(look), 0, "asking a view");
        flagkit_view_close(view);
        flagkit_context_free(context);
        flagkit_client_close(client, 0);
    }
}
