//! Flags in tests: overrides that other tests do not see.

use std::marker::PhantomData;

use flagkit_core::Value;

use crate::overrides;
use flagkit_client::Str;

/// Makes every evaluation of a flag on this thread serve a value, until the guard is dropped.
///
/// Tests that run in parallel do not disturb each other. Later overrides of the
/// same flag win over earlier ones. `true` and `false` switch a flag on and off; any
/// other value counts as on.
///
/// ```
/// {
///     let _on = flagkit::testing::with("new-checkout", true);
///     assert!(flagkit::is_enabled("new-checkout", &()));
/// }
/// assert!(!flagkit::is_enabled("new-checkout", &()));
/// ```
pub fn with(flag: impl Into<Str>, value: impl Into<Value>) -> Override {
    Override { id: overrides::push(flag.into(), value.into()), this_thread: PhantomData }
}

/// Keeps an override in place; see [`with`].
#[derive(Debug)]
#[must_use = "the override ends when this is dropped"]
pub struct Override {
    id: u64,
    /// The override is this thread's own: the guard cannot be sent to another.
    this_thread: PhantomData<*const ()>,
}

impl Drop for Override {
    fn drop(&mut self) {
        overrides::remove(self.id);
    }
}
