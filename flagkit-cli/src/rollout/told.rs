//! Records of a journal as sentences: what happened, when, and how much it matters.

use std::collections::BTreeMap;

use flagkit_deploy::Time;
use flagkit_deploy::event::{Command, What};
use flagkit_deploy::judge::{Evidence, Verdict};
use flagkit_deploy::order::{Outcome, Wanted};
use flagkit_deploy::plan::Plan;
use flagkit_deploy::record::{Decision, Entry, Record};
use serde::{Deserialize, Serialize};

use crate::rollout::standing::words;

/// Something that was decided or done.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct Told {
    /// When.
    pub(crate) at_ms: Time,
    /// How much it matters.
    pub(crate) mark: Mark,
    /// What, in a sentence.
    pub(crate) text: String,
}

/// How much something matters.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Mark {
    /// It went on.
    Good,
    /// Somebody said something, or something was done outside.
    Plain,
    /// Somebody should look.
    Warning,
    /// Harm, or no way on.
    Bad,
}

/// Tells the records of one release in order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Teller {
    plan: Option<Plan>,
    now: Time,
    orders: BTreeMap<u32, Wanted>,
    verdicts: BTreeMap<(Option<u16>, u16), Verdict>,
}

impl Teller {
    /// Tells the next record; nothing where people need not know.
    pub(crate) fn tell(&mut self, record: &Record) -> Vec<Told> {
        let (mark, text) = match &record.entry {
            Entry::Planned { now, author, plan } => {
                self.now = *now;
                let steps = plan.steps.len();
                let text = format!("planned by {}: {}, {steps} steps", author.name, plan.strategy);
                self.plan = Some((**plan).clone());
                (Mark::Plain, text)
            }
            Entry::Intent { order, wanted } => {
                self.orders.insert(*order, wanted.clone());
                return Vec::new();
            }
            Entry::Happened(event) => {
                self.now = event.now;
                match self.happened(&event.what) {
                    Some(told) => told,
                    None => return Vec::new(),
                }
            }
            Entry::Decided(Decision::Ruled(evidence)) => return self.ruled(evidence),
            Entry::Decided(decision) => self.decided(decision),
            _ => return Vec::new(),
        };
        vec![Told { at_ms: self.now, mark, text }]
    }

    /// What drivers did and people said.
    fn happened(&mut self, what: &What) -> Option<(Mark, String)> {
        match what {
            What::Came { order, outcome } => {
                let wanted = self.orders.remove(order);
                let words = wanted.as_ref().map_or_else(|| format!("order {order}"), words::wanted);
                match outcome {
                    Outcome::Failed(failure) => {
                        Some((Mark::Warning, format!("{words} failed: {failure}")))
                    }
                    Outcome::Done { .. } => Some((Mark::Plain, words)),
                    _ => None,
                }
            }
            What::Command { by, command } => {
                let name = &by.name;
                let said = match command {
                    Command::Approve { agreed: true, .. } => format!("{name} approves"),
                    Command::Approve { .. } => format!("{name} refuses"),
                    Command::Alert { what } => format!("alert from {name}: {what}"),
                    // What follows from the others names who said it.
                    _ => return None,
                };
                Some((Mark::Plain, said))
            }
            _ => None,
        }
    }

    fn decided(&self, told: &Decision) -> (Mark, String) {
        match told {
            Decision::Moved { status, step: Some(step), why } if status == "progressing" => {
                (Mark::Good, self.step(*step, why))
            }
            _ => decision(told),
        }
    }

    /// A step that begins, with its number as people count.
    fn step(&self, step: u16, why: &str) -> String {
        let Some(plan) = &self.plan else { return why.to_owned() };
        let known = plan.steps.get(usize::from(step));
        let begins = known.is_some_and(|known| why == format!("step {step}: {}", known.name));
        if !begins {
            return why.to_owned();
        }
        let does = known.map(|known| words::does(&known.does, plan)).unwrap_or_default();
        format!("step {} of {}: {does}", u32::from(step) + 1, plan.steps.len())
    }

    /// Verdicts that are not what they were.
    fn ruled(&mut self, evidence: &[Evidence]) -> Vec<Told> {
        let mut told = Vec::new();
        for one in evidence {
            let before = self.verdicts.insert((one.metric, one.arm), one.verdict);
            if before.unwrap_or_default() == one.verdict {
                continue;
            }
            let mark = match one.verdict {
                Verdict::Worse => Mark::Bad,
                Verdict::NotWorse | Verdict::Better => Mark::Good,
                _ => Mark::Plain,
            };
            let what = self.metric(one);
            let text = format!("{what}: {}; {}", verdict(one.verdict), one.why);
            told.push(Told { at_ms: self.now, mark, text });
        }
        told
    }

    fn metric(&self, evidence: &Evidence) -> String {
        let Some(plan) = &self.plan else { return "a metric".to_owned() };
        let metric = evidence.metric.and_then(|at| plan.metrics.get(usize::from(at)));
        let name = metric.map_or("the division of traffic", |metric| metric.name.as_str());
        format!("{name} of {}", words::arm(plan, evidence.arm))
    }
}

/// What was decided, in words.
pub(crate) fn decision(decision: &Decision) -> (Mark, String) {
    match decision {
        Decision::Moved { status, why, .. } => {
            let mark = match status.as_str() {
                "rolling_back" | "rolled_back" | "frozen" => Mark::Bad,
                "paused" | "waiting" | "cancelled" => Mark::Warning,
                _ => Mark::Good,
            };
            (mark, format!("{}: {why}", status.replace('_', " ")))
        }
        Decision::Refused { what, why } => (Mark::Warning, format!("{what}: {why}")),
        Decision::Ignored { why } => (Mark::Warning, format!("ignored: {why}")),
        Decision::Ruled(evidence) => {
            let verdicts = evidence.iter().map(|one| verdict(one.verdict));
            (Mark::Plain, format!("verdicts: {}", verdicts.collect::<Vec<_>>().join(", ")))
        }
        _ => (Mark::Plain, "something that this version has no words for".to_owned()),
    }
}

/// The word for a verdict.
pub(crate) fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Worse => "worse",
        Verdict::NotWorse => "not worse",
        Verdict::Better => "better",
        _ => "not known yet",
    }
}
