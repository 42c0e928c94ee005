//! Conditions: asked of the flag core with what the release knows.

use crate::plan::Step;
use crate::policy::Answer;
use crate::release::Release;
use crate::release::walk::Walk;
use crate::time::Span;

/// A condition that is asked before a step begins.
pub(super) struct Gate<'a> {
    pub(super) name: &'a str,
    pub(super) rule: &'a str,
    /// How long it is waited for.
    pub(super) at_most: Option<Span>,
}

impl<'a> Walk<'a> {
    /// Asks a condition, with the reason.
    pub(super) fn ask(&self, rule: &str) -> Answer {
        self.release.policies.ask(rule, &self.known(), self.now)
    }

    /// Asks a condition: much cheaper without the reason.
    pub(super) fn holds(&self, rule: &str) -> bool {
        self.release.policies.holds(rule, &self.known(), self.now)
    }

    /// The first gate that does not hold before a step.
    pub(super) fn closed_gate<'s>(&self, step: &'s Step) -> Option<Gate<'s>>
    where
        'a: 's,
    {
        let begins = self.state.step == 0;
        let plan = &self.release.plan;
        let gates = plan.gates.iter().filter(|_| begins || step.does.changes());
        let all =
            gates.map(|gate| Gate { name: &gate.name, rule: &gate.rule, at_most: gate.at_most });
        let own = |rule: &'s String| Gate { name: &step.name, rule, at_most: None };
        all.chain(step.gate.iter().map(own)).find(|gate| !self.holds(gate.rule))
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
