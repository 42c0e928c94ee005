//! Steps as they are written in a file.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::finding::Findings;
use crate::plan::{Approval, Does, Judgement, OnDeadline, Plan, Rule, Step};
use crate::refusal::Refusal;
use crate::split::{Split, WHOLE, Weight};
use crate::time::Span;

/// One step as it is written.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct StepSection {
    name: Option<String>,
    split: Option<BTreeMap<String, Weight>>,
    scale: Option<Scale>,
    mirror: Option<Copy>,
    route: Option<Route>,
    pause: Option<Span>,
    hold: Option<bool>,
    judge: Option<Judgement>,
    approve: Option<Approval>,
    verify: Option<Verify>,
    hook: Option<String>,
    until: Option<Until>,
    tell: Option<Tell>,
    gate: Option<Rule>,
    before: Vec<String>,
    after: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
struct Scale {
    arm: String,
    replicas: u32,
}

#[derive(Clone, Debug, Deserialize)]
struct Copy {
    arm: String,
    share: Weight,
}

#[derive(Clone, Debug, Deserialize)]
struct Route {
    arm: String,
    headers: BTreeMap<String, String>,
}

#[derive(Clone, Debug, Deserialize)]
struct Verify {
    checks: Vec<String>,
    arm: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
struct Until {
    rule: Rule,
    at_most: Option<Span>,
    on_deadline: OnDeadline,
}

#[derive(Clone, Debug, Deserialize)]
struct Tell {
    channel: String,
    text: String,
}

impl StepSection {
    /// Exactly one thing is done.
    pub(super) fn check(&self, path: &str, findings: &mut Findings) {
        let count = [
            self.split.is_some(),
            self.scale.is_some(),
            self.mirror.is_some(),
            self.route.is_some(),
            self.pause.is_some(),
            self.hold == Some(true),
            self.judge.is_some(),
            self.approve.is_some(),
            self.verify.is_some(),
            self.hook.is_some(),
            self.until.is_some(),
            self.tell.is_some(),
        ];
        let count = count.into_iter().filter(|is_there| *is_there).count();
        if count != 1 {
            let problem = format!("a step does one thing, and here are {count}");
            findings.add(
                path,
                problem,
                "write one of `split`, `judge`, `pause` and so on in each step",
            );
        }
    }

    /// The step of the plan.
    pub(super) fn step(&self, plan: &Plan) -> Result<Step, Refusal> {
        let does = self.does(plan)?;
        Ok(Step {
            name: self.name.clone().unwrap_or_else(|| title(&does)),
            does,
            gate: self.gate.clone(),
            before: self.before.clone(),
            after: self.after.clone(),
        })
    }

    fn does(&self, plan: &Plan) -> Result<Does, Refusal> {
        let it = self.clone();
        if let Some(shares) = it.split {
            return Ok(Does::Split { split: split(&shares, plan)? });
        }
        let new = || plan.arms.get(1).map(|arm| arm.name.clone()).unwrap_or_default();
        let does = [
            it.scale.map(|Scale { arm, replicas }| Does::Scale { arm, replicas }),
            it.mirror.map(|Copy { arm, share }| Does::Mirror { arm, share }),
            it.route.map(|Route { arm, headers }| Does::Route { arm, headers }),
            it.pause.map(|length| Does::Pause { length: Some(length) }),
            it.judge.map(Does::Judge),
            it.approve.map(Does::Approve),
            it.verify.map(|Verify { checks, arm }| Does::Verify {
                checks,
                arm: arm.unwrap_or_else(new),
            }),
            it.hook.map(|hook| Does::Hook { hook }),
            it.until.map(|Until { rule, at_most, on_deadline }| Does::Until {
                rule,
                at_most,
                on_deadline,
            }),
            it.tell.map(|Tell { channel, text }| Does::Tell { channel, text }),
        ];
        Ok(does.into_iter().flatten().next().unwrap_or(Does::Pause { length: None }))
    }
}

/// The shares of all arms; the control gets what is left unless it is named.
fn split(shares: &BTreeMap<String, Weight>, plan: &Plan) -> Result<Split, Refusal> {
    let path = "strategy.steps[].split";
    if let Some(name) = shares.keys().find(|name| plan.arm(name).is_none()) {
        let problem = format!("there is no arm `{name}`");
        return Err(Refusal::new(path, problem, "write the names of `arms`"));
    }
    let named: u64 = shares.values().map(|weight| u64::from(weight.ppm())).sum();
    let left = u64::from(WHOLE).saturating_sub(named);
    let left = u32::try_from(left).ok().and_then(Weight::from_ppm).unwrap_or_default();
    let weight = |(at, name): (usize, &String)| match shares.get(name) {
        Some(weight) => *weight,
        None if at == 0 => left,
        None => Weight::NONE,
    };
    let names = plan.arms.iter().map(|arm| &arm.name);
    Split::new(names.enumerate().map(weight).collect()).ok_or_else(|| {
        let problem = format!("the shares add up to {named} of {WHOLE} millionths");
        Refusal::new(path, problem, "make them add up to 100%, or leave the control out")
    })
}

/// What a step is called that has no name.
fn title(does: &Does) -> String {
    match does {
        Does::Split { split } => format!("{split}"),
        Does::Scale { arm, replicas } => format!("{replicas} × {arm}"),
        Does::Mirror { arm, share } => format!("copy {share} to {arm}"),
        Does::Route { arm, .. } => format!("headers to {arm}"),
        Does::Pause { length: Some(length) } => format!("wait {length}"),
        Does::Judge(judgement) => format!("judge for {}", judgement.at_least),
        Does::Approve(_) => "agree".to_owned(),
        Does::Verify { checks, .. } => format!("check {}", checks.join(", ")),
        Does::Hook { hook } => format!("call {hook}"),
        Does::Until { rule, .. } => format!("until {rule}"),
        Does::Tell { channel, .. } => format!("tell {channel}"),
        Does::Pause { length: None } => "wait for somebody".to_owned(),
    }
}
