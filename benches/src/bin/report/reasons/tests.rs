//! What stands in the file can be found.

use super::*;

#[test]
fn nobody_knows_why_an_unknown_evaluator_is_ahead() {
    assert_eq!(of("W1", "nobody 1.0"), "not explained yet");
}

#[test]
fn every_line_has_a_scenario_a_name_and_a_reason() {
    for line in REASONS.lines().filter(|line| !line.starts_with('#')) {
        let parts: Vec<&str> = line.split('|').map(str::trim).collect();
        let [scenario, contender, reason] = parts[..] else { panic!("{line}") };
        assert_eq!(of(scenario, contender), reason);
    }
}
