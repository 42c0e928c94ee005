//! Shared state, or its model: under `--cfg loom` the types of the model checker.

#[cfg(not(loom))]
pub(crate) use {
    arc_swap::ArcSwap as Swap,
    std::sync::atomic::{AtomicU64, Ordering},
};

#[cfg(loom)]
pub(crate) use loom::sync::atomic::{AtomicU64, Ordering};

/// What the model takes for the atomic pointer: its promises, not its mechanism.
#[cfg(loom)]
pub(crate) struct Swap<T>(loom::sync::RwLock<std::sync::Arc<T>>);

#[cfg(loom)]
impl<T> Swap<T> {
    pub(crate) fn from_pointee(value: T) -> Self {
        Self(loom::sync::RwLock::new(std::sync::Arc::new(value)))
    }

    pub(crate) fn store(&self, value: std::sync::Arc<T>) {
        if let Ok(mut place) = self.0.write() {
            *place = value;
        }
    }

    pub(crate) fn load_full(&self) -> std::sync::Arc<T> {
        match self.0.read() {
            Ok(place) => place.clone(),
            Err(poisoned) => poisoned.into_inner().clone(),
        }
    }
}
