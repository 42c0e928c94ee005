//! `ClassifierSuite.scala`: labels of single metrics.

use crate::cases::checks::Checks;
use crate::cases::field::{Field, Problem};
use crate::kayenta::classify::{Demand, Direction, Limits, classify_by_mean};
use crate::kayenta::shift::Precision;
use crate::kayenta::transform::MissingValues;
use crate::kayenta::{Classifier, EffectSize, Label, Samples, Verdict};

/// Compares the verdict with what is expected, and then in other units with itself.
///
/// The solver of the original stops at an absolute distance. Where its answer is not the expected
/// one, but the exact answer is, the case passes with a note: it was made for exact arithmetic.
pub(super) fn check(case: &Field<'_>, checks: &mut Checks) -> Result<(), Problem> {
    let expect = case.at("expect");
    let factor = case.first(&["scale", "factor", "unit"]).or(1.0)?;
    let original = verdict(case, factor, Precision::AsOriginal)?;
    let exact = verdict(case, factor, Precision::Exact)?;
    let (mut as_original, mut as_exact) = (Checks::default(), Checks::default());
    compare(&expect, &original, &mut as_original)?;
    compare(&expect, &exact, &mut as_exact)?;
    if !as_original.failures.is_empty() && as_exact.failures.is_empty() {
        checks.note(EXACT_ONLY);
        compare(&expect, &exact, checks)?;
    } else {
        compare(&expect, &original, checks)?;
    }
    if expect.at("classification").is_absent() {
        return Ok(());
    }
    for factor in factors(case)? {
        let other = verdict(case, factor, Precision::Exact)?.label;
        let path = format!("{} times {factor:e}", case.path());
        checks.words((&path, exact.label.name()), other.name());
    }
    Ok(())
}

fn compare(expect: &Field<'_>, verdict: &Verdict, checks: &mut Checks) -> Result<(), Problem> {
    let label = expect.first(&["classification", "label", "verdict"]);
    if !label.is_absent() {
        let wanted = word(label.text()?);
        let known = LABELS.map(Label::name);
        let wanted = LABELS.into_iter().find(|label| word(label.name()) == wanted);
        let wanted =
            wanted.ok_or_else(|| label.unknown(label.text().unwrap_or_default(), &known))?;
        checks.words((label.path(), wanted.name()), verdict.label.name());
    }
    let critical = expect.at("critical");
    if !critical.is_absent() {
        let wanted = critical.flag()?.to_string();
        checks.words((critical.path(), &wanted), &verdict.critical.to_string());
    }
    checks.close(&expect.at("deviation"), verdict.deviation, 1e-9)?;
    let reason = expect.at("reasonNotEmpty");
    if !reason.is_absent() {
        let wanted = reason.flag()?.to_string();
        checks.words((reason.path(), &wanted), &(!verdict.reason.is_empty()).to_string());
    }
    Ok(())
}

/// The verdict about a case whose values were multiplied.
pub(super) fn verdict(
    case: &Field<'_>,
    factor: f64,
    precision: Precision,
) -> Result<Verdict, Problem> {
    let strategy = case.first(&["nanStrategy", "nan_strategy"]);
    let missing = match optional(&strategy, "remove")?.as_str() {
        "replace" => MissingValues::Replace,
        "remove" => MissingValues::Remove,
        other => return Err(strategy.unknown(other, &["Remove", "Replace"])),
    };
    let side = |name: &str| -> Result<Vec<f64>, Problem> {
        let values = missing.apply(&case.at(name).numbers()?);
        Ok(values.into_iter().map(|value| value * factor).collect())
    };
    let (control, experiment) = (side("control")?, side("experiment")?);
    let samples = Samples { control: &control, experiment: &experiment };
    let direction = case.at("direction");
    let demand = Demand {
        direction: match optional(&direction, "either")?.as_str() {
            "increase" => Direction::Increase,
            "decrease" => Direction::Decrease,
            "either" => Direction::Either,
            other => return Err(direction.unknown(other, &["Increase", "Decrease", "Either"])),
        },
        missing,
        critical: case.first(&["critical", "isCritical"]).flag()?,
        must_have_data: case.first(&["mustHaveData", "isDataRequired"]).flag()?,
    };
    let name = case.at("classifier");
    match optional(&name, "mannwhitney")?.as_str() {
        "mannwhitney" => Ok(classifier(&case.at("params"), precision)?.classify(&samples, demand)),
        "meaninequality" => Ok(classify_by_mean(&samples, demand)),
        other => Err(name.unknown(other, &["mannWhitney", "meanInequality"])),
    }
}

fn classifier(params: &Field<'_>, precision: Precision) -> Result<Classifier, Problem> {
    let default = Classifier::default();
    let effect = params.first(&["effectSizeMeasure", "effectSize"]);
    let effect = match optional(&effect, "meanratio")?.as_str() {
        "meanratio" => EffectSize::MeanRatio,
        "cles" => EffectSize::CommonLanguage,
        other => return Err(effect.unknown(other, &["meanRatio", "cles"])),
    };
    // Without thresholds any size counts, which for a share of pairs is one half.
    let any = effect.neutral();
    let limits = |name: &str| -> Result<Limits, Problem> {
        let list = params.at(name);
        Ok(Limits { decrease: list.item(0).or(any)?, increase: list.item(1).or(any)? })
    };
    Ok(Classifier {
        tolerance: params.at("tolerance").or(default.tolerance)?,
        confidence: params.first(&["confLevel", "confidence"]).or(default.confidence)?,
        effect,
        allowed: limits("effectSizeThresholds")?,
        critical: limits("criticalThresholds")?,
        precision,
    })
}

/// In which other units a case is asked again: those it names, or those of every case.
fn factors(case: &Field<'_>) -> Result<Vec<f64>, Problem> {
    let named = case.first(&["scales", "factors", "units"]);
    if named.is_absent() { Ok(FACTORS.to_vec()) } else { named.numbers() }
}

/// A word without capitals, or what is meant by none.
fn optional(field: &Field<'_>, default: &str) -> Result<String, Problem> {
    if field.is_absent() { Ok(default.to_owned()) } else { field.text().map(word) }
}

fn word(text: &str) -> String {
    text.to_lowercase().replace(['-', '_', ' '], "")
}

/// From seconds or ratios to nanos, millionths, parts of a hundred thousand, and back.
pub(super) const FACTORS: [f64; 6] = [1e-9, 1e-6, 1e-5, 1e-3, 1e3, 1e6];

const LABELS: [Label; 6] =
    [Label::Pass, Label::High, Label::Low, Label::NoData, Label::NoDataFails, Label::Error];

const EXACT_ONLY: &str = "a verdict is that of exact arithmetic: the solver of the original stops at an \
     absolute distance of 1e-4 and says something else there";
