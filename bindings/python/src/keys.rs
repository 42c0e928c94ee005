//! Keys of flags that have been asked: from texts of Python to keys that know their place.

use flagkit::FlagKey;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

/// A key that has been asked.
#[pyclass(frozen, module = "flagkit._flagkit")]
struct Known(FlagKey);

/// The keys that a client has been asked. The dict finds them by the hash that Python keeps in
/// each text.
#[derive(Debug)]
pub(crate) struct Keys(Py<PyDict>);

impl Keys {
    /// None yet.
    pub(crate) fn new(py: Python<'_>) -> Self {
        Self(PyDict::new(py).unbind())
    }

    /// The same keys for somebody else.
    pub(crate) fn share(&self, py: Python<'_>) -> Self {
        Self(self.0.clone_ref(py))
    }

    /// Calls `ask` with the key; `None` where it is no text.
    #[inline]
    pub(crate) fn with<R>(
        &self,
        key: &Bound<'_, PyAny>,
        ask: impl FnOnce(&FlagKey) -> R,
    ) -> Option<R> {
        let key = key.cast::<PyString>().ok()?;
        let known = self.0.bind(key.py());
        if let Ok(Some(known)) = known.get_item(key)
            && let Ok(known) = known.cast::<Known>()
        {
            return Some(ask(&known.get().0));
        }
        Self::with_new(known, key, ask)
    }

    #[cold]
    fn with_new<R>(
        known: &Bound<'_, PyDict>,
        key: &Bound<'_, PyString>,
        ask: impl FnOnce(&FlagKey) -> R,
    ) -> Option<R> {
        let text = key.to_cow().ok()?;
        if text.len() > LENGTH_MAX {
            return Some(ask(&FlagKey::new(&*text)));
        }
        if known.len() >= KEYS_MAX {
            known.clear();
        }
        let added = Bound::new(key.py(), Known(FlagKey::new(&*text))).ok()?;
        // A text of a class that cannot be hashed is looked up anew each time.
        let _ = known.set_item(key, &added);
        Some(ask(&added.get().0))
    }
}

/// Applications ask for hundreds of flags; keys that are made up at run time must not pile up.
const KEYS_MAX: usize = 4096;
const LENGTH_MAX: usize = 256;
