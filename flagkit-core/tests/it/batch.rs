//! Many evaluations at once answer as each of them alone, also where they wait for each other.

use flagkit_core::document::{AnyElement, Condition, Lookup, Operator, Order, Origin, Serve};
use flagkit_core::{Bucketing, Context, Hash, Part, Scale, Snapshot, Units, compile};

use crate::build::{
    WORLD, document, flag, in_segment, inside, needs, on_when, one_of, rule, segment, split, test,
};

fn check(snapshot: &Snapshot, contexts: &[Context]) {
    for context in contexts {
        for (flag, outcome) in snapshot.resolve_all(context, &WORLD) {
            let alone = snapshot.resolve_flag(flag, context, &WORLD, &mut ());
            assert_eq!(outcome, alone, "{} for {context:?}", flag.key());
        }
    }
    for flag in snapshot.flags() {
        let mut column = Vec::new();
        snapshot.resolve_each(flag, contexts, &WORLD, |outcome| column.push(outcome));
        for (context, outcome) in contexts.iter().zip(column) {
            let alone = snapshot.resolve_flag(flag, context, &WORLD, &mut ());
            assert_eq!(outcome, alone, "{} for {context:?}", flag.key());
        }
    }
}

fn users(count: usize) -> Vec<Context> {
    let user = |number: usize| {
        let plan = match number % 3 {
            0 => "free",
            1 => "pro",
            _ => "team",
        };
        let context = Context::new(format!("user-{number}")).with("plan", plan);
        if number.is_multiple_of(5) { context } else { context.with("teams", ["a", "b"]) }
    };
    (0..count).map(user).collect()
}

/// An element of the list `teams` for which this holds.
fn any_team(when: Condition) -> Condition {
    Condition::AnyElement(AnyElement {
        list: Lookup::Name("teams".into()),
        when: Box::new(when),
        with_null: false,
    })
}

/// A percentage of elements, not of users.
fn element_inside(salt: &str, below: f64) -> Condition {
    match inside(salt, below) {
        Condition::InBucket(mut bucket) => {
            bucket.subject = Lookup::Walk(Origin::Element, Vec::new());
            Condition::InBucket(bucket)
        }
        other => other,
    }
}

#[test]
fn evaluations_that_wait_for_each_other() {
    let some = |salt: &str| inside(salt, 5_000.0);
    let flags = vec![
        flag("percentage", on_when(some("a"))),
        flag("two", on_when(Condition::All(vec![some("a"), some("b")]))),
        flag("either", on_when(Condition::Any(vec![some("a"), some("b"), some("c")]))),
        flag("not", on_when(Condition::Not(Box::new(some("a"))))),
        flag("needs two", on_when(Condition::All(vec![needs("two"), some("d")]))),
        flag("needs not two", on_when(Condition::Not(Box::new(needs("two"))))),
        flag("segment", on_when(in_segment("some"))),
        flag("segment again", on_when(Condition::All(vec![in_segment("some"), some("e")]))),
        flag("not in it", on_when(Condition::Not(Box::new(in_segment("some"))))),
        flag("elements", on_when(any_team(element_inside("f", 3_000.0)))),
        flag("elements and me", on_when(any_team(some("g")))),
        flag(
            "split",
            vec![
                rule(one_of("plan", &["pro"]), split("h", &[(0, 2_000.0), (1, 3_000.0)])),
                rule(some("i"), Serve::Variant(1)),
            ],
        ),
        flag(
            "split, then on",
            vec![
                rule(Condition::Always, Serve::NextRule),
                rule(one_of("plan", &["pro", "team"]), split("k", &[(1, 9_000.0)])),
            ],
        ),
    ];
    let segments = vec![segment(
        "some",
        Condition::Any(vec![one_of("plan", &["free"]), inside("segment", 5_000.0)]),
    )];
    let snapshot = compile(document(flags, segments)).snapshot;
    assert!(snapshot.flags().all(|flag| flag.fault().is_none()));
    check(&snapshot, &users(300));
}

#[test]
fn tests_that_look_at_an_element_are_not_taken_for_the_same() {
    let is_it = |text: &str| {
        Condition::Test(flagkit_core::document::Test {
            lookup: Lookup::Walk(Origin::Element, Vec::new()),
            ..match test("", Operator::OneOf(vec![text.into()])) {
                Condition::Test(test) => test,
                _ => unreachable!("it is a test"),
            }
        })
    };
    let flags = vec![
        flag("a", on_when(any_team(is_it("a")))),
        flag("b", on_when(any_team(is_it("b")))),
        flag("outside", on_when(is_it("b"))),
    ];
    check(&compile(document(flags, Vec::new())).snapshot, &users(20));
}

#[test]
fn random_numbers_are_drawn_for_each_flag() {
    let lucky = |below: i64| {
        Condition::Test(flagkit_core::document::Test {
            lookup: Lookup::Random,
            ..match test("", Operator::Number(Order::Less, vec![below.into()])) {
                Condition::Test(test) => test,
                _ => unreachable!("it is a test"),
            }
        })
    };
    let flags = vec![
        flag("always", on_when(lucky(i64::MAX))),
        flag("never", on_when(lucky(0))),
        flag("by segment", on_when(in_segment("lucky"))),
        flag("by segment again", on_when(in_segment("lucky"))),
    ];
    let segments = vec![segment("lucky", lucky(i64::MAX))];
    let snapshot = compile(document(flags, segments)).snapshot;
    check(&snapshot, &users(3));
    let all = snapshot.resolve_all(&(), &WORLD);
    let on = all.iter().filter(|(_, found)| found.is_ok_and(|found| found.is_enabled()));
    assert_eq!(on.count(), 3);
}

#[test]
fn subjects_that_are_no_texts_and_keys_of_the_asked_flag() {
    let with = |salt: &str, change: fn(&mut Bucketing)| match inside(salt, 5_000.0) {
        Condition::InBucket(mut bucket) => {
            change(&mut bucket.bucketing);
            Condition::InBucket(bucket)
        }
        other => other,
    };
    let flags = vec![
        flag("plain", on_when(inside("a", 5_000.0))),
        flag("asked", on_when(with("a", |it| it.input.push(Part::AskedFlag)))),
        flag("needs asked", on_when(needs("asked"))),
        flag("long", on_when(with("a", |it| it.input.push(Part::Text("x".repeat(90)))))),
        flag("murmur", on_when(with("a", |it| it.hash = Hash::Murmur3 { seed: 7 }))),
        flag("cbor", on_when(with("a", |it| it.units = Units::Cbor))),
        flag("fraction", on_when(with("a", |it| it.scale = Scale { multiply: 0.5, ..it.scale }))),
    ];
    let mut contexts = users(50);
    contexts.extend([
        Context::new(42),
        Context::new(2.5),
        Context::new(true),
        Context::anonymous(),
    ]);
    contexts.push(Context::new(vec!["a", "b"]));
    contexts.push(Context::new("ü".repeat(60)));
    check(&compile(document(flags, Vec::new())).snapshot, &contexts);
}

#[test]
fn unknown_keys_are_told_in_their_places() {
    let snapshot =
        compile(document(vec![flag("a", on_when(inside("a", 5_000.0)))], vec![])).snapshot;
    let context = Context::new("user-1");
    let found =
        snapshot.resolve_many(["b", "a", "c", "a"].map(|key| snapshot.flag(key)), &context, &WORLD);
    let alone = ["b", "a", "c", "a"].map(|key| snapshot.resolve(key, &context, &WORLD, &mut ()));
    assert_eq!(found, alone);
}
