//! Rolling: instances are replaced a few at a time.

use serde::Deserialize;

use super::phases::{NEW, Phases};
use super::replicas::{Amount, Leeway, Sides, next};
use super::{Evidence, Finish, Prepare, STEPS_MAX};
use crate::plan::Plan;
use crate::refusal::Refusal;
use crate::split::{WHOLE, Weight};
use crate::time::Span;

/// A few instances at a time. Traffic follows the instances; where the plan has a route, the split
/// is set to their numbers before old ones go.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
pub struct Rolling {
    /// Instances of the new version; as many as the old one has without.
    pub replicas: Option<u32>,
    /// How many are replaced at a time; as many as may be without.
    pub batch: Option<u32>,
    /// How many more instances there may be than wanted: a number or a share.
    pub max_surge: Amount,
    /// How many fewer may serve: a number or a share.
    pub max_unavailable: Amount,
    /// The time between batches.
    pub delay: Span,
    /// Checks after each batch.
    pub verify: Vec<String>,
    /// What lets a batch end.
    pub judge: Evidence,
    /// What happens before the second batch.
    pub prepare: Prepare,
    /// What happens with the last one, before the last old instances go.
    pub finish: Finish,
}

impl Default for Rolling {
    fn default() -> Self {
        Self {
            replicas: None,
            batch: None,
            max_surge: Amount::Count(1),
            max_unavailable: Amount::Count(0),
            delay: Span::from_secs(60),
            verify: Vec::new(),
            judge: Evidence::default(),
            prepare: Prepare::default(),
            finish: Finish::default(),
        }
    }
}

impl Rolling {
    pub(super) fn write(&self, plan: &mut Plan) -> Result<(), Vec<Refusal>> {
        let mut phases = Phases::begin(plan)?;
        let all = self.wanted(&phases)?;
        let leeway = Leeway::of(all, self.max_surge, self.max_unavailable);
        let batch = self.batch.unwrap_or(u32::MAX).max(1);
        let mut now = Sides { old: phases.replicas(0), new: phases.replicas(1) };
        let mut is_first = true;
        while now.new < all || now.old > 0 {
            let then = next(now, all, leeway, batch);
            if then == now || phases.plan.steps.len() > STEPS_MAX {
                return Err(vec![too_many(all)]);
            }
            self.write_batch(&mut phases, [now, then], is_first);
            is_first &= then.new == 0;
            now = then;
        }
        self.prepare.write_end(&mut phases);
        let batch = self.batch.unwrap_or_else(|| leeway.surge.max(leeway.unavailable));
        if phases.plan.rollback.batch == 0 {
            phases.plan.rollback.batch = batch.max(1);
        }
        Ok(())
    }

    /// How many instances there shall be in the end.
    fn wanted(&self, phases: &Phases<'_>) -> Result<u32, Vec<Refusal>> {
        let mut refusals = Vec::new();
        for at in [0, 1] {
            if !phases.is_scaled(at) {
                let problem = "rolling replaces instances, and the arm has no workload";
                let path = format!("arms.{}.workload", phases.name(at));
                refusals.push(Refusal::new(path, problem, "name the workload of each arm"));
            }
        }
        let all = self.replicas.unwrap_or_else(|| phases.replicas(0));
        if all == 0 {
            let path = format!("arms.{}.replicas", phases.name(0));
            let problem = "there are no instances to replace";
            refusals.push(Refusal::new(path, problem, "say how many instances there are"));
        }
        if refusals.is_empty() { Ok(all) } else { Err(refusals) }
    }

    /// New instances, their checks and traffic, then time, then fewer old ones: until then all that
    /// a rollback needs is there.
    fn write_batch(&self, phases: &mut Phases<'_>, sides: [Sides; 2], is_first: bool) {
        let [now, then] = sides;
        phases.scale(NEW, then.new);
        if then.new > now.new {
            if is_first {
                self.prepare.write(phases);
            }
            phases.verify("the new instances work", &self.verify, NEW);
        }
        let weight = share(then);
        if weight > phases.weight() {
            phases.split(format!("{} of {} instances", then.new, then.new + then.old), weight);
        }
        if then.old == 0 {
            phases.observe(self.finish.observe);
            phases.verify("the release works", &self.finish.verify, NEW);
            self.finish.write_success(phases);
        } else if then.new > now.new {
            let name = format!("{} new, {} old for {}", then.new, now.old, self.delay);
            phases.wait(&name, [self.delay, self.judge.at_most.max(self.delay)], &self.judge);
        }
        phases.scale(0, then.old);
    }
}

/// The new side's part of the instances.
fn share(sides: Sides) -> Weight {
    let all = u64::from(sides.old) + u64::from(sides.new);
    let ppm = u64::from(sides.new) * u64::from(WHOLE) / all.max(1);
    u32::try_from(ppm).ok().and_then(Weight::from_ppm).unwrap_or(Weight::ALL)
}

fn too_many(all: u32) -> Refusal {
    let problem = format!("replacing {all} instances so takes more than {STEPS_MAX} steps");
    let mend = "write a larger `max_surge` or `batch`";
    Refusal::new("strategy.rolling.max_surge", problem, mend)
}
