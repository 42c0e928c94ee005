use flagkit_core::document::{Flag, Rule, Serve, Variant};
use flagkit_core::{Document, Fixed, Reason, Timestamp, Value, compile};
use serde_json::json;

use super::*;
use crate::context_from_json;

fn read(text: &str) -> Result<Condition, ConditionError> {
    parse(text, &Settings { environment: Some("production".to_owned()), ..Settings::default() })
}

/// Whether the condition holds for somebody in particular.
fn holds(text: &str) -> bool {
    let when = read(text).unwrap_or_else(|error| panic!("{error}"));
    let rule =
        Rule { id: None, label: None, when, serve: Serve::Variant(0), reason: Reason::Static };
    let variant = Variant { key: None, value: true.into(), enabled: true, metadata: None };
    let flag = Flag {
        key: "flag".to_owned(),
        variants: vec![variant],
        rules: vec![rule],
        version: None,
        metadata: None,
    };
    let compiled = compile(Document { flags: vec![flag], ..Document::default() });
    assert!(compiled.diagnostics.is_empty(), "{:?}", compiled.diagnostics);
    let context = context_from_json(&json!({
        "user_id": "u-1", "country": "DE", "age": 22, "plan": "pro", "email": "ann@example.com",
        "beta": true, "groups": ["qa", "staff"], "device": { "os": "iOS" }, "a-b": 1,
        "app_version": "1.4.2", "ip": "10.1.2.3", "in": "reserved", "odd name": "x", "nothing": null,
        "share": 0.05, "wait": 300,
    }));
    let world = Fixed::at(Timestamp::parse("2026-12-01T12:00:00Z").unwrap());
    let found = compiled.snapshot.resolve("flag", &context, &world, &mut ());
    found.is_ok_and(|found| found.value().is_some())
}

#[test]
fn conditions_hold_or_do_not() {
    for (text, expected) in [
        ("country == \"DE\"", true),
        ("country=='FR'", false),
        ("country != 'FR'", true),
        ("country in [\"DE\", \"FR\"] and plan == \"pro\" and age > 21", true),
        ("country in [\"DE\", \"FR\"] and age > 22", false),
        ("country not in ['FR', 'US']", true),
        ("country not_in ['DE']", false),
        ("country in 'DE'", true),
        ("age >= 22 and age <= 22.0 and age < 1e2", true),
        ("age > \" 21 \"", true),
        ("age > -5", true),
        ("a-b == 1", true),
        ("beta == true and beta != false", true),
        ("missing == null", false),
        ("missing != 1", true),
        ("nothing not_exists", true),
        ("email exists and missing not_exists", true),
        ("email ends_with '@example.com'", true),
        ("email contains \"@\"", true),
        ("email matches 'ann@'", true),
        ("email matches 'example'", false),
        ("email not_regex 'example'", true),
        ("groups contains \"qa\"", true),
        ("groups == 'staff'", true),
        ("device.os == \"iOS\"", true),
        ("`odd name` == 'x' and `in` == 'reserved'", true),
        ("app_version semver_matches '^1.4'", true),
        ("app_version semver_less '1.10.0'", true),
        ("ip in_cidr ['10.0.0.0/8']", true),
        ("now after '2026-11-30T00:00:00Z'", true),
        ("now weekday ['tue', 'Friday']", true),
        ("now time_between '11:00-13:00'", true),
        ("environment == 'production'", true),
        ("targetingKey == 'u-1'", true),
        ("not country == 'FR'", true),
        ("not not country == 'FR'", false),
        ("country == 'FR' or country == 'DE' and plan == 'pro'", true),
        ("(country == 'FR' or country == 'DE') and plan == 'free'", false),
        ("not (country == 'FR' or plan == 'free')", true),
        ("country == 'DE' or plan == 'free' and age > 99", true),
        ("country in []", false),
        ("country not in []", true),
        ("  \n country == 'DE'\t\r\n and\n age > 1  ", true),
        ("email == \"ann\\u0040example.com\"", true),
        ("email != 'it\\'s'", true),
        ("email != \"\\ud83d\\ude00\"", true),
        ("share == 5% and share == 50000ppm and share == 0.05", true),
        ("share in [4%, 5%] and share > 4.999% and share < 5.001%", true),
        ("wait == 300 and wait == 5m and wait == 300s and wait == 300000ms", true),
        ("wait < 2h and wait < 1d and wait > 200ms", true),
    ] {
        assert_eq!(holds(text), expected, "{text}");
    }
}

#[test]
fn segments_are_named_without_an_attribute() {
    assert!(matches!(read("in_segment 'beta'"), Ok(Condition::InSegment(name)) if name == "beta"));
    assert!(matches!(read("not_in_segment 'beta'"), Ok(Condition::Not(_))));
    assert!(matches!(read("in_segment ['a', 'b']"), Ok(Condition::Any(both)) if both.len() == 2));
    assert!(matches!(read("not in_segment 'beta'"), Ok(Condition::Not(_))));
}

#[test]
fn every_mistake_is_named_at_its_column() {
    for &(text, column, message) in MISTAKES {
        let error = read(text).expect_err(text);
        assert_eq!((error.column(), error.message()), (column, message), "{text}");
    }
}

#[test]
fn a_mark_stands_below_the_place() {
    let error = read("country in [\"DE\"] and age >").unwrap_err();
    assert_eq!(
        error.to_string(),
        "expected a value after `>`\n  country in [\"DE\"] and age >\n                             ^"
    );
    let error = read("a == 1 and\n\tb = 2\nand c == 3").unwrap_err();
    assert_eq!(error.to_string(), "write `==` instead of `=`\n   b = 2\n     ^");
    let error = read(&format!("{}b = 2", "a == 1 and ".repeat(50))).unwrap_err();
    let shown = error.to_string();
    let lines: Vec<&str> = shown.lines().collect();
    assert!(lines[1].starts_with("  …") && lines[1].chars().count() < 120);
    assert_eq!(lines[2].chars().count() - 1, lines[1].chars().count() - "= 2".len());
}

#[test]
fn quantities_are_rounded_once() {
    let number = |text: &str| Quantity::parse(text).unwrap().number().unwrap();
    for (one, other) in [
        ("0.7%", 0.007),
        ("1.1%", 0.011),
        ("2.9e1%", 0.29),
        ("-3%", -0.03),
        ("7ppm", 7e-6),
        ("123456789ms", 123_456.789),
        ("1.5h", 5400.0),
        ("1e3s", 1000.0),
    ] {
        assert_eq!(number(one).to_bits(), f64::to_bits(other), "{one}");
    }
    for ppm in 0..=100_000 {
        let written = f64::from(ppm) / 1e6;
        assert_eq!(number(&format!("{ppm}ppm")).to_bits(), written.to_bits());
        let percent = format!("{}.{:04}%", ppm / 10_000, ppm % 10_000);
        assert_eq!(number(&percent).to_bits(), written.to_bits(), "{percent}");
    }
    assert_eq!(Quantity::parse("5m").unwrap().value, Value::Integer(300));
    assert!(Quantity::parse("1e400%").is_err() && Quantity::parse("1e308d").is_err());
    assert!(Quantity::parse("1e99999999999999999999%").is_err());
    assert!(Quantity::parse("").is_err() && Quantity::parse("%").is_err());
}

#[test]
fn limits_are_named() {
    let nested = |levels: usize| format!("{}a == 1{}", "(".repeat(levels), ")".repeat(levels));
    assert!(read(&nested(64)).is_ok());
    let problem = read(&nested(65)).unwrap_err();
    assert_eq!(problem.message(), "parentheses and `not` nest deeper than 64 levels");
    assert!(read(&"not ".repeat(10_000)).is_err());
    let lists = |levels: usize| format!("a == {}{}", "[".repeat(levels), "]".repeat(levels));
    assert!(read(&lists(64)).is_ok());
    assert!(read(&lists(65)).unwrap_err().message().contains("deeper than 64"));
    assert!(read(&"[".repeat(60_000)).is_err());
    let long = format!("a == '{}'", "x".repeat(TEXT_BYTES_MAX));
    assert_eq!(read(&long).unwrap_err().message(), "the condition has more than 65536 bytes");
    let many = vec!["a == 1"; 5_000].join(" and ");
    assert!(matches!(read(&many), Ok(Condition::All(parts)) if parts.len() == 5_000));
}

#[test]
fn no_beginning_and_no_end_of_a_text_panics() {
    let text = "not (`a b` in [\"x\\u00e9\\ud83d\\ude00\", 'y', -1.5e3, [true, null]]) or é.b >= 1";
    for end in (0..=text.len()).filter(|end| text.is_char_boundary(*end)) {
        for part in [&text[..end], &text[end..]] {
            if let Err(error) = read(part) {
                assert!(!error.to_string().is_empty());
            }
        }
    }
}

const MISTAKES: &[(&str, usize, &str)] = &[
    ("", 1, "the condition is empty"),
    ("   ", 1, "the condition is empty"),
    ("country in [\"DE\"] and age >", 28, "expected a value after `>`"),
    ("age >  ", 6, "expected a value after `>`"),
    ("(age > )", 8, "expected a value after `>`"),
    ("age", 4, "expected an operator after `age`, such as `==`, `in` or `exists`"),
    ("age and x == 1", 5, "expected an operator after `age`, such as `==`, `in` or `exists`"),
    ("age = 21", 5, "write `==` instead of `=`"),
    ("age === 21", 5, "write `==` instead of `===`"),
    ("age => 21", 5, "write `>=` instead of `=>`"),
    ("age <> 21", 5, "write `!=` instead of `<>`"),
    ("mail =~ 'x'", 6, "write `matches` instead of `=~`"),
    ("a == 1 && b == 2", 8, "write `and` instead of `&&`"),
    ("a == 1 || b == 2", 8, "write `or` instead of `||`"),
    ("a == 1, b == 2", 7, "write `and` instead of `,`"),
    ("a == 1 AND b == 2", 8, "keywords are lower case: write `and`"),
    ("a == 1 b == 2", 8, "expected `and`, `or` or the end of the condition"),
    ("a == 1)", 7, "this `)` closes nothing"),
    ("!a == 1", 1, "write `not` instead of `!`"),
    ("a == 1 and", 11, "expected a condition, found the end"),
    ("not", 4, "expected a condition, found the end"),
    ("(a == 1", 1, "the `(` that begins here is not closed"),
    ("x == 1 and (a == 1 or b == 2", 12, "the `(` that begins here is not closed"),
    ("country == DE", 12, "text needs quotes: write `\"DE\"`"),
    ("country in [DE]", 13, "text needs quotes: write `\"DE\"`"),
    ("beta == True", 9, "keywords are lower case: write `true`"),
    ("country == \"DE", 12, "the quote that begins here is not closed"),
    ("country in [\"DE\"", 12, "the `[` that begins here is not closed"),
    ("country in [\"DE\",", 12, "the `[` that begins here is not closed"),
    ("country in [\"DE\" \"FR\"]", 18, "expected `,` or `]` after a value of the list"),
    ("`odd name == 1", 1, "the backtick that begins here is not closed"),
    ("country equal 'DE'", 9, "there is no operator `equal`; did you mean `equals`?"),
    ("country like 'DE'", 9, "there is no operator `like`"),
    ("country IN ['DE']", 9, "keywords are lower case: write `in`"),
    ("country not contains 'D'", 13, "only `in` follows `not`; write `not_contains`"),
    ("country not 'D'", 13, "expected `in` after `not`; a condition is negated before it"),
    (
        "user_id percentage 10",
        9,
        "`percentage` cannot stand in a line; write it as a condition of its own",
    ),
    ("\"DE\" == country", 1, "expected the name of an attribute; values stand on the right"),
    ("in == 1", 1, "`in` is a keyword; an attribute of this name needs backticks"),
    ("? == 1", 1, "expected the name of an attribute, found `?`"),
    ("version == 1.4.2", 12, "`1.4.2` is no number; versions and dates need quotes"),
    ("day == 2026-12-01", 8, "`2026-12-01` is no number; versions and dates need quotes"),
    ("a > 5min", 5, "there is no unit `min`; write `%`, `ppm`, `ms`, `s`, `m`, `h` or `d`"),
    ("a > 5 %", 7, "write `%` directly behind the number"),
    ("a > 5M", 5, "units are lower case: write `m` instead of `M`"),
    ("a > 5weeks", 5, "there is no unit `weeks`; write `%`, `ppm`, `ms`, `s`, `m`, `h` or `d`"),
    ("a > 5%%", 5, "there is no unit `%%`; write `%`, `ppm`, `ms`, `s`, `m`, `h` or `d`"),
    ("a > 9223372036854775807d", 5, "`9223372036854775807d` is too large"),
    ("a > %", 5, "expected a value, found `%`"),
    ("a == {}", 6, "an object cannot stand here; compare its fields by name"),
    ("a == “DE”", 6, "text needs straight quotes: write `\"…\"`"),
    ("a == )", 6, "expected a value after `==`"),
    ("a == %", 6, "expected a value, found `%`"),
    ("a matches \"\\d+\"", 12, "`\\d` is no escape; write `\\\\d` for a backslash"),
    ("a == \"\\u12\"", 7, "`\\u` needs four hexadecimal digits of a character"),
    ("a == \"\\ud800x\"", 7, "`\\u` needs four hexadecimal digits of a character"),
    ("age > 'old'", 7, "`greater_than` cannot read `\"old\"`; write a number"),
    (
        "a weekday ['mon', 'noday']",
        19,
        "`weekday` cannot read `\"noday\"`; write the name of a day, such as `monday`",
    ),
    ("a starts_with 1", 15, "`starts_with` cannot read `1`; write text in quotes"),
];
