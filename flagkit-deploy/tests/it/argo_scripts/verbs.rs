//! The verbs that do something.

use flagkit_deploy::Status;
use flagkit_deploy::event::Command;
use flagkit_deploy::import::{Shape, import};
use flagkit_deploy::release::{Stage, Work};
use serde_json::{Value, json};

use super::manifest::{documents, file, merge};
use super::script::{Call, unquoted};
use super::stand::Stand;

/// What became of a line of a script.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Fate {
    /// It only says what comes next.
    Frame,
    /// It was done.
    Done,
    /// It was compared; what was different, if anything was.
    Compared(Option<String>),
    /// There is nothing like it, and why.
    Without(&'static str),
}

impl Stand {
    /// Does what a line says; none if it does nothing.
    pub(crate) fn act(&mut self, call: &Call) -> Option<Fate> {
        let seconds = flagkit_deploy::Span::from_secs;
        match call.verb.as_str() {
            "Given" | "When" | "Then" => return Some(Fate::Frame),
            "RolloutObjects" => self.objects(call.arguments.first().unwrap()),
            "RolloutTemplate" => self.template_of(call),
            "SetSteps" => self.set_steps(call),
            "ApplyManifests" => self.apply(call),
            "HealthyRollout" => return Some(self.healthy(call)),
            "SetVersion" => self.configure(json!({"template": annotation(call.text(0))})),
            "UpdateVersion" => {
                self.update(Some(&json!({"spec": {"template": annotation(call.text(0))}})));
            }
            "SetRollbackWindow" => {
                self.configure(json!({"rollbackWindow": {"revisions": call.number(0)}}));
            }
            "AutoPromotionEnabled" => {
                self.blue_green("autoPromotionEnabled", json!(call.text(0) == "true"));
            }
            "AutoPromotionSeconds" => {
                self.blue_green("autoPromotionSeconds", json!(call.number(0)));
            }
            "ScaleDownDelaySeconds" => {
                self.blue_green("scaleDownDelaySeconds", json!(call.number(0)));
            }
            "UpdateSpec" | "PatchSpec" => self.patch(call),
            "UpdateWorkloadRef" | "UpdateResource" => self.workload(call),
            "UndoRollout" => self.undo(call.number(0)),
            "ScaleRollout" | "ScaleRolloutWithWorkloadRef" => self.scale(call.number(0)),
            "PromoteRollout" => self.promote(),
            "PromoteRolloutFull" => self.promote_full(),
            "AbortRollout" => self.abort(),
            "RetryRollout" => self.retry(),
            "MarkPodsReady" => {
                let version = self.version_of(call.number(0)).unwrap();
                self.engine.change(&format!("mark {} of {version}", call.number(1)));
            }
            "Sleep" | "Wait" => {
                let until = self.engine.now + seconds(call.seconds(0));
                self.engine.pass_to(until, |_| false);
            }
            _ => return None,
        }
        self.hurry();
        Some(Fate::Done)
    }

    /// The text of an argument: a file, a variable, or what stands there.
    fn text(&self, argument: &str) -> String {
        let text = unquoted(argument);
        if let Some(variable) = self.variables.get(text) {
            return variable.clone();
        }
        if text == "tc.filename" {
            return file("istio/istio-host-split.yaml");
        }
        text.trim().strip_prefix('@').map_or_else(|| text.to_owned(), file)
    }

    fn objects(&mut self, argument: &str) {
        if argument.starts_with("newService(") {
            return;
        }
        for document in documents(&self.text(argument)) {
            self.take(document);
        }
    }

    fn take(&mut self, document: Value) {
        if document["kind"] == "Rollout" {
            self.rollout = document;
            return;
        }
        let name = |it: &Value| (it["kind"].clone(), it["metadata"]["name"].clone());
        self.others.retain(|other| name(other) != name(&document));
        self.others.push(document);
    }

    /// A file in which names are replaced.
    fn template_of(&mut self, call: &Call) {
        let mut text = self.text(&call.arguments[0]);
        let map = call.arguments[1].split_once('{').unwrap().1.trim_end_matches('}');
        for pair in map.split(", ") {
            let (name, value) = pair.split_once(": ").unwrap();
            let value = value.trim_start_matches("string(types.Phase").trim_end_matches(')');
            text = text.replace(unquoted(name), unquoted(value));
        }
        for document in documents(&text) {
            self.take(document);
        }
    }

    fn set_steps(&mut self, call: &Call) {
        let steps = self.text(&call.arguments[0]);
        let steps = documents(&steps).remove(0);
        merge(&mut self.rollout, &json!({"spec": {"strategy": {"canary": {"steps": steps}}}}));
    }

    fn configure(&mut self, spec: Value) {
        merge(&mut self.rollout, &json!({ "spec": spec }));
    }

    fn blue_green(&mut self, key: &str, value: Value) {
        self.configure(json!({"strategy": {"blueGreen": {key: value}}}));
    }

    fn apply(&mut self, call: &Call) {
        if let Some(argument) = call.arguments.first() {
            let argument = argument.clone();
            self.objects(&argument);
        }
        if self.rollout.is_object() {
            self.reconcile();
        }
    }

    /// Applies a rollout and waits until it serves. One that is wrong is refused.
    fn healthy(&mut self, call: &Call) -> Fate {
        self.objects(&call.arguments[0]);
        if call.text(0).starts_with("@expectedfailures") {
            let refused = import(Shape::Rollout, &self.rollout.to_string(), "rollout").is_err();
            return Fate::Compared((!refused).then(|| "it was not refused".to_owned()));
        }
        self.reconcile();
        let different = self.wait(|stand| stand.phase() == "Healthy");
        Fate::Compared((!different).then(|| format!("it is {}", self.phase())))
    }

    fn patch(&mut self, call: &Call) {
        let patch =
            call.arguments.first().map(|argument| documents(&self.text(argument)).remove(0));
        self.update(patch.as_ref());
    }

    /// What instances run stands in a workload of its own.
    fn workload(&mut self, call: &Call) {
        let image = call
            .arguments
            .last()
            .unwrap()
            .split("demo:")
            .nth(1)
            .map_or("new", |rest| rest.split('"').next().unwrap());
        let name = self.rollout["spec"]["workloadRef"]["name"].clone();
        let is_it = |it: &&mut Value| it["kind"] == "Deployment" && it["metadata"]["name"] == name;
        let workload = self.others.iter_mut().find(is_it).unwrap();
        let image = format!("argoproj/rollouts-demo:{image}");
        workload["spec"]["template"]["spec"]["containers"][0]["image"] = json!(image);
        self.reconcile();
    }

    /// Goes back to what a revision ran.
    fn undo(&mut self, revision: u32) {
        let template = self.template_text(revision).unwrap();
        self.rollout["spec"]["template"] = serde_json::from_str(&template).unwrap();
        self.reconcile();
    }

    /// So many instances from now on. A release that is under way keeps its numbers.
    fn scale(&mut self, replicas: u32) {
        self.configure(json!({ "replicas": replicas }));
        if self.state().is_none_or(|state| state.status().is_final()) {
            self.resize();
        }
    }

    /// Ends what the release waits for.
    fn promote(&mut self) {
        let Some(state) = self.state() else { return };
        let waits = matches!(state.stage, Stage::Working(Work::Until(_) | Work::Rule { .. }));
        match state.status() {
            Status::Paused => self.engine.say(Command::Resume),
            Status::Progressing if waits && !self.keeps() => {
                self.engine.say(Command::Skip { why: "promoted".to_owned() });
            }
            _ => {}
        }
    }

    fn promote_full(&mut self) {
        let Some(state) = self.state() else { return };
        match state.status() {
            Status::RolledBack | Status::RollingBack | Status::Cancelled => {
                self.end_release();
                self.plan();
                self.promote_all();
            }
            status if status.is_final() => {}
            _ => self.promote_all(),
        }
    }

    fn abort(&mut self) {
        let over = self.state().is_none_or(|state| state.status().is_final());
        if !over && !self.keeps() {
            self.engine.seen.clear();
            self.engine.say(Command::Abort { why: String::new() });
        }
    }

    /// Tries again: what was rolled back is planned anew, what stands still goes on.
    fn retry(&mut self) {
        let Some(state) = self.state() else { return };
        match state.status() {
            Status::RolledBack | Status::RollingBack | Status::Cancelled => {
                self.end_release();
                self.plan();
            }
            Status::Paused => self.engine.say(Command::Retry),
            _ => {}
        }
    }
}

fn annotation(version: &str) -> Value {
    json!({"metadata": {"annotations": {"version": version}}})
}
