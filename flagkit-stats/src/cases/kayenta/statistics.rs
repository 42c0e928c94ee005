//! `StatisticSuite.scala`: summaries, quantiles, sizes of effects.

use crate::cases::checks::Checks;
use crate::cases::field::{Field, Problem};
use crate::kayenta::Samples;
use crate::kayenta::effect::{cohens_d, common_language, mean_ratio};
use crate::kayenta::statistics::{Summary, percentile, summary};

pub(super) fn check(case: &Field<'_>, checks: &mut Checks) -> Result<(), Problem> {
    for assertion in case.at("asserts").items()? {
        let text = assertion.text()?;
        if text == "result === truth" {
            same(&assertion, &summary(&data(case)?), &truth(case)?, checks);
            continue;
        }
        if text == "result.isNaN" {
            checks.number((assertion.path(), f64::NAN), effect(case)?, 0.0);
            continue;
        }
        let wrong =
            || assertion.problem("write it as `expression === number`, or `(number +- far)`");
        let (expression, wanted) = text.split_once(" === ").ok_or_else(wrong)?;
        let (wanted, tolerance) = with_tolerance(wanted).ok_or_else(wrong)?;
        let got = value(case, (&assertion, expression))?;
        // Without a tolerance the suite means the same double; summing in another order moves it.
        let tolerance = if tolerance == 0.0 { 1e-12 * wanted.abs() } else { tolerance };
        checks.number((&format!("{} {expression}", assertion.path()), wanted), got, tolerance);
    }
    Ok(())
}

/// `4.5`, or `(4.5 +- 1e-4)`.
fn with_tolerance(text: &str) -> Option<(f64, f64)> {
    let inner = text.trim_start_matches('(').trim_end_matches(')');
    let (value, tolerance) = inner.split_once(" +- ").unwrap_or((inner, "0"));
    Some((value.trim().parse().ok()?, tolerance.trim().parse().ok()?))
}

fn value(case: &Field<'_>, (assertion, expression): (&Field<'_>, &str)) -> Result<f64, Problem> {
    let unknown = || assertion.problem(format!("nothing here is called `{expression}`"));
    if let Some(arguments) = expression.strip_prefix("percentile(") {
        let percent = arguments.split_once(", ").map(|(_, percent)| percent.trim_end_matches(')'));
        let percent = percent.and_then(|percent| percent.parse().ok()).ok_or_else(unknown)?;
        return Ok(percentile(&data(case)?, percent));
    }
    if expression == "result" {
        return effect(case);
    }
    let summary = summary(&data(case)?);
    match expression {
        "result.min" => Ok(summary.min),
        "result.max" => Ok(summary.max),
        "result.mean" => Ok(summary.mean),
        "result.std" => Ok(summary.deviation),
        #[expect(clippy::cast_precision_loss, reason = "a handful")]
        "result.count" => Ok(summary.count as f64),
        _ => Err(unknown()),
    }
}

/// The data of a case; some are only in the source of the suite, and small.
fn data(case: &Field<'_>) -> Result<Vec<f64>, Problem> {
    let given = case.at("data").first(&["testData", "data", "values"]);
    if !given.is_absent() {
        return given.numbers();
    }
    Ok(match case.at("name").text().unwrap_or_default() {
        "Summary Statistics: Scalar" | "Summary Statistics: Percentile Metric Object" => vec![1.0],
        // Six values with this smallest, largest and mean can only be these if the deviation
        // is the largest possible: 4.9295 = sqrt(6 · 4.5² / 5).
        "Summary Statistics: List" => vec![1.0, 1.0, 1.0, 10.0, 10.0, 10.0],
        "Summary Statistics: No Data" => Vec::new(),
        _ => return given.numbers(),
    })
}

/// What the suite calls the truth, which is only in its source.
fn truth(case: &Field<'_>) -> Result<Summary, Problem> {
    let name = case.at("name");
    let [one, none] = [&[1.0][..], &[]].map(summary);
    match name.text()? {
        "Summary Statistics: Scalar" => Ok(one),
        "Summary Statistics: No Data" => Ok(none),
        other => {
            Err(name.unknown(other, &["Summary Statistics: Scalar", "Summary Statistics: No Data"]))
        }
    }
}

fn same(assertion: &Field<'_>, got: &Summary, wanted: &Summary, checks: &mut Checks) {
    let words = |summary: &Summary| {
        let Summary { min, max, mean, deviation, count, .. } = summary;
        format!("{count} values from {min} to {max} around {mean}, deviation {deviation}")
    };
    checks.words((assertion.path(), &words(wanted)), &words(got));
}

fn effect(case: &Field<'_>) -> Result<f64, Problem> {
    let data = case.at("data");
    let control = data.first(&["controlData", "control"]).numbers()?;
    let experiment = data.first(&["experimentData", "experiment"]).numbers()?;
    let (left, right) = (summary(&control), summary(&experiment));
    let named = case.first(&["effect", "effectSizeMeasure", "name"]);
    let name = named.text()?.to_lowercase();
    if name.contains("mean ratio") || name.contains("meanratio") {
        Ok(mean_ratio(left.mean, right.mean))
    } else if name.contains("cohen") {
        Ok(cohens_d(&left, &right))
    } else if name.contains("cles") {
        Ok(common_language(&Samples { control: &control, experiment: &experiment }))
    } else {
        Err(named.problem("names no effect; it has to contain Mean Ratio, Cohen or CLES"))
    }
}
