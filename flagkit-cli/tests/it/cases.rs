//! `flagkit rollout cases`: what the statistics answer to cases of others.

use serde_json::Value;

use crate::run::{file, flagkit, flagkit_with_input};

#[test]
fn each_file_says_how_many_pass_and_what_differs() {
    let good =
        file("cases-good.json", r#"{"cases": [{"fn": "norm.cdf", "args": [0], "value": 0.5}]}"#);
    let bad = file(
        "cases-bad.json",
        r#"[{"users": [1, 1], "weights": [1, 1], "result": 1.0},
            {"name": "a typo", "fn": "norm.cdf", "args": [0], "value": 0.51}]"#,
    );
    let ran = flagkit(&["rollout", "cases", &good, &bad]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.out.contains(&format!("✓ {good}: 1 case, 1 passed, 0 failed")), "{}", ran.out);
    assert!(ran.out.contains(&format!("✗ {bad}: 2 cases, 1 passed, 1 failed")), "{}", ran.out);
    let line = "$[1].value (a typo): wanted 0.51, got 0.5; tolerance 5.1e-13";
    assert!(ran.out.contains(line), "{}", ran.out);
    assert_eq!(flagkit(&["rollout", "cases", &good]).code, Some(0));
}

#[test]
fn programs_get_the_same_as_json() {
    let text = br#"{"note": 1, "cases": [{"fn": "norm.sf", "args": [0], "value": 0.4}]}"#;
    let ran = flagkit_with_input(&["rollout", "cases", "--json", "-"], text);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    let json: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(json["ok"], false);
    let report = &json["files"][0];
    assert_eq!((&report["cases"], &report["failed"]), (&1.into(), &1.into()));
    assert_eq!(report["shapes"]["distribution"], 1);
    let failure = &report["failures"][0];
    assert_eq!((&failure["path"], &failure["wanted"]), (&"$.cases[0].value".into(), &"0.4".into()));
}

#[test]
fn what_is_no_file_of_cases_says_why_and_how_to_mend_it() {
    let cases = [
        ("cases-broken.json", "{\"cases\": [", "is no JSON"),
        ("cases-other.json", "{\"flags\": {}}", "kayenta classifier: control, experiment"),
        ("cases-list.json", "[1, 2]", "a case is an object"),
    ];
    for (name, text, words) in cases {
        let path = file(name, text);
        let ran = flagkit(&["rollout", "cases", &path]);
        assert_eq!(ran.code, Some(1), "{ran:?}");
        assert!(ran.out.contains(&path) && ran.out.contains(words), "{}", ran.out);
    }
    let ran = flagkit(&["rollout", "cases", "/nowhere/cases.json"]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.out.contains("/nowhere/cases.json: $: it cannot be read"), "{}", ran.out);
    assert_eq!(flagkit(&["rollout", "cases"]).code, Some(2));
}
