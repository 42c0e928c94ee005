//! Pushed metrics: applications and proxies say what happened, and the engine asks for it by windows.
//!
//! Nothing is scraped, so a verdict need not wait for a scrape. What is pushed is added up in memory, in
//! windows as long as the plan's looks, and stays there for a while after it was asked for: a question
//! may be repeated. What comes late is added to its window, which is then told again with
//! the next question; the later telling replaces the earlier one.
//!
//! * A record with `series` and `sequence` counts once, however often it is sent.
//! * Where the metric counts units, a unit counts once in a window, and has failed in it if it failed once:
//!   a client that repeats a failing request a hundred times is one failure.
//! * Such a unit is a draw of the split when it is seen for the first time, and that is told, too. Units are
//!   remembered as 64 bits for that, as many as all windows may hold together; beyond, it is no longer told.
//! * Memory is bounded ([`Limits`]). Once a window holds as many units as it may, further units of it
//!   are refused, those that are known still count. The sums stay true for the units that came first.
//! * It is gone when the engine's process ends. Whoever wants it to survive keeps what was not yet
//!   acknowledged and sends it again: the sequence drops what arrived.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::driver::measure::Windows;
use crate::plan::{Metric, Plan, Source};
use crate::sample::Sample;
use crate::time::{Span, Time};

mod alerts;
mod bucket;
mod receive;
mod record;
mod seen;
mod sequence;

pub use alerts::Alarm;
pub use receive::{Page, Receiver};
pub use record::Pushed;

use bucket::Bucket;
use seen::Seen as SeenUnits;
use sequence::Sequences;

/// What a collector holds at most.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Targets at a time.
    pub targets: usize,
    /// Windows of a target that are kept behind its newest one.
    pub windows: u64,
    /// Units of one metric, arm and stratum in one window.
    pub units: usize,
    /// Units in all windows of a target together. One takes about 20 bytes.
    pub units_together: usize,
    /// Series of a target whose sequences are remembered.
    pub series: usize,
}

impl Default for Limits {
    fn default() -> Self {
        let (units, units_together) = (100_000, 1_000_000);
        Self { targets: 1000, windows: 128, units, units_together, series: 10_000 }
    }
}

/// What became of a record.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Taken {
    /// It counts.
    New,
    /// It counted before.
    Duplicate,
}

/// Adds up what is pushed. A clone is the same collector.
#[derive(Clone)]
pub struct Collector {
    limits: Limits,
    targets: Arc<Mutex<HashMap<String, Target>>>,
}

impl fmt::Debug for Collector {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let open = self.locked().len();
        formatter.debug_struct("Collector").field("targets", &open).finish_non_exhaustive()
    }
}

/// One target and what was pushed for it.
struct Target {
    metrics: Vec<Metric>,
    arms: Vec<String>,
    strata: Vec<String>,
    look: Span,
    buckets: BTreeMap<Key, Bucket>,
    /// Windows that have changed since they were told.
    changed: BTreeSet<Key>,
    /// The end of the last window that was asked for.
    told: Time,
    newest: Time,
    units: usize,
    seen: SeenUnits,
    sequences: Sequences,
}

/// Whose numbers, and the end of the window. The window comes first: old ones are dropped together.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
struct Key {
    end: Time,
    metric: u16,
    arm: u16,
    stratum: u16,
}

impl Collector {
    /// An empty one.
    pub fn new(limits: Limits) -> Self {
        Self { limits, targets: Arc::default() }
    }

    /// Begins to collect for the plan's target. What was collected for it stays if its metrics, arms,
    /// strata and looks are the same, and is dropped otherwise. Whether there is room for it.
    pub fn open(&self, plan: &Plan) -> bool {
        let mut targets = self.locked();
        if targets.get(&plan.target).is_some_and(|open| open.is_for(plan)) {
            return true;
        }
        if targets.len() >= self.limits.targets && !targets.contains_key(&plan.target) {
            return false;
        }
        targets.insert(plan.target.clone(), Target::new(plan));
        true
    }

    /// Ends collecting for a target and forgets what was collected.
    pub fn close(&self, target: &str) {
        self.locked().remove(target);
    }

    /// Takes a record that arrived now.
    ///
    /// # Errors
    ///
    /// In words, why it does not count: an unknown name, a time outside of the windows that
    /// are kept, a limit. Sending it again does not help, except where the words say so.
    pub fn push(&self, pushed: &Pushed, now: Time) -> Result<Taken, String> {
        let mut targets = self.locked();
        let Some(target) = targets.get_mut(&pushed.target) else {
            return Err(format!("no release of `{}` is under way here", pushed.target));
        };
        target.push(pushed, now, &self.limits)
    }

    /// What was collected of these metrics in these windows, and in earlier ones that have changed.
    pub(crate) fn samples(&self, plan: &Plan, metrics: &[u16], windows: Windows) -> Vec<Sample> {
        self.open(plan);
        let mut targets = self.locked();
        let Some(target) = targets.get_mut(&plan.target) else { return Vec::new() };
        target.samples(metrics, windows)
    }

    fn locked(&self) -> MutexGuard<'_, HashMap<String, Target>> {
        // Sums are whole between any two statements that could panic; none can.
        self.targets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Target {
    fn new(plan: &Plan) -> Self {
        Self {
            metrics: plan.metrics.clone(),
            arms: plan.arms.iter().map(|arm| arm.name.clone()).collect(),
            strata: plan.judging.strata.clone(),
            look: plan.judging.look,
            buckets: BTreeMap::new(),
            changed: BTreeSet::new(),
            told: Time::default(),
            newest: Time::default(),
            units: 0,
            seen: SeenUnits::default(),
            sequences: Sequences::default(),
        }
    }

    fn is_for(&self, plan: &Plan) -> bool {
        self.metrics == plan.metrics
            && self.look == plan.judging.look
            && self.strata == plan.judging.strata
            && self.arms.iter().eq(plan.arms.iter().map(|arm| &arm.name))
    }

    fn push(&mut self, pushed: &Pushed, now: Time, limits: &Limits) -> Result<Taken, String> {
        let key = self.key(pushed, now, limits)?;
        let metric = self.metrics.get(usize::from(key.metric)).ok_or("no such metric")?;
        let amount = pushed.amount(metric)?;
        if !self.sequences.is_new(pushed, limits.series)? {
            return Ok(Taken::Duplicate);
        }
        let left = limits.units_together.saturating_sub(self.units);
        let bucket = self.buckets.entry(key).or_insert_with(|| Bucket::new(metric));
        let before = bucket.units();
        if let Err(refused) = bucket.add(amount, limits.units.min(before + left)) {
            // What is refused is refused on the larger side first.
            self.seen.lose();
            return Err(refused);
        }
        if let record::Amount::Unit { unit, .. } = amount
            && self.seen.is_first((key.metric, unit), now, limits.units_together)
        {
            bucket.note_first();
        }
        self.units += bucket.units() - before;
        self.sequences.remember(pushed);
        if key.end <= self.told {
            self.changed.insert(key);
        }
        self.newest = self.newest.max(key.end);
        self.forget_old(limits.windows);
        Ok(Taken::New)
    }

    /// Where the record belongs.
    fn key(&self, pushed: &Pushed, now: Time, limits: &Limits) -> Result<Key, String> {
        let absent =
            |what| move |name| format!("the release of `{}` has no {what} `{name}`", pushed.target);
        let metrics = self.metrics.iter().map(|metric| metric.name.as_str());
        let metric = place(metrics, &pushed.metric).map_err(absent("metric"))?;
        let arm =
            place(self.arms.iter().map(String::as_str), &pushed.arm).map_err(absent("arm"))?;
        let stratum = match &pushed.stratum {
            None => 0,
            Some(name) => {
                place(self.strata.iter().map(String::as_str), name).map_err(absent("stratum"))?
            }
        };
        let at = pushed.at.map_or(now, Time::from_unix_ms);
        if at > now + AHEAD_MAX {
            let by = at - now;
            return Err(format!("its time is {by} ahead of the engine's clock"));
        }
        let length = self.look.ms().max(1);
        // A window holds what is after its start, up to its end.
        let end = Time::from_unix_ms(
            (at.unix_ms().saturating_sub(1) / length).saturating_add(1).saturating_mul(length),
        );
        let newest = self.newest.max(now);
        if newest - end > self.look.times(limits.windows) {
            return Err(format!("it is {} old, and its window is no longer kept", now - at));
        }
        Ok(Key { end, metric, arm, stratum })
    }

    fn forget_old(&mut self, windows: u64) {
        while let Some(oldest) = self.buckets.first_entry() {
            if self.newest - oldest.key().end <= self.look.times(windows) {
                return;
            }
            let (key, bucket) = oldest.remove_entry();
            self.units -= bucket.units();
            self.changed.remove(&key);
        }
    }

    fn samples(&mut self, metrics: &[u16], windows: Windows) -> Vec<Sample> {
        let start = Time::from_unix_ms(windows.first.unix_ms().saturating_sub(windows.length.ms()));
        let asked = |key: &Key| metrics.contains(&key.metric) && key.end <= windows.last;
        let changed = self.changed.iter().filter(|key| asked(key) && key.end <= start);
        let mut keys: Vec<Key> = changed.copied().collect();
        keys.extend(self.buckets.keys().filter(|key| asked(key) && key.end > start));
        self.changed.retain(|key| !asked(key));
        self.told = self.told.max(windows.last);
        let sample = |key: Key| {
            let Key { end, metric, arm, stratum } = key;
            let start = Time::from_unix_ms(end.unix_ms().saturating_sub(self.look.ms()));
            let numbers = self.buckets.get(&key)?.numbers(&self.seen);
            Some(Sample { metric, arm, stratum, start, end, numbers })
        };
        keys.into_iter().filter_map(sample).collect()
    }
}

/// The place of a name, or the name.
fn place<'n>(mut names: impl Iterator<Item = &'n str>, name: &'n str) -> Result<u16, &'n str> {
    let at = names.position(|known| known == name);
    at.and_then(|at| u16::try_from(at).ok()).ok_or(name)
}

/// Whether a metric counts units instead of requests.
fn counts_units(metric: &Metric) -> bool {
    matches!(metric.source, Source::Push { units: true })
}

/// How far clocks may be ahead of the engine's.
const AHEAD_MAX: Span = Span::from_secs(60);

#[cfg(test)]
mod tests;
