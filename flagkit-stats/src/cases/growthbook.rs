//! Calls of GrowthBook's engine as data: `{test, stat_a, stat_b, config, result}` with its own names.
//!
//! A statistic has the fields of gbstats' class and its name as `type`; results have the fields of
//! its result, in either of the spellings that it had. Several strata are `stats`, a list of pairs.

use super::Shape;
use super::checks::Checks;
use super::field::{Field, Problem};
use crate::growthbook::srm::p_value;
use crate::growthbook::truncated::truncated_mean;

mod call;
mod settings;
mod statistic;

/// The shapes, in the order in which they are tried.
pub(super) const SHAPES: &[Shape] = &[
    Shape::new(
        (
            "growthbook test",
            "test, stat_a and stat_b (or stats), config, result {expected, ci, p_value, …}",
        ),
        |case| {
            let has_arms = case.has(&["stat_a", "stat_b"]) || case.at("stats").is_list();
            has_arms && case.first(TESTS).text().is_ok()
        },
        call::check,
    ),
    Shape::new(
        ("growthbook srm", "users, weights, result"),
        |case| case.has(&["users", "weights"]),
        split,
    ),
    Shape::new(
        ("growthbook truncated normal", "mu, sigma, a, b, result"),
        |case| case.has(&["mu", "sigma", "a", "b"]),
        truncated,
    ),
];

/// How the field with the class of a test may be called.
const TESTS: &[&str] = &["test", "class", "type", "fn"];

/// How the field with what the engine answered may be called.
const RESULTS: &[&str] = &["result", "expected", "expect", "value", "p_value"];

fn split(case: &Field<'_>, checks: &mut Checks) -> Result<(), Problem> {
    let got = p_value(&case.at("users").counts()?, &case.at("weights").numbers()?);
    agree(checks, &case.first(RESULTS), got)
}

fn truncated(case: &Field<'_>, checks: &mut Checks) -> Result<(), Problem> {
    let number = |name: &str| case.at(name).number();
    let ends = (number("a")?, number("b")?);
    agree(checks, &case.first(RESULTS), truncated_mean(number("mu")?, number("sigma")?, ends))
}

/// Nine digits, or both nearly vanish.
fn agree(checks: &mut Checks, wanted: &Field<'_>, got: f64) -> Result<(), Problem> {
    let number = wanted.or(0.0)?;
    let distance = if number.is_finite() { (1e-9 * number.abs()).max(1e-12) } else { 0.0 };
    checks.near(wanted, got, distance)
}
