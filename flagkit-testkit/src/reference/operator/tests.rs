use serde_json::{Value, json};

use super::meets;

/// Cases: operator, attribute, value, whether it meets (unreadable is no).
fn check(cases: &[(&str, Value, Value, bool)]) {
    for (operator, attribute, value, expected) in cases {
        let met = meets(operator, attribute, value, false).unwrap_or(false);
        assert_eq!(met, *expected, "{attribute} {operator} {value}");
    }
}

#[test]
fn equality_asks_for_the_same_type() {
    check(&[
        ("equals", json!("DE"), json!("DE"), true),
        ("equals", json!("DE"), json!("de"), false),
        ("in", json!(42), json!(42.0), true),
        ("equals", json!(42), json!("42"), false),
        ("equals", json!(true), json!(1), false),
        ("equals", json!(-0.0), json!(0), true),
        ("equals", json!(9_007_199_254_740_993_u64), json!(9_007_199_254_740_992.0), false),
        ("equals", json!(9_007_199_254_740_992_u64), json!(9_007_199_254_740_992.0), true),
        ("equals", json!(u64::MAX), json!(18_446_744_073_709_551_615.0), false),
        ("equals", json!({ "a": 1 }), json!({ "a": 1.0 }), true),
        ("equals", json!({ "a": 1 }), json!({ "a": 1, "b": 2 }), false),
    ]);
}

#[test]
fn a_list_is_its_elements() {
    check(&[
        ("equals", json!(["a", "b"]), json!("b"), true),
        ("equals", json!(["a", "b"]), json!(["a", "b"]), false),
        ("equals", json!([["a", "b"]]), json!(["a", "b"]), true),
        ("equals", json!([null]), json!(null), true),
        ("equals", json!([]), json!("a"), false),
        ("contains", json!(["admin", 42]), json!(42.0), true),
        ("contains", json!(["administrator"]), json!("admin"), false),
        ("starts_with", json!(["abc"]), json!("a"), false),
    ]);
}

#[test]
fn text_operators_look_at_text() {
    check(&[
        ("contains", json!("enterprise"), json!("price"), false),
        ("contains", json!("enterprise"), json!("prise"), true),
        ("contains", json!("42"), json!(4), false),
        ("contains", json!(42), json!("4"), false),
        ("starts_with", json!("beta-1"), json!("beta"), true),
        ("starts_with", json!("beta-1"), json!(""), true),
        ("ends_with", json!("a@x.org"), json!("@x.org"), true),
        ("ends_with", json!(12), json!("2"), false),
        ("regex", json!("user-1"), json!("user"), true),
        ("regex", json!("a user"), json!("user"), false),
        ("regex", json!("a user"), json!(".*user"), true),
        // The leftmost match decides, and an empty one at the start is one.
        ("regex", json!("ba"), json!("a*"), true),
        ("regex", json!(5), json!("5"), false),
    ]);
}

#[test]
fn case_is_folded_character_by_character() {
    let cases = [
        ("STRASSE", "straße", false),
        ("straẞe", "straße", true),
        ("σίσυφος", "ΣΊΣΥΦΟΣ", true),
        ("\u{212a}elvin", "kelvin", true),
        ("ſet", "SET", true),
        ("ısparta", "ISPARTA", false),
        ("İ", "i", false),
        ("ǅ", "ǆ", true),
    ];
    for (attribute, value, expected) in cases {
        for operator in ["equals", "contains", "starts_with", "ends_with"] {
            let met = meets(operator, &json!(attribute), &json!(value), true);
            assert_eq!(met, Some(expected), "{attribute} {operator} {value}");
        }
    }
    assert_eq!(meets("regex", &json!("BETA"), &json!("beta"), true), Some(true));
}

#[test]
fn numbers_may_be_written_as_text() {
    check(&[
        ("greater_than", json!(" 42 "), json!(41), true),
        ("greater_or_equal", json!("1e3"), json!("1000"), true),
        ("less_than", json!(true), json!(5), false),
        ("less_or_equal", json!("many"), json!(5), false),
        ("less_than", json!("-inf"), json!(5), false),
        ("greater_than", json!("1e999"), json!(5), false),
        ("greater_than", json!(9_007_199_254_740_993_u64), json!(9_007_199_254_740_992.0), true),
        ("less_than", json!(0.5), json!(1), true),
        ("less_than", json!(-1e300), json!(i64::MIN), true),
        ("greater_than", json!(5), json!(5), false),
    ]);
}

#[test]
fn versions_have_precedence() {
    check(&[
        ("semver_equal", json!("1.4.2+build.5"), json!("1.4.2"), true),
        ("semver_greater", json!("10.0.0"), json!("9.0.0"), true),
        ("semver_less", json!("2.0.0-alpha.1"), json!("2.0.0"), true),
        ("semver_less", json!("1.4"), json!("2.0.0"), false),
        ("semver_equal", json!(" 1.4.2"), json!("1.4.2"), false),
        ("semver_matches", json!("1.5.0"), json!("^1.4"), true),
        ("semver_matches", json!("3.0.0"), json!(">=2, <3"), false),
        ("semver_matches", json!("2.5.0-alpha"), json!(">=2, <3"), false),
    ]);
}

#[test]
fn times_are_unix_seconds_or_rfc_3339() {
    check(&[
        ("before", json!("2026-12-01T00:00:00Z"), json!(1_796_083_201), true),
        ("before", json!(1_796_083_200), json!("2026-12-01T01:00:00+01:00"), false),
        ("after", json!("2026-12-01T00:00:00.5Z"), json!(1_796_083_200), true),
        ("after", json!("1796083201"), json!(0), false),
        ("time_between", json!("2026-12-01T02:00:00Z"), json!("02:00-04:00"), true),
        ("time_between", json!("2026-12-01T04:00:00Z"), json!("02:00-04:00"), false),
        ("time_between", json!("2026-12-01T00:30:00+01:00"), json!("22:00-02:00"), true),
        ("time_between", json!(7_200), json!("22:00-02:00"), false),
        ("time_between", json!(-1), json!("23:59:59-00:00"), true),
        ("time_between", json!(43_200), json!("12:00-12:00"), false),
        // 2026-12-01 is a Tuesday, 1969-12-31 was a Wednesday.
        ("weekday", json!(1_796_083_200), json!("Tue"), true),
        ("weekday", json!("2026-12-01T00:30:00+01:00"), json!("MONDAY"), true),
        ("weekday", json!(-1), json!("wednesday"), true),
        ("weekday", json!("Tue"), json!("Tue"), false),
    ]);
}

#[test]
fn networks_hold_addresses_of_their_kind() {
    check(&[
        ("in_cidr", json!("10.1.2.3"), json!("10.0.0.0/8"), true),
        ("in_cidr", json!("10.0.0.3"), json!("10.0.0.77/24"), true),
        ("in_cidr", json!("11.0.0.1"), json!("10.0.0.0/8"), false),
        ("in_cidr", json!("1.2.3.4"), json!("0.0.0.0/0"), true),
        ("in_cidr", json!("1.2.3.4"), json!("1.2.3.4"), true),
        ("in_cidr", json!("::ffff:1.2.3.4"), json!("1.2.3.4"), false),
        ("in_cidr", json!("1.2.3.4"), json!("::/0"), false),
        ("in_cidr", json!("2001:db8::1"), json!("2001:db8::/32"), true),
        ("in_cidr", json!("2001:db8::1"), json!("::/0"), true),
        ("in_cidr", json!("nowhere"), json!("0.0.0.0/0"), false),
    ]);
}
