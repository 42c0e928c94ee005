//! Overrides: what tests want flags to be, on their own thread.

use std::cell::{Cell, RefCell};

use flagkit_core::Value;

use flagkit_client::Str;

thread_local! {
    /// How many overrides this thread has: the only thing that an evaluation without any looks at.
    static COUNT: Cell<usize> = const { Cell::new(0) };
    static OVERRIDES: RefCell<Vec<(u64, Str, Value)>> = const { RefCell::new(Vec::new()) };
}

/// Whether this thread overrides any flag.
#[inline]
pub(crate) fn is_any() -> bool {
    COUNT.get() > 0
}

/// The override of this flag, the latest if there are several.
#[cold]
pub(crate) fn find(key: &str) -> Option<Value> {
    OVERRIDES.with_borrow(|overrides| {
        let found = overrides.iter().rev().find(|(_, other, _)| *other == key);
        found.map(|(_, _, value)| value.clone())
    })
}

/// A boolean is on or off; any other value counts as on.
pub(crate) fn is_on(value: &Value) -> bool {
    value.as_bool().unwrap_or(true)
}

/// Adds an override and returns the number by which it is removed.
pub(crate) fn push(key: Str, value: Value) -> u64 {
    OVERRIDES.with_borrow_mut(|overrides| {
        let id = overrides.iter().map(|(id, _, _)| id + 1).max().unwrap_or(0);
        overrides.push((id, key, value));
        COUNT.set(overrides.len());
        id
    })
}

/// Removes an override; nothing happens if the thread is already ending.
pub(crate) fn remove(id: u64) {
    let _ = OVERRIDES.try_with(|overrides| {
        if let Ok(mut overrides) = overrides.try_borrow_mut() {
            overrides.retain(|(other, _, _)| *other != id);
            COUNT.set(overrides.len());
        }
    });
}
