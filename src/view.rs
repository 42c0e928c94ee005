//! Views: one version of all flags for a whole request.

use std::sync::Arc;

use flagkit_core::{Attributes, Snapshot};

use crate::details::Details;
use crate::evaluate::typed_calls;

/// All flags of one moment: whatever is published later, two evaluations through one view
/// never come from different versions.
///
/// ```
/// let client = flagkit::Client::from_text("schema: flagkit/1\nflags: {beta: {enabled: true, rollout_percentage: 100}}")?;
/// let view = client.view();
/// client.replace("schema: flagkit/1\nflags: {}")?;
/// assert!(view.is_enabled("beta", &()));
/// assert!(!client.is_enabled("beta", &()));
/// # Ok::<(), flagkit::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct View {
    snapshot: Arc<Snapshot>,
    is_ready: bool,
}

impl View {
    pub(crate) fn new(snapshot: Arc<Snapshot>, is_ready: bool) -> Self {
        Self { snapshot, is_ready }
    }

    typed_calls!(read);

    /// The revision of the document, where its flag management system counts.
    pub fn revision(&self) -> Option<u64> {
        self.snapshot.revision()
    }

    /// The keys of all flags, in no particular order.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.snapshot.flags().map(flagkit_core::Flag::key)
    }

    pub(crate) fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    #[inline]
    fn read<R>(&self, read: impl FnOnce(&Snapshot) -> R) -> R {
        read(&self.snapshot)
    }

    fn judge<T>(&self, found: Details<T>) -> Details<T> {
        found.unless_ready(self.is_ready)
    }
}
