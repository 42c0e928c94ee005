use serde_json::json;

use super::*;

#[test]
fn flags_are_told_in_a_few_words() {
    for (definition, expected_state, expected) in [
        (json!({}), State::Off, "off"),
        (json!({"rollout_percentage": 100}), State::Off, "off"),
        (json!({"enabled": true}), State::Partly, "on for nobody"),
        (json!({"enabled": true, "rollout_percentage": 100}), State::On, "on for everyone"),
        (json!({"enabled": true, "rollout_percentage": 0.25}), State::Partly, "on for 0.25 %"),
        (
            json!({"enabled": true, "rollout_percentage": 25, "targeting_rules": [{}, {}]}),
            State::Partly,
            "on by 2 rules, else for 25 %",
        ),
        (
            json!({"enabled": true, "overrides": {"u-1": true}, "targeting_rules": [{}]}),
            State::Partly,
            "on by 1 override and 1 rule, else for nobody",
        ),
        (
            json!({"enabled": true, "rollout_percentage": 100, "schedule": {"starts_at": 1}}),
            State::Partly,
            "on for everyone, by a schedule",
        ),
        (json!({"exact": {}}), State::Partly, "decided by rules in the exact form"),
    ] {
        assert_eq!(state(&definition), expected_state, "{definition}");
        assert_eq!(sentence(&definition), expected, "{definition}");
    }
}
