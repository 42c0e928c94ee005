//! Where a plan cannot decide: too little traffic for what is asked of a step.

use flagkit_stats::power::Design;
use flagkit_stats::{Alternative, Confidence};

use super::traffic::{Traffic, Worse, as_float, whole};
use crate::plan::{Does, Judgement, Measure, Metric, Plan, Role, Source};

/// Something that a step cannot decide in its time.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Doubt {
    /// The step, counted from 0.
    pub step: usize,
    /// What is out of reach, with numbers.
    pub what: String,
    /// Which keys to change.
    pub mend: String,
}

/// What each step by evidence cannot decide, by the sizes of samples that a test at one fixed moment
/// needs: the judge, which may be asked at any time, needs more.
pub fn doubts(plan: &Plan, traffic: &Traffic, worse: &[Worse]) -> Vec<Doubt> {
    let mut doubts = Vec::new();
    let mut share = f64::from(plan.base.treated().ppm()) / 1e6;
    for (step, does) in plan.steps.iter().map(|step| &step.does).enumerate() {
        match does {
            Does::Split { split } => share = f64::from(split.treated().ppm()) / 1e6,
            // Where nothing is left to compare with, nothing is asked.
            Does::Judge(judgement) if share > 0.0 && share < 1.0 => {
                let asked = Asked { plan, traffic, worse, judgement, share };
                doubts.extend(asked.doubts().into_iter().map(|(what, mend)| Doubt {
                    step,
                    what,
                    mend,
                }));
            }
            _ => {}
        }
    }
    doubts
}

/// What one step is asked.
struct Asked<'a> {
    plan: &'a Plan,
    traffic: &'a Traffic,
    worse: &'a [Worse],
    judgement: &'a Judgement,
    share: f64,
}

impl Asked<'_> {
    fn doubts(&self) -> Vec<(String, String)> {
        let mut doubts = Vec::new();
        for metric in &self.plan.metrics {
            if metric.role != Role::Guard || metric.measure != Measure::Events {
                continue;
            }
            let (least, most) = (self.units(metric, false), self.units(metric, true));
            let name = &metric.name;
            let times = self.judgement;
            if self.judgement.exposures_min.max(metric.observations_min) > most {
                let wanted = self.judgement.exposures_min.max(metric.observations_min);
                doubts.push((
                    format!("`{name}`: {wanted} observations are asked for, about {most} come in {}", times.at_most),
                    "lower `exposures_min` or `observations_min`, or give the step more time (`stage`, `max_duration`, \
                     `at_most`) or a larger share (`stages`)"
                        .to_owned(),
                ));
            }
            let base = self.traffic.base(metric);
            if self.judgement.proof {
                let needs = self.needs(base, base * (1.0 + metric.margin));
                if needs > most {
                    doubts.push((
                        format!(
                            "`{name}`: that it is at most {}% worse takes about {needs} observations of the new \
                             version, and about {most} come in {}",
                            (metric.margin * 100.0 * 100.0).round() / 100.0,
                            times.at_most
                        ),
                        "allow more (`margin`), give the step more time (`stage`, `max_duration`) or a larger share \
                         (`stages`), or go on without proof (`proof: false`)"
                            .to_owned(),
                    ));
                }
            }
            let there = self.traffic.value(metric, self.worse);
            let needs = self.needs(base, there);
            if there > base && needs > least {
                doubts.push((
                    format!(
                        "`{name}`: to see that it is {} instead of {} takes about {needs} observations of the new \
                         version, and about {least} come in {}",
                        percent(there),
                        percent(base),
                        times.at_least
                    ),
                    "give the step more time (`stage`, `at_least`) or a larger share (`stages`), or have it wait for \
                     proof (`proof: true`)"
                        .to_owned(),
                ));
            }
        }
        doubts
    }

    /// How many observations of the new version a step has.
    fn units(&self, metric: &Metric, until_the_end: bool) -> u64 {
        let judgement = self.judgement;
        let time = if until_the_end { judgement.at_most } else { judgement.at_least };
        let requests = self.traffic.requests * self.share * time.seconds();
        if let Source::Push { units: true } = metric.source {
            // In each window a user counts once.
            let users = as_float(self.traffic.users) * self.share;
            let look = self.plan.judging.look.seconds().max(1e-3);
            let each = self.traffic.requests * self.share * look / users.max(1.0);
            return whole(users * -(-each).exp_m1() * time.seconds() / look);
        }
        whole(requests)
    }

    /// How many observations of the new version tell one share from another, four times of five.
    fn needs(&self, control: f64, new: f64) -> u64 {
        let confidence = Confidence::new(1.0 - self.plan.judging.alpha).unwrap_or(Confidence::P99);
        let design = Design::default().with_confidence(confidence, Alternative::Greater);
        let sample = design
            .with_treatment_share(self.share)
            .and_then(|design| design.sample_for_shares(control, new.min(1.0)));
        sample.map_or(u64::MAX, |sample| sample.treatment)
    }
}

fn percent(share: f64) -> String {
    format!("{}%", (share * 1e4).round() / 100.0)
}
