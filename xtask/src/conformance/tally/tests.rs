use serde_json::json;

use super::{Tally, table, verdict};

#[test]
fn wrong_answers_are_counted_shown_and_refused() {
    let case = json!({ "id": "a/1", "kind": "flag", "flag": "f", "expected": { "value": 1 } });
    let mut tally = Tally::new("somebody");
    tally.count(&case, &json!({ "result": { "value": 1 } }), true);
    assert!(verdict(std::slice::from_ref(&tally)).is_ok());
    tally.count(&case, &json!({ "unsupported": "no" }), false);
    assert_eq!(tally.sums(), (1, 2));
    let tallies = [tally];
    assert!(table(&tallies).ends_with("| somebody | 1 of 2 | flag 1 of 2 |"));
    assert!(verdict(&tallies).unwrap_err().to_string().contains("gets  \"no\""));
}
