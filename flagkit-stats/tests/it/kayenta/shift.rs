//! `MannWhitneySuite.scala`: numbers that tie out with R, noise of its solver included.

use flagkit_stats::kayenta::Samples;
use flagkit_stats::kayenta::shift::{range, shift, standardised};
use serde_json::Value;

use crate::delivery_cases::{cases, close, number, numbers};

/// What the assertions of a case are about.
struct Setting<'a> {
    samples: Samples<'a>,
    confidence: f64,
    constants: &'a Value,
}

impl Setting<'_> {
    /// A number, or a name for one.
    fn expected(&self, text: &str) -> f64 {
        text.parse().unwrap_or_else(|_| number(&self.constants[text]))
    }

    /// The value of an expression of the suite.
    fn actual(&self, text: &str) -> f64 {
        let (low, high) = range(&self.samples);
        // The quantile of both sides, by inverting the statistic at a shift without an excess.
        let at = |shift: f64, quantile: f64| standardised(&self.samples, shift, quantile);
        if let Some(arguments) = text.strip_prefix("mannWhitney.wilcoxonDiff(") {
            let mut parts = arguments.split(',').map(|part| part.trim().parse::<f64>());
            let mut next = || parts.next().unwrap().unwrap();
            return at(next(), next());
        }
        let quantile = self.quantile();
        let shift = shift(&self.samples, self.confidence).unwrap();
        match text {
            "result.confidenceInterval.head" | "ciLower" => shift.low,
            "result.confidenceInterval.last" | "ciUpper" => shift.high,
            "result.estimate" | "estimate" => shift.estimate,
            "muMin" => low,
            "muMax" => high,
            "zqLower" => quantile,
            "zqUpper" => -quantile,
            "fLower1" => at(low, quantile),
            "fUpper1" => at(high, quantile),
            "fLower2" => at(low, -quantile),
            "fUpper2" => at(high, -quantile),
            other => panic!("nothing here is called `{other}`"),
        }
    }

    /// The quantile of the normal distribution for both sides: published values.
    fn quantile(&self) -> f64 {
        match self.confidence {
            0.95 => 1.959_963_984_540_054,
            0.98 => 2.326_347_874_040_841,
            other => panic!("no quantile for a confidence of {other}"),
        }
    }
}

#[test]
fn intervals_and_estimates_are_those_of_its_test_suite() {
    for case in cases("kayenta/mannwhitney.json") {
        let name = case["name"].as_str().unwrap();
        let data = &case["data"];
        let side = |names: [&str; 3]| -> Vec<f64> {
            names
                .iter()
                .map(|name| numbers(&data[*name]))
                .find(|list| !list.is_empty())
                .unwrap_or_default()
        };
        let experiment = side(["experiment", "experimentData", "x"]);
        let control = side(["control", "controlData", "y"]);
        let setting = Setting {
            samples: Samples { control: &control, experiment: &experiment },
            confidence: number(&case["confidenceLevel"]),
            constants: &case["constants"],
        };
        for assertion in case["assertEquals"].as_array().unwrap() {
            let text = assertion.as_str().unwrap();
            let (expected, rest) = text.split_once(", ").unwrap();
            let (actual, tolerance) = rest.rsplit_once(", ").unwrap();
            let tolerance = if tolerance == "E" { 1e-6 } else { tolerance.parse().unwrap() };
            // The quantile alone has no data, and is for 0.98 whatever the case says.
            let actual =
                if actual == "zQuant" { -2.326_347_874_040_841 } else { setting.actual(actual) };
            let expected = setting.expected(expected);
            assert!(close(actual, expected, tolerance), "{name}: {actual} for {text}");
        }
    }
}

#[test]
fn what_cannot_be_ranked_has_no_shift() {
    for (control, experiment) in [
        (&[][..], &[1.0][..]),
        (&[1.0], &[]),
        (&[1.0, 1.0], &[1.0]),
        (&[1.0, 2.0], &[f64::INFINITY, 3.0]),
        (&[1.0, f64::NAN], &[2.0, 3.0]),
        (&[-1e308, -1e307], &[1e308, 1e307]),
    ] {
        assert_eq!(shift(&Samples { control, experiment }, 0.98), None, "{control:?}");
    }
}
