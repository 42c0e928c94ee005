//! Releases that are really run: an executor, its journal, the cluster, and time that only the script
//! lets pass. Everything that comes from outside is written down, to be run again and killed.

use flagkit_deploy::event::{Actor, Command, What};
use flagkit_deploy::executor::{Executor, Task};
use flagkit_deploy::journal::Journal;
use flagkit_deploy::journal::memory::Memory;
use flagkit_deploy::plan::Plan;
use flagkit_deploy::simulation::crash::{Happens, Script, World};
use flagkit_deploy::{Fence, Release, Span, State, Time};
use serde_json::json;

use super::analysis::Outcomes;
use super::cluster::{Cluster, Run};

pub(crate) const START: Time = Time::from_unix_ms(1_800_000_000_000);

pub(crate) struct Engine {
    executor: Executor<Release>,
    journal: Memory,
    pub(crate) cluster: Cluster,
    pub(crate) now: Time,
    pub(crate) happens: Vec<(Time, Happens)>,
    /// The plan of the last release, and its state as it was last written.
    pub(crate) last: Option<(String, Plan, State)>,
    pub(crate) outcomes: Outcomes,
    /// How many runs have told their phase.
    told: Vec<(String, String)>,
    /// What plugins run: nobody starts them but their step.
    pub(crate) plugins: Vec<Run>,
    /// Words about each state since they were last taken.
    pub(crate) seen: Vec<State>,
}

impl Engine {
    pub(crate) fn new() -> Self {
        let mut journal = Memory::new();
        let fence = journal.lead().unwrap().unwrap();
        Self {
            executor: Executor::new(Fence(fence.0)),
            journal,
            cluster: Cluster::default(),
            now: START,
            happens: Vec::new(),
            last: None,
            outcomes: Outcomes::default(),
            told: Vec::new(),
            plugins: Vec::new(),
            seen: Vec::new(),
        }
    }

    /// The same as a script for crashes.
    pub(crate) fn script(&self) -> Script<Cluster> {
        let mut script = Script::empty(START, Cluster::default());
        script.happens.clone_from(&self.happens);
        script
    }

    /// What comes from outside comes a moment after everything that was due.
    fn outside(&mut self, happens: Happens) {
        self.pass_to(self.now + Span::from_ms(1), |_| false);
        self.happens.push((self.now, happens));
    }

    pub(crate) fn change(&mut self, change: &str) {
        self.outside(Happens::Changed(change.to_owned()));
        self.cluster.change(change, self.now);
    }

    pub(crate) fn plan(&mut self, release: &str, plan: Plan) {
        let author = Actor { name: "author".to_owned(), roles: Vec::new() };
        let boxed = Box::new(plan.clone());
        let release = release.to_owned();
        self.outside(Happens::Planned {
            release: release.clone(),
            plan: boxed,
            author: author.clone(),
        });
        self.executor.plan(&release, plan.clone(), author, self.now).unwrap();
        let state = self.executor.release(&release).unwrap().1.clone();
        self.last = Some((release, plan, state));
        self.settle();
    }

    pub(crate) fn say(&mut self, command: Command) {
        let by = Actor { name: "ada".to_owned(), roles: Vec::new() };
        self.tell(What::Command { by, command });
    }

    fn tell(&mut self, what: What) {
        let release = self.last.as_ref().unwrap().0.clone();
        self.outside(Happens::Told { release: release.clone(), what: what.clone() });
        if self.executor.release(&release).is_some() {
            self.executor.tell(&release, what, self.now).unwrap();
        } else {
            // It was over before: nobody can be told.
            self.happens.pop();
        }
        self.settle();
    }

    /// Writes and carries out everything that needs no time.
    fn settle(&mut self) {
        loop {
            if let Some(batch) = self.executor.batch() {
                self.look();
                self.journal.append(batch.fence, &batch.records, &batch.states).unwrap();
                self.executor.committed();
            } else if let Some(job) = self.executor.job() {
                let (order, plan) = (&job.order, job.machine.plan());
                if job.task == Task::Observe {
                    let seen = self.cluster.observe(order, plan, self.now);
                    self.executor.observed(&order.id, seen, self.now);
                } else {
                    let outcome = self.cluster.apply(order, plan, self.now);
                    self.executor.came(&order.id, outcome, self.now);
                }
                self.look();
            } else {
                break;
            }
        }
        self.plugins();
    }

    /// Keeps the state of the last release.
    fn look(&mut self) {
        if let Some((release, _, state)) = &mut self.last
            && let Some((_, now)) = self.executor.release(release)
        {
            state.clone_from(now);
            self.seen.push(now.clone());
        }
    }

    /// A step that waits for a plugin has started it.
    fn plugins(&mut self) {
        let Some((release, plan, state)) = &self.last else { return };
        let step = plan.steps.get(usize::from(state.step));
        let Some(fact) = step.and_then(super::stand::fact_of) else { return };
        let known = self.plugins.iter().any(|run| run.release == *release && run.fact == fact);
        if fact.starts_with("plugin.") && !known && !state.status().is_final() {
            let (release, command) = (release.clone(), Vec::new());
            self.plugins.push(Run { release, fact, command, began: self.now });
        }
    }

    /// All that somebody has started, in order.
    pub(crate) fn runs(&self) -> impl Iterator<Item = &Run> {
        self.cluster.runs.iter().chain(&self.plugins)
    }

    /// The next end of something that was started.
    fn next_end(&self) -> Option<(Time, String, String, &'static str)> {
        let ends = self.runs().filter_map(|run| {
            let (time, phase) = self.outcomes.of(self.runs(), run)?;
            let key = (run.release.clone(), run.fact.clone());
            let is_new = !self.told.contains(&key);
            let current = self.last.as_ref().is_some_and(|(release, ..)| *release == run.release);
            (is_new && current).then_some((time, key.0, key.1, phase))
        });
        ends.min_by_key(|(time, ..)| *time)
    }

    /// Lets time pass until then, or until something holds: whether it does.
    pub(crate) fn pass_to(&mut self, until: Time, holds: impl Fn(&Self) -> bool) -> bool {
        for _ in 0..100_000 {
            if holds(self) {
                return true;
            }
            let end = self.next_end();
            let times = [
                self.executor.wake_at(),
                end.as_ref().map(|(time, ..)| *time),
                self.cluster.next_ready(self.now),
            ];
            let Some(next) = times.into_iter().flatten().min().filter(|next| *next <= until) else {
                self.now = self.now.max(until);
                return holds(self);
            };
            self.now = self.now.max(next);
            if self.executor.wake_at().is_some_and(|wake| wake <= self.now) {
                self.executor.pass(self.now);
                self.settle();
            } else if let Some((_, release, fact, phase)) =
                end.filter(|(time, ..)| *time <= self.now)
            {
                self.told.push((release, fact.clone()));
                self.now = self.now + Span::from_ms(1);
                let facts = [(fact, json!(phase))].into();
                let release = self.last.as_ref().unwrap().0.clone();
                let what = What::Facts(facts);
                if self.executor.release(&release).is_some() {
                    let told = Happens::Told { release: release.clone(), what: what.clone() };
                    self.happens.push((self.now, told));
                    self.executor.tell(&release, what, self.now).unwrap();
                }
                self.settle();
            }
        }
        panic!("it does not end");
    }
}
