//! Views: one version of all flags for a whole request.

use std::sync::Arc;

use flagkit_core::{Attributes, Snapshot};

use crate::asked::Asked;
use crate::column::{Column, ServedColumn};
use crate::details::Details;
use crate::evaluate::{self, typed_calls};
use crate::evaluations::{self, Evaluation, Evaluations};
use crate::key::Key;

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

    /// What a flag serves for this context, and why, borrowed from this view.
    ///
    /// ```
    /// let client = flagkit::Client::from_text("schema: flagkit/1\nflags: {beta: {enabled: true, rollout_percentage: 100}}")?;
    /// let view = client.view();
    /// let found = view.evaluate("beta", &flagkit::Context::new("user-42"));
    /// assert!(found.is_enabled());
    /// # Ok::<(), flagkit::Error>(())
    /// ```
    #[inline]
    pub fn evaluate<'v, K: Key + ?Sized, C: Attributes + ?Sized>(
        &'v self,
        key: &'v K,
        context: &C,
    ) -> Evaluation<'v> {
        let snapshot = &self.snapshot;
        snapshot.counting(|counting| {
            evaluate::evaluation(Asked { snapshot, counting }, key, context, || self.is_ready)
        })
    }

    /// What every flag serves for this context, in no particular order.
    ///
    /// The answers are those of single calls, and take a fraction of their time: what several flags
    /// ask of the context is asked once, and hashes are computed side by side.
    ///
    /// ```
    /// let client = flagkit::Client::from_text("schema: flagkit/1\nflags: {beta: {enabled: true, rollout_percentage: 100}}")?;
    /// let view = client.view();
    /// let all = view.evaluate_all(&flagkit::Context::new("user-42"));
    /// for flag in all.iter() {
    ///     println!("{}: {}", flag.key(), flag.is_enabled());
    /// }
    /// # assert!(all.iter().all(|flag| flag.is_enabled()));
    /// # Ok::<(), flagkit::Error>(())
    /// ```
    pub fn evaluate_all<C: Attributes + ?Sized>(&self, context: &C) -> Evaluations<'_> {
        Evaluations::all(&self.snapshot, context)
    }

    /// What these flags serve for this context, in the order of the keys.
    ///
    /// ```
    /// let client = flagkit::Client::from_text("schema: flagkit/1\nflags: {beta: {enabled: true, rollout_percentage: 100}}")?;
    /// let view = client.view();
    /// let some = view.resolve_many(&["beta", "gamma"], &flagkit::Context::new("user-42"));
    /// assert!(some[0].is_enabled());
    /// assert_eq!(some[1].error(), Some(flagkit::ErrorCode::FlagNotFound));
    /// # Ok::<(), flagkit::Error>(())
    /// ```
    pub fn resolve_many<'v, K: Key, C: Attributes + ?Sized>(
        &'v self,
        keys: &'v [K],
        context: &C,
    ) -> Vec<Evaluation<'v>> {
        evaluations::many(&self.snapshot, keys, context, self.is_ready)
    }

    /// What one flag serves for many contexts: for analytics and backfills.
    ///
    /// Row by row, `ids` are the targeting keys and `attributes` what each context has under a name.
    /// In a row behind the end of a column the attribute is absent.
    ///
    /// ```
    /// let client = flagkit::Client::from_text("schema: flagkit/1\nflags: {beta: {enabled: true, rollout_percentage: 50}}")?;
    /// let view = client.view();
    /// let ids = ["user-1", "user-2", "user-3"];
    /// let served = view.evaluate_column("beta", &ids, &[("plan", (&["free", "pro", "pro"]).into())]);
    /// assert_eq!(served.len(), 3);
    /// for (id, row) in ids.iter().zip(0..) {
    ///     assert_eq!(served.is_enabled(row), client.is_enabled("beta", &flagkit::Context::new(*id)));
    /// }
    /// # Ok::<(), flagkit::Error>(())
    /// ```
    pub fn evaluate_column<'i, K: Key + ?Sized>(
        &self,
        key: &K,
        ids: impl Into<Column<'i>>,
        attributes: &[(&str, Column<'_>)],
    ) -> ServedColumn<'_> {
        ServedColumn::new(&self.snapshot, key, ids.into(), attributes, self.is_ready)
    }

    #[inline]
    pub(crate) fn read<R>(&self, read: impl FnOnce(Asked<'_, '_>) -> R) -> R {
        let snapshot = &self.snapshot;
        snapshot.counting(|counting| read(Asked { snapshot, counting }))
    }

    fn is_ready(&self) -> bool {
        self.is_ready
    }

    fn judge<T>(&self, found: Details<T>) -> Details<T> {
        found.unless_ready(self.is_ready)
    }
}
