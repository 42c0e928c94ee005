//! Steps, each by itself.

use crate::plan::{Approval, Does, Judgement, Plan};
use crate::refusal::Refusal;

/// Looks at each step.
pub(super) fn check(plan: &Plan, refusals: &mut Vec<Refusal>) {
    let count = plan.steps.len();
    if count == 0 || count > STEPS_MAX {
        let problem = format!("{count} steps");
        refusals.push(Refusal::new("steps", problem, format!("write 1 to {STEPS_MAX}")));
    }
    for (at, step) in plan.steps.iter().enumerate().take(STEPS_MAX) {
        let path = format!("steps[{at}]");
        match &step.does {
            Does::Split { split } => {
                super::split(&format!("{path}.split"), split, plan, refusals);
                routed(&path, plan, refusals);
            }
            Does::Mirror { arm, .. } | Does::Route { arm, .. } => {
                routed(&path, plan, refusals);
                known_arm(&path, arm, plan, refusals);
            }
            Does::Scale { arm, replicas } => {
                scaled(&path, arm, plan, refusals);
                if *replicas > REPLICAS_MAX {
                    let problem = format!("{replicas} instances");
                    refusals.push(Refusal::new(
                        path,
                        problem,
                        format!("use at most {REPLICAS_MAX}"),
                    ));
                }
            }
            Does::Verify { arm, .. } => known_arm(&path, arm, plan, refusals),
            Does::Judge(judgement) => judged(&path, judgement, plan, refusals),
            Does::Approve(approval) => approved(&path, approval, refusals),
            _ => {}
        }
    }
}

/// A step that divides traffic needs something to divide.
fn routed(path: &str, plan: &Plan, refusals: &mut Vec<Refusal>) {
    if plan.route.is_none() {
        let problem = "the plan has no route whose traffic could be divided";
        refusals.push(Refusal::new(path, problem, "add `route`, or scale instances instead"));
    }
}

/// An arm that the plan has.
fn known_arm(path: &str, arm: &str, plan: &Plan, refusals: &mut Vec<Refusal>) {
    if plan.arm(arm).is_none() {
        let names: Vec<String> = plan.arms.iter().map(|arm| format!("`{}`", arm.name)).collect();
        let problem = format!("there is no arm `{arm}`");
        refusals.push(Refusal::new(path, problem, format!("the arms are {}", names.join(", "))));
    }
}

/// A step that scales needs a workload.
fn scaled(path: &str, arm: &str, plan: &Plan, refusals: &mut Vec<Refusal>) {
    known_arm(path, arm, plan, refusals);
    let found = plan.arms.iter().find(|one| one.name == arm);
    if found.is_some_and(|arm| arm.workload.is_none()) {
        let problem = format!("the arm `{arm}` has no workload to scale");
        refusals.push(Refusal::new(path, problem, format!("add `workload` to the arm `{arm}`")));
    }
}

/// A step that goes on by evidence.
fn judged(path: &str, judgement: &Judgement, plan: &Plan, refusals: &mut Vec<Refusal>) {
    if judgement.at_least > judgement.at_most {
        let problem =
            format!("it lasts at least {} and at most {}", judgement.at_least, judgement.at_most);
        refusals.push(Refusal::new(path, problem, "make `at_most` the longer one"));
    }
    let provable = |metric: &crate::plan::Metric| metric.margin > 0.0;
    if judgement.proof && !plan.metrics.iter().any(provable) {
        let problem = "no metric has a margin, so nothing can be proved to be not worse";
        refusals.push(Refusal::new(path, problem, "give guards a margin above 0, such as 10%"));
    }
}

/// A step that people agree to.
fn approved(path: &str, approval: &Approval, refusals: &mut Vec<Refusal>) {
    let people = usize::from(approval.people);
    if people == 0 || people > 100 {
        let problem = format!("{people} people");
        refusals.push(Refusal::new(format!("{path}.people"), problem, "ask 1 to 100"));
    }
    if approval.roles.len() > people {
        let problem = format!("{} roles for {people} people", approval.roles.len());
        let mend = "each role needs a person of its own: ask more people";
        refusals.push(Refusal::new(format!("{path}.roles"), problem, mend));
    }
}

/// Steps of a plan.
const STEPS_MAX: usize = 1000;
/// Instances of an arm.
const REPLICAS_MAX: u32 = 100_000;
