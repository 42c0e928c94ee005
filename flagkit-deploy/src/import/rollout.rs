//! `rollout`: a manifest of Argo Rollouts.
//!
//! Its steps become steps with the instances that its controller would have. What surrounds it, such
//! as services and templates of analyses, stays with whoever applies it. An analysis becomes a hook
//! that starts it and a condition over the fact `analysis.NAME`, which whoever runs it tells.

use flagkit_dialects::Written;
use serde_json::{Map, Value as Json, json};

use super::Fate;
use super::leaves::Leaves;

mod blue_green;
mod canary;
mod outside;
mod tree;

use outside::Outside;
use tree::{count, find, text};

/// One release.
pub(super) fn files(tree: &Written, leaves: &mut Leaves, target: &str) -> Vec<(String, Json)> {
    let mut rollout = Rollout::of(tree, target);
    leaves.take_below("spec.replicas", Fate::Taken, "instances of the side that serves now");
    leaves.take_below("metadata.name", Fate::Taken, "the workload of both sides");
    for key in ["kind", "apiVersion"] {
        leaves.take_below(key, Fate::Taken, "it is what is read here");
    }
    if text(tree, "kind").is_some_and(|kind| kind != "Rollout") {
        leaves.refuse("kind", "this is no `Rollout`", "name the file of the rollout");
    }
    let sides = if find(tree, "spec.strategy.blueGreen").is_some() {
        blue_green::write(&mut rollout, leaves);
        ["active", "preview"]
    } else if find(tree, "spec.strategy.canary").is_some() {
        canary::write(&mut rollout, leaves);
        ["stable", "canary"]
    } else {
        let mend = "write `canary` or `blueGreen`";
        leaves.refuse("spec.strategy", "there is no strategy that a release knows", mend);
        return Vec::new();
    };
    rollout.deadline(leaves);
    leaves.take_below("spec.template", Fate::Left, TEMPLATE);
    vec![(target.to_owned(), rollout.into_file(target, sides))]
}

/// A rollout that is becoming a release.
struct Rollout<'a> {
    tree: &'a Written,
    name: String,
    /// How many instances there shall be.
    all: u32,
    /// What the two sides have by now: the old one and the new one.
    has: [u32; 2],
    /// The names of the two sides.
    sides: [&'static str; 2],
    route: Option<String>,
    /// Whether nobody has looked since the new side got more traffic.
    unseen: bool,
    /// The weight of the new side by now, in percent.
    weight: u32,
    steps: Vec<Json>,
    outside: Outside,
    keep: String,
    attempts: Map<String, Json>,
}

impl<'a> Rollout<'a> {
    fn of(tree: &'a Written, target: &str) -> Self {
        let all = count(tree, "spec.replicas").unwrap_or(1);
        Self {
            tree,
            name: text(tree, "metadata.name").unwrap_or_else(|| target.to_owned()),
            all,
            has: [all, 0],
            sides: ["stable", "canary"],
            route: None,
            unseen: false,
            weight: 0,
            steps: Vec::new(),
            outside: Outside::default(),
            keep: "30s".to_owned(),
            attempts: Map::new(),
        }
    }

    /// Adds a step of this name that does one thing.
    fn step(&mut self, name: &str, does: &str, how: Json) {
        self.unseen &= !matches!(does, "pause" | "hold");
        let mut step = json!({ "name": name });
        super::canary::put(&mut step, does, how);
        self.steps.push(step);
    }

    /// So many instances of a side, if it has not so many already.
    fn scale(&mut self, name: &str, side: usize, replicas: u32) {
        if side == 0 && self.has.first().is_some_and(|has| *has > replicas) {
            self.look(name);
        }
        let (Some(has), Some(arm)) = (self.has.get_mut(side), self.sides.get(side)) else { return };
        if *has != replicas {
            *has = replicas;
            let how = json!({ "arm": arm, "replicas": replicas });
            self.step(name, "scale", how);
        }
    }

    /// Waits a second where nobody has looked at what the new side does with its traffic: a release
    /// neither grows nor gives away the old side unseen.
    fn look(&mut self, name: &str) {
        if self.unseen && self.route.is_some() {
            let at = name.split(':').next().unwrap_or_default().to_owned();
            self.step(&format!("{at}: look"), "pause", json!("1s"));
        }
    }

    /// A step that waits for a fact.
    fn until(&mut self, name: &str, fact: &str, hooks: &[String]) {
        self.unseen = false;
        self.steps.push(outside::until(name, fact, hooks));
    }

    /// So much of the traffic, in percent, for the new side.
    fn split(&mut self, name: &str, percent: u32) {
        let [_, new] = self.sides;
        if percent > self.weight {
            self.look(name);
            self.unseen = true;
        }
        self.weight = percent;
        self.step(name, "split", json!({ new: format!("{percent}%") }));
    }

    /// The old side goes, after a while.
    fn remove_old(&mut self, after: &str) {
        let [old, _] = self.sides;
        if self.has.first().is_some_and(|has| *has > 0) {
            self.step(&format!("keep {old} for {after}"), "pause", json!(after));
            self.scale(&format!("remove {old}"), 0, 0);
        }
    }

    /// How long instances have time to become ready.
    fn deadline(&mut self, leaves: &mut Leaves) {
        let seconds = count(self.tree, "spec.progressDeadlineSeconds").unwrap_or(600);
        let (mut tries, mut passed, mut delay) = (1, 0_u32, 1);
        while passed < seconds && tries < 1000 {
            passed = passed.saturating_add(delay);
            delay = (delay * 2).min(DELAY_MAX);
            tries += 1;
        }
        self.attempts.insert("forward".to_owned(), json!(tries));
        self.attempts.insert("delay".to_owned(), json!("1s"));
        self.attempts.insert("delay_max".to_owned(), json!(format!("{DELAY_MAX}s")));
        let words = "`attempts`: tries until then; after the last one the release pauses and pages";
        leaves.take_below("spec.progressDeadlineSeconds", Fate::Changed, words);
        if find(self.tree, "spec.progressDeadlineAbort") == Some(&Written::Boolean(true)) {
            self.attempts.insert("then".to_owned(), json!("roll_back"));
            let words = "`attempts.then: roll_back`";
            leaves.take_below("spec.progressDeadlineAbort", Fate::Taken, words);
        }
    }

    fn into_file(self, target: &str, sides: [&str; 2]) -> Json {
        let [old, new] = sides;
        let arms = json!({ "in order": [
            { "name": old, "workload": self.name, "replicas": self.all },
            { "name": new, "workload": self.name },
        ] });
        let steps = if self.steps.is_empty() {
            vec![json!({ "name": "nothing to do", "pause": "1s" })]
        } else {
            self.steps
        };
        let mut file = super::file(target, &arms, &json!({ "steps": steps }));
        let route = self.route.unwrap_or_else(|| "none".to_owned());
        for (key, value) in [
            ("route", json!(route)),
            ("rollback", json!({ "keep": self.keep })),
            ("attempts", Json::Object(self.attempts)),
        ] {
            super::canary::put(&mut file, key, value);
        }
        self.outside.into_file(&mut file);
        file
    }
}

/// The longest wait between two tries, in seconds.
const DELAY_MAX: u32 = 15;
const TEMPLATE: &str =
    "what instances run is the workload driver's; say the new version with `--set`";
