//! Branches of what a rule serves, and look-ups that fall back.

use flagkit_core::document::{
    Branch, Condition, Flag, Lookup, Operator, Readings, Serve, Test, Unreadable,
};
use flagkit_core::{Case, Context, ErrorCode, Snapshot, Value, compile};

use crate::build::{document, flag, is_on, on_when, one_of, resolve, rule};

fn compiled(flag: Flag) -> Snapshot {
    let compiled = compile(document(vec![flag], Vec::new()));
    assert!(!compiled.has_errors(), "{:?}", compiled.diagnostics);
    compiled.snapshot
}

#[test]
fn the_first_branch_that_holds_decides() {
    let branch =
        |country: &str, serve: Serve| Branch { when: one_of("country", &[country]), serve };
    let branches = vec![
        branch("DE", Serve::Variant(1)),
        branch("FR", Serve::Error(ErrorCode::General)),
        Branch {
            when: Condition::Any(vec![one_of("country", &["IT", "DE"])]),
            serve: Serve::Default,
        },
    ];
    let serve = Serve::FirstOf { branches, otherwise: Box::new(Serve::NextRule) };
    let snapshot = compiled(flag("f", vec![rule(Condition::Always, serve)]));
    let found = |country: &str| {
        let context = Context::anonymous().with("country", country);
        let found = resolve(&snapshot, "f", &context)?;
        Ok((found.variant().map(str::to_owned), found.rule_position()))
    };
    assert_eq!(found("DE"), Ok((Some("on".into()), Some(0))));
    assert_eq!(found("FR"), Err(ErrorCode::General));
    assert_eq!(found("IT"), Ok((None, Some(0))));
    // The next rule is the one that switches the flag off.
    assert_eq!(found("US"), Ok((Some("off".into()), Some(1))));
}

#[test]
fn a_branch_that_serves_no_variant_of_the_flag_breaks_it() {
    let branches = vec![Branch { when: Condition::Always, serve: Serve::Variant(7) }];
    let serve = Serve::FirstOf { branches, otherwise: Box::new(Serve::Default) };
    let flags = vec![flag("f", vec![rule(Condition::Always, serve)])];
    assert!(compile(document(flags, Vec::new())).has_errors());
}

#[test]
fn a_name_that_is_there_as_null_is_not_replaced() {
    let when = Condition::Test(Test {
        lookup: Lookup::NameOr("id".into(), Box::new(Lookup::TargetingKey)),
        operator: Operator::Exists,
        case: Case::Sensitive,
        reads: Readings::STRICT,
        negate: false,
        when_missing: false,
        when_unreadable: Unreadable::DoesNotMeet,
        when_malformed: None,
    });
    let snapshot = compiled(flag("f", on_when(when)));
    assert_eq!(is_on(&snapshot, "f", &Context::new("u-1")), Ok(true));
    assert_eq!(is_on(&snapshot, "f", &Context::new("u-1").with("id", "other")), Ok(true));
    assert_eq!(is_on(&snapshot, "f", &Context::new("u-1").with("id", Value::Null)), Ok(false));
    assert_eq!(is_on(&snapshot, "f", &Context::anonymous()), Ok(false));
}
