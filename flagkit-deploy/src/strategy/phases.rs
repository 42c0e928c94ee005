//! What strategies have in common: steps by the dozen.

use super::{Evidence, Stage};
use crate::plan::{Approval, Arm, Does, Judgement, OnDeadline, OnInsufficient, Plan, Step};
use crate::refusal::Refusal;
use crate::split::{Split, WHOLE, Weight};
use crate::time::Span;

/// The place of the new side; the control's is 0.
pub(super) const NEW: usize = 1;

/// A plan of two sides that is being written: the control, and the new side behind it.
pub(super) struct Phases<'a> {
    pub(super) plan: &'a mut Plan,
    /// How many instances each arm has by now.
    replicas: Vec<u32>,
    /// What the new side gets by now.
    weight: Weight,
}

impl<'a> Phases<'a> {
    /// Begins with a plan of two arms.
    pub(super) fn begin(plan: &'a mut Plan) -> Result<Self, Vec<Refusal>> {
        if plan.arms.len() != 2 {
            let problem = format!(
                "`{}` has two arms, what serves now and what is new; here are {}",
                plan.strategy,
                plan.arms.len()
            );
            return Err(vec![Refusal::new("arms", problem, "write two arms")]);
        }
        Ok(Self::of(plan))
    }

    /// Begins with a plan of any arms.
    pub(super) fn of(plan: &'a mut Plan) -> Self {
        let replicas = plan.arms.iter().map(|arm| arm.replicas).collect();
        let weight = plan.base.treated();
        Self { plan, replicas, weight }
    }

    pub(super) fn arm(&self, at: usize) -> Option<&Arm> {
        self.plan.arms.get(at)
    }

    pub(super) fn name(&self, at: usize) -> String {
        self.arm(at).map(|arm| arm.name.clone()).unwrap_or_default()
    }

    /// Whether somebody counts the instances of this arm.
    pub(super) fn is_scaled(&self, at: usize) -> bool {
        self.arm(at).is_some_and(|arm| arm.workload.is_some())
    }

    pub(super) fn replicas(&self, at: usize) -> u32 {
        self.replicas.get(at).copied().unwrap_or_default()
    }

    pub(super) fn weight(&self) -> Weight {
        self.weight
    }

    pub(super) fn add(&mut self, name: impl Into<String>, does: Does) -> &mut Self {
        let name = name.into();
        self.plan.steps.push(Step { name, does, gate: None, before: vec![], after: vec![] });
        self
    }

    /// Hooks after the step that was added last.
    pub(super) fn after(&mut self, hooks: &[String]) {
        if let Some(step) = self.plan.steps.last_mut() {
            step.after.extend(hooks.iter().cloned());
        }
    }

    pub(super) fn pause(&mut self, name: impl Into<String>, length: Span) {
        self.add(name, Does::Pause { length: Some(length) });
    }

    pub(super) fn verify(&mut self, name: &str, checks: &[String], at: usize) {
        if !checks.is_empty() {
            let (checks, arm) = (checks.to_vec(), self.name(at));
            self.add(name, Does::Verify { checks, arm });
        }
    }

    /// So many instances of an arm, if somebody counts them and there are not so many already.
    pub(super) fn scale(&mut self, at: usize, replicas: u32) {
        if !self.is_scaled(at) || self.replicas(at) == replicas {
            return;
        }
        let arm = self.name(at);
        let name = format!("{replicas} × {arm}");
        self.add(name, Does::Scale { arm, replicas });
        if let Some(known) = self.replicas.get_mut(at) {
            *known = replicas;
        }
    }

    /// So much traffic to the new side, the rest to the control.
    pub(super) fn split(&mut self, name: impl Into<String>, weight: Weight) {
        let others = self.plan.arms.len().saturating_sub(2);
        let weights = [weight.rest(), weight].into_iter();
        let weights = weights.chain(std::iter::repeat_n(Weight::NONE, others)).collect();
        self.weight = weight;
        // Without a route traffic follows the instances. Two rests of each other always add up.
        if let Some(split) = Split::new(weights).filter(|_| self.plan.route.is_some()) {
            self.add(name, Does::Split { split });
        }
    }

    pub(super) fn approve(&mut self, name: impl Into<String>, approval: &Approval) {
        self.add(name, Does::Approve(approval.clone()));
    }

    /// The way into a stage: who agrees, enough instances, traffic.
    pub(super) fn enter(&mut self, stage: &Stage) {
        let begin = self.plan.steps.len();
        if let Some(approval) = &stage.approve {
            self.approve(format!("agree to {}", stage.weight), approval);
        }
        let replicas = stage.replicas.unwrap_or_else(|| self.share_of_replicas(stage.weight));
        self.scale(NEW, replicas.max(self.replicas(NEW)));
        self.split(format!("{} of the traffic", stage.weight), stage.weight);
        if let Some(step) = self.plan.steps.get_mut(begin..).and_then(<[Step]>::last_mut) {
            step.gate.clone_from(&stage.gate);
            step.before.clone_from(&stage.before);
        }
    }

    /// A whole stage: the way into it, and what lets it end.
    pub(super) fn grow(&mut self, stage: &Stage, evidence: &Evidence) {
        self.enter(stage);
        let length = stage.length.unwrap_or_default();
        let at_most = stage.at_most.unwrap_or(evidence.at_most).max(length);
        self.wait(&format!("{} for {length}", stage.weight), [length, at_most], evidence);
        self.after(&stage.after);
    }

    /// Watches the last share for so long. Where the control has no traffic left nothing can be
    /// compared, and limits and triggers alone can still end the release.
    pub(super) fn observe(&mut self, length: Span) {
        let evidence =
            Evidence { on_insufficient: Some(OnInsufficient::Proceed), ..Evidence::default() };
        self.wait(&format!("the end, for {length}"), [length, length], &evidence);
    }

    /// Goes on by evidence where something is measured, else by the clock and by conditions.
    /// The two spans are the least and the most.
    pub(super) fn wait(&mut self, name: &str, within: [Span; 2], evidence: &Evidence) {
        let [at_least, at_most] = within;
        let on_insufficient = evidence.on_insufficient.unwrap_or_default();
        if self.is_judged() {
            let judgement = Judgement {
                at_least,
                at_most: at_most.max(Span::from_ms(1)),
                proof: evidence.proof,
                exposures_min: evidence.exposures_min,
                success: evidence.success.clone(),
                on_insufficient,
            };
            self.add(format!("judge {name}"), Does::Judge(judgement));
            return;
        }
        self.pause(name, at_least);
        for rule in &evidence.success {
            let does = Does::Until {
                rule: rule.clone(),
                at_most: at_most_of(on_insufficient, within),
                on_deadline: on_deadline(on_insufficient),
            };
            self.add(format!("success: {rule}"), does);
        }
    }

    /// Whether anything is measured: then a judgement lets a stage end, else the clock.
    pub(super) fn is_judged(&self) -> bool {
        !self.plan.metrics.is_empty()
    }

    /// How many instances carry this share of the traffic: at least one, and rather too many.
    pub(super) fn share_of_replicas(&self, weight: Weight) -> u32 {
        let all = u64::from(self.arm(0).map_or(0, |arm| arm.replicas));
        let share = (all * u64::from(weight.ppm())).div_ceil(u64::from(WHOLE));
        u32::try_from(share).unwrap_or(u32::MAX).max(1)
    }
}

/// How long a condition may take: holding means for ever.
fn at_most_of(on_insufficient: OnInsufficient, within: [Span; 2]) -> Option<Span> {
    let [at_least, at_most] = within;
    let left = Span::from_ms(at_most.ms().saturating_sub(at_least.ms()).max(1));
    (on_insufficient != OnInsufficient::Hold).then_some(left)
}

fn on_deadline(on_insufficient: OnInsufficient) -> OnDeadline {
    match on_insufficient {
        OnInsufficient::RollBack => OnDeadline::RollBack,
        OnInsufficient::Proceed => OnDeadline::Proceed,
        OnInsufficient::Hold | OnInsufficient::Ask => OnDeadline::Pause,
    }
}
