//! What a release is told about others: facts such as `releases.auth.status`.
//!
//! Only those are told whose conditions ask, and only what is written, so that nobody goes on
//! by something that never was.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use crate::event::What;
use crate::executor::{Batch, Executor};
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
}

/// The latest release of a target.
#[derive(Clone, Debug)]
struct Latest {
    id: ReleaseId,
    version: String,
    status: String,
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
        self.tell(&id, others.iter().map(String::as_str), executor, now);
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
        let version = plan.arms.last().map_or("", |arm| &arm.version).to_owned();
        let latest = Latest { id: Arc::clone(id), version, status: status.to_owned() };
        self.latest.insert(plan.target.clone(), latest);
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
