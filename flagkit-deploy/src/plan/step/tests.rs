use serde_json::{Value, json};

use super::*;

fn read(step: Value) -> Result<Step, String> {
    serde_json::from_value(step).map_err(|error| error.to_string())
}

#[test]
fn a_step_is_the_one_that_was_written() {
    for step in [
        json!({"name": "a", "step": "split", "split": [900_000, 100_000]}),
        json!({"name": "a", "step": "split", "split": [0, 1_000_000], "gate": "lag_s < 5", "before": ["h"]}),
        json!({"name": "a", "step": "pause", "for": null}),
        json!({"name": "a", "step": "verify", "checks": ["c"], "arm": "new"}),
        json!({"name": "a", "step": "judge", "at_least": 1, "at_most": 2, "proof": true,
            "exposures_min": 0, "success": [], "on_insufficient": "hold"}),
    ] {
        let read = read(step.clone()).unwrap();
        assert_eq!(serde_json::to_value(&read).unwrap(), step);
    }
}

#[test]
fn unknown_fields_are_refused() {
    for step in [
        json!({"name": "a", "step": "split", "split": [1_000_000], "gates": "x"}),
        json!({"name": "a", "step": "judge", "at_least": 1, "at_most": 2, "gates": "x"}),
        json!({"name": "a", "step": "hook", "hook": "h", "arm": "new"}),
    ] {
        let problem = read(step).unwrap_err();
        assert!(problem.contains("unknown field"), "{problem}");
    }
}
