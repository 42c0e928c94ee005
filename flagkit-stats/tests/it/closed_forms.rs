//! Evidence and widths as computed elsewhere with 35 digits.

use flagkit_stats::Alpha;
use flagkit_stats::closed_form::{asymptotic_half_width, beta_binomial, normal_mixture};
use flagkit_stats::multiplicity::{benjamini_hochberg, benjamini_yekutieli, holm};
use flagkit_stats::srm::SplitTest;
use serde_json::Value;

use crate::delivery_cases::{cases, close, list, number, numbers};

fn check(case: &Value) {
    let text = |name: &str| case[name].as_str().unwrap_or_default();
    let count = |name: &str| case[name].as_u64().unwrap_or_default();
    let real = |name: &str| number(&case[name]);
    let (expected, actual) = match text("kind") {
        "beta_binomial_log_e" => (
            real("log_e"),
            beta_binomial(real("pi"), (real("a"), real("b")), (count("k1"), count("k0"))),
        ),
        "normal_mixture_log_e" => {
            (real("log_e"), normal_mixture(count("n"), real("mean_over_sd"), real("rho")))
        }
        "acs_halfwidth_over_sd_two_sided" => {
            let alpha = Alpha::new(real("alpha")).unwrap();
            (real("value"), asymptotic_half_width(real("n"), real("rho"), alpha))
        }
        "dirichlet_multinomial_log_e" => {
            let mut test = SplitTest::new(real("concentration")).unwrap();
            let units: Vec<u64> = case["n"].as_array().unwrap().iter().map(count_of).collect();
            test.add(&numbers(&case["theta"]), &units).unwrap();
            (real("log_e"), test.mismatch().log_e)
        }
        other => panic!("nobody calculates `{other}`"),
    };
    let tolerance = 1e-9 * expected.abs().max(1.0);
    assert!(close(expected, actual, tolerance), "{actual} for {case}");
}

fn count_of(value: &Value) -> u64 {
    value.as_u64().unwrap()
}

#[test]
fn evidence_and_widths_are_those_of_the_closed_forms() {
    cases("reference-stats/anytime_valid.json").iter().for_each(check);
}

#[test]
fn adjusted_p_values_are_those_of_the_reference() {
    for case in list("reference-stats/counts_srm_multiplicity.json", "multiple_testing") {
        let p_values = numbers(&case["p"]);
        let adjusted = [
            ("holm", holm(&p_values)),
            ("bh", benjamini_hochberg(&p_values)),
            ("by", benjamini_yekutieli(&p_values)),
        ];
        for (name, values) in adjusted {
            let expected = numbers(&case[name]);
            assert_eq!(expected.len(), values.len());
            let is_close = |(one, two): (&f64, &f64)| close(*one, *two, 1e-12);
            assert!(expected.iter().zip(&values).all(is_close), "{name}: {values:?} for {case}");
        }
    }
}
