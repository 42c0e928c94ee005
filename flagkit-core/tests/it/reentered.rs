//! Circles that do no harm until an evaluation goes all the way round.

use flagkit_core::document::{
    Accepts, Broken, Condition, Failing, Flag, Prerequisite, References, Serve,
};
use flagkit_core::{Context, Document, ErrorCode, Snapshot, Value, compile};

use crate::build::{one_of, resolve, rule};

/// A flag that is `true` for `stop`, else where one of the others serves `true`.
fn flag(key: &str, others: &[&str]) -> Flag {
    let needs = |other: &&str| {
        let prerequisite = Prerequisite {
            when_disabled: true,
            when_failing: Failing::Fails,
            ..Prerequisite::accepting(*other, Accepts::Values(vec![true.into()]))
        };
        rule(Condition::Prerequisite(prerequisite), Serve::Variant(1))
    };
    let stop = rule(one_of("stop", &[key]), Serve::Variant(1));
    let rules = [stop].into_iter().chain(others.iter().map(needs)).collect();
    Flag { rules, ..crate::build::flag(key, Vec::new()) }
}

fn snapshot(flags: Vec<Flag>) -> Snapshot {
    let references = References { circle: Broken::Reentered, ..References::default() };
    let compiled = compile(Document { flags, references, ..Document::default() });
    assert!(!compiled.has_errors(), "{:?}", compiled.diagnostics);
    compiled.snapshot
}

fn ask(snapshot: &Snapshot, key: &str, stop: &str) -> Result<Option<bool>, ErrorCode> {
    let context = Context::anonymous().with("stop", stop);
    let found = resolve(snapshot, key, &context);
    found.map(|found| found.value().and_then(Value::as_bool))
}

#[test]
fn a_circle_fails_only_where_an_evaluation_goes_round() {
    let snapshot = snapshot(vec![flag("a", &["b"]), flag("b", &["c"]), flag("c", &["a"])]);
    assert_eq!(ask(&snapshot, "a", "c"), Ok(Some(true)));
    assert_eq!(ask(&snapshot, "b", "a"), Ok(Some(true)));
    assert_eq!(ask(&snapshot, "a", "nobody"), Err(ErrorCode::ParseError));
    assert_eq!(ask(&snapshot, "a", "a"), Ok(Some(true)));
}

#[test]
fn a_flag_may_be_asked_twice_if_it_waits_for_nobody() {
    let snapshot = snapshot(vec![flag("a", &["b", "b"]), flag("b", &["d"]), flag("d", &[])]);
    assert_eq!(ask(&snapshot, "a", "nobody"), Ok(None));
}

#[test]
fn a_flag_that_waits_for_itself_fails() {
    let snapshot = snapshot(vec![flag("a", &["a"])]);
    assert_eq!(ask(&snapshot, "a", "nobody"), Err(ErrorCode::ParseError));
    assert_eq!(ask(&snapshot, "a", "a"), Ok(Some(true)));
}

#[test]
fn a_circle_of_many_flags_ends() {
    let keys: Vec<String> = (0..10_000).map(|number| format!("f{number}")).collect();
    let next = |place: usize| keys[(place + 1) % keys.len()].as_str();
    let flags = keys.iter().enumerate().map(|(place, key)| flag(key, &[next(place)])).collect();
    let snapshot = snapshot(flags);
    assert_eq!(ask(&snapshot, "f0", "f9999"), Err(ErrorCode::ParseError));
    assert_eq!(ask(&snapshot, "f0", "f20"), Ok(Some(true)));
}

#[test]
fn flags_that_all_ask_each_other_end() {
    let keys: Vec<String> = (0..30).map(|number| format!("f{number}")).collect();
    let others: Vec<&str> = keys.iter().map(String::as_str).collect();
    let flags = keys.iter().map(|key| flag(key, &others)).collect();
    assert_eq!(ask(&snapshot(flags), "f0", "nobody"), Err(ErrorCode::ParseError));
}
