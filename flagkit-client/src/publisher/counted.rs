//! Publications whose evaluations are counted.

use std::sync::Arc;
use std::time::Duration;

use flagkit_core::{Blank, Counting, Evaluated, Snapshot};
use flagkit_protocol::Version;

use super::Publisher;
use crate::fork::lock;
use crate::usage::{Delivered, Metrics, Usage};

impl Publisher {
    /// Counts evaluations from now on, and keeps who sees tracked flags: by a hash of the targeting
    /// key, if there is a salt for it. Nothing happens if they are counted already.
    pub fn count_usage(&self, salt: Option<&str>) {
        let own = self.own();
        let _turn = lock(&own.turn);
        if self.usage.get().is_some() {
            return;
        }
        let usage = self.usage.get_or_init(|| Box::new(Usage::new(salt, self.hooks.clone())));
        let version = lock(&own.held).rank.version.clone();
        let current = Snapshot::clone(&self.cell.load());
        let counted = if self.is_ready() {
            usage.tally().count(current, number(version.as_ref()))
        } else {
            usage.tally().count_first(current)
        };
        self.cell.publish(counted);
    }

    /// Calls `hook` for every evaluation from now on, on the thread that evaluates: typed calls,
    /// handles, and many flags by their keys.
    ///
    /// A hook stays for good. It must not wait for anything. One that panics disturbs nobody; what
    /// it evaluates itself is not told.
    pub fn on_evaluation(self: &Arc<Self>, hook: impl Fn(&Evaluated<'_>) + Send + Sync + 'static) {
        let publisher = Arc::downgrade(self);
        let is_ready = move || publisher.upgrade().is_some_and(|publisher| publisher.is_ready());
        let own = self.own();
        let _turn = lock(&own.turn);
        let is_first = !self.hooks.is_any();
        self.hooks.add(move |evaluated| match evaluated.error() {
            Some(_) => hook(&evaluated.unless_ready(is_ready())),
            None => hook(evaluated),
        });
        if !is_first {
            return;
        }
        let current = Snapshot::clone(&self.cell.load());
        let version = lock(&own.held).rank.version.clone();
        self.cell.publish(self.recounted(current, version.as_ref()));
    }

    /// A snapshot of flags that are held already, as it is published again.
    pub(super) fn recounted(&self, snapshot: Snapshot, version: Option<&Version>) -> Arc<Snapshot> {
        match self.usage.get() {
            Some(usage) if !self.is_ready() => usage.tally().count_first(snapshot),
            _ => self.counted(snapshot, version),
        }
    }

    /// What has been counted, if anything is.
    pub fn usage(&self) -> Option<&Usage> {
        self.own();
        self.usage.get()
    }

    /// Tells the server what was counted, and waits for that at most so long; what is left then is
    /// told when its time comes. Without a server that wants to know, nothing is delivered.
    pub fn flush(&self, limit: Duration) -> Delivered {
        let supply = lock(&self.own().held).supply.clone();
        if let Some(supply) = supply.and_then(|supply| supply.upgrade()) {
            supply.flush(limit);
        }
        self.usage().map(Usage::delivered).unwrap_or_default()
    }

    /// Numbers for whoever watches an application.
    pub fn metrics(&self) -> Metrics {
        let status = self.status();
        let usage = self.usage();
        let totals = usage.map(Usage::totals).unwrap_or_default();
        let reports = usage.map(Usage::reports).unwrap_or_default();
        Metrics {
            evaluations: totals.evaluations,
            evaluations_by_reason: totals.by_reason,
            defaults: totals.defaults,
            errors: totals.errors,
            evaluations_unreported: usage.map_or(0, |usage| usage.delivered().left),
            exposures_waiting: usage.map_or(0, Usage::exposures_waiting),
            exposures_dropped: usage.map_or(0, Usage::exposures_dropped),
            reports_sent: reports.sent,
            reports_failed: reports.failed,
            reports_lost: reports.lost,
            publications: status.publications,
            is_connected: status.connected,
            version: status.version,
            age: status.age,
        }
    }

    /// Which state of the server's flags is held.
    pub(crate) fn version(&self) -> Option<Version> {
        lock(&self.own().held).rank.version.clone()
    }

    /// Calls `read` with the current flags and the place where evaluations of them are counted.
    ///
    /// In a child process the first call begins to supply that one, too.
    #[inline]
    pub fn counting<R>(&self, read: impl FnOnce(&Snapshot, Counting<'_>) -> R) -> R {
        if !self.own.is_there() {
            self.own();
        }
        self.cell.counting(read)
    }

    /// A snapshot as it is published, of this version if there is any.
    pub(super) fn counted(&self, snapshot: Snapshot, version: Option<&Version>) -> Arc<Snapshot> {
        match self.usage.get() {
            Some(usage) => {
                let version = number(version).or(snapshot.revision());
                usage.tally().count(snapshot, version)
            }
            None => self.told(snapshot),
        }
    }

    /// A snapshot whose evaluations hooks are told of, if there are any.
    fn told(&self, snapshot: Snapshot) -> Arc<Snapshot> {
        if !self.hooks.is_any() {
            return Arc::new(snapshot);
        }
        Arc::new(snapshot.counted(Blank::default(), self.hooks.clone()))
    }

    /// In a child process: what the parent counted is the parent's.
    pub(super) fn count_in_child(&self) {
        if let Some(usage) = self.usage.get() {
            usage.tally().begin_in_child(|| self.cell.load());
        }
    }
}

fn number(version: Option<&Version>) -> Option<u64> {
    version.map(|version| version.number)
}
