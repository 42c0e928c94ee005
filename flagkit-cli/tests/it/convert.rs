//! `flagkit convert`.

use crate::run::{file, flagkit, flagkit_with_input};

#[test]
fn what_is_converted_is_valid_and_answers_the_same() {
    let old = file("convert.yaml", "feature_flags: { a: { enabled: true, user_groups: [x] } }");
    for notation in ["yaml", "json"] {
        let options = ["convert", "--from", "feature-flags", "--to", "native", &old];
        let ran = flagkit(&[&options[..], &["--output-format", notation]].concat());
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        assert!(ran.err.contains("a: converted exactly"), "{}", ran.err);
        let new = file(&format!("converted.{notation}"), &ran.out);
        assert_eq!(flagkit(&["validate", "--strict", "--dialect", "native", &new]).code, Some(0));
        let request = br#"{"flag": "a", "context": {"groups": ["x"]}}"#;
        let ran = flagkit_with_input(&["eval", "--flags", &new], request);
        assert!(ran.out.contains("\"enabled\":true"), "{}", ran.out);
    }
}

#[test]
fn flags_that_cannot_be_converted_are_left_out_only_if_asked_for() {
    let old = "feature_flags: { a: { enabled: 7 }, b: { enabled: false } }";
    let old = file("convert-partial.yaml", old);
    let ran = flagkit(&["convert", &old]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(1), ""), "{}", ran.err);
    assert!(ran.err.contains("nothing is converted"), "{}", ran.err);
    let ran = flagkit(&["convert", "--partial", &old]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(ran.err.contains("a: not converted: "), "{}", ran.err);
    assert!(ran.out.contains("  b:\n") && !ran.out.contains("  a:\n"), "{}", ran.out);
}

#[test]
fn documents_with_errors_are_refused() {
    let broken = file("convert-broken.yaml", "feature_flags: { a: { enabled: 7 } }");
    let ran = flagkit(&["convert", &broken]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(1), ""), "{}", ran.err);
    assert!(ran.err.contains("nothing is converted"), "{}", ran.err);
}
