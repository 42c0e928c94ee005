//! One run: the process that lives, dies and lives again.

use crate::event::{Command, What};
use crate::executor::{Executor, ExecutorError, Job, Machine, Task};
use crate::journal::memory::Memory;
use crate::journal::{Journal, JournalError};
use crate::plan::Plan;
use crate::record::Entry;
use crate::simulation::crash::{Deaths, Happens, Script, World};
use crate::time::Time;

/// What survives a crash, and where it is to crash next.
pub(super) struct Process<'a, W> {
    script: &'a Script<W>,
    pub(super) world: W,
    pub(super) journal: Memory,
    now: Time,
    /// How much of what happens was heard.
    heard: usize,
    pub(super) points: u32,
    pub(super) died: u32,
    deaths: Deaths<'a>,
}

/// Why a life ended early.
enum Early {
    Died,
    Wrong(String),
}

impl<'a, W: World> Process<'a, W> {
    /// A process at the beginning of a script.
    pub(super) fn new(script: &'a Script<W>, deaths: Deaths<'a>) -> Self {
        Self {
            world: script.world.clone(),
            script,
            journal: Memory::new(),
            now: script.start,
            heard: 0,
            points: 0,
            died: 0,
            deaths,
        }
    }

    /// Lives until the end, or until a crash: whether it was the end.
    pub(super) fn live<M: Machine>(&mut self) -> Result<bool, String> {
        match self.try_live::<M>() {
            Ok(()) => Ok(true),
            Err(Early::Died) => {
                self.died += 1;
                if let Deaths::Often { down, .. } = self.deaths {
                    self.now = self.now + down;
                }
                Ok(false)
            }
            Err(Early::Wrong(why)) => Err(why),
        }
    }

    fn try_live<M: Machine>(&mut self) -> Result<(), Early> {
        let words = |error: JournalError| Early::Wrong(error.to_string());
        let fence = self.journal.lead().map_err(words)?.unwrap_or_default();
        let unfinished = self.journal.unfinished().map_err(words)?;
        let (mut executor, left_out) = Executor::<M>::recover(fence, &unfinished, self.now);
        if let Some(left_out) = left_out.first() {
            return Err(Early::Wrong(left_out.to_string()));
        }
        for _ in 0..100_000 {
            if let Some(batch) = executor.batch() {
                self.point()?;
                self.journal.append(batch.fence, &batch.records, &batch.states).map_err(words)?;
                self.point()?;
                executor.committed();
            } else if let Some(job) = executor.job() {
                self.work(&mut executor, &job)?;
            } else if !self.next(&mut executor)? {
                return Ok(());
            }
        }
        Err(Early::Wrong("100,000 things happened, and it does not end".to_owned()))
    }

    /// Dies, if this is a point to die at.
    fn point(&mut self) -> Result<(), Early> {
        self.points += 1;
        match self.deaths {
            Deaths::At(points) if points.contains(&self.points) => Err(Early::Died),
            _ => Ok(()),
        }
    }

    fn work<M: Machine>(&mut self, executor: &mut Executor<M>, job: &Job<M>) -> Result<(), Early> {
        let (order, plan) = (&job.order, job.machine.plan());
        self.point()?;
        if job.task == Task::Observe {
            let seen = self.world.observe(order, plan, self.now);
            self.point()?;
            executor.observed(&order.id, seen, self.now);
        } else {
            let outcome = self.world.apply(order, plan, self.now);
            self.point()?;
            executor.came(&order.id, outcome, self.now);
        }
        Ok(())
    }

    /// Lets time pass until something is said or due. False if nothing ever is.
    fn next<M: Machine>(&mut self, executor: &mut Executor<M>) -> Result<bool, Early> {
        let said = self.script.happens.get(self.heard).map(|(time, _)| *time);
        let Some(next) = [said, executor.wake_at()].into_iter().flatten().min() else {
            return Ok(false);
        };
        if let Deaths::Often { times, every, .. } = self.deaths
            && self.died < times
            && next > self.script.start + every.times(u64::from(self.died) + 1)
        {
            self.now = self.now.max(self.script.start + every.times(u64::from(self.died) + 1));
            return Err(Early::Died);
        }
        self.now = self.now.max(next);
        if said.is_some_and(|said| said <= self.now) {
            self.say(executor)?;
        } else {
            executor.pass(self.now);
        }
        Ok(true)
    }

    /// Lets happen what is next. It was heard once its batch is written.
    fn say<M: Machine>(&mut self, executor: &mut Executor<M>) -> Result<(), Early> {
        let Some((_, happens)) = self.script.happens.get(self.heard) else { return Ok(()) };
        let told = match happens {
            Happens::Changed(change) => {
                self.world.change(change, self.now);
                self.heard += 1;
                return Ok(());
            }
            Happens::Planned { release, plan, author } => {
                executor.plan(release, Plan::clone(plan), author.clone(), self.now)
            }
            Happens::Told { release, what } if self.was_heard(release, what)? => {
                self.heard += 1;
                return Ok(());
            }
            Happens::Told { release, what } => executor.tell(release, what.clone(), self.now),
        };
        match told {
            Ok(_) => {}
            // Said again after a crash, and heard the first time.
            Err(ExecutorError::Taken(_) | ExecutorError::Unknown(_)) if self.died > 0 => {}
            Err(error) => return Err(Early::Wrong(error.to_string())),
        }
        while let Some(batch) = executor.batch() {
            self.point()?;
            let appended = self.journal.append(batch.fence, &batch.records, &batch.states);
            appended.map_err(|error| Early::Wrong(error.to_string()))?;
            self.point()?;
            executor.committed();
        }
        self.heard += 1;
        Ok(())
    }

    /// Whether a command that does more when it is said twice stands in the journal already. Whoever
    /// resumes and gets no answer looks first: the second time it would end the next pause.
    fn was_heard(&mut self, release: &str, what: &What) -> Result<bool, Early> {
        use Command::{Promote, Resume, Retry, Skip};
        let counts = |what: &What| {
            let What::Command { command, .. } = what else { return false };
            matches!(command, Resume | Retry | Skip { .. } | Promote { .. })
        };
        if self.died == 0 || !counts(what) {
            return Ok(false);
        }
        let records = self.journal.records(Some(release));
        let records = records.map_err(|error| Early::Wrong(error.to_string()))?;
        let is_it = |entry: &Entry| matches!(entry, Entry::Happened(event) if counts(&event.what));
        let heard = records.iter().filter(|stored| is_it(&stored.record.entry)).count();
        let before = self.script.happens.iter().take(self.heard);
        let said = before.filter(|(_, happens)| {
            matches!(happens, Happens::Told { release: to, what } if to == release && counts(what))
        });
        Ok(heard > said.count())
    }
}
