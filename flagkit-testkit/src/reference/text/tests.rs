use serde_json::{Value, json};

use super::{Expression, parse};

/// An expression as JSON, lists of one taken apart.
fn plain(expression: Expression) -> Value {
    let all = |parts: Vec<Expression>| parts.into_iter().map(plain).collect::<Vec<_>>();
    match expression {
        Expression::All(parts) | Expression::Any(parts) if parts.len() == 1 => all(parts).remove(0),
        Expression::All(parts) => json!({ "all": all(parts) }),
        Expression::Any(parts) => json!({ "any": all(parts) }),
        Expression::Not(inner) => json!({ "not": plain(*inner) }),
        Expression::Condition(condition) => condition,
    }
}

fn check(line: &str, expected: &Value) {
    assert_eq!(plain(parse(line).unwrap()), *expected, "{line}");
}

fn is(attribute: &str, operator: &str, values: &Value) -> Value {
    json!({ "attribute": attribute, "operator": operator, "values": values })
}

#[test]
fn each_comparison_is_an_ordinary_condition() {
    let cases = [
        ("country in [\"DE\",\"FR\"]", is("country", "in", &json!(["DE", "FR"]))),
        ("country not  in []", is("country", "not_in", &json!([]))),
        ("plan=='pro'", is("plan", "equals", &json!(["pro"]))),
        ("plan != null", is("plan", "not_equals", &json!([null]))),
        ("age>-5", is("age", "greater_than", &json!([-5]))),
        ("age <= 1.5e3", is("age", "less_or_equal", &json!([1500.0]))),
        ("age < 5%", is("age", "less_than", &json!([0.05]))),
        ("age < 50000ppm", is("age", "less_than", &json!([0.05]))),
        ("age < 200ms", is("age", "less_than", &json!([0.2]))),
        ("age in [5s, 5m, 2h, 1d]", is("age", "in", &json!([5, 300, 7200, 86400]))),
        ("age < 5", is("age", "less_than", &json!([5]))),
        ("age >= 5", is("age", "greater_or_equal", &json!([5]))),
        ("email matches \".*@x\\\\.org\"", is("email", "regex", &json!([".*@x\\.org"]))),
        ("email not_starts_with 'a\\'b\"'", is("email", "not_starts_with", &json!(["a'b\""]))),
        ("`a b` contains [[1, true], 'x']", is("a b", "contains", &json!([[1, true], "x"]))),
        (
            "$cart.total-net in_cidr '\\u00fc\\ud83d\\ude80'",
            is("$cart.total-net", "in_cidr", &json!(["ü🚀"])),
        ),
        ("exists exists", json!({ "attribute": "exists", "operator": "exists" })),
        ("`in` not_exists", json!({ "attribute": "in", "operator": "not_exists" })),
        ("in_segment 'x'", json!({ "operator": "in_segment", "values": ["x"] })),
        (
            "not_in_segment ['x', 'y']",
            json!({ "operator": "not_in_segment", "values": ["x", "y"] }),
        ),
        ("now time_between \"02:00-04:00\"", is("now", "time_between", &json!(["02:00-04:00"]))),
    ];
    for (line, expected) in cases {
        check(line, &expected);
    }
}

#[test]
fn not_binds_closer_than_and_than_or() {
    let [a, b, c] = ["a", "b", "c"].map(|name| json!({ "attribute": name, "operator": "exists" }));
    check("a exists or b exists and c exists", &json!({ "any": [a, { "all": [b, c] }] }));
    check("(a exists or b exists)and c exists", &json!({ "all": [{ "any": [a, b] }, c] }));
    check(
        "not a exists and not not b exists",
        &json!({ "all": [{ "not": a }, { "not": { "not": b } }] }),
    );
    check("not (a exists and b exists)", &json!({ "not": { "all": [a, b] } }));
}

#[test]
fn what_is_not_in_the_language_is_refused() {
    let lines = [
        "",
        " ",
        "country",
        "country ==",
        "country = 'DE'",
        "country == DE",
        "== 'DE'",
        "and exists",
        "in in []",
        "a exists b exists",
        "a exists and",
        "(a exists",
        "a exists)",
        "a in ['x'",
        "a in ['x',]",
        "a == 'x",
        "a percentage 5",
        "a == 01",
        "a == +1",
        "a == 1.",
        "a == 1e999",
        "a == True",
        "a == 5min",
        "a == 5 %",
        "a == 5M",
        "a == '\\x'",
        "a == '\\ud83d'",
        "a == '\\u12'",
        "a not contains 'x'",
        "a EXISTS",
        "a exists AND b exists",
        "not",
        "`a exists",
        "größe exists",
        "a > 5and b exists",
        "in_segment",
    ];
    for line in lines {
        assert!(parse(line).is_err(), "{line}");
    }
}

#[test]
fn nesting_has_a_limit() {
    let nested = |levels: usize| format!("{}a exists{}", "(".repeat(levels), ")".repeat(levels));
    assert!(parse(&nested(64)).is_ok());
    assert!(parse(&nested(65)).is_err());
    assert!(parse(&"not ".repeat(100_000)).is_err());
    assert!(parse(&format!("a in {}", "[".repeat(100_000))).is_err());
}
