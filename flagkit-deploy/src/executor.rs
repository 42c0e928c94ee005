//! The executor: releases, what is written about them, and what drivers are asked to do.
//!
//! It has no IO. Whoever runs it tells it what happens, writes its batches into a journal, and
//! gives its jobs to drivers:
//!
//! ```text
//!  plan, tell, came, pass ──► Executor ── batch ──► journal
//!                                ▲                    │
//!                                └──── committed ─────┘
//!                             job ──► driver ──► observed, came
//! ```
//!
//! - Nothing is done that is not written: jobs come out once the batch with their intents is
//!   committed. If the journal fails nothing comes out until the same batch was written after all.
//! - Orders that may have been begun before (after a restart, or another try) are looked at
//!   first and carried out only where they are not in place.
//! - Orders about one thing never run side by side, and of several that wait the newest counts. One
//!   that lost its place comes back as a transient failure: if its release still wants it, it asks again.
//! - Time never goes back here, and what was due while nobody ran is due once.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::Arc;

use crate::driver::Seen;
use crate::event::{Actor, Event, What};
use crate::journal::{JournalError, Json, Keep};
use crate::order::{Failure, FailureKind, Fence, Order, OrderId, Outcome, ReleaseId};
use crate::plan::Plan;
use crate::record::{Decision, Entry};
use crate::time::{Span, Time};

mod batch;
mod error;
mod lanes;
mod limits;
mod machine;
mod recovery;

pub use batch::Batch;
pub use error::ExecutorError;
pub use machine::{Machine, Next};
pub use recovery::LeftOut;

use batch::Writing;
use lanes::{Lanes, Ready};

/// Runs releases. See the module's documentation.
#[derive(Debug)]
pub struct Executor<M: Machine> {
    fence: Fence,
    now: Time,
    releases: HashMap<ReleaseId, Running<M>>,
    /// Environment and target, and who is under way there.
    targets: HashMap<(String, String), ReleaseId>,
    timers: BTreeSet<(Time, ReleaseId)>,
    writing: Writing,
    lanes: Lanes,
    cancelled: VecDeque<OrderId>,
    stopped: Option<ExecutorError>,
}

/// A release that is not over.
#[derive(Debug)]
struct Running<M: Machine> {
    machine: Arc<M>,
    /// Shared with the batches that keep it.
    state: Arc<M::State>,
    wake: Option<Time>,
}

/// Something for a driver.
#[derive(Debug)]
#[non_exhaustive]
pub struct Job<M> {
    /// What to do.
    pub task: Task,
    /// The order.
    pub order: Order,
    /// The machine whose order it is, for its plan.
    pub machine: Arc<M>,
}

/// What to do about an order.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Task {
    /// Look whether it is in place; then [`Executor::observed`].
    Observe,
    /// Carry it out; then [`Executor::came`].
    Apply,
}

/// What came of telling a release something.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Told {
    /// It is written once this many batches are committed.
    pub batch: u64,
    /// What the release decided.
    pub decisions: Vec<Decision>,
}

impl<M: Machine> Executor<M> {
    /// One without releases.
    pub fn new(fence: Fence) -> Self {
        Self {
            fence,
            now: Time::default(),
            releases: HashMap::new(),
            targets: HashMap::new(),
            timers: BTreeSet::new(),
            writing: Writing::new(fence),
            lanes: Lanes::default(),
            cancelled: VecDeque::new(),
            stopped: None,
        }
    }

    /// Takes a plan. The release waits for [`Command::Start`](crate::event::Command::Start).
    ///
    /// # Errors
    ///
    /// A name that is taken, a target where another release is under way, or a plan that cannot run,
    /// each with what to do about it. Nothing was changed then.
    pub fn plan(
        &mut self,
        id: &str,
        plan: Plan,
        author: Actor,
        now: Time,
    ) -> Result<Told, ExecutorError> {
        let now = self.advance(now)?;
        limits::check_id(id)?;
        limits::check_actor(&author)?;
        if self.releases.contains_key(id) {
            return Err(ExecutorError::Taken(id.to_owned()));
        }
        let target = target_of(&plan);
        if let Some(other) = self.targets.get(&target) {
            let status = self.releases.get(other).map(|running| M::status(&running.state));
            let status = status.unwrap_or("cannot be read by this version").to_owned();
            let (target, other) = (plan.target, Arc::clone(other));
            return Err(ExecutorError::TargetBusy { target, other, status });
        }
        let id = ReleaseId::from(id);
        let entry = Entry::Planned { now, author: author.clone(), plan: Box::new(plan.clone()) };
        let (machine, state) =
            M::planned(Arc::clone(&id), plan, author, now).map_err(ExecutorError::Refused)?;
        self.targets.insert(target, Arc::clone(&id));
        self.writing.record(&id, entry);
        let (machine, state) = (Arc::new(machine), Arc::new(state));
        self.put(id, Running { machine, state, wake: None });
        Ok(Told { batch: self.writing.next(), decisions: Vec::new() })
    }

    /// Tells a release that something happened.
    ///
    /// # Errors
    ///
    /// No such release, or something that is beyond the limits.
    pub fn tell(&mut self, id: &str, what: What, now: Time) -> Result<Told, ExecutorError> {
        let now = self.advance(now)?;
        limits::check_what(&what)?;
        let unknown = || ExecutorError::Unknown(id.to_owned());
        let (id, _) = self.releases.get_key_value(id).ok_or_else(unknown)?;
        let id = Arc::clone(id);
        let decisions = self.happened(&id, Event { now, what });
        Ok(Told { batch: self.writing.next(), decisions })
    }

    /// Tells what a driver saw. A look that failed is an order that failed.
    pub fn observed(&mut self, id: &OrderId, seen: Result<Seen, Failure>, now: Time) {
        match seen {
            Err(failure) => self.came(id, Err(failure), now),
            Ok(Seen::InPlace) => self.came(id, Ok(Outcome::Done { already: true }), now),
            Ok(Seen::NotInPlace | Seen::Unknown) => self.lanes.apply_next(id),
        }
    }

    /// Tells what came of an order. Too late for one that was cancelled.
    pub fn came(&mut self, id: &OrderId, outcome: Result<Outcome, Failure>, now: Time) {
        let Ok(now) = self.advance(now) else { return };
        let outcome = outcome.unwrap_or_else(Outcome::Failed);
        if let Outcome::Failed(failure) = &outcome
            && failure.kind == FailureKind::Fenced
        {
            self.stop(ExecutorError::Fenced(failure.message.clone()));
            return;
        }
        if self.lanes.end(id, now) {
            let what = What::Came { order: id.number, outcome };
            self.happened(&id.release, Event { now, what });
        }
    }

    /// Tells that time has passed: what is due happens, each once. Harmless if nothing is.
    /// At most a thousand releases at a time; [`wake_at`](Self::wake_at) says if there are more.
    pub fn pass(&mut self, now: Time) {
        let Ok(now) = self.advance(now) else { return };
        while let Some(id) = self.lanes.overdue(now) {
            self.cancelled.push_back(id.clone());
            let message = "no answer within the time that an order may take; it was given up";
            self.came(&id, Err(Failure::transient(message)), now);
        }
        let due = self.timers.iter().take_while(|(at, _)| *at <= now).take(1000);
        let due: Vec<ReleaseId> = due.map(|(_, id)| Arc::clone(id)).collect();
        for id in due {
            self.happened(&id, Event { now, what: What::Time });
        }
    }

    /// When [`pass`](Self::pass) has something to do.
    pub fn wake_at(&self) -> Option<Time> {
        let timer = self.timers.first().map(|(at, _)| *at);
        [timer, self.lanes.deadline()].into_iter().flatten().min()
    }

    /// What is to be written next. None while the last batch is being written, or if nothing is new.
    pub fn batch(&mut self) -> Option<Arc<Batch>> {
        if self.stopped.is_some() {
            return None;
        }
        let releases = &self.releases;
        let keep = |id: &ReleaseId| {
            let running = releases.get(id)?;
            let is_over = running.machine.is_over(&running.state);
            let state: Arc<dyn Json> = Arc::<M::State>::clone(&running.state);
            Some(Keep { release: Arc::clone(id), is_over, state })
        };
        self.writing.take(keep)
    }

    /// Tells that the last batch is written and will stay: its orders may be carried out.
    pub fn committed(&mut self) {
        let (orders, over) = self.writing.committed();
        for id in over {
            self.forget(&id);
        }
        let now = self.now;
        for ready in orders {
            if let Some(replaced) = self.lanes.submit(ready, now) {
                let message = "a newer order about the same thing took its place";
                let outcome = Outcome::Failed(Failure::transient(message));
                let what = What::Came { order: replaced.number, outcome };
                self.happened(&replaced.release, Event { now, what });
            }
        }
    }

    /// Tells that the last batch could not be written. [`batch`](Self::batch) gives the same again,
    /// unless trying again cannot help: then the executor stops.
    pub fn not_committed(&mut self, error: JournalError) {
        if error.is_transient() {
            self.writing.again();
        } else {
            self.stop(ExecutorError::Journal(error));
        }
    }

    /// The next job, in the order in which jobs became possible.
    pub fn job(&mut self) -> Option<Job<M>> {
        if self.stopped.is_some() {
            return None;
        }
        loop {
            let (order, look_first) = self.lanes.next()?;
            let Some(running) = self.releases.get(&order.id.release) else { continue };
            let task = if look_first { Task::Observe } else { Task::Apply };
            return Some(Job { task, order, machine: Arc::clone(&running.machine) });
        }
    }

    /// An order whose driver is no longer waited for: its work should be dropped.
    pub fn cancelled(&mut self) -> Option<OrderId> {
        self.cancelled.pop_front()
    }

    /// Why it stopped, if it has: it takes nothing and gives nothing any more.
    pub fn stopped(&self) -> Option<&ExecutorError> {
        self.stopped.as_ref()
    }

    /// How many batches are committed.
    pub fn written(&self) -> u64 {
        self.writing.written()
    }

    /// The releases that are not over.
    pub fn releases(&self) -> impl Iterator<Item = (&ReleaseId, &M, &M::State)> {
        self.releases.iter().map(|(id, running)| (id, &*running.machine, &*running.state))
    }

    /// A release that is not over.
    pub fn release(&self, id: &str) -> Option<(&M, &M::State)> {
        self.releases.get(id).map(|running| (&*running.machine, &*running.state))
    }

    /// Stops, once: the first reason is the one that counts.
    fn stop(&mut self, why: ExecutorError) {
        self.stopped.get_or_insert(why);
    }

    /// The time of what happens now.
    fn advance(&mut self, now: Time) -> Result<Time, ExecutorError> {
        if let Some(why) = &self.stopped {
            return Err(why.clone());
        }
        self.now = self.now.max(now);
        Ok(self.now)
    }

    /// Steps a release, and notes what follows.
    fn happened(&mut self, id: &ReleaseId, event: Event) -> Vec<Decision> {
        let Some(running) = self.releases.get(id) else { return Vec::new() };
        let Next { state, orders, decisions } = running.machine.step(&running.state, &event);
        if state == *running.state && orders.is_empty() && decisions.is_empty() {
            self.postpone(id);
            return decisions;
        }
        let timeout = running.machine.plan().attempts.timeout;
        let first_new = M::next_order(&running.state);
        self.writing.record(id, Entry::Happened(event));
        for decision in &decisions {
            self.writing.record(id, Entry::Decided(decision.clone()));
        }
        for (number, wanted) in orders {
            let look_first = number < first_new && !wanted.is_read();
            self.writing.record(id, Entry::Intent { order: number, wanted: wanted.clone() });
            let order_id = OrderId { release: Arc::clone(id), number };
            let order = Order { id: order_id, fence: self.fence, wanted };
            self.writing.order(Ready { order, look_first, timeout });
        }
        let (machine, state) = (Arc::clone(&running.machine), Arc::new(state));
        let running = Running { machine, state, wake: running.wake };
        self.put(Arc::clone(id), running);
        decisions
    }

    /// A release that was told the time and did nothing: not asked again at once, for ever.
    fn postpone(&mut self, id: &ReleaseId) {
        let (now, Some(running)) = (self.now, self.releases.get_mut(id)) else { return };
        if let Some(wake) = running.wake.filter(|wake| *wake <= now) {
            let later = now + Span::from_secs(1);
            self.timers.remove(&(wake, Arc::clone(id)));
            self.timers.insert((later, Arc::clone(id)));
            running.wake = Some(later);
        }
    }

    /// Keeps a release with its timer.
    fn put(&mut self, id: ReleaseId, mut running: Running<M>) {
        if let Some(old) = running.wake.take() {
            self.timers.remove(&(old, Arc::clone(&id)));
        }
        running.wake = running.machine.wake_at(&running.state);
        if let Some(wake) = running.wake {
            self.timers.insert((wake, Arc::clone(&id)));
        }
        if M::is_final(&running.state) {
            let target = target_of(running.machine.plan());
            if self.targets.get(&target) == Some(&id) {
                self.targets.remove(&target);
            }
        }
        self.releases.insert(id, running);
    }

    /// Drops a release that is over and written.
    fn forget(&mut self, id: &ReleaseId) {
        let is_over = |running: &Running<M>| running.machine.is_over(&running.state);
        if self.releases.get(id).is_some_and(is_over)
            && let Some(running) = self.releases.remove(id)
            && let Some(wake) = running.wake
        {
            self.timers.remove(&(wake, Arc::clone(id)));
        }
    }
}

/// Where a release works.
fn target_of(plan: &Plan) -> (String, String) {
    (plan.environment.clone(), plan.target.clone())
}

#[cfg(test)]
mod tests;
