//! In whose words evaluation contexts are: the one thing that bindings of other languages ask before
//! each evaluation, so it is read without a lock.

use std::sync::atomic::{AtomicU8, Ordering};

use flagkit_dialects::Dialect;

/// The dialect in whose words contexts are.
#[derive(Debug, Default)]
pub(super) struct Words {
    /// Its place among [all dialects](Dialect::ALL); the first one is the native one.
    place: AtomicU8,
}

impl Words {
    pub(super) fn set(&self, dialect: Dialect) {
        let place = Dialect::ALL.into_iter().position(|other| other == dialect);
        let place = place.and_then(|place| u8::try_from(place).ok()).unwrap_or_default();
        // Relaxed: an evaluation that begins while the language changes may see either.
        self.place.store(place, Ordering::Relaxed);
    }

    #[inline]
    pub(super) fn get(&self) -> Dialect {
        // Relaxed: see above.
        let place = usize::from(self.place.load(Ordering::Relaxed));
        Dialect::ALL.get(place).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
