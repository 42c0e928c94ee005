//! Canary: the steps of a rollout with the instances that they mean.

use flagkit_dialects::Written;
use serde_json::{Map, Value as Json, json};

use super::tree::{count, entries, find, items, span, text};
use super::{Fate, Leaves, Rollout};
use crate::simulation::weighted::{self, Routed, Shares};
use crate::split::Weight;
use crate::strategy::replicas::{Amount, Leeway};

const AT: &str = "spec.strategy.canary";

pub(super) fn write(rollout: &mut Rollout<'_>, leaves: &mut Leaves) {
    let tree = rollout.tree;
    let Some(how) = find(tree, AT) else { return };
    let is_routed = find(how, "trafficRouting").is_some_and(|it| !entries(it).is_empty());
    let dynamic = find(how, "dynamicStableScale") == Some(&Written::Boolean(true));
    let ways = Ways {
        leeway: leeway(how, rollout.all),
        is_routed,
        is_dynamic: is_routed && dynamic,
        fixed: None,
    };
    take(leaves, "maxSurge", Fate::Taken, "in the instances of each step");
    take(leaves, "maxUnavailable", Fate::Taken, "in the instances of each step");
    take(leaves, "dynamicStableScale", Fate::Taken, "in the instances of each step");
    take(leaves, "trafficRouting", Fate::Changed, "`route`; say the driver under `drivers`");
    if is_routed {
        rollout.route = Some(rollout.name.clone());
    } else {
        "0s".clone_into(&mut rollout.keep);
    }
    let mut steps = Steps { rollout, leaves, ways };
    steps.write(how);
    steps.rest();
    let Steps { rollout, leaves, ways } = steps;
    if ways.is_routed {
        let keep = span(how, "scaleDownDelaySeconds").unwrap_or_else(|| "30s".to_owned());
        take(leaves, "scaleDownDelaySeconds", Fate::Taken, "the pause before the old side goes");
        rollout.remove_old(&keep);
        // Nothing means 30 seconds, and 0 means for ever: a release has to end some time.
        match span(how, "abortScaleDownDelaySeconds") {
            Some(keep) if keep != "0s" => {
                rollout.keep = keep;
                take(leaves, "abortScaleDownDelaySeconds", Fate::Taken, "`rollback.keep`");
            }
            Some(_) => {
                let words = "`rollback.keep: 30s`: a rollback has an end, and 0 would be none";
                take(leaves, "abortScaleDownDelaySeconds", Fate::Changed, words);
            }
            None => {}
        }
    }
    background(rollout, leaves, how);
}

/// How instances follow the weights.
struct Ways {
    leeway: Leeway,
    is_routed: bool,
    is_dynamic: bool,
    /// Instances of the new side, where a step says them.
    fixed: Option<u32>,
}

/// The steps that are being written.
struct Steps<'a, 'b> {
    rollout: &'a mut Rollout<'b>,
    leaves: &'a mut Leaves,
    ways: Ways,
}

impl Steps<'_, '_> {
    fn write(&mut self, how: &Written) {
        for (at, step) in items(how, "steps").iter().enumerate() {
            let path = format!("{AT}.steps[{at}]");
            for (key, value) in entries(step) {
                let name = format!("{at}: {key}");
                self.one(&name, key, value, [at.to_string(), format!("{path}.{key}")]);
            }
        }
    }

    /// One step; its number and its path.
    fn one(&mut self, name: &str, key: &str, value: &Written, [at, path]: [String; 2]) {
        let whole = json_of(value);
        let (fate, words) = match key {
            "setWeight" => {
                let percent = whole.as_u64().and_then(|it| u32::try_from(it).ok()).unwrap_or(0);
                self.weight(name, percent.min(100));
                (Fate::Taken, "instances, and a split where traffic is routed")
            }
            "pause" => {
                match span(value, "duration") {
                    Some(length) => self.rollout.step(name, "pause", json!(length)),
                    None => self.rollout.step(name, "hold", json!(true)),
                }
                (Fate::Taken, "`pause`, or `hold` without a duration")
            }
            "setCanaryScale" => self.canary_scale(name, value),
            "analysis" => {
                let fact = format!("analysis.step_{at}");
                let hooks = self.rollout.outside.analysis(&fact, value);
                self.rollout.until(name, &fact, &hooks);
                (Fate::Changed, "a hook that starts it, and a fact `analysis.step_…`")
            }
            "experiment" => {
                let fact = format!("experiment.step_{at}");
                let hooks = self.rollout.outside.experiment(&fact);
                self.rollout.until(name, &fact, &hooks);
                (Fate::Changed, "a hook that creates it, and a fact `experiment.step_…`")
            }
            "plugin" => {
                let fact = format!("plugin.step_{at}");
                self.rollout.outside.watch(&fact);
                self.rollout.until(name, &fact, &[]);
                (Fate::Changed, "a fact `plugin.step_…`; start it with a hook of your own")
            }
            "setHeaderRoute" => self.header_route(name, value),
            "setMirrorRoute" => self.mirror(name, value),
            _ => (Fate::Left, "a release has no such step"),
        };
        self.leaves.take_below(&path, fate, words);
    }

    /// So much for the new side.
    fn weight(&mut self, name: &str, percent: u32) {
        if !self.ways.is_routed {
            self.rollout.weight = percent;
            return self.by_instances(name, percent);
        }
        let new = self.ways.fixed.unwrap_or_else(|| self.part(percent));
        let [old_now, new_now] = self.rollout.has;
        let [_, old] = if self.ways.is_dynamic {
            weighted::routed([self.rollout.all; 2], percent, Routed::Forward)
        } else {
            [0, self.rollout.all]
        };
        // Whoever gets more is there before, and whoever gets less goes after.
        if old > old_now {
            self.rollout.scale(name, 0, old);
        }
        if new > new_now {
            self.rollout.scale(name, 1, new);
        }
        self.rollout.split(name, percent);
        self.rollout.scale(name, 0, old);
        self.rollout.scale(name, 1, new);
    }

    /// The instances themselves are the weight: a few at a time, as the leeway allows.
    fn by_instances(&mut self, name: &str, percent: u32) {
        for _ in 0..ROUNDS_MAX {
            let [old, new] = self.rollout.has;
            let shares = Shares {
                all: self.rollout.all,
                weight: percent,
                weight_all: 100,
                stable: [old, old],
                canary: [new, new],
                older: 0,
            };
            let [new_next, old_next] = weighted::next(shares, self.ways.leeway);
            if [old_next, new_next] == [old, new] {
                return;
            }
            if old_next > old {
                self.rollout.scale(name, 0, old_next);
            }
            if new_next > new {
                self.rollout.scale(name, 1, new_next);
            }
            self.rollout.scale(name, 0, old_next);
            self.rollout.scale(name, 1, new_next);
        }
    }

    /// So many instances of the new side, whatever its traffic.
    fn canary_scale(&mut self, name: &str, value: &Written) -> (Fate, &'static str) {
        if !self.ways.is_routed {
            return (Fate::Left, "without routing of traffic the instances are the weight");
        }
        let by_weight = count(value, "weight").map(|percent| self.part(percent.min(100)));
        self.ways.fixed = count(value, "replicas").or(by_weight);
        let new = self.ways.fixed.unwrap_or_else(|| self.part(self.rollout.weight));
        self.rollout.scale(name, 1, new);
        (Fate::Taken, "`scale` of the new side")
    }

    /// Requests with headers go to the new side.
    fn header_route(&mut self, name: &str, value: &Written) -> (Fate, &'static str) {
        let exact = items(value, "match").iter().filter_map(|one| {
            Some((text(one, "headerName")?, json!(text(one, "headerValue.exact")?)))
        });
        let headers: Map<String, Json> = exact.collect();
        if !self.ways.is_routed || headers.len() < items(value, "match").len() {
            return (Fate::Left, "headers are compared as a whole; write an expression as a flag");
        }
        let [_, new] = self.rollout.sides;
        self.rollout.step(name, "route", json!({ "arm": new, "headers": headers }));
        (Fate::Taken, "`route`")
    }

    /// A copy of the traffic for the new side.
    fn mirror(&mut self, name: &str, value: &Written) -> (Fate, &'static str) {
        if !self.ways.is_routed {
            return (Fate::Left, "without routing of traffic nothing can be copied");
        }
        let is_on = !items(value, "match").is_empty();
        let percent = count(value, "percentage").unwrap_or(if is_on { 100 } else { 0 }).min(100);
        let [_, new] = self.rollout.sides;
        self.rollout.step(name, "mirror", json!({ "arm": new, "share": format!("{percent}%") }));
        (Fate::Changed, "`mirror` of a share of all requests, whatever their path")
    }

    /// The way to all traffic, after the last step.
    fn rest(&mut self) {
        self.ways.fixed = None;
        let done = self.rollout.weight == 100 && self.rollout.has.get(1) == Some(&self.rollout.all);
        if !done || !self.ways.is_routed {
            self.weight("all", 100);
        }
    }

    /// How many instances carry so much.
    fn part(&self, percent: u32) -> u32 {
        let [new, _] = weighted::routed([self.rollout.all; 2], percent, Routed::Forward);
        new
    }
}

/// An analysis beside the steps.
fn background(rollout: &mut Rollout<'_>, leaves: &mut Leaves, how: &Written) {
    let Some(analysis) = find(how, "analysis") else { return };
    let fact = "analysis.background";
    let hooks = rollout.outside.analysis(fact, analysis);
    let begin = count(analysis, "startingStep").unwrap_or(0);
    let is_after = |step: &Json| {
        let name = step.get("name").and_then(Json::as_str).unwrap_or_default();
        let at = name.split(':').next().and_then(|at| at.parse::<u32>().ok());
        at.is_none_or(|at| at >= begin)
    };
    let at = rollout.steps.iter().position(is_after);
    if let Some(Json::Object(step)) = at.and_then(|at| rollout.steps.get_mut(at)) {
        let before = step.entry("before").or_insert_with(|| json!([]));
        if let Json::Array(before) = before {
            before.extend(hooks.into_iter().map(Json::from));
        }
    }
    let words = "a hook that starts it, and triggers over the fact `analysis.background`";
    take(leaves, "analysis", Fate::Changed, words);
}

/// How far instances may be beyond or short of what is wanted; a quarter each without.
fn leeway(how: &Written, all: u32) -> Leeway {
    let amount = |key: &str| {
        let text = text(how, key).unwrap_or_else(|| "25%".to_owned());
        match text.strip_suffix('%') {
            Some(percent) => {
                let ppm = percent.trim().parse::<u32>().unwrap_or(25).saturating_mul(10_000);
                Amount::Share(Weight::from_ppm(ppm).unwrap_or(Weight::ALL))
            }
            None => Amount::Count(text.parse().unwrap_or(1)),
        }
    };
    Leeway::of(all, amount("maxSurge"), amount("maxUnavailable"))
}

fn json_of(value: &Written) -> Json {
    match value {
        Written::Integer(number) => json!(number),
        Written::Text(text) => text.parse::<u64>().map_or(Json::Null, Json::from),
        _ => Json::Null,
    }
}

fn take(leaves: &mut Leaves, key: &str, fate: Fate, words: &str) {
    leaves.take_below(&format!("{AT}.{key}"), fate, words);
}

const ROUNDS_MAX: u32 = 1000;
