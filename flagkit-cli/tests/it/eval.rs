//! `flagkit eval`.

use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

use crate::run::{command, example, file, flagkit, flagkit_with_input};

#[test]
fn requests_are_answered_in_their_order() {
    let flags = file(
        "eval-order.yaml",
        "schema: flagkit/1\nflags: { a: { enabled: true, rollout_percentage: 100 } }",
    );
    let requests =
        file("eval-order.jsonl", "{\"id\":1,\"flag\":\"a\"}\n{\"id\":2,\"flag\":\"b\"}\n");
    let ran = flagkit(&["eval", "--flags", &flags, "--requests", &requests]);
    assert_eq!(ran.code, Some(0));
    let expected = concat!(
        r#"{"id":1,"flag":"a","enabled":true,"value":true,"variant":null,"reason":"STATIC","rule":null,"error":null}"#,
        "\n",
        r#"{"id":2,"flag":"b","enabled":false,"value":null,"variant":null,"reason":"ERROR","rule":null,"error":{"code":"FLAG_NOT_FOUND","message":"there is no flag `b`"}}"#,
        "\n",
    );
    assert_eq!((ran.out.as_str(), ran.err.as_str()), (expected, ""));
}

#[test]
fn a_broken_flag_is_reported_once_and_the_others_work() {
    let flags = "schema: flagkit/1\nflags:\n  a: { enabled: 3 }\n  b: { enabled: true, rollout_percentage: 100 }\n";
    let flags = file("eval-broken.yaml", flags);
    let requests = b"{\"flag\":\"a\"}\n{\"flag\":\"b\"}\n{\"flag\":\"a\"}\n";
    let ran = flagkit_with_input(&["eval", "--flags", &flags], requests);
    assert_eq!(ran.code, Some(0));
    assert_eq!(ran.out.matches("PARSE_ERROR").count(), 2);
    assert_eq!(ran.out.matches("\"enabled\":true").count(), 1);
    assert!(ran.err.starts_with(&format!("{flags}:3:")), "{}", ran.err);
    assert_eq!(ran.err.lines().count(), 1);
}

#[test]
fn at_most_twenty_diagnostics_are_told() {
    let flag = |number| format!("  f{number}: {{ colour: red }}\n");
    let flags = format!("schema: flagkit/1\nflags:\n{}", (0..50).map(flag).collect::<String>());
    let ran = flagkit(&["eval", "--flags", &file("eval-many.yaml", flags)]);
    assert_eq!(ran.code, Some(0));
    assert_eq!(ran.err.lines().count(), 21);
    assert!(ran.err.contains("30 more diagnostics"), "{}", ran.err);
}

#[test]
fn what_is_no_document_ends_with_its_place() {
    for (name, text) in [
        ("empty", ""),
        ("broken-json", "{\"flags\": {"),
        ("broken-yaml", "flags:\n  a: [\n"),
        ("list", "[1, 2]"),
        ("scalar", "hello"),
        ("schema", "schema: flagkit/9\nflags: {}\n"),
    ] {
        let path = file(&format!("eval-{name}"), text);
        let ran = flagkit(&["eval", "--flags", &path]);
        assert_eq!(ran.code, Some(1), "{name}: {}", ran.err);
        assert!(ran.err.starts_with(&format!("error: {path}:")), "{name}: {}", ran.err);
        assert_eq!(ran.out, "", "{name}");
    }
}

#[test]
fn the_place_of_a_mistake_is_a_line_and_a_column() {
    let path = file("eval-place.json", "{\n  \"flags\": {,}\n}");
    let ran = flagkit(&["eval", "--flags", &path]);
    assert!(ran.err.starts_with(&format!("error: {path}:2:13: ")), "{}", ran.err);
}

#[test]
fn hostile_requests_are_answered_too() {
    let mut requests = b"\xff\xfe\n{\"flag\":\"new-search\",\"context\":".to_vec();
    requests.extend("[".repeat(100_000).bytes());
    requests.extend(b"\n\0\0\0\n{\"flag\":\"new-search\"}");
    let ran = flagkit_with_input(&["eval", "--flags", &example()], &requests);
    assert_eq!(ran.code, Some(0));
    let codes: Vec<bool> = ran.out.lines().map(|line| line.contains("PARSE_ERROR")).collect();
    assert_eq!(codes, [true, true, true, false]);
}

#[test]
fn the_clock_and_the_environment_can_be_set() {
    let flags = "flags: { a: { enabled: true, environments: [staging], rollout_percentage: 100,
        schedule: { starts_at: 2030-01-01T00:00:00Z } } }";
    let flags = file("eval-clock.yaml", flags);
    for (environment, now, enabled) in [
        ("staging", "2030-01-01T00:00:00Z", true),
        ("staging", "2029-12-31T23:59:59Z", false),
        ("production", "2030-01-01T00:00:00Z", false),
    ] {
        let options = ["eval", "--flags", &flags, "--environment", environment, "--now", now];
        let ran = flagkit_with_input(&options, b"{\"flag\":\"a\"}");
        assert_eq!(ran.out.contains("\"enabled\":true"), enabled, "{environment} {now}");
    }
}

#[test]
fn older_shapes_are_recognised() {
    let flags =
        file("eval-older.yaml", "feature_flags: { a: { enabled: true, user_groups: [x] } }");
    let request = br#"{"flag": "a", "context": {"user_id": "u-1", "groups": ["x"]}}"#;
    let ran = flagkit_with_input(&["eval", "--flags", &flags], request);
    assert!(ran.out.contains("\"enabled\":true"), "{}{}", ran.out, ran.err);
}

#[test]
fn a_program_may_wait_for_each_answer() {
    let mut child =
        command(&["eval", "--flags", &example()]).stdin(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut answers = BufReader::new(child.stdout.take().unwrap()).lines();
    for id in 0..3 {
        writeln!(stdin, "{{\"id\":{id},\"flag\":\"new-search\"}}").unwrap();
        assert!(answers.next().unwrap().unwrap().starts_with(&format!("{{\"id\":{id},")));
    }
    drop(stdin);
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn cases_of_vendors_are_unsupported_one_by_one() {
    let cases = file("cases.jsonl", "{\"id\":\"a\",\"vendor\":\"flagd\"}\nnonsense\n");
    let ran = flagkit(&["eval", "--cases", &cases, "--root", env!("CARGO_TARGET_TMPDIR")]);
    assert_eq!(ran.code, Some(0));
    assert_eq!(ran.out.lines().count(), 2);
    assert!(ran.out.lines().all(|line| line.contains("\"unsupported\":")));
}
