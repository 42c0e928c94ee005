//! Many releases and everything around them, but real time.

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};

use flagkit_deploy::driver::Driver;
use flagkit_deploy::driver::measure::Metrics;
use flagkit_deploy::driver::push::{Collector, Limits, Pushed};
use flagkit_deploy::event::{Actor, Command, What};
use flagkit_deploy::executor::{Batch, Executor, Job, Task};
use flagkit_deploy::journal::embedded::Embedded;
use flagkit_deploy::journal::{Journal, JournalError};
use flagkit_deploy::order::{Outcome as Came, Wanted};
use flagkit_deploy::plan::Plan;
use flagkit_deploy::{Release, Span, Time};
use rustix::time::{ClockId, clock_gettime};
use serde_json::json;

use crate::Outcome;

/// Releases that are under way, and what carries out their orders.
pub(crate) struct Fleet {
    executor: Executor<Release>,
    collector: Collector,
    metrics: Metrics,
    batches: Sender<Arc<Batch>>,
    written: Receiver<Result<(), JournalError>>,
    writer: thread::JoinHandle<()>,
    names: Vec<String>,
    now: Time,
    looks: u64,
    took: Duration,
}

/// What one look at every release cost.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Round {
    /// Looks that were judged.
    pub(crate) looks: u64,
    /// On the clock of the wall.
    pub(crate) wall: Duration,
    /// Of all threads.
    pub(crate) cpu: Duration,
}

impl Fleet {
    /// Plans and starts so many releases, until the first step of each is carried out.
    pub(crate) fn plan(folder: &Path, releases: usize) -> Outcome<Self> {
        let mut journal = Embedded::new(folder);
        let fence = journal.lead()?.ok_or("somebody has the journal")?;
        let (batches, todo) = channel::<Arc<Batch>>();
        let (told, written) = channel();
        // As in the host: one thread has the journal, and batches grow while it writes.
        let writer = thread::spawn(move || {
            for batch in todo {
                let Batch { fence, records, states, .. } = &*batch;
                drop(told.send(journal.append(*fence, records, states)));
            }
        });
        let limits = Limits { targets: releases, ..Limits::default() };
        let collector = Collector::new(limits);
        let metrics = Metrics { prometheus: None, pushed: Some(collector.clone()) };
        let names = (0..releases).map(|number| format!("service-{number:05}")).collect();
        let (executor, now) = (Executor::new(fence), BEGIN);
        let (looks, took) = (0, Duration::ZERO);
        let mut fleet = Self {
            executor,
            collector,
            metrics,
            batches,
            written,
            writer,
            names,
            now,
            looks,
            took,
        };
        let begun = Instant::now();
        let ada = Actor { name: "ada".to_owned(), roles: Vec::new() };
        for at in 0..fleet.names.len() {
            let name = fleet.names.get(at).cloned().unwrap_or_default();
            let plan = plan(&name)?;
            fleet.collector.open(&plan);
            fleet.executor.plan(&name, plan, ada.clone(), fleet.now)?;
            let what = What::Command { by: ada.clone(), command: Command::Start };
            fleet.executor.tell(&name, what, fleet.now)?;
        }
        fleet.settle()?;
        fleet.took = begun.elapsed();
        Ok(fleet)
    }

    /// How long the planning took.
    pub(crate) fn took(&self) -> Duration {
        self.took
    }

    /// Both arms of every release tell what happened in the next ten seconds.
    pub(crate) fn push(&self) -> Outcome<()> {
        let at = self.now + Span::from_secs(5);
        for (number, name) in self.names.iter().enumerate() {
            for (arm, exposures) in [("stable", 950), ("canary", 50)] {
                let pushed = Pushed {
                    target: name.clone(),
                    metric: "error_rate".to_owned(),
                    arm: arm.to_owned(),
                    at: Some(at.unix_ms()),
                    exposures: Some(exposures),
                    events: Some(u64::from(number % 7 == 0)),
                    ..Pushed::default()
                };
                self.collector.push(&pushed, at)?;
            }
        }
        Ok(())
    }

    /// Ten seconds pass: one look at every release, everything written.
    pub(crate) fn round(&mut self) -> Outcome<Round> {
        let (begun, cpu, looks) = (Instant::now(), cpu(), self.looks);
        let end = self.now + Span::from_secs(10);
        while let Some(wake) = self.executor.wake_at().filter(|wake| *wake <= end) {
            self.now = self.now.max(wake);
            self.settle()?;
        }
        self.now = end;
        let looks = self.looks - looks;
        Ok(Round { looks, wall: begun.elapsed(), cpu: self::cpu().saturating_sub(cpu) })
    }

    /// Kills the engine between two batches. Answers with the time.
    pub(crate) fn end(self) -> Outcome<Time> {
        drop(self.batches);
        self.writer.join().map_err(|_| "the journal's thread panicked")?;
        Ok(self.now)
    }

    /// Does all there is to do now.
    fn settle(&mut self) -> Outcome<()> {
        let mut is_writing = false;
        loop {
            let mut is_idle = true;
            if !is_writing && let Some(batch) = self.executor.batch() {
                self.batches.send(batch)?;
                is_writing = true;
            }
            while let Some(job) = self.executor.job() {
                self.work(&job)?;
                is_idle = false;
            }
            if self.executor.wake_at().is_some_and(|wake| wake <= self.now) {
                self.executor.pass(self.now);
                is_idle = false;
            }
            let written = match (is_writing, is_idle) {
                (true, true) => Some(self.written.recv()?),
                (true, false) => self.written.try_recv().ok(),
                (false, true) => return Ok(()),
                (false, false) => None,
            };
            if let Some(written) = written {
                written?;
                self.executor.committed();
                is_writing = false;
            }
            if let Some(why) = self.executor.stopped() {
                return Err(why.to_string().into());
            }
        }
    }

    /// Carries out one order: traffic is divided at once, and metrics come from what was pushed.
    fn work(&mut self, job: &Job<Release>) -> Outcome<()> {
        let Job { task, order, machine, .. } = job;
        let outcome = match &order.wanted {
            Wanted::Measure { .. } if *task == Task::Apply => {
                self.looks += 1;
                let mut work = self.metrics.apply(order, machine.plan());
                match work.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
                    Poll::Ready(outcome) => outcome,
                    Poll::Pending => return Err("pushed metrics are there at once".into()),
                }
            }
            _ => Ok(Came::Done { already: false }),
        };
        self.executor.came(&order.id, outcome, self.now);
        Ok(())
    }
}

/// A canary in three steps, judged by its errors.
fn plan(name: &str) -> Outcome<Plan> {
    let judge = |name: &str| json!({"name": name, "step": "judge", "at_least": 300_000, "at_most": 3_600_000});
    Ok(serde_json::from_value(json!({
        "target": name, "strategy": "canary", "route": name,
        "arms": [{"name": "stable", "version": "v41"}, {"name": "canary", "version": "v42"}],
        "base": [1_000_000, 0],
        "steps": [
            {"name": "5%", "step": "split", "split": [950_000, 50_000]}, judge("5% judged"),
            {"name": "25%", "step": "split", "split": [750_000, 250_000]}, judge("25% judged"),
            {"name": "100%", "step": "split", "split": [0, 1_000_000]},
        ],
        "metrics": [{"name": "error_rate", "measure": {"kind": "events"}, "margin": 0.1,
            "source": {"from": "push"}}],
        "judging": {"look": 10_000},
    }))?)
}

/// What all threads have computed so far.
fn cpu() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    let seconds = u64::try_from(time.tv_sec).unwrap_or_default();
    Duration::from_secs(seconds)
        + Duration::from_nanos(u64::try_from(time.tv_nsec).unwrap_or_default())
}

/// A multiple of ten seconds.
const BEGIN: Time = Time::from_unix_ms(1_800_000_000_000);
