//! Two-sample tests: ties, zeros, long tails, and units from 1e-5 to 1e9.

use crate::cases::checks::Checks;
use crate::cases::field::{Field, Problem};
use crate::kolmogorov::KolmogorovSmirnov;
use crate::moments::Moments;
use crate::ranks::brunner_munzel::brunner_munzel;
use crate::ranks::{MannWhitney, hodges_lehmann};
use crate::variance::brown_forsythe;
use crate::welch::{student, welch};
use crate::{Alternative, Confidence, Error, Sorted};

pub(super) fn check(case: &Field<'_>, checks: &mut Checks) -> Result<(), Problem> {
    let (mut x, mut y) = (case.at("x").numbers()?, case.at("y").numbers()?);
    let refused = |name: &'static str| move |error: Error| case.at(name).problem(error.to_string());
    let means = (Moments::of(&x).map_err(refused("x"))?, Moments::of(&y).map_err(refused("y"))?);
    let x = Sorted::sort(&mut x).map_err(refused("x"))?;
    let y = Sorted::sort(&mut y).map_err(refused("y"))?;
    order(case, checks, (x, y))?;
    test_of_means(&case.at("welch"), checks, welch(&means.0, &means.1).ok())?;
    test_of_means(&case.at("student"), checks, student(&means.0, &means.1).ok())?;
    distributions(case, checks, (x, y))
}

/// Mann-Whitney, Hodges-Lehmann, the share of larger ones, Brunner-Munzel.
fn order(
    case: &Field<'_>,
    checks: &mut Checks,
    (x, y): (Sorted<'_>, Sorted<'_>),
) -> Result<(), Problem> {
    let test = MannWhitney::of(x, y).map_err(|error| case.at("x").problem(error.to_string()))?;
    let asymptotic = case.at("mannwhitney_asymptotic");
    about(checks, &asymptotic.at("U1"), test.u(), 1e-15)?;
    about(checks, &asymptotic.at("p"), test.p_value(Alternative::TwoSided), 1e-12)?;
    about(checks, &case.at("mannwhitney_greater_p"), test.p_value(Alternative::Greater), 1e-12)?;
    about(checks, &case.at("mannwhitney_less_p"), test.p_value(Alternative::Less), 1e-12)?;
    about(checks, &case.at("cles"), test.share_of_larger(), 1e-14)?;
    let exact = test.exact_p_value(Alternative::TwoSided).unwrap_or(f64::NAN);
    about(checks, &case.at("mannwhitney_exact_p"), exact, 1e-13)?;
    let shift = hodges_lehmann::shift(x, y, Confidence::P95);
    let estimate = shift.map_or(f64::NAN, |shift| shift.estimate);
    about(checks, &case.at("hodges_lehmann_median_of_differences"), estimate, 1e-14)?;
    // Where all of one side are larger, SciPy has NaN or an infinite statistic, and we refuse.
    let (mut statistic, mut p_value) = (case.at("brunner_munzel").at("stat").or(0.0)?, f64::NAN);
    if let Ok(test) = brunner_munzel(x, y) {
        // SciPy's statistic is above zero where the second sample has the larger values.
        (statistic, p_value) = (-test.statistic, test.p_value(Alternative::TwoSided));
    }
    about(checks, &case.at("brunner_munzel").at("stat"), statistic, 1e-12)?;
    about(checks, &case.at("brunner_munzel").at("p"), p_value, 1e-10)
}

fn test_of_means(
    wanted: &Field<'_>,
    checks: &mut Checks,
    test: Option<crate::welch::TTest>,
) -> Result<(), Problem> {
    let Some(test) = test else {
        return about(checks, &wanted.at("p"), f64::NAN, 0.0);
    };
    about(checks, &wanted.at("t"), test.t(), 1e-9)?;
    about(checks, &wanted.at("df"), test.degrees, 1e-9)?;
    about(checks, &wanted.at("p"), test.p_value(Alternative::TwoSided), 1e-9)?;
    for (name, confidence) in
        [("ci90", Confidence::P90), ("ci95", Confidence::P95), ("ci99", Confidence::P99)]
    {
        let (ends, interval) = (wanted.at(name), test.interval(confidence));
        about(checks, &ends.item(0), interval.low, 1e-9)?;
        about(checks, &ends.item(1), interval.high, 1e-9)?;
    }
    Ok(())
}

/// Kolmogorov-Smirnov and Brown-Forsythe.
fn distributions(
    case: &Field<'_>,
    checks: &mut Checks,
    (x, y): (Sorted<'_>, Sorted<'_>),
) -> Result<(), Problem> {
    let refused = |error: Error| case.at("x").problem(error.to_string());
    let test = KolmogorovSmirnov::of(x, y).map_err(refused)?;
    let (exact, asymptotic) = (case.at("ks_exact"), case.at("ks_asymp"));
    about(checks, &exact.at("D"), test.distance(), 1e-14)?;
    about(checks, &exact.at("p"), test.exact_p_value().unwrap_or(f64::NAN), 1e-11)?;
    about(checks, &asymptotic.at("D"), test.distance(), 1e-14)?;
    // SciPy takes the distribution of one sample with n m / (n + m) values, rounded, and ours is
    // the limit, which is rough for five.
    let distance = if x.count().min(y.count()) < 30 { 0.15 } else { 0.05 };
    checks.near(&asymptotic.at("p"), test.approximate_p_value(), distance)?;
    let wanted = case.at("brown_forsythe");
    match brown_forsythe(x, y) {
        Ok(test) => {
            about(checks, &wanted.at("stat"), test.t() * test.t(), 1e-9)?;
            about(checks, &wanted.at("p"), test.p_value(Alternative::TwoSided), 1e-9)
        }
        Err(_) => about(checks, &wanted.at("p"), f64::NAN, 0.0),
    }
}

/// Up to a relative error, or that times 1e-3 around 0.
fn about(checks: &mut Checks, wanted: &Field<'_>, got: f64, part: f64) -> Result<(), Problem> {
    let number = wanted.or(0.0)?;
    checks.near(wanted, got, part * number.abs().max(1e-3))
}
