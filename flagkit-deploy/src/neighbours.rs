//! What a release is told about others: facts such as `releases.auth.status`.
//!
//! Only those are told whose conditions ask, and only what is written, so that nobody goes on
//! by something that never was.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use serde::Deserialize;

use crate::event::What;
use crate::executor::{Batch, Executor};
use crate::journal::{Journal, JournalError};
use crate::order::ReleaseId;
use crate::plan::Plan;
use crate::record::{Decision, Entry, Record};
use crate::release::Release;
use crate::time::Time;

/// Who asks about which target, and what is known of it.
#[derive(Debug, Default)]
pub(crate) struct Neighbours {
    /// For each target those that ask about it.
    asking: HashMap<String, BTreeSet<ReleaseId>>,
    /// The latest release of each target.
    latest: HashMap<String, Latest>,
    /// The target of each release that is not over.
    targets: HashMap<ReleaseId, String>,
    /// Whether somebody asks about a target whose releases may all be over.
    past: Known,
}

/// What is known of releases that were over before this process had the lead.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
enum Known {
    /// Nothing, and nobody asks.
    #[default]
    Nothing,
    /// Nothing, and it is to be read.
    Wanted,
    /// All of it.
    All,
}

/// The latest release of each target, of those that are over.
#[derive(Debug, Default)]
pub(crate) struct Past(HashMap<String, (u64, Latest)>);

impl Past {
    /// Reads one plan and one state for each release that is over.
    pub(crate) fn read(journal: &mut dyn Journal) -> Result<Self, JournalError> {
        /// What a state says of itself.
        #[derive(Deserialize)]
        struct Standing {
            status: String,
        }
        let mut past = Self::default();
        for (id, is_over) in journal.releases()? {
            if !is_over {
                continue;
            }
            let (Some(planned), Some(kept)) = (journal.planned(&id)?, journal.kept(&id)?) else {
                continue;
            };
            let standing = serde_json::from_slice::<Standing>(&kept.state);
            let (Entry::Planned { plan, .. }, Ok(standing)) = (&planned.record.entry, standing)
            else {
                continue;
            };
            let known = past.0.get(&plan.target);
            if known.is_none_or(|(number, _)| *number < planned.number) {
                let latest = Latest::new(&id, plan, &standing.status);
                past.0.insert(plan.target.clone(), (planned.number, latest));
            }
        }
        Ok(past)
    }
}

/// The latest release of a target.
#[derive(Clone, Debug)]
struct Latest {
    id: ReleaseId,
    version: String,
    status: String,
}

impl Latest {
    fn new(id: &ReleaseId, plan: &Plan, status: &str) -> Self {
        let version = plan.arms.last().map_or("", |arm| &arm.version).to_owned();
        Self { id: Arc::clone(id), version, status: status.to_owned() }
    }
}

impl Neighbours {
    /// Those that the journal had.
    pub(crate) fn recovered(executor: &Executor<Release>) -> Self {
        let mut these = Self::default();
        for (id, release, state) in executor.releases() {
            these.planned(id, release.plan(), state.status().as_str());
            these.listen(release);
        }
        these
    }

    /// Takes note of what was written, and tells those who asked.
    pub(crate) fn written(&mut self, batch: &Batch, executor: &mut Executor<Release>, now: Time) {
        let mut moved = BTreeSet::new();
        for record in &batch.records {
            moved.extend(self.note(record));
        }
        for target in moved {
            let asking = self.asking.get(&target).cloned().unwrap_or_default();
            for id in asking {
                self.tell(&id, [target.as_str()].into_iter(), executor, now);
            }
        }
        for kept in batch.states.iter().filter(|kept| kept.is_over) {
            self.forget(&kept.release);
        }
    }

    /// A release that asks about others is told what is known of them.
    pub(crate) fn greet(&mut self, id: &str, executor: &mut Executor<Release>, now: Time) {
        let Some((release, _)) = executor.release(id) else { return };
        let id = Arc::clone(release.id());
        let others: Vec<String> = release.others().map(str::to_owned).collect();
        self.listen(release);
        let is_unknown = |target: &String| !self.latest.contains_key(target);
        if self.past == Known::Nothing && others.iter().any(is_unknown) {
            self.past = Known::Wanted;
        }
        self.tell(&id, others.iter().map(String::as_str), executor, now);
    }

    /// Whether somebody asks about a target that only the journal may know: then it is to be
    /// read, once, and [learned](Self::learn).
    pub(crate) fn wants_past(&self) -> bool {
        self.past == Known::Wanted
    }

    /// Takes what the journal has, and tells those who asked. A release that was planned meanwhile is later
    /// than all of that.
    pub(crate) fn learn(&mut self, past: Past, executor: &mut Executor<Release>, now: Time) {
        self.past = Known::All;
        for (target, (_, latest)) in past.0 {
            if self.latest.contains_key(&target) {
                continue;
            }
            self.latest.insert(target.clone(), latest);
            for id in self.asking.get(&target).cloned().unwrap_or_default() {
                self.tell(&id, [target.as_str()].into_iter(), executor, now);
            }
        }
    }

    /// Whose target has moved by this record.
    fn note(&mut self, record: &Record) -> Option<String> {
        match &record.entry {
            Entry::Planned { plan, .. } => {
                self.planned(&record.release, plan, "planned");
                Some(plan.target.clone())
            }
            Entry::Decided(Decision::Moved { status, .. }) => {
                let target = self.targets.get(&record.release)?;
                let latest = self.latest.get_mut(target)?;
                let is_new = latest.id == record.release && latest.status != *status;
                is_new.then(|| {
                    latest.status.clone_from(status);
                    target.clone()
                })
            }
            _ => None,
        }
    }

    fn planned(&mut self, id: &ReleaseId, plan: &Plan, status: &str) {
        self.latest.insert(plan.target.clone(), Latest::new(id, plan, status));
        self.targets.insert(Arc::clone(id), plan.target.clone());
    }

    fn listen(&mut self, release: &Release) {
        for target in release.others() {
            self.asking.entry(target.to_owned()).or_default().insert(Arc::clone(release.id()));
        }
    }

    fn forget(&mut self, id: &ReleaseId) {
        self.targets.remove(id);
        self.asking.retain(|_, asking| {
            asking.remove(id);
            !asking.is_empty()
        });
    }

    /// Tells a release what is known of these targets.
    fn tell<'a>(
        &self,
        id: &ReleaseId,
        targets: impl Iterator<Item = &'a str>,
        executor: &mut Executor<Release>,
        now: Time,
    ) {
        let mut facts = BTreeMap::new();
        for target in targets {
            let Some(latest) = self.latest.get(target) else { continue };
            let fields = [
                ("status", latest.status.as_str()),
                ("version", &latest.version),
                ("id", &latest.id),
            ];
            facts.extend(fields.map(|(field, value)| {
                (format!("releases.{target}.{field}"), serde_json::Value::from(value))
            }));
        }
        if !facts.is_empty() {
            // One that has ended meanwhile, or has too many facts, goes on without.
            drop(executor.tell(id, What::Facts(facts), now));
        }
    }
}
