//! Going on after a restart.

use std::fmt;
use std::sync::Arc;

use crate::executor::lanes::Ready;
use crate::executor::{Executor, Machine, Running, target_of};
use crate::journal::Unfinished;
use crate::order::{Fence, Order, OrderId, ReleaseId};
use crate::record::{Entry, Record};
use crate::time::Time;

/// A release that is in the journal and cannot go on.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct LeftOut {
    /// Which.
    pub release: ReleaseId,
    /// Why.
    pub why: String,
}

impl fmt::Display for LeftOut {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { release, why } = self;
        write!(formatter, "release `{release}` cannot go on and stays as it is: {why}")
    }
}

impl<M: Machine> Executor<M> {
    /// One that goes on where a journal ends. Orders without an outcome are looked at first; what was
    /// due meanwhile is due once. Releases that cannot be read do not keep the others from going on.
    pub fn recover(fence: Fence, kept: &[Unfinished], now: Time) -> (Self, Vec<LeftOut>) {
        let mut executor = Self::new(fence);
        executor.now = now;
        let mut left_out = Vec::new();
        // Reading plans and states is all the work; every processor takes a part of them.
        let read = |part: &[Unfinished]| part.iter().map(read::<M>).collect::<Vec<_>>();
        let parts = if kept.len() <= PART_MIN {
            vec![read(kept)]
        } else {
            let threads = std::thread::available_parallelism().map_or(1, usize::from);
            let size = kept.len().div_ceil(threads).max(PART_MIN);
            std::thread::scope(|scope| {
                let parts = kept.chunks(size).map(|part| scope.spawn(move || read(part)));
                let parts: Vec<_> = parts.collect();
                parts.into_iter().map(|part| part.join().unwrap_or_default()).collect()
            })
        };
        for (unfinished, read) in kept.iter().zip(parts.into_iter().flatten()) {
            let release = Arc::clone(&unfinished.release);
            match read {
                Ok(running) => executor.resume(release, running),
                Err((target, why)) => {
                    // Its target is in a state that nobody knows.
                    if let Some(target) = target {
                        executor.targets.insert(target, Arc::clone(&release));
                    }
                    left_out.push(LeftOut { release, why });
                }
            }
        }
        (executor, left_out)
    }

    /// Takes a release up again.
    fn resume(&mut self, id: ReleaseId, running: Running<M>) {
        let timeout = running.machine.plan().attempts.timeout;
        for (number, wanted) in M::outstanding(&running.state) {
            let look_first = !wanted.is_read();
            let id = OrderId { release: Arc::clone(&id), number };
            let order = Order { id, fence: self.fence, wanted };
            self.lanes.submit(Ready { order, look_first, timeout }, self.now);
        }
        if !M::is_final(&running.state) {
            self.targets.insert(target_of(running.machine.plan()), Arc::clone(&id));
        }
        self.put(id, running);
    }
}

/// A target, if it is known, and why its release cannot be read.
type Unreadable = (Option<(String, String)>, String);

/// Reads a release.
fn read<M: Machine>(unfinished: &Unfinished) -> Result<Running<M>, Unreadable> {
    let planned = serde_json::from_slice::<Record>(&unfinished.planned);
    let planned = planned.map_err(|error| (None, format!("the record of its plan: {error}")))?;
    let Entry::Planned { now, author, plan } = planned.entry else {
        return Err((None, "its first record is not its plan".to_owned()));
    };
    let target = target_of(&plan);
    let machine = M::planned(planned.release, *plan, author, now);
    let (machine, _) = machine.map_err(|refusals| {
        let refusals: Vec<String> = refusals.iter().map(ToString::to_string).collect();
        let why = format!("this version refuses its plan: {}", refusals.join("; "));
        (Some(target.clone()), why)
    })?;
    let state = serde_json::from_slice(&unfinished.state);
    let state: M::State = state.map_err(|error| (Some(target), format!("its state: {error}")))?;
    Ok(Running { machine: Arc::new(machine), state: Arc::new(state), wake: None })
}

/// Fewer releases than this are read faster than a thread begins.
const PART_MIN: usize = 16;
