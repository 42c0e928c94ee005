//! Steps one after another: what may follow on what.

use crate::plan::{Does, Measure, Metric, Plan, Role, Step};
use crate::refusal::Refusal;
use crate::split::{Split, Weight};

/// Looks at the steps in their order.
pub(super) fn check(plan: &Plan, refusals: &mut Vec<Refusal>) {
    let mut seen = Seen {
        split: plan.base.clone(),
        replicas: plan.arms.iter().map(|arm| arm.replicas).collect(),
        grown: false,
        watched: true,
    };
    for (at, step) in plan.steps.iter().enumerate() {
        if let Err((problem, mend)) = seen.take(step, plan) {
            refusals.push(Refusal::new(format!("steps[{at}]"), problem, mend));
        }
    }
}

/// How things are after the steps so far.
#[derive(Debug)]
struct Seen {
    split: Split,
    replicas: Vec<u32>,
    /// Whether a step has given the new arms more traffic.
    grown: bool,
    /// Whether something has looked at the new arms since.
    watched: bool,
}

impl Seen {
    /// Takes one step.
    fn take(&mut self, step: &Step, plan: &Plan) -> Result<(), (String, String)> {
        match &step.does {
            Does::Split { split } => self.divide(split, plan),
            Does::Scale { arm, replicas } => self.scale(arm, *replicas, plan),
            Does::Judge(judgement) if judgement.proof && self.is_alone(plan) => {
                let problem = "nothing can be proved while the old side has no traffic: not being worse is a \
                               comparison, and limits and triggers are all that is asked then";
                let mend =
                    "prove it in a step before, keep a share on the old side, or leave `proof` out";
                Err((problem.to_owned(), mend.to_owned()))
            }
            other => {
                self.watched |= watches(other, plan);
                Ok(())
            }
        }
    }

    /// Whether the new side has all traffic, and a guard waits for something to compare it with.
    fn is_alone(&self, plan: &Plan) -> bool {
        let compares =
            |metric: &Metric| metric.role == Role::Guard && metric.measure != Measure::Reading;
        plan.route.is_some()
            && self.split.of(0) == Weight::NONE
            && plan.metrics.iter().any(compares)
    }

    /// Traffic is divided.
    fn divide(&mut self, split: &Split, plan: &Plan) -> Result<(), (String, String)> {
        let grows = split.treated() > self.split.treated();
        if grows && self.grown && !self.watched {
            let problem = format!("the new side grows to {} unseen", split.treated());
            let mend = "put a `judge` step between two steps that give it more traffic";
            return Err((problem, mend.to_owned()));
        }
        for (at, arm) in plan.arms.iter().enumerate() {
            let none = self.replicas.get(at).copied().unwrap_or_default() == 0;
            if arm.workload.is_some() && none && split.of(at) > Weight::NONE {
                let problem = format!("`{}` gets {} and has no instances", arm.name, split.of(at));
                return Err((problem, format!("scale `{}` first", arm.name)));
            }
        }
        if grows {
            (self.grown, self.watched) = (true, false);
        }
        self.split = split.clone();
        Ok(())
    }

    /// Instances are started or stopped.
    fn scale(&mut self, arm: &str, replicas: u32, plan: &Plan) -> Result<(), (String, String)> {
        let Some(at) = plan.arm(arm).map(usize::from) else { return Ok(()) };
        let has = self.replicas.get(at).copied().unwrap_or_default();
        // Recreating is for what cannot run twice at a time: it is an interruption by its name.
        let interrupts = plan.strategy == "recreate";
        let serves = self.split.of(at) > Weight::NONE && plan.route.is_some() && !interrupts;
        if serves && replicas == 0 {
            let problem = format!("`{arm}` would have no instances and gets {}", self.split.of(at));
            return Err((problem, "move its traffic first".to_owned()));
        }
        if at == 0 && replicas < has && plan.route.is_some() && self.grown && !self.watched {
            let problem =
                format!("`{arm}` is taken away before anybody has looked at the new side");
            let mend = "put a `judge` or a `pause` step before it: a rollback needs this side";
            return Err((problem, mend.to_owned()));
        }
        if let Some(slot) = self.replicas.get_mut(at) {
            *slot = replicas;
        }
        Ok(())
    }
}

/// Whether a step gives somebody the chance to see how the new arms are doing.
fn watches(does: &Does, plan: &Plan) -> bool {
    let unmeasured = plan.metrics.is_empty();
    match does {
        Does::Judge(_) | Does::Approve(_) | Does::Until { .. } => true,
        Does::Pause { length } => unmeasured || length.is_none(),
        Does::Verify { .. } => unmeasured,
        _ => false,
    }
}
