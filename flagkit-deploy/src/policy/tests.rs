use flagkit_core::Value;
use serde_json::json;

use super::*;
use crate::time::Span;

fn facts() -> Facts {
    let mut facts = Facts::from([
        ("lag_s", 7.2.into()),
        ("metrics.error_rate", 0.07.into()),
        ("calendar.change_window", true.into()),
        ("environment", "production".into()),
        ("approver.role", "sre_lead".into()),
        ("odd name", 3.into()),
    ]);
    facts.tell("body", &json!({ "status": "ok", "parts": ["db", "cache"] }));
    facts
}

fn ask(rule: &str) -> Answer {
    let policies = Policies::new([("gate", rule)]).unwrap();
    let now = Time::from_unix_ms(1_796_083_200_000);
    let answer = policies.ask(rule, &facts(), now);
    assert_eq!(policies.holds(rule, &facts(), now), answer.holds, "{rule}");
    answer
}

#[test]
fn answers_say_what_was_asked_and_found() {
    for (rule, holds, why) in [
        ("lag_s < 5", false, "lag_s is 7.2, and 7.2 < 5 does not hold"),
        ("lag_s >= 5", true, "lag_s is 7.2, and 7.2 >= 5 holds"),
        ("lag < 5", false, "there is no lag, and lag < 5 does not hold"),
        ("lag exists", false, "there is no lag"),
        ("lag_s not_exists", false, "lag_s is 7.2"),
        (
            "calendar.change_window == true and lag_s < 5",
            false,
            "lag_s is 7.2, and 7.2 < 5 does not hold",
        ),
        (
            "lag_s > 5 and metrics.error_rate > 0.05",
            true,
            "lag_s is 7.2, and 7.2 > 5 holds; \
             metrics.error_rate is 0.07, and 0.07 > 0.05 holds",
        ),
        (
            "lag_s < 5 or environment != 'production'",
            false,
            "lag_s is 7.2, and 7.2 < 5 does not hold; \
             environment is \"production\", and \"production\" != \"production\" does not hold",
        ),
        ("lag_s < 5 or lag_s > 6", true, "lag_s is 7.2, and 7.2 > 6 holds"),
        ("not lag_s > 5", false, "lag_s is 7.2, and 7.2 > 5 holds"),
        (
            "approver.role in ['manager', 'product_owner']",
            false,
            "approver.role is \"sre_lead\", and \"sre_lead\" in [\"manager\", \"product_owner\"] \
             does not hold",
        ),
        ("body.status == 'ok'", true, "body.status is \"ok\", and \"ok\" == \"ok\" holds"),
        (
            "body.parts contains 'queue'",
            false,
            "body.parts is [\"db\",\"cache\"], and [\"db\",\"cache\"] contains one of [\"queue\"] \
             does not hold",
        ),
        ("`odd name` > 4", false, "odd name is 3, and 3 > 4 does not hold"),
        (
            "now after '2027-01-01T00:00:00Z'",
            false,
            "now is 2026-12-01T00:00:00Z, and 2026-12-01T00:00:00Z time > 2027-01-01T00:00:00Z \
             does not hold",
        ),
    ] {
        let answer = ask(rule);
        assert_eq!((answer.holds, &*answer.why), (holds, why), "{rule}");
    }
}

#[test]
fn what_was_never_compiled_does_not_hold() {
    let policies = Policies::new([("gate", "lag_s < 5")]).unwrap();
    let answer = policies.ask("lag_s < 6", &facts(), Time::default());
    assert!(!answer.holds && answer.why.starts_with("lag_s < 6: it cannot be decided"));
    assert!(!policies.holds("lag_s < 6", &facts(), Time::default()));
}

#[test]
fn bad_conditions_are_refused_with_path_column_and_mend() {
    let refusals = Policies::new([
        ("gates[0].rule", "lag_s = 5"),
        ("gates[1].rule", "lag_s > 5"),
        ("steps[2].gate", "name matches '('"),
        ("checks.ready.expect", "in_segment 'staff'"),
    ])
    .unwrap_err();
    let mut texts: Vec<String> = refusals.iter().map(ToString::to_string).collect();
    texts.sort();
    assert_eq!(texts.len(), 3, "{texts:#?}");
    assert!(texts[0].starts_with("checks.ready.expect: `in_segment 'staff'`: "), "{texts:#?}");
    assert_eq!(
        texts[1],
        "gates[0].rule: column 7 of `lag_s = 5`: write `==` instead of `=`; \
         see docs/conditions.md"
    );
    assert!(texts[2].starts_with("steps[2].gate: `name matches '('`: "), "{texts:#?}");
}

#[test]
fn one_text_is_compiled_once() {
    let rules = (0..100).map(|at| (format!("steps[{at}].gate"), "lag_s < 5"));
    let policies = Policies::new(rules).unwrap();
    assert_eq!(policies.snapshot.len(), 1);
}

#[test]
fn names_that_nobody_tells_are_found() {
    let names = Names::new(["status", "body.*", "metrics.error_rate", "calendar.night", "*"]);
    for (name, known) in [
        ("status", true),
        ("body.status.deep", true),
        ("metrics.error_rate", true),
        ("metrics.p95", false),
        ("calendar.day", false),
        ("lag_s", true),
        ("now", true),
    ] {
        assert_eq!(names.knows(name), known, "{name}");
    }
    let refusals = unknown_names("gate", "statsu == 200", &Names::new(["status", "body"]));
    assert_eq!(refusals[0].to_string(), "gate: nothing tells `statsu`; did you mean `status`?");
    let refusals = unknown_names("gate", "not (a == 1 or status == 2)", &Names::new(["status"]));
    assert_eq!(refusals[0].to_string(), "gate: nothing tells `a`; known are `status`");
}

#[test]
fn layers_answer_in_order_and_nulls_fall_through() {
    let above = Facts::from([("status", 503.into())]);
    let mut below = facts();
    below.put("status", 200);
    let layers = Layers(&[&above, &below]);
    let policies = Policies::new([("a", "status == 503 and body.status == 'ok'")]).unwrap();
    assert!(policies.holds("status == 503 and body.status == 'ok'", &layers, Time::default()));
    let mut seen = Vec::new();
    layers.each_attribute(&mut |name, _| seen.push(name.to_owned()));
    assert_eq!(seen.iter().filter(|name| *name == "status").count(), 1);
    below.put("status", Value::Null);
    assert!(below.get("status").is_none());
}

#[test]
fn triggers_are_read_from_one_line() {
    let read = |text: &str| TriggerText::read(text, Span::from_secs(10));
    let told = |text: &str| {
        let trigger = read(text).unwrap();
        (trigger.rule, trigger.times, trigger.within.ms())
    };
    let rule = |rule: &str, times, ms| (rule.to_owned(), times, ms);
    assert_eq!(told("lag_s > 5"), rule("lag_s > 5", 1, 0));
    assert_eq!(told("lag_s > 5 for 3 of 5m"), rule("lag_s > 5", 3, 300_000));
    assert_eq!(told("lag_s > 5  for 1m"), rule("lag_s > 5", 6, 60_000));
    assert_eq!(told("lag_s > 5 for 1m 30s"), rule("lag_s > 5", 9, 90_000));
    assert_eq!(told("lag_s > 5 for 5s"), rule("lag_s > 5", 1, 5000));
    assert_eq!(told("a == 'wait for 3 of 5m'"), rule("a == 'wait for 3 of 5m'", 1, 0));
    assert_eq!(told("`x for y` == \"\\\" for 1s\" for 1m").2, 60_000);
    for (text, problem) in [
        ("a > 1 for 0 of 5m", "a trigger that needs no window always fires; write 1 to 64"),
        ("a > 1 for 65 of 1h", "65 windows are too many; write 1 to 64"),
        ("a > 1 for 999 of 1h", "999 windows are too many; write 1 to 64"),
        ("a > 1 for x of 1h", "`x` is no count of windows; write 1 to 64"),
        ("a > 1 for 5", "5 has no unit; say 5s or 5m"),
        (
            "a > 1 for 9 of 1m",
            "there are not 9 windows of 10s in 1m; ask for fewer, or for a longer span",
        ),
        (
            "a > 1 for 1h",
            "there are more than 64 windows of 10s in 1h; write `for 64 of 1h`, or look less often",
        ),
    ] {
        assert_eq!(read(text).unwrap_err().to_string(), problem, "{text}");
    }
}
