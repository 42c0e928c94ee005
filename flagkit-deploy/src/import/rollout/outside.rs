//! What somebody else runs: analyses, experiments and plugins.
//!
//! A hook starts it, and whoever runs it tells its phase as a fact of the release. `Successful` lets
//! the step end, `Failed` and `Error` roll back, `Inconclusive` pauses.

use flagkit_dialects::Written;
use serde_json::{Map, Value as Json, json};

use super::tree::{items, text};

/// Hooks and triggers of a release.
#[derive(Default)]
pub(super) struct Outside {
    hooks: Map<String, Json>,
    triggers: Vec<Json>,
}

impl Outside {
    /// Lets an analysis be started by hooks, one for each of its templates; their names.
    pub(super) fn analysis(&mut self, fact: &str, analysis: &Written) -> Vec<String> {
        let arguments = items(analysis, "args").iter().filter_map(|argument| {
            Some(format!("{}={}", text(argument, "name")?, text(argument, "value")?))
        });
        let arguments: Vec<String> = arguments.collect();
        let mut hooks = Vec::new();
        for template in items(analysis, "templates") {
            let Some(template) = text(template, "templateName") else { continue };
            let mut command: Vec<String> = START.iter().map(ToString::to_string).collect();
            command.push(template.clone());
            for argument in &arguments {
                command.extend(["--argument".to_owned(), argument.clone()]);
            }
            let name = format!("{fact}/{template}");
            self.hooks.insert(name.clone(), json!({ "command": command }));
            hooks.push(name);
        }
        self.watch(fact);
        hooks
    }

    /// Lets an experiment be created by a hook; its name.
    pub(super) fn experiment(&mut self, fact: &str) -> Vec<String> {
        let command = json!(["kubectl", "create", "-f", format!("{fact}.yaml")]);
        self.hooks.insert(fact.to_owned(), json!({ "command": command }));
        self.watch(fact);
        vec![fact.to_owned()]
    }

    /// Rolls back or pauses by the phase that is told.
    pub(super) fn watch(&mut self, fact: &str) {
        for (phase, then) in
            [("Failed", "roll_back"), ("Error", "roll_back"), ("Inconclusive", "pause")]
        {
            let (name, rule) =
                (format!("{fact}: {phase}"), format!("{} == \"{phase}\"", quoted(fact)));
            self.triggers.push(json!({ "name": name, "rule": rule, "then": then }));
        }
    }

    pub(super) fn into_file(self, file: &mut Json) {
        if !self.hooks.is_empty() {
            super::super::canary::put(file, "hooks", Json::Object(self.hooks));
        }
        if !self.triggers.is_empty() {
            super::super::canary::put(file, "triggers", json!(self.triggers));
        }
    }
}

/// The step that waits until something has succeeded.
pub(super) fn until(name: &str, fact: &str, hooks: &[String]) -> Json {
    let rule = format!("{} == \"Successful\"", quoted(fact));
    json!({ "name": name, "until": { "rule": rule }, "before": hooks })
}

/// A fact as conditions name it.
fn quoted(fact: &str) -> String {
    format!("`{fact}`")
}

const START: [&str; 6] = ["kubectl", "argo", "rollouts", "create", "analysisrun", "--from"];
