//! Resolving allocates nothing: the workloads W1 to W5, and expressions, under a counting allocator.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use flagkit_core::document::{
    Computed, Condition, Expression, Flag, Fractional, Function, Operator, Order, Rule, Search,
    Serve, Spread, Supplied, Term, Variant,
};
use flagkit_core::{ContextRef, Hash, Reason, Snapshot, SnapshotCell, Units, Value, compile};

use crate::build::{
    WORLD, document, flag, in_segment, inside, on_when, one_of, rule, segment, split, test,
};

struct Counting;

thread_local! {
    static COUNT: Cell<u64> = const { Cell::new(0) };
}

// SAFETY: every call is passed on to the system allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let _ = COUNT.try_with(|count| count.set(count.get() + 1));
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's promises are passed on.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

pub(crate) fn allocations(work: impl FnOnce()) -> u64 {
    let before = COUNT.get();
    work();
    COUNT.get() - before
}

/// The five ordered rules of W3: country and plan, e-mail, age, version, and the last one given.
fn five_rules(last: Condition) -> Flag {
    let countries = ["DE", "FR", "IT", "ES", "NL", "BE", "AT", "PT", "SE", "DK"];
    let text = |attribute: &str, operator: fn(Vec<String>) -> Operator, text: &str| {
        test(attribute, operator(vec![text.into()]))
    };
    let first = Condition::All(vec![one_of("country", &countries), one_of("plan", &["pro"])]);
    let shares = [(0, 5_000.0), (1, 3_000.0), (2, 2_000.0)];
    let rules = vec![
        rule(first, Serve::Variant(0)),
        rule(text("email", Operator::EndsWith, "@example.com"), Serve::Variant(0)),
        rule(test("age", Operator::Number(Order::Greater, vec![60_i64.into()])), Serve::Variant(1)),
        rule(
            test("version", Operator::Version(Order::GreaterOrEqual, vec!["5.0.0".into()])),
            Serve::Variant(1),
        ),
        Rule { reason: Reason::Split, ..rule(last, split("w3", &shares)) },
    ];
    let variant = |key: &str| Variant {
        key: Some(key.into()),
        value: Value::from(key),
        enabled: true,
        metadata: None,
    };
    Flag { variants: vec![variant("a"), variant("b"), variant("c")], ..flag("w3", rules) }
}

fn snapshot() -> Snapshot {
    let ids: Vec<String> = (0..10_000).map(|number| format!("user-{number}")).collect();
    let starts = test("device", Operator::StartsWith(vec!["iphone".into()]));
    let matches = test("device", Operator::Matches(vec!["iphone1[0-9]".into()], Search::AtStart));
    let mut flags = vec![
        flag("w1", on_when(Condition::Always)),
        flag("w2", on_when(inside("w2", 5_000.0))),
        Flag { key: "w3".into(), ..five_rules(matches.clone()) },
        Flag { key: "w3s".into(), ..five_rules(starts.clone()) },
        flag("w4", on_when(in_segment("ids"))),
    ];
    flags.extend((0..300).map(|number| {
        let named = |flag: Flag| Flag { key: format!("w5-{number}"), ..flag };
        match number % 3 {
            0 => named(flag("", on_when(Condition::Always))),
            1 => named(flag("", on_when(inside(&number.to_string(), 5_000.0)))),
            _ => named(five_rules(if number % 2 == 0 { matches.clone() } else { starts.clone() })),
        }
    }));
    let compiled =
        compile(document(flags, vec![segment("ids", test("user_id", Operator::TextOneOf(ids)))]));
    assert!(!compiled.has_errors());
    compiled.snapshot
}

#[test]
fn resolving_allocates_nothing() {
    let cell = SnapshotCell::new(snapshot());
    let names: Vec<String> = (0..300).map(|number| format!("w5-{number}")).collect();
    let fixed = ["w1", "w2", "w3", "w3s", "w4", "missing"];
    let ids: Vec<String> = (0..200).map(|number| format!("user-{}", number * 100)).collect();
    let evaluate_all = || {
        let mut on = 0;
        for id in &ids {
            let attributes = [
                ("user_id", id.into()),
                ("country", "US".into()),
                ("plan", "free".into()),
                ("email", "someone@elsewhere.org".into()),
                ("age", 37.into()),
                ("version", "4.2.1".into()),
                ("device", "iphone15".into()),
            ];
            let context = ContextRef::new(id, &attributes);
            for key in fixed.iter().copied().chain(names.iter().map(String::as_str)) {
                on += cell.with(|snapshot| {
                    let found = snapshot.resolve(key, &context, &WORLD, &mut ());
                    u64::from(found.is_ok_and(|found| found.is_enabled()))
                });
            }
        }
        on
    };
    // The first round fills this thread's caches: its pointer, and the scratch memory of patterns.
    let first = evaluate_all();
    let mut second = 0;
    assert_eq!(allocations(|| second = evaluate_all()), 0);
    assert_eq!(first, second);
    assert!(first > 10_000, "the rules really decide: {first}");
}

/// Logic of the usual kind: texts are joined and cut, lists mapped and searched, buckets chosen.
fn expression_flags() -> Snapshot {
    let call = |function, arguments: Vec<Term>| Term::Call(function, arguments);
    let value = |text: &str| Term::Value(text.into());
    let var = |path| call(Function::Attribute, vec![value(path)]);
    let fractional = |units| {
        let recipe = Fractional {
            hash: Hash::Murmur3 { seed: 0 },
            units,
            spread: Spread::Product,
            flag_path: "flag".into(),
            subject_path: "id".into(),
        };
        let half = |name| Term::List(vec![value(name), Term::Value(50.into())]);
        call(Function::Fractional(recipe), vec![half("a"), half("b")])
    };
    let domain = call(Function::EndsWith, vec![var("email"), value("elsewhere.org")]);
    let plans = Term::List(vec![value("pro"), value("free")]);
    let listed = call(Function::In, vec![var("plan"), plans.clone()]);
    let joined = call(Function::Join, vec![var("plan"), value("-"), var("age"), var("version")]);
    let long = call(Function::Map, vec![plans, call(Function::Substring, vec![var(""), joined])]);
    let new = call(Function::Version, vec![var("version"), value(">="), value("v4.2")]);
    let any = call(Function::Some, vec![long, Term::Value(true.into())]);
    let when = call(Function::And, vec![domain, listed, any, new]);
    let variant = |key: &str| Variant {
        key: Some(key.into()),
        value: Value::from(key),
        enabled: true,
        metadata: None,
    };
    let supplied =
        vec![("id".into(), Supplied::TargetingKey), ("flag".into(), Supplied::Value("f".into()))];
    let flags = [("text", Units::Utf8), ("cbor", Units::Cbor)].map(|(key, units)| {
        let chosen = call(Function::If, vec![when.clone(), fractional(units), value("a")]);
        let expression =
            Expression { term: chosen, supplied: supplied.clone(), when_failing: None };
        let computed = Computed {
            expression,
            when_null: Box::new(Serve::Default),
            when_unknown: Box::new(Serve::Default),
        };
        let rule = rule(Condition::Always, Serve::from(computed));
        Flag { variants: vec![variant("a"), variant("b")], ..flag(key, vec![rule]) }
    });
    compile(document(flags.into(), Vec::new())).snapshot
}

#[test]
fn expressions_that_name_a_variant_allocate_nothing() {
    let snapshot = expression_flags();
    let ids: Vec<String> = (0..200).map(|number| format!("user-{number}")).collect();
    let evaluate_all = || {
        let mut second = 0;
        for (id, key) in ids.iter().flat_map(|id| [(id, "text"), (id, "cbor")]) {
            let attributes = [
                ("plan", "free".into()),
                ("email", "someone@elsewhere.org".into()),
                ("age", 37.into()),
                ("version", "4.2.1".into()),
            ];
            let context = ContextRef::new(id, &attributes);
            let found = snapshot.resolve(key, &context, &WORLD, &mut ());
            second += u64::from(found.is_ok_and(|found| found.variant() == Some("b")));
        }
        second
    };
    let mut second = 0;
    assert_eq!(allocations(|| second = evaluate_all()), 0);
    assert!((100..300).contains(&second), "the buckets really decide: {second}");
}

#[test]
fn the_counter_counts() {
    assert_eq!(allocations(|| drop(std::hint::black_box(Box::new(1)))), 1);
}
