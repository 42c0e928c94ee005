//! Circles that do no harm until an evaluation goes all the way round.

use flagkit_core::document::{
    Accepts, Broken, Condition, Failing, Flag, Prerequisite, References, Rule, Segment, Serve,
};
use flagkit_core::{Context, Document, ErrorCode, Reason, Snapshot, Value, compile};

use crate::build::{in_segment, is_on, on_when, one_of, resolve, rule, segment};

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
    with_segments(flags, Vec::new())
}

fn with_segments(flags: Vec<Flag>, segments: Vec<Segment>) -> Snapshot {
    let references = References { circle: Broken::Reentered, ..References::default() };
    let compiled = compile(Document { flags, segments, references, ..Document::default() });
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

#[test]
fn a_circle_of_segments_fails_only_where_an_evaluation_goes_round() {
    let guarded = Condition::Any(vec![one_of("plan", &["pro"]), in_segment("one")]);
    let snapshot = with_segments(
        vec![crate::build::flag("a", on_when(in_segment("one")))],
        vec![segment("one", in_segment("two")), segment("two", guarded)],
    );
    let (pro, free) = (Context::new("u").with("plan", "pro"), Context::new("u"));
    assert_eq!(is_on(&snapshot, "a", &pro), Ok(true));
    assert_eq!(is_on(&snapshot, "a", &free), Err(ErrorCode::ParseError));
}

#[test]
fn a_prerequisite_may_ask_for_a_variant_of_a_flag_that_is_not_switched_off() {
    let serving = |reason: Reason| Flag {
        rules: vec![Rule { reason, ..rule(Condition::Always, Serve::Variant(0)) }],
        ..crate::build::flag("other", vec![])
    };
    let accepts = Accepts::VariantsOfSwitchedOn(vec!["off".into()]);
    let prerequisite =
        Prerequisite { when_disabled: true, ..Prerequisite::accepting("other", accepts) };
    for (reason, is_met) in [(Reason::Default, true), (Reason::Disabled, false)] {
        let when = Condition::Prerequisite(prerequisite.clone());
        let asking = crate::build::flag("asking", on_when(when));
        assert_eq!(is_on(&snapshot(vec![asking, serving(reason)]), "asking", &()), Ok(is_met));
    }
}

#[test]
fn a_prerequisite_may_hand_on_one_error_and_swallow_others() {
    for (code, expected) in
        [(ErrorCode::ParseError, Err(ErrorCode::ParseError)), (ErrorCode::General, Ok(false))]
    {
        let when = Condition::Prerequisite(Prerequisite {
            when_failing: Failing::FailsWith(ErrorCode::ParseError),
            ..Prerequisite::enabled("other")
        });
        let asking = crate::build::flag("asking", on_when(when));
        let other = Flag::broken("other".into(), code);
        assert_eq!(is_on(&snapshot(vec![asking, other]), "asking", &()), expected);
    }
}
