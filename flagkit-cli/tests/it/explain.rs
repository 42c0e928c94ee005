//! `flagkit explain` and `flagkit bucket`.

use crate::run::{example, file, flagkit, flagkit_with_input};

#[test]
fn an_explanation_ends_with_the_answer() {
    let flags = example();
    let options = ["explain", "-f", &flags, "-k", "dark-mode", "-c"];
    let context = ["app_version=4.2.0", r#"{"device": {"os": "ios"}}"#];
    let ran = flagkit(&[&options[..], &context].concat());
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(ran.out.starts_with("· flag `dark-mode`\n"), "{}", ran.out);
    let answer =
        "dark-mode is on\n  value    true\n  reason   TARGETING_MATCH\n  rule     recent-apps\n";
    assert!(ran.out.ends_with(answer), "{}", ran.out);
}

#[test]
fn programs_get_the_steps_as_json() {
    let ran = flagkit(&["explain", "-f", &example(), "-k", "legacy-api", "--output", "json"]);
    let found: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(found["answer"]["reason"], "DISABLED");
    assert_eq!(found["steps"][0]["text"], "flag `legacy-api`");
}

#[test]
fn a_mistyped_flag_is_suggested() {
    let ran = flagkit(&["explain", "-f", &example(), "-k", "dark-mdoe"]);
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.err.ends_with("has no flag `dark-mdoe`; did you mean `dark-mode`?\n"),
        "{}",
        ran.err
    );
}

#[test]
fn a_context_may_come_from_a_file() {
    let context = file("explain-context.json", r#"{"email": "ada@shop.example"}"#);
    let from_file = format!("@{context}");
    let ran = flagkit(&["explain", "-f", &example(), "-k", "staff-toolbar", "-c", &from_file]);
    assert!(ran.out.contains("staff-toolbar is on"), "{}{}", ran.out, ran.err);
}

#[test]
fn a_context_that_cannot_be_read_is_refused() {
    let list = file("explain-list.json", "[1]");
    for (context, code) in [("[1]", 2), ("nonsense", 2), ("{\"a\":", 2), ("@nowhere", 1), ("@", 1)]
    {
        let ran = flagkit(&["explain", "-f", &example(), "-k", "dark-mode", "-c", context]);
        assert_eq!(ran.code, Some(code), "{context}: {}", ran.err);
        assert!(ran.err.starts_with("error: "), "{context}: {}", ran.err);
    }
    let ran = flagkit(&["explain", "-f", &example(), "-k", "dark-mode", "-c", &format!("@{list}")]);
    assert_eq!(ran.code, Some(1), "{}", ran.err);
}

#[test]
fn a_raised_percentage_keeps_everyone_who_was_in() {
    let ids: String =
        (1..=2_000).flat_map(|number| [format!("u-{number}"), "\n".to_owned()]).collect();
    let on_at = |percentage: &str| {
        let flags = example();
        let options = ["bucket", "-f", &flags, "-k", "new-search", "-p", percentage];
        let ran = flagkit_with_input(&options, ids.as_bytes());
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        let on = ran.out.lines().filter(|line| line.ends_with(" on"));
        on.map(str::to_owned).collect::<Vec<_>>()
    };
    let (few, more, all) = (on_at("10"), on_at("25"), on_at("100"));
    assert!((150..250).contains(&few.len()) && (450..550).contains(&more.len()));
    assert!(few.iter().all(|id| more.contains(id)));
    assert_eq!(all.len(), 2_000);
}

#[test]
fn buckets_follow_the_documented_recipe() {
    // md5("a:u-1") mod 10000 = 3112, md5("a:u-2") mod 10000 = 4009, md5("a:u-3") mod 10000 = 5308
    let flags = file("bucket.yaml", "flags: { a: { enabled: true, rollout_percentage: 40 } }");
    let ran = flagkit_with_input(&["bucket", "-f", &flags, "-k", "a"], b"u-1\nu-2\nu-3\n");
    let states: Vec<&str> =
        ran.out.lines().take(3).filter_map(|line| line.split(' ').next_back()).collect();
    assert_eq!(states, ["on", "off", "off"], "{}", ran.out);
    assert!(ran.out.ends_with("a is on for 1 of 3 ids (33.33 %)\n"), "{}", ran.out);
}

#[test]
fn a_broken_flag_has_no_buckets() {
    let flags = file("bucket-broken.yaml", "flags: { a: { rollout_percentage: 900 } }");
    let ran = flagkit_with_input(&["bucket", "-f", &flags, "-k", "a"], b"u-1\n");
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.contains("the flag `a` is broken"), "{}", ran.err);
}
