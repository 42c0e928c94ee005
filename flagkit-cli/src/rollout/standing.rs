//! How a release stands: what every view shows, and what programs get as JSON.

use std::collections::BTreeMap;

use flagkit_deploy::host::View;
use flagkit_deploy::judge::{Evidence, Verdict};
use flagkit_deploy::plan::{Plan, Role};
use flagkit_deploy::release::{Back, Stage, State, Work};
use flagkit_deploy::{Release, Status, Time};
use serde::{Deserialize, Serialize};

pub(crate) mod words;

/// How a release stands. Times are milliseconds since 1970, shares are millionths.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct Standing {
    /// Its name.
    pub(crate) release: String,
    pub(crate) target: String,
    pub(crate) environment: String,
    pub(crate) strategy: String,
    /// Who planned it.
    pub(crate) author: String,
    pub(crate) status: Status,
    /// When it changed last.
    pub(crate) now_ms: Time,
    /// When it was started, and when it ended.
    pub(crate) started_ms: Option<Time>,
    pub(crate) ended_ms: Option<Time>,
    /// When something happens next by itself.
    pub(crate) next_ms: Option<Time>,
    /// What it is doing or waiting for.
    pub(crate) doing: String,
    /// Why it is paused, frozen, or went back.
    pub(crate) why: Option<String>,
    /// The steps of its plan.
    pub(crate) steps: Vec<Step>,
    /// The step that it is at; as many as there are when all are done.
    pub(crate) step: u16,
    pub(crate) arms: Vec<Arm>,
    pub(crate) metrics: Vec<Metric>,
    /// Orders without an outcome.
    pub(crate) orders: Vec<Order>,
    /// When metrics are looked at next.
    pub(crate) look_ms: Option<Time>,
    /// What it was told.
    pub(crate) facts: BTreeMap<String, serde_json::Value>,
}

/// A step of the plan.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct Step {
    pub(crate) name: String,
    /// What it does, in words.
    pub(crate) does: String,
}

/// A side.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct Arm {
    pub(crate) name: String,
    pub(crate) version: String,
    /// Its share, as drivers have confirmed it.
    pub(crate) share_ppm: u32,
    /// Its share, as it shall be.
    pub(crate) wanted_ppm: u32,
    pub(crate) replicas: u32,
    pub(crate) replicas_wanted: u32,
}

/// What is known of a metric in one new arm; without a metric, of the division of traffic.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[expect(
    clippy::struct_field_names,
    reason = "the name of a metric is `metric` wherever JSON has it"
)]
pub(crate) struct Metric {
    pub(crate) metric: Option<String>,
    pub(crate) arm: String,
    pub(crate) role: Option<Role>,
    pub(crate) verdict: Verdict,
    /// The natural logarithm of the e-value, and where harm is proved.
    pub(crate) log_e: f64,
    pub(crate) bound: f64,
    /// Of the new arm, and of the control.
    pub(crate) observations: [u64; 2],
    pub(crate) estimates: [Option<f64>; 2],
    pub(crate) interval: Option<[f64; 2]>,
    pub(crate) why: String,
}

/// An order that is under way, or waits for another try.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct Order {
    pub(crate) number: u32,
    pub(crate) wanted: String,
    pub(crate) tries: u32,
    pub(crate) retry_ms: Option<Time>,
}

/// All that there is to know about a release.
pub(crate) struct Parts<'a> {
    pub(crate) id: &'a str,
    pub(crate) plan: &'a Plan,
    pub(crate) author: &'a str,
    pub(crate) state: &'a State,
    pub(crate) evidence: &'a [Evidence],
    pub(crate) wake_at: Option<Time>,
}

impl Standing {
    /// As an engine sees it.
    pub(crate) fn of_view(view: &View) -> Self {
        Self::of(&Parts {
            id: &view.id,
            plan: &view.plan,
            author: &view.author.name,
            state: &view.state,
            evidence: &view.evidence,
            wake_at: view.wake_at,
        })
    }

    /// As its plan and its state say, without an engine.
    pub(crate) fn of_release(release: &Release, state: &State) -> Self {
        Self::of(&Parts {
            id: release.id(),
            plan: release.plan(),
            author: &release.author().name,
            state,
            evidence: &release.evidence(state),
            wake_at: release.wake_at(state),
        })
    }

    fn of(parts: &Parts<'_>) -> Self {
        let Parts { plan, state, .. } = parts;
        let why = (state.paused.as_ref().map(|paused| paused.why.clone()))
            .or_else(|| state.frozen.as_ref().map(|frozen| frozen.why.clone()))
            .or_else(|| state.cause.clone());
        let step = |step: &flagkit_deploy::plan::Step| Step {
            name: step.name.clone(),
            does: words::does(&step.does, plan),
        };
        let orders = state.orders.iter().map(|order| Order {
            number: order.number,
            wanted: words::wanted(&order.wanted),
            tries: order.tries,
            retry_ms: order.retry_at,
        });
        Self {
            release: parts.id.to_owned(),
            target: plan.target.clone(),
            environment: plan.environment.clone(),
            strategy: plan.strategy.clone(),
            author: parts.author.to_owned(),
            status: state.status,
            now_ms: state.now,
            started_ms: state.started,
            ended_ms: state.ended,
            next_ms: parts.wake_at,
            doing: doing(plan, state),
            why,
            steps: plan.steps.iter().map(step).collect(),
            step: state.step,
            arms: arms(plan, state),
            metrics: parts.evidence.iter().map(|evidence| metric(plan, evidence)).collect(),
            orders: orders.collect(),
            look_ms: state.look.at,
            facts: state.facts.clone(),
        }
    }

    /// Whether it has ended and nothing is under way any more.
    pub(crate) fn is_over(&self) -> bool {
        self.status.is_final() && self.orders.is_empty()
    }
}

fn arms(plan: &Plan, state: &State) -> Vec<Arm> {
    let arm = |(at, arm): (usize, &flagkit_deploy::plan::Arm)| Arm {
        name: arm.name.clone(),
        version: arm.version.clone(),
        share_ppm: state.split.of(at).ppm(),
        wanted_ppm: state.split_wanted.of(at).ppm(),
        replicas: state.replicas.get(at).copied().unwrap_or_default(),
        replicas_wanted: state.replicas_wanted.get(at).copied().unwrap_or_default(),
    };
    plan.arms.iter().enumerate().map(arm).collect()
}

fn metric(plan: &Plan, evidence: &Evidence) -> Metric {
    let metric = evidence.metric.and_then(|at| plan.metrics.get(usize::from(at)));
    Metric {
        metric: metric.map(|metric| metric.name.clone()),
        arm: words::arm(plan, evidence.arm),
        role: metric.map(|metric| metric.role),
        verdict: evidence.verdict,
        log_e: evidence.log_e,
        bound: evidence.bound,
        observations: evidence.observations,
        estimates: evidence.estimates,
        interval: evidence.interval,
        why: evidence.why.clone(),
    }
}

/// What a release is doing or waiting for, in words.
fn doing(plan: &Plan, state: &State) -> String {
    let step = plan.steps.get(usize::from(state.step));
    match (state.status, &state.stage) {
        (Status::Planned, _) => "waits for its start".to_owned(),
        (Status::Done, _) => "every step is done".to_owned(),
        (Status::RolledBack, _) => "the control serves everything again".to_owned(),
        (Status::Cancelled, _) => "ended before it changed anything".to_owned(),
        (Status::Frozen, _) => "a person must act".to_owned(),
        (_, Stage::Entering) => "begins a step".to_owned(),
        (_, Stage::Gated { .. }) => "waits for a gate".to_owned(),
        (_, Stage::Before(_)) => "calls the hooks before a step".to_owned(),
        (_, Stage::After(_)) => "calls the hooks after a step".to_owned(),
        (_, Stage::Back(back)) => going_back(back).to_owned(),
        (_, Stage::Working(work)) => working(work, step.map_or("", |step| step.name.as_str())),
        _ => state.status.to_string(),
    }
}

fn going_back(back: &Back) -> &'static str {
    match back {
        Back::Ready => "gives the control its instances back",
        Back::Between { .. } => "waits between two batches of instances",
        Back::Traffic => "takes all traffic back to the control",
        Back::Verify(_) => "checks the control",
        Back::Keep { .. } => "keeps the new instances for a while",
        Back::Remove => "removes the new instances",
        Back::Hooks(_) => "calls the hooks of the rollback",
        _ => "goes back",
    }
}

fn working(work: &Work, step: &str) -> String {
    match work {
        Work::Order => format!("carries out {step}"),
        Work::Until(Some(until)) => format!("waits until {}", words::clock(*until)),
        Work::Until(None) => "waits for somebody to resume".to_owned(),
        Work::Evidence { late: false, .. } => "waits for evidence".to_owned(),
        Work::Evidence { .. } => "waits for evidence, longer than planned".to_owned(),
        Work::People { .. } => "waits for approval".to_owned(),
        Work::Checks(checks) => {
            let settled = checks.iter().filter(|check| check.settled).count();
            format!("checks: {settled} of {} are settled", checks.len())
        }
        Work::Hooks(_) => "calls a hook".to_owned(),
        Work::Rule { .. } => "waits for a condition".to_owned(),
        _ => step.to_owned(),
    }
}
