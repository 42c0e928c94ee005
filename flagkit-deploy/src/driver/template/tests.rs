use super::*;

#[test]
fn names_are_filled_in_once() {
    let names = Names::default().with("arm", "{{version}}").with("version", "2");
    assert_eq!(names.fill("a {{arm}} b {{ version }} {c}").unwrap(), "a {{version}} b 2 {c}");
}

#[test]
fn an_unknown_name_is_refused_by_name() {
    let refused = Names::default().with("arm", "x").fill("{{amr}}").unwrap_err();
    assert_eq!(refused.message, "`{{amr}}` is not known here; known are arm");
}

#[test]
fn a_variable_that_is_not_set_is_refused() {
    assert!(with_environment("key ${FLAGKIT_TEST_SURELY_NOT_SET}").is_err());
    assert_eq!(with_environment("no $dollar {x}").unwrap(), "no $dollar {x}");
}
