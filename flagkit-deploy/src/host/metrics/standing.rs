//! How releases under way stand: whose traffic is how large, and what the judge says.
//!
//! They are told only while a release is under way: a name for each release would otherwise stay for ever.

use super::{One, head, line, quoted};
use crate::host::View;
use crate::judge::{Evidence, Verdict};
use crate::split::WHOLE;

/// What is told of a release under way.
#[derive(Clone, Debug)]
pub(super) struct Standing {
    release: String,
    arms: Vec<Arm>,
    findings: Vec<Finding>,
}

#[derive(Clone, Debug)]
struct Arm {
    name: String,
    version: String,
    ratio: f64,
}

/// What the judge says of a metric in an arm.
#[derive(Clone, Debug)]
struct Finding {
    metric: String,
    arm: String,
    verdict: &'static str,
    /// None where no evidence would be enough.
    harm: Option<f64>,
}

impl Standing {
    pub(super) fn of(view: &View) -> Self {
        let View { plan, state, .. } = view;
        let arm = |(place, arm): (usize, &crate::plan::Arm)| Arm {
            name: arm.name.clone(),
            version: arm.version.clone(),
            ratio: f64::from(state.split.of(place).ppm()) / f64::from(WHOLE),
        };
        let finding = |evidence: &Evidence| {
            let metric = evidence.metric.map(|metric| plan.metrics.get(usize::from(metric)));
            let harm = evidence.log_e / evidence.bound;
            Finding {
                metric: metric.map_or_else(
                    || DIVISION.to_owned(),
                    |metric| metric.map(|metric| metric.name.clone()).unwrap_or_default(),
                ),
                arm: plan
                    .arms
                    .get(usize::from(evidence.arm))
                    .map(|arm| arm.name.clone())
                    .unwrap_or_default(),
                verdict: word(evidence.verdict),
                harm: Some(harm).filter(|harm| harm.is_finite()),
            }
        };
        Self {
            release: view.id.to_string(),
            arms: plan.arms.iter().enumerate().map(arm).collect(),
            findings: view.evidence.iter().map(finding).collect(),
        }
    }
}

/// The lines of all releases that are under way.
pub(super) fn lines(text: &mut String, all: &[&One]) {
    let under_way = || {
        all.iter().filter_map(|one| {
            let standing = one.standing.as_ref()?;
            let (environment, target) = (quoted(&one.environment), quoted(&one.target));
            let release = quoted(&standing.release);
            let labels =
                format!("environment={environment},application={target},release={release}");
            Some((labels, standing))
        })
    };
    head(text, WEIGHT, "The share of the traffic of an arm of a release under way.", "gauge");
    for (labels, standing) in under_way() {
        for Arm { name, version, ratio } in &standing.arms {
            let (name, version) = (quoted(name), quoted(version));
            line(text, WEIGHT, &format!("{labels},arm={name},version={version}"), ratio);
        }
    }
    head(text, VERDICT, "What the judge says of a metric of a release under way.", "gauge");
    for (labels, standing) in under_way() {
        for Finding { metric, arm, verdict, .. } in &standing.findings {
            let (metric, arm) = (quoted(metric), quoted(arm));
            let more = format!("metric={metric},arm={arm},verdict=\"{verdict}\"");
            line(text, VERDICT, &format!("{labels},{more}"), 1);
        }
    }
    head(text, HARM, "The logarithm of the evidence for harm; 1 is proof.", "gauge");
    for (labels, standing) in under_way() {
        for Finding { metric, arm, harm, .. } in &standing.findings {
            let Some(harm) = harm else { continue };
            let (metric, arm) = (quoted(metric), quoted(arm));
            line(text, HARM, &format!("{labels},metric={metric},arm={arm}"), harm);
        }
    }
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Insufficient => "insufficient",
        Verdict::Worse => "worse",
        Verdict::NotWorse => "not_worse",
        Verdict::Better => "better",
    }
}

/// The metric that no plan names: whether the traffic is divided as it was told.
const DIVISION: &str = "traffic_division";
const WEIGHT: &str = "release_weight_ratio";
const VERDICT: &str = "release_verdict_info";
const HARM: &str = "release_harm_evidence_ratio";
