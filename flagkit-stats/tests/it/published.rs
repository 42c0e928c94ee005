//! Every case of every file that others wrote, each file with what it has to contain.

use std::collections::BTreeMap;

use crate::delivery_cases::all_pass;

/// The shapes of a file with how many cases each has.
#[track_caller]
fn check(file: &str, expected: &[(&str, usize)]) {
    if let Some(report) = all_pass(file) {
        let expected: BTreeMap<&str, usize> = expected.iter().copied().collect();
        // The folder that somebody names may have other cases.
        if std::env::var_os("FLAGKIT_DELIVERY_CASES").is_none() {
            assert_eq!(report.shapes, expected, "{file}");
        }
    }
}

#[test]
fn distributions_are_those_of_mpmath() {
    check("reference-stats/distributions.json", &[("distribution", 400)]);
}

#[test]
fn two_sample_tests_are_those_of_scipy() {
    check("reference-stats/two_sample.json", &[("two samples", 104)]);
}

#[test]
fn counts_and_their_corrections_are_those_of_scipy() {
    let expected = [("two shares", 11), ("sample ratio", 9), ("adjusted p-values", 30)];
    check("reference-stats/counts_srm_multiplicity.json", &expected);
}

#[test]
fn evidence_and_widths_are_those_of_the_closed_forms() {
    check("reference-stats/anytime_valid.json", &[("anytime-valid", 126)]);
}

#[test]
fn kayenta_answers_as_its_test_suites_expect() {
    check("kayenta/classifier.json", &[("kayenta classifier", 37)]);
    check("kayenta/mannwhitney.json", &[("kayenta mann-whitney", 7)]);
    check("kayenta/scorer.json", &[("kayenta scorer", 13)]);
    check("kayenta/statistics.json", &[("kayenta statistics", 18)]);
    let expected = [("kayenta detector", 6), ("kayenta transform", 5)];
    check("kayenta/detectors_transforms.json", &expected);
}

#[test]
fn recorded_calls_of_growthbook_have_the_recorded_results() {
    for name in ["frequentist", "bayesian", "srm", "truncated_normal"] {
        all_pass(&format!("growthbook/{name}.json"));
    }
}
