use serde_json::{Value as Json, json};

use super::*;
use crate::configcat::context;

fn log(config: &Json, user: &Json) -> Explained {
    explain(&config.to_string(), None, "flag", &context(user).unwrap()).unwrap()
}

/// A config with a segment, a second setting, and these rules for `flag`.
fn config(rules: &Json) -> Json {
    json!({
        "p": { "s": "salt" },
        "s": [{ "n": "Beta", "r": [{ "a": "Email", "c": 33, "l": [".org"] }, { "a": "Age", "c": 15, "d": 18 }] }],
        "f": {
            "flag": { "t": 1, "r": rules, "v": { "s": "else" } },
            "other": { "t": 0, "v": { "b": true } },
        }
    })
}

fn lines(text: &str) -> Vec<&str> {
    text.lines().collect()
}

#[test]
fn conditions_after_an_and_stand_in_their_own_lines() {
    let rules = json!([{
        "c": [{ "u": { "a": "Email", "c": 0, "l": ["a@b.c"] } }, { "p": { "f": "other", "c": 1, "v": { "b": true } } }],
        "s": { "v": { "s": "yes" } }
    }]);
    let explained = log(&config(&rules), &json!({ "Identifier": "u", "Email": "a@b.c" }));
    let expected = "\
Evaluating 'flag' for User '{\"Identifier\":\"u\",\"Email\":\"a@b.c\"}'
  Evaluating targeting rules and applying the first match if any:
  - IF User.Email IS ONE OF ['a@b.c'] => true
    AND Flag 'other' NOT EQUALS 'true'
    (
      Evaluating prerequisite flag 'other':
      Prerequisite flag evaluation result: 'true'.
      Condition (Flag 'other' NOT EQUALS 'true') evaluates to false.
    ) => false, skipping the remaining AND conditions
    THEN 'yes' => no match
  Returning 'else'.";
    assert_eq!(lines(&explained.log), lines(expected));
    assert_eq!(explained.warnings, Vec::<String>::new());
}

#[test]
fn segments_say_why_they_cannot_be_evaluated() {
    let rules = json!([{ "c": [{ "s": { "s": 0, "c": 1 } }], "s": { "v": { "s": "yes" } } }]);
    let user = json!({ "Identifier": "u", "Email": "a@b.c", "Age": "old" });
    let explained = log(&config(&rules), &user);
    let expected = "\
Evaluating 'flag' for User '{\"Identifier\":\"u\",\"Email\":\"a@b.c\",\"Age\":\"old\"}'
  Evaluating targeting rules and applying the first match if any:
  - IF User IS NOT IN SEGMENT 'Beta'
    (
      Evaluating segment 'Beta':
      - IF User.Email NOT ENDS WITH ANY OF ['.org'] => true
        AND User.Age >= '18' => false, skipping the remaining AND conditions
      Segment evaluation result: cannot evaluate, the User.Age attribute is invalid ('old' is not a valid decimal number).
      Condition (User IS NOT IN SEGMENT 'Beta') failed to evaluate.
    )
    THEN 'yes' => cannot evaluate, the User.Age attribute is invalid ('old' is not a valid decimal number)
    The current targeting rule is ignored and the evaluation continues with the next rule.
  Returning 'else'.";
    assert_eq!(lines(&explained.log), lines(expected));
    let warning = "[3004] Cannot evaluate condition (User.Age >= '18') for setting 'flag' ('old' is not a valid decimal number). Please check the User.Age attribute and make sure that its value corresponds to the comparison operator.";
    assert_eq!(explained.warnings, [warning]);
}

#[test]
fn shares_show_the_bucket() {
    let options =
        json!([{ "p": 0, "v": { "s": "a" } }, { "p": 100, "v": { "s": "b" }, "i": "id" }]);
    let rules = json!([{ "c": [{ "u": { "a": "Email", "c": 21, "s": "00" } }], "p": options }]);
    let explained = log(&config(&rules), &json!({ "Identifier": "u", "Email": "a@b.c" }));
    // printf flagu | sha1sum: 368bf8a2…; 0x368bf8a mod 100 = 26.
    let expected = "\
Evaluating 'flag' for User '{\"Identifier\":\"u\",\"Email\":\"a@b.c\"}'
  Evaluating targeting rules and applying the first match if any:
  - IF User.Email NOT EQUALS '<hashed value>' THEN % options => MATCH, applying rule
    Evaluating % options based on the User.Identifier attribute:
    - Computing hash in the [0..99] range from User.Identifier => 26 (this value is sticky and consistent across all SDKs)
    - Hash value 26 selects % option 2 (100%), 'b'.
  Returning 'b'.";
    assert_eq!(lines(&explained.log), lines(expected));
    assert_eq!(explained.variation_id.as_deref(), Some("id"));
}

#[test]
fn nobody_is_told_of_once_for_each_setting() {
    let missing = json!({ "c": [{ "u": { "a": "Email", "c": 18, "d": 0.5 } }], "s": { "v": { "s": "yes" } } });
    let options = json!({ "c": [], "p": [{ "p": 100, "v": { "s": "a" } }] });
    let explained = log(&config(&json!([missing, missing, options])), &json!(null));
    let rule = "  - IF User.Email BEFORE '0.5' (1970-01-01T00:00:00.500 UTC) THEN 'yes' => cannot evaluate, User Object is missing";
    assert_eq!(lines(&explained.log)[2], rule);
    assert_eq!(explained.warnings.len(), 1);
    assert!(explained.warnings[0].starts_with("[3001] "));
}

#[test]
fn long_lists_are_cut_after_ten() {
    for (count, end) in
        [(10, "'9']"), (11, "'9', ... <1 more value>]"), (12, "'9', ... <2 more values>]")]
    {
        let list: Vec<String> = (0..count).map(|n| n.to_string()).collect();
        let rules = json!([{ "c": [{ "u": { "a": "A", "c": 0, "l": list } }], "s": { "v": { "s": "yes" } } }]);
        let explained = log(&config(&rules), &json!({ "Identifier": "u", "A": 3 }));
        assert!(
            explained.log.contains(&format!("'8', {end} THEN 'yes' => MATCH")),
            "{}",
            explained.log
        );
        assert!(explained.warnings[0].starts_with("[3005] "));
    }
}

#[test]
fn chains_and_fans_of_prerequisites_end() {
    let needs = |key: String| json!([{ "c": [{ "p": { "f": key, "c": 0, "v": { "b": true } } }], "s": { "v": { "b": true } } }]);
    let mut settings = serde_json::Map::new();
    for place in 0..5000 {
        let rules = needs(format!("f{}", place + 1));
        settings.insert(format!("f{place}"), json!({ "t": 0, "r": rules, "v": { "b": false } }));
    }
    settings.insert("f5000".to_owned(), json!({ "t": 0, "v": { "b": true } }));
    let config = json!({ "f": settings }).to_string();
    let user = context(&json!(null)).unwrap();
    let deep = explain(&config, None, "f0", &user).unwrap();
    assert_eq!(deep.error.as_deref(), Some("prerequisites are nested too deeply"));
    assert_eq!(explain(&config, None, "f4990", &user).unwrap().value, Some(true.into()));
}
