//! The sections of a file, and the plan that they become.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::drivers::Drivers;
use super::finding::Findings;
use super::reading::circles;
use super::steps::StepSection;
use crate::calendar::Calendars;
use crate::plan::{
    Approval, Arm, Attempts, Calendar, Does, Gate, Judging, Plan, Rollback, Rule, Step, Telling,
    Then, Trigger,
};
use crate::policy::TriggerText;
use crate::refusal::Refusal;
use crate::strategy::{
    AbTest, BlueGreen, Canary, Emergency, FlagRamp, Recreate, Rolling, Strategy,
};
use crate::time::Span;

mod metric;
mod outside;

use metric::MetricSection;
use outside::{ChannelSection, CheckSection, HookSection};

/// A whole file, every value of its kind.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct File {
    pub(super) target: String,
    pub(super) environment: String,
    pub(super) version: Option<String>,
    route: Option<String>,
    pub(super) arms: Vec<ArmSection>,
    strategy: StrategySection,
    approval: Option<Approval>,
    gates: Vec<GateSection>,
    windows: Vec<String>,
    prometheus: Option<String>,
    metrics: Vec<MetricSection>,
    triggers: Vec<TriggerSection>,
    judging: Judging,
    rollback: Rollback,
    attempts: Attempts,
    checks: BTreeMap<String, CheckSection>,
    hooks: BTreeMap<String, HookSection>,
    channels: BTreeMap<String, ChannelSection>,
    calendars: BTreeMap<String, Calendar>,
    pub(super) drivers: Drivers,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct ArmSection {
    pub(super) name: String,
    #[serde(default)]
    version: String,
    workload: Option<String>,
    replicas: u32,
    address: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
struct GateSection {
    rule: Rule,
    name: Option<String>,
    at_most: Option<Span>,
}

#[derive(Clone, Debug, Deserialize)]
struct TriggerSection {
    rule: String,
    name: Option<String>,
    then: Then,
}

#[derive(Clone, Debug, Default, Deserialize)]
struct StrategySection {
    canary: Option<Canary>,
    blue_green: Option<BlueGreen>,
    rolling: Option<Rolling>,
    recreate: Option<Recreate>,
    ab_test: Option<AbTest>,
    flag_ramp: Option<FlagRamp>,
    emergency: Option<Emergency>,
    steps: Option<Vec<StepSection>>,
}

impl File {
    /// What no single value shows: choices of exactly one, circles, lines of triggers.
    pub(super) fn check(&self, findings: &mut Findings) {
        let count = self.strategies().len();
        if count != 1 {
            let problem = format!("{count} strategies");
            let mend = "write exactly one, such as `canary: {}`";
            findings.add("strategy", problem, mend);
        }
        for (at, step) in self.strategy.steps.iter().flatten().enumerate() {
            step.check(&format!("strategy.steps[{at}]"), findings);
        }
        for metric in &self.metrics {
            metric.check(findings);
        }
        for (at, trigger) in self.triggers.iter().enumerate() {
            trigger.check(&format!("triggers[{at}]"), self.judging.look, findings);
        }
        for (name, check) in &self.checks {
            check.check(&format!("checks.{name}"), findings);
        }
        for (name, hook) in &self.hooks {
            hook.check(&format!("hooks.{name}"), findings);
        }
        for refusal in Calendars::new(&self.calendars).err().into_iter().flatten() {
            findings.add(&refusal.path, refusal.problem, &refusal.mend);
        }
        self.drivers.check(findings);
        let after = self.hooks.iter().map(|(name, hook)| (name.clone(), hook.after.clone()));
        for name in circles(&after.collect()) {
            let problem = format!("`{name}` is called after itself");
            findings.add(
                &format!("hooks.{name}.after"),
                problem,
                "take one of them out of the circle",
            );
        }
    }

    /// The plan but for its steps.
    pub(super) fn without_steps(&self) -> Plan {
        let arm = |arm: &ArmSection| Arm {
            name: arm.name.clone(),
            version: arm.version.clone(),
            workload: arm.workload.clone(),
            replicas: arm.replicas,
            address: arm.address.clone(),
        };
        let mut plan = Plan::of(self.target.clone(), self.arms.iter().map(arm).collect());
        plan.environment.clone_from(&self.environment);
        match self.route.as_deref() {
            Some("none") => plan.route = None,
            Some(route) => plan.route = Some(route.to_owned()),
            None => {}
        }
        plan.gates = self.gates();
        plan.metrics =
            self.metrics.iter().map(|it| it.metric(self.prometheus.as_deref())).collect();
        plan.triggers = self.triggers.iter().map(|it| it.trigger(self.judging.look)).collect();
        plan.judging = self.judging.clone();
        plan.rollback = self.rollback.clone();
        plan.attempts = self.attempts.clone();
        plan.checks = self.checks.iter().map(|(name, it)| (name.clone(), it.to_check())).collect();
        plan.hooks = self.hooks.iter().map(|(name, it)| (name.clone(), it.hook())).collect();
        plan.channels =
            self.channels.iter().map(|(name, it)| (name.clone(), it.channel())).collect();
        let telling = |(name, it): (&String, &ChannelSection)| Telling {
            channel: name.clone(),
            from: it.from,
        };
        plan.notify = self.channels.iter().map(telling).collect();
        plan.calendars = self.calendars.clone();
        plan
    }

    /// Adds the steps.
    pub(super) fn write_steps(&self, plan: &mut Plan) -> Result<(), Vec<Refusal>> {
        if let Some(approval) = &self.approval {
            plan.steps.push(Step {
                name: "agree to the release".to_owned(),
                does: Does::Approve(approval.clone()),
                gate: None,
                before: Vec::new(),
                after: Vec::new(),
            });
        }
        if let Some(steps) = &self.strategy.steps {
            let steps: Result<Vec<Step>, Refusal> =
                steps.iter().map(|step| step.step(plan)).collect();
            let steps = steps.map_err(|refusal| vec![refusal])?;
            return Strategy::Steps(steps).write(plan);
        }
        self.strategies().iter().try_for_each(|strategy| strategy.write(plan))
    }

    /// What is written as strategies; exactly one, once it has been checked.
    fn strategies(&self) -> Vec<Strategy> {
        let it = self.strategy.clone();
        let all = [
            it.canary.map(Strategy::Canary),
            it.blue_green.map(Strategy::BlueGreen),
            it.rolling.map(Strategy::Rolling),
            it.recreate.map(Strategy::Recreate),
            it.ab_test.map(Strategy::AbTest),
            it.flag_ramp.map(Strategy::FlagRamp),
            it.emergency.map(Strategy::Emergency),
            it.steps.map(|_| Strategy::Steps(Vec::new())),
        ];
        all.into_iter().flatten().collect()
    }

    /// The gates, those of windows among them.
    fn gates(&self) -> Vec<Gate> {
        let window = |name: &String| Gate {
            name: format!("window {name}"),
            rule: format!("`calendar.{name}` == true"),
            at_most: None,
        };
        let gate = |gate: &GateSection| Gate {
            name: gate.name.clone().unwrap_or_else(|| gate.rule.clone()),
            rule: gate.rule.clone(),
            at_most: gate.at_most,
        };
        self.windows.iter().map(window).chain(self.gates.iter().map(gate)).collect()
    }
}

impl TriggerSection {
    fn check(&self, path: &str, look: Span, findings: &mut Findings) {
        match TriggerText::read(&self.rule, look) {
            Err(error) => findings.add(path, error.problem, &error.mend),
            Ok(text) => {
                if let Err((problem, mend)) = super::rules::condition(&text.rule) {
                    findings.add(path, problem, &mend);
                }
            }
        }
    }

    fn trigger(&self, look: Span) -> Trigger {
        let name = self.name.clone().unwrap_or_else(|| self.rule.clone());
        let (rule, then) = (self.rule.clone(), self.then);
        // What cannot be read has been refused by `check`.
        match TriggerText::read(&self.rule, look) {
            Ok(TriggerText { rule, times, within }) => Trigger { name, rule, times, within, then },
            Err(_) => Trigger { name, rule, times: 1, within: Span::ZERO, then },
        }
    }
}
