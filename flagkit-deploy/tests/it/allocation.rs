//! What is done all the time allocates nothing, under a counting allocator.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use flagkit_deploy::Time;
use flagkit_deploy::policy::{Facts, Layers, Policies};
use serde_json::json;

struct Counting;

thread_local! {
    static COUNT: Cell<u64> = const { Cell::new(0) };
}

// SAFETY: every call is passed on to the system allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let _ = COUNT.try_with(|count| count.set(count.get() + 1));
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's promises are passed on.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn allocations(work: impl FnOnce()) -> u64 {
    let before = COUNT.get();
    work();
    COUNT.get() - before
}

#[test]
fn a_decision_allocates_nothing() {
    let rules = [
        "lag_s < 5 and calendar.change_window == true",
        "metrics.error_rate > 0.05 or metrics.p95_ms > 1000",
        "status == 200 and body.status == 'healthy'",
        "not (approver.name == 'ada' or now weekday ['saturday', 'sunday'])",
    ];
    let policies = Policies::new(rules.map(|rule| ("gate", rule))).unwrap();
    let mut finding = Facts::from([("status", 200.into())]);
    finding.tell("body", &json!({ "status": "healthy" }));
    let facts = Facts::from([
        ("lag_s", 2.into()),
        ("calendar.change_window", true.into()),
        ("metrics.error_rate", 0.07.into()),
        ("approver.name", "bob".into()),
    ]);
    // 2026-12-01, a Tuesday.
    let now = Time::from_unix_ms(1_796_083_200_000);
    let layers: [&dyn flagkit_core::Attributes; 2] = [&finding, &facts];
    let all = Layers(&layers);
    let allocated = allocations(|| {
        for rule in rules {
            assert!(policies.holds(rule, &all, now), "{rule}");
        }
    });
    assert_eq!(allocated, 0);
}
