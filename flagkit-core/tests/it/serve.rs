//! Ways through a flag's rules, and what flags see of each other.

use flagkit_core::document::{
    Accepts, Bucket, Condition, Lookup, Operator, Prerequisite, Serve, TimeReading,
};
use flagkit_core::{Bucketing, Context, ErrorCode, Part, compile};

use crate::build::{bucketing, document, flag, is_on, needs, on_when, rule, test};

#[test]
fn a_rule_goes_on_with_a_later_one() {
    // Rule 0 skips rule 1, which would serve `on` to everyone, and ends with rule 2: off.
    let rules = vec![
        rule(test("plan", Operator::Exists), Serve::Rule(2)),
        rule(Condition::Always, Serve::Variant(1)),
    ];
    let snapshot = compile(document(vec![flag("f", rules)], vec![])).snapshot;
    assert_eq!(is_on(&snapshot, "f", &Context::anonymous().with("plan", "pro")), Ok(false));
    assert_eq!(is_on(&snapshot, "f", &()), Ok(true));
}

#[test]
fn a_rule_that_does_not_go_forward_breaks_its_flag() {
    for later in [0, 1, 3] {
        let rules = vec![
            rule(Condition::Always, Serve::NextRule),
            rule(Condition::Always, Serve::Rule(later)),
        ];
        let compiled = compile(document(vec![flag("f", rules)], vec![]));
        assert!(compiled.has_errors(), "{later}");
        assert_eq!(is_on(&compiled.snapshot, "f", &()), Err(ErrorCode::ParseError));
    }
}

#[test]
fn something_without_a_name_can_be_accepted() {
    let accepts = |accepts| Condition::Prerequisite(Prerequisite::accepting("plain", accepts));
    let named = || vec!["other".to_owned()];
    let mut plain = flag("plain", on_when(Condition::Always));
    plain.variants[1].key = None;
    let flags = vec![
        plain,
        flag("lenient", on_when(accepts(Accepts::VariantsOrUnnamed(named())))),
        flag("strict", on_when(accepts(Accepts::Variants(named())))),
    ];
    let snapshot = compile(document(flags, vec![])).snapshot;
    assert_eq!(is_on(&snapshot, "lenient", &()), Ok(true));
    assert_eq!(is_on(&snapshot, "strict", &()), Ok(false));
}

#[test]
fn near_is_nearer_than_the_tolerance() {
    let near = Operator::NumberNear { targets: vec![1.0, 2.0], tolerance: 0.25 };
    let snapshot = compile(document(vec![flag("f", on_when(test("n", near)))], vec![])).snapshot;
    let is_near = |n: f64| is_on(&snapshot, "f", &Context::anonymous().with("n", n)).unwrap();
    assert!([1.0, 1.125, 1.875, 2.125].into_iter().all(is_near));
    assert!(![0.75, 1.25, 1.5, f64::NAN].into_iter().any(is_near));
}

#[test]
fn the_asked_flag_is_hashed_for_its_prerequisites_too() {
    let input = vec![Part::AskedFlag, Part::Text(":".into()), Part::Subject];
    let gate = |bucketing| {
        Condition::from(Bucket {
            subject: Lookup::TargetingKey,
            bucketing,
            ranges: vec![(0.0, 5_000.0)],
            when_missing: false,
        })
    };
    let flags = vec![
        flag("parent", on_when(gate(Bucketing { input, ..bucketing("") }))),
        flag("child", on_when(needs("parent"))),
        flag("like-parent", on_when(gate(bucketing("parent")))),
        flag("like-child", on_when(gate(bucketing("child")))),
    ];
    let snapshot = compile(document(flags, vec![])).snapshot;
    let answers = |key| (0..64).map(|user| is_on(&snapshot, key, &Context::new(user))).collect();
    let [parent, child, like_parent, like_child]: [Vec<_>; 4] =
        ["parent", "child", "like-parent", "like-child"].map(answers);
    assert_eq!(parent, like_parent);
    assert_eq!(child, like_child);
    assert_ne!(parent, child);
}

#[test]
fn a_loose_time_is_what_chrono_reads() {
    let after = Operator::Time(
        flagkit_core::document::Order::Greater,
        vec![flagkit_core::Timestamp::parse("2022-01-29T12:00:00Z").unwrap()],
    );
    let Condition::Test(mut after) = test("t", after) else { panic!() };
    after.reads.time = TimeReading::LooseTextOrSeconds;
    let flags = vec![flag("f", on_when(Condition::Test(after)))];
    let snapshot = compile(document(flags, vec![])).snapshot;
    let is_after = |t: &str| is_on(&snapshot, "f", &Context::anonymous().with("t", t)).unwrap();
    let times = ["2022-01-29 13:00:00Z", " 2022-1-29T13:0:0+00:00", "2022-01-29T12:00:00.001 UTC"];
    assert!(times.into_iter().all(is_after));
    assert!(!["2022-01-29 13:00:00", "2022-01-29", "13:00"].into_iter().any(is_after));
}
