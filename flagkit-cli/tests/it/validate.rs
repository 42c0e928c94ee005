//! `flagkit validate`.

use crate::run::{Ran, example, file, flagkit, flagkit_with_input};

#[test]
fn the_example_is_flawless() {
    let ran = flagkit(&["validate", "--strict", &example()]);
    let expected = "ok: 20 flags in 1 file, nothing to report\n";
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), expected));
}

#[test]
fn an_error_has_a_place_a_line_and_a_mark() {
    let path = file(
        "validate-error.yaml",
        "schema: flagkit/1\nflags:\n  a:\n    rollout_percentage: 900\n",
    );
    let ran = flagkit(&["validate", &path]);
    assert_eq!(ran.code, Some(1));
    let lines: Vec<&str> = ran.out.lines().collect();
    let expected = format!("{path}:4:25: error: flags.a.rollout_percentage: ");
    assert!(lines[0].starts_with(&expected), "{}", ran.out);
    assert_eq!(lines[1], "  4 │     rollout_percentage: 900");
    assert_eq!(lines[2], "    │                         ^");
    assert_eq!(lines.last(), Some(&"1 flag in 1 file: 1 error, 0 warnings"));
}

#[test]
fn warnings_fail_only_where_it_is_strict() {
    let path = file("validate-warning.yaml", "schema: flagkit/1\nflags: { a: { colour: red } }");
    let (lax, strict) = (flagkit(&["validate", &path]), flagkit(&["validate", "--strict", &path]));
    assert_eq!((lax.code, strict.code), (Some(0), Some(1)));
    assert_eq!(lax.out, strict.out);
    assert!(lax.out.contains(": warning: flags.a"), "{}", lax.out);
}

#[test]
fn several_files_are_checked_even_if_one_is_no_document() {
    let broken = file("validate-broken.json", "{\"flags\": ");
    let ran = flagkit(&["validate", &broken, "does-not-exist.yaml", &example()]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.out.starts_with(&format!("{broken}:1:")), "{}", ran.out);
    assert!(ran.out.contains("does-not-exist.yaml: error: cannot be read: "), "{}", ran.out);
    assert!(ran.out.ends_with("20 flags in 3 files: 2 errors, 0 warnings\n"), "{}", ran.out);
}

#[test]
fn programs_get_json() {
    let path = file(
        "validate-json.yaml",
        "schema: flagkit/1\nflags:\n  a:\n    rollout_percentage: 900\n",
    );
    let Ran { code, out, .. } = flagkit(&["validate", "--output", "json", &path]);
    let found: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &found["ok"]), (Some(1), &false.into()));
    let diagnostic = &found["files"][0]["diagnostics"][0];
    assert_eq!(diagnostic["path"], "flags.a.rollout_percentage");
    assert_eq!((&diagnostic["line"], &diagnostic["column"]), (&4.into(), &25.into()));
}

#[test]
fn hostile_files_are_refused_with_a_message() {
    for (name, content) in [
        ("deep.json", "[".repeat(200_000).into_bytes()),
        ("deep.yaml", format!("flags: {}", "[".repeat(5_000)).into_bytes()),
        ("bomb.yaml", bomb().into_bytes()),
        ("utf8.yaml", b"flags: {}\n# \xff\xfe".to_vec()),
        ("zeros.yaml", vec![0; 4096]),
        ("truncated.json", b"{\"flags\": {\"a\": {\"enabled\": tr".to_vec()),
    ] {
        let path = file(&format!("hostile-{name}"), content);
        let ran = flagkit(&["validate", &path]);
        assert_eq!(ran.code, Some(1), "{name}: {}", ran.out);
        assert!(ran.out.starts_with(&path) && ran.out.contains(": error: "), "{name}: {}", ran.out);
    }
}

#[test]
fn every_truncation_of_the_example_is_judged() {
    let text = std::fs::read_to_string(example()).unwrap();
    for length in (0..text.len()).step_by(1_013) {
        let Some(part) = text.get(..length) else {
            continue;
        };
        let ran = flagkit_with_input(&["validate", "-"], part.as_bytes());
        assert!(matches!(ran.code, Some(0 | 1)), "{length}: {ran:?}");
    }
}

#[test]
fn a_document_cannot_write_to_the_terminal() {
    let path = file("validate-escape.yaml", "flags: { a: { \"\\e[2Jx\": 1 } }");
    let ran = flagkit(&["validate", &path]);
    assert!(!ran.out.contains('\u{1b}'), "{:?}", ran.out);
    assert!(ran.out.contains("\\u{1b}[2Jx"), "{}", ran.out);
}

/// Aliases of aliases: ten to the power of twelve elements.
fn bomb() -> String {
    let line = |level: i32| {
        let element = if level == 0 { "x".to_owned() } else { format!("*a{}", level - 1) };
        format!("a{level}: &a{level} [{}]", vec![element; 10].join(", "))
    };
    (0..12).map(line).collect::<Vec<_>>().join("\n")
}
