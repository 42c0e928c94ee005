use flagkit_core::{Context, Fixed, Snapshot, Timestamp, compile};
use serde_json::json;

use super::*;
use crate::{context_from_json, decode};

fn converted(from: Dialect, text: &str) -> Conversion {
    convert(from, text, &Settings::default()).unwrap_or_else(|error| panic!("{error}"))
}

fn reports(conversion: &Conversion) -> Vec<String> {
    conversion.reports.iter().map(ToString::to_string).collect()
}

fn drafted(text: &str) -> Draft<'static> {
    read(text, &mut Tree::default()).unwrap().to_draft()
}

/// Whether the flag is on, and its value.
fn answer(dialect: Dialect, text: &str, flag: &str, context: &serde_json::Value) -> String {
    let decoded = decode(dialect, text, &Settings::default()).unwrap();
    let compiled = compile(decoded.document);
    assert!(compiled.diagnostics.is_empty() && decoded.diagnostics.is_empty(), "{text}");
    let world = Fixed::at(Timestamp::from_unix_seconds(1500.0).unwrap());
    let found = compiled.snapshot.resolve(flag, &context_from_json(context), &world, &mut ());
    found.map_or("error".to_owned(), |found| format!("{} {:?}", found.is_enabled(), found.value()))
}

/// Every flag of a document answers after the conversion as before.
fn check(from: Dialect, text: &str, contexts: &[serde_json::Value]) {
    let conversion = converted(from, text);
    let (yaml, json) = (conversion.to_yaml(), conversion.to_json_pretty());
    for report in &conversion.reports {
        assert_eq!(report.outcome, Outcome::Exactly, "{report}");
        for context in contexts {
            let before = answer(from, text, &report.flag, context);
            for native in [&yaml, &json] {
                let after = answer(Dialect::Native, native, &report.flag, context);
                assert_eq!(after, before, "{} {context}\n{native}", report.flag);
            }
        }
    }
}

#[test]
fn rollout_rules_answer_as_before() {
    let text = "
- { name: yes, description: why, status: enabled, created_at: 2026-01-01T00:00:00Z }
- { name: no, status: disabled, default_value: green }
- { name: off, status: disabled, default_value: false }
- { name: all, status: conditional, rollout_rules: [{ strategy: percentage, parameters: { percentage: 100 } }] }
- { name: nobody, status: conditional, rollout_rules: [{ strategy: percentage, parameters: { percentage: 0 } }] }
- { name: users, status: conditional, rollout_rules: [{ strategy: user_list, parameters: { users: [u-1] } }] }
- { name: types, status: conditional, rollout_rules: [{ strategy: user_attribute, parameters: { attribute: user_type, values: [regular] } }] }
- { name: groups, status: conditional, rollout_rules: [{ strategy: user_attribute, parameters: { attribute: experiment_group, values: [a] } }] }
- { name: plan, status: conditional, rollout_rules: [{ strategy: user_attribute, parameters: { attribute: plan, values: [pro] } }] }
- { name: here, status: conditional, rollout_rules: [{ strategy: geographic, parameters: { regions: [us, eu] } }] }
- { name: now, status: conditional, rollout_rules: [{ strategy: time_based, parameters: { start_time: 1500, end_time: 1500 } }] }
- { name: then, status: conditional, rollout_rules: [{ strategy: time_based, parameters: { start_time: 1501 } }] }
- { name: ever, status: conditional, rollout_rules: [{ strategy: time_based, parameters: {} }] }
- { name: idle, status: conditional, rollout_rules: [{ strategy: user_list, parameters: { users: [u-1] }, enabled: false }] }
";
    check(
        Dialect::RolloutRules,
        text,
        &[
            json!({}),
            json!({ "user_id": "u-1" }),
            json!({ "user_id": "u-2", "user_type": "premium", "geographic_region": "asia" }),
            json!({ "user_id": "u-2", "experiment_groups": ["x", "a"], "custom_attributes": { "plan": "pro" } }),
        ],
    );
}

#[test]
fn feature_flags_answer_as_before() {
    let text = "
feature_flags:
  off: { enabled: false, percentage: 50, metadata: { owner: me }, rollback_conditions: [error_rate > 1] }
  all: { enabled: true, percentage: 100 }
  nobody: { enabled: true }
  groups: { enabled: true, user_groups: [staff, u-1], targeting: { user_attributes: [{ plan: pro }, { level: [1, 2] }] } }
  here: { enabled: true, environments: [staging] }
";
    check(
        Dialect::FeatureFlags,
        text,
        &[
            json!({}),
            json!({ "user_id": "u-1" }),
            json!({ "groups": ["staff"] }),
            json!({ "user_groups": ["staff"], "environment": "staging" }),
            json!({ "plan": "pro" }),
            json!({ "level": 2 }),
        ],
    );
}

#[test]
fn what_the_readable_keys_cannot_say_is_said_in_the_exact_form() {
    let text = "
- { name: some, status: conditional, rollout_rules: [{ strategy: percentage, parameters: { percentage: 5 } }] }
- { name: still, status: disabled, default_value: true }
- { name: dot, status: conditional, rollout_rules: [{ strategy: user_attribute, parameters: { attribute: a.b, values: [1] } }] }
- { name: broken, status: maybe }
";
    let conversion = converted(Dialect::RolloutRules, text);
    assert_eq!(
        reports(&conversion),
        [
            "some: converted exactly",
            "still: converted exactly",
            "dot: converted exactly",
            "broken: not converted: the flag is broken; decoding it says why",
        ]
    );
    answers_as_before(Dialect::RolloutRules, text, &conversion, &["some", "still", "dot"]);
    let text = "
feature_flags:
  some: { enabled: true, percentage: 5 }
  ramp: { enabled: true, scheduled_rollout: { start_date: 2026-12-01, increment: 5, interval: 1d } }
  both: { enabled: true, environments: [staging], user_groups: [staff] }
";
    let conversion = converted(Dialect::FeatureFlags, text);
    assert!(conversion.reports.iter().all(|report| report.outcome == Outcome::Exactly));
    answers_as_before(Dialect::FeatureFlags, text, &conversion, &["some", "ramp", "both"]);
}

/// Every flag serves a thousand users what it served them before.
fn answers_as_before(dialect: Dialect, old: &str, conversion: &Conversion, flags: &[&str]) {
    let snapshot = |dialect, text: &str| {
        compile(decode(dialect, text, &Settings::default()).unwrap().document).snapshot
    };
    let (old, new) = (snapshot(dialect, old), snapshot(Dialect::Native, &conversion.to_yaml()));
    let world = Fixed::at(Timestamp::parse("2026-12-20T00:00:00Z").unwrap());
    for number in 0..1000 {
        let context = Context::new(format!("u-{number}")).with("groups", "staff").with("a.b", 1);
        for flag in flags {
            let value = |of: &Snapshot| {
                of.resolve(flag, &context, &world, &mut ()).map(|found| found.value().cloned())
            };
            assert_eq!(value(&old), value(&new), "{flag} for u-{number}");
        }
    }
}

#[test]
fn a_native_document_says_the_same_as_json_and_as_yaml() {
    let text = "
x-base: &base { enabled: true }
flags:
  a: { <<: *base, unknown: [1, 2.5, null], salt: 'yes', description: \"line 1\\nline 2 # no comment\" }
  b: { rollout_percentage: 500 }
";
    let conversion = converted(Dialect::Native, text);
    assert_eq!(
        conversion.to_yaml(),
        "x-base:\n  enabled: true\nflags:\n  a:\n    enabled: true\n    unknown: [1, 2.5, null]\n    \
         salt: \"yes\"\n    description: \"line 1\\nline 2 # no comment\"\n  b:\n    \
         rollout_percentage: 500\n"
    );
    assert_eq!(
        conversion.to_json_pretty(),
        "{\n  \"x-base\": {\n    \"enabled\": true\n  },\n  \"flags\": {\n    \"a\": {\n      \
         \"enabled\": true,\n      \"unknown\": [\n        1,\n        2.5,\n        null\n      ],\n      \
         \"salt\": \"yes\",\n      \"description\": \"line 1\\nline 2 # no comment\"\n    },\n    \"b\": \
         {\n      \"rollout_percentage\": 500\n    }\n  }\n}\n"
    );
    assert_eq!(conversion.reports[0].outcome, Outcome::Exactly);
    assert!(
        reports(&conversion)[1].starts_with("b: not converted: flags.b.rollout_percentage: `500`")
    );
}

#[test]
fn every_tree_survives_both_ways_of_writing_it() {
    let node = |text: &str| Draft::Text(text.to_owned().into());
    let mut entries: Vec<DraftEntry<'static>> = TEXTS
        .iter()
        .map(|text| {
            ((*text).to_owned().into(), Draft::List(vec![node(text), Draft::Map(Vec::new())]))
        })
        .collect();
    let numbers = [0.0, -0.5, 1e21, 1e300, 5e-324, 0.1].map(Draft::Float);
    entries.push(("numbers".into(), Draft::List(numbers.to_vec())));
    entries
        .push(("integers".into(), Draft::List(vec![Draft::Integer(i64::MIN), Draft::Integer(7)])));
    entries.push(("short".into(), Draft::List(TEXTS.iter().map(|text| node(text)).collect())));
    entries.push(("few".into(), Draft::List(vec![node("a: b"), node("]"), Draft::Null])));
    let nested = Draft::List(vec![
        Draft::List(vec![Draft::List(vec![node(&"x".repeat(90)), Draft::List(Vec::new())])]),
        Draft::Map(vec![("a".into(), Draft::Map(vec![("b".into(), Draft::Boolean(true))]))]),
        Draft::Map(vec![(
            "a".into(),
            Draft::List(vec![Draft::Map(vec![("b".into(), Draft::Null)])]),
        )]),
    ]);
    entries.push(("nested".into(), nested));
    for tree in [Draft::Map(entries.clone()), Draft::List(vec![Draft::Map(entries)]), node("x: y")]
    {
        let (yaml, json) = (yaml::emit(&tree), json::pretty(&tree));
        assert_eq!(drafted(&yaml), tree, "{yaml}");
        assert_eq!(drafted(&json), tree, "{json}");
    }
}

/// Texts that some reader of YAML takes for something else.
const TEXTS: &[&str] = &[
    "",
    " ",
    "a",
    "null",
    "Null",
    "~",
    "true",
    "yes",
    "on",
    "No",
    "1",
    "-1",
    "1.0",
    "1e3",
    "0x1f",
    "0o7",
    "1_000",
    ".5",
    ".inf",
    "-",
    "- a",
    "a: b",
    "a #b",
    "#a",
    "&a",
    "*a",
    "!a",
    "%a",
    "@a",
    "`a",
    "'",
    "\"",
    "\\",
    "\n",
    "a\n",
    "\na",
    "a\r\nb",
    "\t",
    "\u{0}",
    "\u{7f}",
    "\u{85}",
    "\u{a0}",
    "\u{2028}",
    "\u{feff}",
    "\u{fffe}",
    "é",
    "😀",
    "{",
    "}",
    "[a]",
    "a,b",
    ",",
    "?",
    "? a",
    "|",
    ">",
    "---",
    "...",
    "=",
    "<<",
    "2026-12-01",
    "12:30",
    "1:2:3",
    "a.b/c-d_e",
    "a-",
    "y",
    "n",
];
