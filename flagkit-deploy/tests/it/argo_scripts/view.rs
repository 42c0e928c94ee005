//! What scripts look at, in the words of Argo Rollouts.

use flagkit_deploy::plan::Does;
use flagkit_deploy::release::{Stage, Work};
use flagkit_deploy::{State, Status};

use super::stand::{Stand, is_end};

impl Stand {
    /// The phase of the rollout.
    pub(crate) fn phase(&self) -> &'static str {
        if self.template().is_none() {
            return "Degraded";
        }
        self.state().map_or("Degraded", |state| self.phase_of(state))
    }

    pub(crate) fn phase_of(&self, state: &State) -> &'static str {
        let serves_newest =
            self.revisions.last().is_some_and(|(_, version)| self.stable == Some(*version));
        match state.status() {
            Status::Done => self.idle(),
            Status::Cancelled | Status::RolledBack if serves_newest => self.idle(),
            Status::RollingBack if serves_newest && state.split.treated().ppm() == 0 => self.idle(),
            Status::RollingBack if serves_newest => "Progressing",
            Status::RollingBack | Status::RolledBack | Status::Cancelled | Status::Frozen => {
                "Degraded"
            }
            Status::Paused if is_late(state) => "Degraded",
            Status::Planned | Status::Paused => "Paused",
            _ => self.phase_of_step(state),
        }
    }

    fn idle(&self) -> &'static str {
        if self.rollout["spec"]["paused"] == true { "Paused" } else { "Healthy" }
    }

    fn phase_of_step(&self, state: &State) -> &'static str {
        let plan = self.engine.last.as_ref().map(|(_, plan, _)| plan);
        let step = plan.and_then(|plan| plan.steps.get(usize::from(state.step)));
        match step {
            Some(step) if is_end(&step.name) => "Healthy",
            Some(step) if step.name.ends_with(": look") => "Progressing",
            Some(step)
                if matches!(step.does, Does::Pause { .. })
                    && matches!(state.stage, Stage::Working(Work::Until(_))) =>
            {
                "Paused"
            }
            _ => "Progressing",
        }
    }

    /// The step of the rollout at which the release is.
    pub(crate) fn index(&self) -> usize {
        let all = self.engine.outcomes.steps.len();
        let name = self.step().map(|step| step.name.split(':').next().unwrap());
        name.and_then(|name| name.parse().ok()).unwrap_or(all)
    }

    /// The version of a revision.
    pub(crate) fn version_of(&self, revision: u32) -> Option<String> {
        let found = self.revisions.iter().find(|(number, _)| *number == revision);
        found.map(|(_, version)| format!("v{version}"))
    }

    /// Instances of a revision.
    pub(crate) fn pods(&self, revision: u32) -> u32 {
        let set = self.version_of(revision);
        set.and_then(|set| self.engine.cluster.sets.get(&set))
            .map_or(0, super::cluster::Set::wanted)
    }

    pub(crate) fn newest(&self) -> u32 {
        self.revisions.last().map_or(0, |(number, _)| *number)
    }

    /// The revision of a version.
    fn revision_of(&self, version: &str) -> u32 {
        let is_it = |(_, one): &&(u32, usize)| format!("v{one}") == version;
        self.revisions.iter().find(is_it).map_or(0, |(number, _)| *number)
    }

    pub(crate) fn stable_revision(&self) -> u32 {
        self.stable.map_or(0, |version| self.revision_of(&format!("v{version}")))
    }

    /// The revision with the traffic.
    pub(crate) fn active_revision(&self) -> u32 {
        let most = self.engine.cluster.traffic.iter().max_by_key(|(_, ppm)| **ppm);
        most.map_or(0, |(version, _)| self.revision_of(version))
    }

    /// All instances, and those that are ready.
    pub(crate) fn total(&self) -> [u32; 2] {
        let sets = self.engine.cluster.sets.values();
        let each = sets.map(|set| [set.wanted(), set.ready(self.engine.now)]);
        each.fold([0, 0], |[all, ready], [more, healthy]| [all + more, ready + healthy])
    }

    /// Ready instances: of the side with the traffic where there is a preview, else all of them.
    pub(crate) fn available(&self) -> u32 {
        if self.is_blue_green() {
            let set = self.version_of(self.active_revision());
            let set = set.and_then(|set| self.engine.cluster.sets.get(&set));
            set.map_or(0, |set| set.ready(self.engine.now))
        } else {
            self.total()[1]
        }
    }

    /// The weight of the new side in percent, while it is not the only one.
    pub(crate) fn canary_weight(&self) -> u32 {
        let stable = self.stable.map(|version| format!("v{version}"));
        let traffic = self.engine.cluster.traffic.iter();
        let others = traffic.filter(|(version, _)| Some(*version) != stable.as_ref());
        others.map(|(_, ppm)| ppm / 10_000).sum()
    }

    /// How many things of a kind were started.
    pub(crate) fn started(&self, kind: &str) -> u32 {
        let mut all: Vec<_> = self.engine.runs().filter(|run| run.fact.starts_with(kind)).collect();
        all.sort_by(|a, b| (&a.release, &a.fact).cmp(&(&b.release, &b.fact)));
        all.dedup_by(|a, b| (&a.release, &a.fact) == (&b.release, &b.fact));
        u32::try_from(all.len()).unwrap()
    }

    /// The phase of what was started last of a kind.
    pub(crate) fn run_phase(&self, kind: &str) -> &'static str {
        let runs = &self.engine;
        let Some(run) = runs.runs().filter(|run| run.fact.starts_with(kind)).last() else {
            return "none";
        };
        match runs.outcomes.of(runs.runs(), run) {
            Some((time, phase)) if time <= runs.now => phase,
            // What measures until it is ended is ended with the release.
            None if self.phase() == "Healthy" && self.engine.outcomes.measures(run) => "Successful",
            None if self.phase() == "Healthy" => "Inconclusive",
            _ => "Running",
        }
    }
}

/// Whether a release stands still because something was not ready in time.
pub(crate) fn is_late(state: &State) -> bool {
    let paused = state.status() == Status::Paused;
    paused && state.paused.as_ref().is_some_and(|paused| paused.why.contains("tries:"))
}
