//! One call of a test, and its result.

use super::statistic::arms;
use super::{RESULTS, TESTS, agree, settings};
use crate::cases::checks::Checks;
use crate::cases::field::{Field, Problem};
use crate::growthbook::frequentist::{self, Alternative};
use crate::growthbook::{Uplift, bayesian, sequential};

pub(super) fn check(case: &Field<'_>, checks: &mut Checks) -> Result<(), Problem> {
    let (baseline, variation) = arms(case)?;
    let (class, config) = (case.first(TESTS), case.at("config"));
    let name = class.text()?;
    let result = case.first(RESULTS);
    if name.contains("Bayesian") {
        let outcome = bayesian::test(&baseline, &variation, &settings::bayesian(&config)?);
        return posterior(checks, &result, &outcome);
    }
    let alternative = if name.contains("Greater") {
        Alternative::Greater
    } else if name.contains("Lesser") {
        Alternative::Lesser
    } else if name.contains("TwoSided") {
        Alternative::TwoSided
    } else {
        return Err(class.unknown(name, &CLASSES));
    };
    let outcome = if name.starts_with("Sequential") {
        let settings = settings::sequential(&config)?;
        sequential::test(&baseline, &variation, alternative, &settings)
    } else {
        let settings = settings::frequentist(&config)?;
        frequentist::test(&baseline, &variation, alternative, &settings)
    };
    tested(checks, &result, &outcome)
}

/// The result of a test. Where its search for a p-value fails, only that is missing.
fn tested(
    checks: &mut Checks,
    result: &Field<'_>,
    outcome: &frequentist::Outcome,
) -> Result<(), Problem> {
    let p_value = result.first(&["p_value", "pValue"]);
    let has_none = failed(result, &["p_value_error_message", "pValueErrorMessage"]);
    if has_none && outcome.issue.is_none() {
        checks.words((p_value.path(), "no p-value"), found(outcome.p_value));
    } else {
        agree(checks, &p_value, outcome.p_value.unwrap_or(f64::NAN))?;
    }
    let numbers = (outcome.expected, outcome.interval, outcome.uplift);
    shared(checks, result, numbers)?;
    refusal(checks, result, outcome.issue.is_some());
    Ok(())
}

fn posterior(
    checks: &mut Checks,
    result: &Field<'_>,
    outcome: &bayesian::Outcome,
) -> Result<(), Problem> {
    let chance = result.first(&["chance_to_win", "chanceToWin"]);
    agree(checks, &chance, outcome.chance_to_win)?;
    agree(checks, &result.at("risk").item(0), outcome.risk.0)?;
    agree(checks, &result.at("risk").item(1), outcome.risk.1)?;
    shared(checks, result, (outcome.expected, outcome.interval, outcome.uplift))?;
    refusal(checks, result, outcome.issue.is_some());
    Ok(())
}

/// What all results have.
fn shared(
    checks: &mut Checks,
    result: &Field<'_>,
    (expected, interval, uplift): (f64, (f64, f64), Uplift),
) -> Result<(), Problem> {
    agree(checks, &result.at("expected"), expected)?;
    // An end that is infinite may be null: JSON has no word for it.
    agree(checks, &result.at("ci").item(0), interval.0)?;
    agree(checks, &result.at("ci").item(1), interval.1)?;
    agree(checks, &result.at("uplift").at("mean"), uplift.mean)?;
    agree(checks, &result.at("uplift").at("stddev"), uplift.deviation)
}

/// Whether there was an error is compared, too; its words are ours.
fn refusal(checks: &mut Checks, result: &Field<'_>, is_refused: bool) {
    let wanted = failed(result, &["error", "error_message", "errorMessage"]);
    if result.is_object() {
        let words = |is: bool| if is { "an error" } else { "a result" };
        checks.words((result.path(), words(wanted)), words(is_refused));
    }
}

/// Whether a result has one of these messages.
fn failed(result: &Field<'_>, messages: &[&str]) -> bool {
    messages.iter().any(|name| result.at(name).text().is_ok())
}

fn found(p_value: Option<f64>) -> &'static str {
    if p_value.is_some() { "a p-value" } else { "no p-value" }
}

const CLASSES: [&str; 7] = [
    "TwoSidedTTest",
    "OneSidedTreatmentGreaterTTest",
    "OneSidedTreatmentLesserTTest",
    "SequentialTwoSidedTTest",
    "SequentialOneSidedTreatmentGreaterTTest",
    "SequentialOneSidedTreatmentLesserTTest",
    "EffectBayesianABTest",
];
