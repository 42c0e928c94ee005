//! Distribution functions against mpmath: 400 values, down to 1e-316.

use std::collections::BTreeMap;

use flagkit_stats::special::{beta, chi_squared, normal, student_t};
use serde_json::Value;

use super::delivery_cases::{cases, number};

#[test]
fn every_published_value_is_met_relatively() {
    let mut worst: BTreeMap<String, f64> = BTreeMap::new();
    for case in cases("reference-stats/distributions.json") {
        let name = case["fn"].as_str().unwrap();
        let (value, expected) = (evaluate(name, &case["args"]), number(&case["value"]));
        let error = error(value, expected);
        assert!(error <= error_max(expected), "{case}: {value:e} is off by {error:e}");
        let worst = worst.entry(name.to_owned()).or_default();
        *worst = worst.max(error);
    }
    println!("{worst:?}");
}

/// What the function of that name says.
fn evaluate(name: &str, arguments: &Value) -> f64 {
    let [x, first, second] = [0, 1, 2].map(|index| arguments[index].as_f64().unwrap_or(f64::NAN));
    match name {
        "norm.cdf" => normal::cdf(x),
        "norm.sf" => normal::sf(x),
        "norm.ppf" => normal::ppf(x),
        "t.cdf" => student_t::cdf(x, first),
        "t.sf" => student_t::sf(x, first),
        "t.ppf" => student_t::ppf(x, first),
        "chi2.sf" => chi_squared::sf(x, first),
        "beta.cdf" => beta::cdf(x, first, second),
        other => panic!("nothing computes `{other}`"),
    }
}

/// Relative, and absolute where 0 is expected.
fn error(value: f64, expected: f64) -> f64 {
    let distance = (value - expected).abs();
    if expected == 0.0 { distance } else { distance / expected.abs() }
}

/// Below the smallest normal number there are fewer digits to be right.
fn error_max(expected: f64) -> f64 {
    if expected.abs() < f64::MIN_POSITIVE && expected != 0.0 { 1e-7 } else { 1e-12 }
}
