//! What a flag is asked by: its key as text, or a key that remembers where the flag lies.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flagkit_client::Str;
use flagkit_core::{Flag, FlagIndex, Snapshot};

/// What a flag can be asked by: a text, or a [`FlagKey`].
pub trait Key: sealed::Find {
    /// The key as text.
    fn as_key(&self) -> &str;
}

pub(crate) mod sealed {
    use flagkit_core::{Flag, Snapshot};

    /// Finds the flag; how is nobody else's business.
    #[expect(unnameable_types, reason = "the trait is sealed")]
    pub trait Find {
        /// The flag that is asked.
        fn find<'s>(&self, snapshot: &'s Snapshot) -> Option<&'s Flag>;
    }
}

/// The key of a flag that is asked often, for keys that are known only when the program runs:
/// tables of flags, bindings of other languages. [`flags!`](crate::flags) is for all others.
///
/// The place of the flag in the flags that were asked last is remembered, so an evaluation neither
/// hashes the key nor compares it. It works with every client and view, also before there is such a
/// flag, and can be shared by threads.
///
/// ```
/// use flagkit::{Client, Context, FlagKey};
///
/// let client = Client::from_text("schema: flagkit/1\nflags: {beta: {enabled: true, rollout_percentage: 100}}")?;
/// let beta = FlagKey::new("beta");
/// assert!(client.is_enabled(&beta, &Context::new("user-42")));
/// # Ok::<(), flagkit::Error>(())
/// ```
pub struct FlagKey {
    key: Str,
    place: Place,
}

impl FlagKey {
    /// A key that has not been asked yet.
    pub fn new(key: impl Into<Str>) -> Self {
        Self { key: key.into(), place: Place::new() }
    }
}

impl Key for FlagKey {
    fn as_key(&self) -> &str {
        &self.key
    }
}

impl sealed::Find for FlagKey {
    #[inline]
    fn find<'s>(&self, snapshot: &'s Snapshot) -> Option<&'s Flag> {
        self.place.find(&self.key, snapshot)
    }
}

impl fmt::Debug for FlagKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("FlagKey").field(&self.key).finish()
    }
}

/// Where a flag was found last.
pub(crate) struct Place {
    /// A packed [`FlagIndex`]; 0 belongs to no lineage.
    packed: AtomicU64,
}

impl Place {
    pub(crate) const fn new() -> Self {
        Self { packed: AtomicU64::new(0) }
    }

    /// The flag of this key, there or wherever it is now.
    #[inline]
    pub(crate) fn find<'s>(&self, key: &str, snapshot: &'s Snapshot) -> Option<&'s Flag> {
        // Relaxed: an index is good or bad by itself, whatever else this thread sees.
        let place = FlagIndex::unpack(self.packed.load(Ordering::Relaxed));
        match snapshot.flag_at(place) {
            Some(flag) => Some(flag),
            None => self.search(key, snapshot),
        }
    }

    #[cold]
    fn search<'s>(&self, key: &str, snapshot: &'s Snapshot) -> Option<&'s Flag> {
        if let Some(place) = snapshot.flag_index(key) {
            // Relaxed: see above.
            self.packed.store(place.pack(), Ordering::Relaxed);
        }
        snapshot.flag(key)
    }
}

macro_rules! texts {
    ($($kind:ty),*) => {$(
        impl Key for $kind {
            #[inline]
            fn as_key(&self) -> &str {
                self
            }
        }

        impl sealed::Find for $kind {
            // A call here costs more than what it does: benches/targets, W1 by name.
            #[inline(always)]
            fn find<'s>(&self, snapshot: &'s Snapshot) -> Option<&'s Flag> {
                snapshot.flag(self)
            }
        }
    )*};
}

texts!(str, String, Box<str>, Arc<str>, Cow<'_, str>, Str);

impl<K: Key + ?Sized> Key for &K {
    #[inline]
    fn as_key(&self) -> &str {
        (**self).as_key()
    }
}

impl<K: sealed::Find + ?Sized> sealed::Find for &K {
    #[inline]
    fn find<'s>(&self, snapshot: &'s Snapshot) -> Option<&'s Flag> {
        (**self).find(snapshot)
    }
}
