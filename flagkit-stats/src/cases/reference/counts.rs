//! Tests of counts: two shares, intervals, sample ratios, adjusted p-values.

use crate::cases::checks::Checks;
use crate::cases::field::{Field, Problem};
use crate::contingency::goodness_of_fit;
use crate::multiplicity::{benjamini_hochberg, benjamini_yekutieli, holm};
use crate::proportion::barnard::barnard;
use crate::proportion::fisher::{conditional, fisher};
use crate::proportion::{Proportion, z_test};
use crate::{Alternative, Confidence};

pub(super) fn two_shares(case: &Field<'_>, checks: &mut Checks) -> Result<(), Problem> {
    let share = |events: &str, trials: &str| {
        let events = case.at(events);
        let share = Proportion::new(events.count()?, case.at(trials).count()?);
        share.map_err(|error| events.problem(error.to_string()))
    };
    let (one, other) = (share("k1", "n1")?, share("k2", "n2")?);
    // SciPy's hypergeometric distribution loses a digit with each digit of the trials; ours is
    // compared with mpmath beside its code.
    let trials = case.at("n1").number()? + case.at("n2").number()?;
    let part = 1e-11 + 1e-15 * trials;
    for (name, alternative) in SIDES {
        let fisher_name = format!("fisher_{name}");
        checks.close(&case.at(&fisher_name), fisher(one, other, alternative), part)?;
        let name = format!("conditional_binom_{name}");
        let p = conditional(one, other, alternative);
        optional(checks, &case.at(&name), p.ok(), 1e-11)?;
    }
    optional(checks, &case.at("pooled_z"), z_test(one, other).ok().map(|test| test.z()), 1e-12)?;
    let searched = case.at("barnard_two");
    if !searched.is_absent() {
        // SciPy searches the common share; both searches end a little below the largest value.
        optional(checks, &searched, barnard(one, other).ok(), 1e-7)?;
    }
    for (side, share) in [("1", one), ("2", other)] {
        for (level, confidence) in LEVELS {
            for (method, interval) in [
                ("wilson", share.wilson(confidence)),
                ("clopper", share.clopper_pearson(confidence)),
            ] {
                // SciPy's ends come from a root finder that stops 2e-12 away: the lower end of 1 in
                // 60 is 1 - 0.975^(1/60) = 0.00042187445234, where it has 0.00042187445246.
                let wanted = case.at(&format!("{method}{level}_{side}"));
                checks.all_near(&wanted, &[interval.low, interval.high], 5e-12)?;
            }
        }
    }
    Ok(())
}

/// A value that is wanted and computed, or neither: what cannot be computed is no number.
fn optional(
    checks: &mut Checks,
    wanted: &Field<'_>,
    got: Option<f64>,
    part: f64,
) -> Result<(), Problem> {
    checks.close(wanted, got.unwrap_or(f64::NAN), part)
}

pub(super) fn sample_ratio(case: &Field<'_>, checks: &mut Checks) -> Result<(), Problem> {
    let observed = case.at("observed");
    let test = goodness_of_fit(&observed.counts()?, &case.at("weights").numbers()?);
    let test = test.map_err(|error| observed.problem(error.to_string()))?;
    checks.close(&case.at("chi2"), test.statistic, 1e-11)?;
    checks.close(&case.first(&["chi2_p", "p"]), test.p_value(), 1e-11)
}

pub(super) fn adjusted(case: &Field<'_>, checks: &mut Checks) -> Result<(), Problem> {
    let p_values = case.at("p").numbers()?;
    checks.all_near(&case.at("holm"), &holm(&p_values), 1e-12)?;
    checks.all_near(&case.at("bh"), &benjamini_hochberg(&p_values), 1e-12)?;
    checks.all_near(&case.at("by"), &benjamini_yekutieli(&p_values), 1e-12)
}

const SIDES: [(&str, Alternative); 3] = [
    ("two", Alternative::TwoSided),
    ("greater", Alternative::Greater),
    ("less", Alternative::Less),
];

const LEVELS: [(&str, Confidence); 3] =
    [("90", Confidence::P90), ("95", Confidence::P95), ("99", Confidence::P99)];
