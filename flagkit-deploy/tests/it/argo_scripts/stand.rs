//! A rollout as its controller would see it: revisions, which of them serves, and the release that is
//! under way between two of them.

use std::collections::BTreeMap;

use flagkit_deploy::config::{Overrides, read};
use flagkit_deploy::event::Command;
use flagkit_deploy::import::{Shape, import};
use flagkit_deploy::plan::{Does, Plan, Step};
use flagkit_deploy::release::{Stage, Work};
use flagkit_deploy::{Span, Split, State, Status};
use serde_json::{Value, json};

use super::engine::Engine;
use super::manifest::merge;

pub(crate) struct Stand {
    pub(crate) engine: Engine,
    /// The manifest of the rollout; null without.
    pub(crate) rollout: Value,
    pub(crate) others: Vec<Value>,
    /// Each template of instances that there ever was.
    templates: Vec<String>,
    /// Numbers and versions, the newest last.
    pub(crate) revisions: Vec<(u32, usize)>,
    /// The version that serves.
    pub(crate) stable: Option<usize>,
    /// From which version to which the last release goes.
    between: Option<(Option<usize>, usize)>,
    releases: u32,
    /// Somebody wants to get to the end.
    pub(crate) hurried: bool,
    pub(crate) variables: BTreeMap<String, String>,
    updates: u32,
    /// How often somebody had to say `retry` where a controller goes on by itself.
    pub(crate) retried: u32,
}

impl Stand {
    pub(crate) fn new(variables: BTreeMap<String, String>) -> Self {
        Self {
            engine: Engine::new(),
            rollout: Value::Null,
            others: Vec::new(),
            templates: Vec::new(),
            revisions: Vec::new(),
            stable: None,
            between: None,
            releases: 0,
            hurried: false,
            variables,
            updates: 0,
            retried: 0,
        }
    }

    pub(crate) fn desired(&self) -> u32 {
        let replicas = self.rollout["spec"]["replicas"].as_u64().unwrap_or(1);
        u32::try_from(replicas).unwrap()
    }

    pub(crate) fn is_blue_green(&self) -> bool {
        self.rollout["spec"]["strategy"]["blueGreen"].is_object()
    }

    /// What instances run, if it is known.
    pub(crate) fn template(&self) -> Option<Value> {
        let reference = self.rollout["spec"]["workloadRef"]["name"].as_str();
        let Some(name) = reference else {
            return Some(self.rollout["spec"]["template"].clone());
        };
        let is_it = |it: &&Value| it["kind"] == "Deployment" && it["metadata"]["name"] == name;
        self.others.iter().find(is_it).map(|it| it["spec"]["template"].clone())
    }

    /// Merges a patch, or changes what instances run.
    pub(crate) fn update(&mut self, patch: Option<&Value>) {
        self.updates += 1;
        let number = self.updates.to_string();
        let new = json!({"spec": {"template": {"metadata": {"annotations": {"update": number}}}}});
        merge(&mut self.rollout, patch.unwrap_or(&new));
        self.reconcile();
    }

    /// What a controller does when a manifest has changed.
    pub(crate) fn reconcile(&mut self) {
        self.engine.seen.clear();
        let steps = self.rollout["spec"]["strategy"]["canary"]["steps"].as_array();
        self.engine.outcomes.steps = steps.cloned().unwrap_or_default();
        for template in self.others.iter().filter(|it| it["kind"] == "AnalysisTemplate") {
            let name = template["metadata"]["name"].as_str().unwrap().to_owned();
            self.engine.outcomes.templates.insert(name, template.clone());
        }
        let Some(template) = self.template() else { return };
        let version = self.version(&template);
        if self.revisions.last().is_some_and(|(_, last)| *last == version) {
            return self.hold_or_go_on();
        }
        let number = self.revisions.iter().map(|(number, _)| *number).max().unwrap_or(0) + 1;
        let within = self.is_within_window(version);
        self.revisions.retain(|(_, one)| *one != version);
        self.revisions.push((number, version));
        self.hurried = false;
        if self.is_taken_back(version) {
            return;
        }
        if self.stable == Some(version) && !self.keeps() {
            // Back to what serves: the release under way goes back, and no other one follows.
            if self.state().is_some_and(|state| !state.status().is_final()) {
                self.engine.say(Command::Abort { why: "back".to_owned() });
            }
            return;
        }
        self.end_release();
        if self.stable != Some(version) {
            self.plan();
            if within {
                self.promote_all();
            }
        }
    }

    /// What a revision runs.
    pub(crate) fn template_text(&self, revision: u32) -> Option<String> {
        let (_, version) = self.revisions.iter().find(|(number, _)| *number == revision)?;
        self.templates.get(*version).cloned()
    }

    /// The version of a template; a new one gets its readiness.
    fn version(&mut self, template: &Value) -> usize {
        let text = template.to_string();
        if let Some(known) = self.templates.iter().position(|one| *one == text) {
            return known;
        }
        let version = self.templates.len();
        let delay = template
            .pointer("/spec/containers/0/readinessProbe/initialDelaySeconds")
            .and_then(Value::as_u64);
        let how = if text.contains("bad-command")
            || text.contains("argo-error")
            || text.contains("rollouts-demo:error")
            || has_no_image(template)
        {
            "never".to_owned()
        } else if text.contains("readinessGates") {
            "marked".to_owned()
        } else if let Some(delay) = delay {
            format!("after {delay}")
        } else {
            "now".to_owned()
        };
        self.templates.push(text);
        self.engine.change(&format!("v{version} is ready {how}"));
        version
    }

    /// `rollbackWindow`: a version that served not long ago needs no steps.
    fn is_within_window(&self, version: usize) -> bool {
        let window = self.rollout["spec"]["rollbackWindow"]["revisions"].as_u64().unwrap_or(0);
        let stable = self.stable_revision();
        let older = self.revisions.iter().rev().filter(|(number, _)| *number < stable);
        let at = older.map(|(_, one)| *one).position(|one| one == version);
        at.is_some_and(|at| u64::try_from(at).unwrap() < window)
    }

    /// Nothing but the manifest has changed: `paused` may have.
    fn hold_or_go_on(&mut self) {
        let paused = self.rollout["spec"]["paused"] == true;
        match self.state().map(State::status) {
            Some(Status::Planned) if !paused => self.engine.say(Command::Start),
            Some(Status::Progressing | Status::Waiting) if paused => {
                self.engine.say(Command::Pause { why: "paused".to_owned() });
            }
            Some(status) if status.is_final() => self.resize(),
            _ => {}
        }
    }

    /// As many instances as the manifest says, where no release is under way.
    pub(crate) fn resize(&mut self) {
        let (replicas, Some(stable)) = (self.desired(), self.stable) else { return };
        let set = self.engine.cluster.sets.get(&format!("v{stable}"));
        if set.is_some_and(|set| set.wanted() != replicas) {
            self.engine.change(&format!("scale v{stable} to {replicas}"));
        }
    }

    /// Goes back to the side that still has its instances.
    fn is_taken_back(&mut self, version: usize) -> bool {
        let back = self.keeps() && self.between.is_some_and(|(from, _)| from == Some(version));
        if back && self.is_blue_green() {
            self.stable = Some(version);
            self.engine.say(Command::Abort { why: "back".to_owned() });
        }
        back && self.is_blue_green()
    }

    /// The release under way makes way for another one.
    pub(crate) fn end_release(&mut self) {
        self.finish();
        let Some(state) = self.state() else { return };
        if state.status().is_final() {
            return;
        }
        if self.keeps() {
            self.engine.say(Command::Skip { why: "the next one".to_owned() });
        } else if state.status() != Status::RollingBack {
            self.engine.say(Command::Abort { why: "the next one".to_owned() });
        }
        let late = self.engine.now + LONG;
        let over = |engine: &Engine| engine.last.as_ref().unwrap().2.status().is_final();
        assert!(self.engine.pass_to(late, over), "{:?}", self.state());
        self.finish();
    }

    /// Whoever has all traffic at the end serves.
    pub(crate) fn finish(&mut self) {
        if let (Some((_, to)), true) = (self.between, self.is_done() || self.keeps()) {
            self.stable = Some(to);
        }
    }

    pub(crate) fn is_done(&self) -> bool {
        self.state().is_some_and(|state| state.status() == Status::Done)
    }

    pub(crate) fn state(&self) -> Option<&State> {
        self.engine.last.as_ref().map(|(_, _, state)| state)
    }

    pub(crate) fn step(&self) -> Option<&Step> {
        let (_, plan, state) = self.engine.last.as_ref()?;
        plan.steps.get(usize::from(state.step))
    }

    /// Whether all that is left is the end of the old side.
    pub(crate) fn keeps(&self) -> bool {
        let under_way = self.state().is_some_and(|state| state.status() == Status::Progressing);
        under_way && self.step().is_some_and(|step| is_end(&step.name))
    }

    /// Plans a release to the newest revision, and starts it unless the manifest says `paused`.
    pub(crate) fn plan(&mut self) {
        let (_, to) = *self.revisions.last().unwrap();
        let plan = self.plan_to(to).unwrap_or_else(|error| panic!("{error}\n{:#}", self.rollout));
        self.between = Some((self.stable, to));
        self.releases += 1;
        self.engine.plan(&format!("release-{}", self.releases), plan);
        if self.rollout["spec"]["paused"] != true {
            self.engine.say(Command::Start);
        }
        self.finish();
    }

    /// What the importer makes of the manifest, for these two versions.
    pub(crate) fn plan_to(&self, to: usize) -> Result<Plan, String> {
        let imported = import(Shape::Rollout, &self.rollout.to_string(), "rollout");
        let imported = imported.map_err(|errors| errors[0].to_string())?;
        let file = read(&imported.files[0].text, "rollout.yaml");
        let file = file.map_err(|errors| format!("{}\n{}", errors[0], imported.files[0].text))?;
        let mut plan = file.plan(&Overrides::default()).map_err(|errors| errors[0].to_string())?;
        plan.arms[1].version = format!("v{to}");
        if let Some(from) = self.stable {
            plan.arms[0].version = format!("v{from}");
            return Ok(plan);
        }
        // The first time there is nothing to compare with: instances, then traffic.
        "nothing".clone_into(&mut plan.arms[0].version);
        plan.arms[0].replicas = 0;
        plan.hooks.clear();
        plan.triggers.clear();
        let arm = plan.arms[1].name.clone();
        let replicas = self.desired();
        let does = |name: &str, does| Step {
            name: name.to_owned(),
            does,
            gate: None,
            before: Vec::new(),
            after: Vec::new(),
        };
        plan.steps = vec![does("all", Does::Scale { arm, replicas })];
        if plan.route.is_some() {
            plan.steps.push(does("all", Does::Split { split: Split::all_to(1, 2) }));
        }
        Ok(plan)
    }

    /// Goes straight to the end, conditions included.
    pub(crate) fn promote_all(&mut self) {
        self.hurried = true;
        self.engine.say(Command::Promote { why: String::new() });
        self.hurry();
    }

    /// Skips the conditions of a release that shall get to its end.
    pub(crate) fn hurry(&mut self) {
        for _ in 0..100 {
            let waits = self.state().is_some_and(|state| {
                matches!(state.stage, Stage::Working(Work::Rule { .. }))
                    && state.status() == Status::Progressing
            });
            if !(self.hurried && waits) {
                break;
            }
            self.engine.say(Command::Skip { why: "promoted".to_owned() });
        }
        self.finish();
    }
}

/// Whether an instance cannot begin for there is nothing to run.
fn has_no_image(template: &Value) -> bool {
    let containers = template.pointer("/spec/containers").and_then(Value::as_array);
    containers.is_some_and(|all| all.iter().any(|one| one["image"].is_null()))
}

/// The fact that a step waits for.
pub(crate) fn fact_of(step: &Step) -> Option<String> {
    let Does::Until { rule, .. } = &step.does else { return None };
    Some(rule.split('`').nth(1)?.to_owned())
}

/// Whether a step belongs to the end of the old side.
pub(crate) fn is_end(name: &str) -> bool {
    name.starts_with("keep ") || name.starts_with("remove ")
}

/// Longer than any script waits.
pub(crate) const LONG: Span = Span::from_secs(600);
