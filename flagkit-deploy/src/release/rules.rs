//! Conditions: asked of the flag core with what the release knows.

use crate::plan::Step;
use crate::policy::Answer;
use crate::release::Release;
use crate::release::walk::Walk;
use crate::time::Span;

impl Walk<'_> {
    /// Asks a condition.
    pub(super) fn ask(&self, rule: &str) -> Answer {
        self.release.policies.ask(rule, &self.attributes(), self.now)
    }

    /// The first gate that does not hold before a step: its name, why, and how long it is waited for.
    pub(super) fn closed_gate(&self, step: &Step) -> Option<(String, String, Option<Span>)> {
        let begins = self.state.step == 0;
        let plan = &self.release.plan;
        let gates = plan.gates.iter().filter(|_| begins || step.does.changes());
        let all = gates
            .map(|gate| (gate.name.as_str(), gate.rule.as_str(), gate.at_most))
            .chain(step.gate.iter().map(|rule| (step.name.as_str(), rule.as_str(), None)));
        for (name, rule, at_most) in all {
            let answer = self.ask(rule);
            if !answer.holds {
                return Some((name.to_owned(), answer.why, at_most));
            }
        }
        None
    }
}

impl Release {
    /// Hooks in the order in which they are called, those that others come after among them.
    pub(super) fn hooks_of<'a>(&'a self, names: &'a [String]) -> Vec<&'a str> {
        let mut all: Vec<&str> = Vec::new();
        for name in names {
            let chain = self.hooks.get(name).map(Vec::as_slice).unwrap_or_default();
            for hook in chain {
                if !all.contains(&hook.as_str()) {
                    all.push(hook);
                }
            }
        }
        all
    }
}
