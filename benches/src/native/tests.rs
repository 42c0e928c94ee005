//! What tables rely on.

use super::*;

#[test]
fn names_are_words_and_no_two_are_the_same() {
    let mut names: Vec<&str> = ALL.iter().map(|scenario| scenario.name).collect();
    assert!(names.iter().all(|name| !name.contains(char::is_whitespace)));
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), ALL.len());
}

#[test]
fn every_scenario_that_evaluates_one_flag_of_few_answers_right() {
    let evaluating = ALL.iter().filter(|scenario| scenario.round == 1_000);
    for scenario in evaluating {
        (scenario.prepare())(1);
    }
}
