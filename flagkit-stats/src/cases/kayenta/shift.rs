//! `MannWhitneySuite.scala`: numbers that tie out with R, noise of its solver included.

use crate::cases::checks::{Checks, agree};
use crate::cases::field::{Field, Problem};
use crate::kayenta::Samples;
use crate::kayenta::shift::{Precision, range, standardised};
use crate::special::normal;

/// What the assertions of a case are about.
struct Setting<'a> {
    samples: Samples<'a>,
    confidence: f64,
}

pub(super) fn check(case: &Field<'_>, checks: &mut Checks) -> Result<(), Problem> {
    let data = case.at("data");
    let side = |names: &[&str]| -> Result<Vec<f64>, Problem> {
        let values = data.first(names);
        if values.is_absent() { Ok(Vec::new()) } else { values.numbers() }
    };
    let experiment = side(&["experiment", "experimentData", "x"])?;
    let control = side(&["control", "controlData", "y"])?;
    let setting = Setting {
        samples: Samples { control: &control, experiment: &experiment },
        confidence: case.at("confidenceLevel").or(0.98)?,
    };
    for assertion in case.at("assertEquals").items()? {
        setting.assert(&assertion, &case.at("constants"), checks)?;
    }
    Ok(())
}

impl Setting<'_> {
    /// `wanted, expression, tolerance`, as the suite writes it.
    fn assert(
        &self,
        assertion: &Field<'_>,
        constants: &Field<'_>,
        checks: &mut Checks,
    ) -> Result<(), Problem> {
        let text = assertion.text()?;
        let wrong = || assertion.problem("write it as `wanted, expression, tolerance`");
        let (wanted, rest) = text.split_once(", ").ok_or_else(wrong)?;
        let (expression, tolerance) = rest.rsplit_once(", ").ok_or_else(wrong)?;
        let tolerance = match tolerance {
            "E" => 1e-6,
            text => text.parse().map_err(|_| wrong())?,
        };
        let wanted = match wanted.parse() {
            Ok(number) => number,
            Err(_) => constants.at(wanted).number()?,
        };
        let unknown = || assertion.problem(format!("nothing here is called `{expression}`"));
        let original = self.value(expression, Precision::AsOriginal).ok_or_else(unknown)?;
        let exact = self.value(expression, Precision::Exact).ok_or_else(unknown)?;
        let is_exact = !agree(wanted, original, tolerance) && agree(wanted, exact, tolerance);
        if is_exact {
            checks.note(EXACT_ONLY);
        }
        let got = if is_exact { exact } else { original };
        checks.number((&format!("{} {expression}", assertion.path()), wanted), got, tolerance);
        Ok(())
    }

    /// The value of an expression of the suite.
    fn value(&self, expression: &str, precision: Precision) -> Option<f64> {
        let (low, high) = range(&self.samples);
        let at = |shift: f64, quantile: f64| standardised(&self.samples, shift, quantile);
        if let Some(arguments) = expression.strip_prefix("mannWhitney.wilcoxonDiff(") {
            let mut parts = arguments.split(',').map(|part| part.trim().parse::<f64>().ok());
            return Some(at(parts.next()??, parts.next()??));
        }
        let quantile = -normal::ppf((1.0 - self.confidence) / 2.0);
        let shift = || precision.shift(&self.samples, self.confidence);
        match expression {
            "result.confidenceInterval.head" | "ciLower" => Some(shift()?.low),
            "result.confidenceInterval.last" | "ciUpper" => Some(shift()?.high),
            "result.estimate" | "estimate" => Some(shift()?.estimate),
            "muMin" => Some(low),
            "muMax" => Some(high),
            // The quantile alone has no data, and is for 0.98 whatever the case says.
            "zQuant" => Some(normal::ppf(0.01)),
            "zqLower" => Some(quantile),
            "zqUpper" => Some(-quantile),
            "fLower1" => Some(at(low, quantile)),
            "fUpper1" => Some(at(high, quantile)),
            "fLower2" => Some(at(low, -quantile)),
            "fUpper2" => Some(at(high, -quantile)),
            _ => None,
        }
    }
}

const EXACT_ONLY: &str = "an interval is that of exact arithmetic: the solver of the original stops at an \
     absolute distance of 1e-4 and says something else there";
