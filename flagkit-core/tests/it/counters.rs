//! What is served is counted, and told once.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::thread;

use flagkit_core::document::{Condition, Flag, Rule, Serve};
use flagkit_core::{
    Attributes, Blank, Changes, Context, Counted, ErrorCode, Reason, Snapshot, SnapshotCell,
    Structure, Value, ValueRef, Witness, compile, recompile,
};
use proptest::prelude::*;

use crate::allocation::allocations;
use crate::build::{WORLD, flag, inside, on_when, one_of, rule};

/// Remembers who saw what.
#[derive(Debug, Default)]
struct Seen(Mutex<Vec<String>>);

impl Witness for Seen {
    fn saw(&self, flag: &str, variant: Option<&str>, key: ValueRef<'_>) {
        let text = format!("{flag} {variant:?} {key:?}");
        self.0.lock().unwrap().push(text);
    }
}

fn document(flags: Vec<Flag>) -> Snapshot {
    compile(crate::build::document(flags, Vec::new())).snapshot
}

fn counted(snapshot: Snapshot) -> Arc<Snapshot> {
    Arc::new(snapshot.counted(Blank::default(), Arc::<Seen>::default()))
}

/// Evaluates as the facade does, through the snapshot itself.
fn evaluate<C: Attributes>(snapshot: &Snapshot, key: &str, context: &C) {
    snapshot.counting(|counting| {
        let Some(flag) = snapshot.flag(key) else { return counting.missing(key, 1) };
        match snapshot.resolve_flag(flag, context, &WORLD, &mut ()) {
            Ok(found) => counting.served(snapshot, (flag, &found), context),
            Err(code) => counting.failed(flag, code, 1),
        }
    });
}

type Sums = BTreeMap<String, u64>;

fn note(sums: &mut Sums, counted: Counted<'_>, times: u64) {
    let name = match counted {
        Counted::Served { flag, variant, reason } => {
            format!("{flag} {} {reason}", variant.unwrap_or("-"))
        }
        Counted::Failed { flag, code } => format!("{flag} {code}"),
        Counted::Missing { key } => format!("? {}", key.unwrap_or("others")),
        other => format!("{other:?}"),
    };
    *sums.entry(name).or_default() += times;
}

fn collected(snapshot: &Snapshot) -> Sums {
    let mut sums = Sums::new();
    snapshot.collect(|counted, times| note(&mut sums, counted, times));
    sums
}

fn sums(expected: &[(&str, u64)]) -> Sums {
    expected.iter().map(|(name, times)| ((*name).to_owned(), *times)).collect()
}

/// One flag for each way in which rules decide.
fn flags() -> Vec<Flag> {
    let reason = |reason, rule| Rule { reason, ..rule };
    let two_reasons = vec![
        reason(Reason::Split, rule(inside("s", 5_000.0), Serve::Variant(1))),
        rule(one_of("plan", &["pro"]), Serve::Variant(1)),
        reason(Reason::Disabled, rule(one_of("plan", &["none"]), Serve::Default)),
    ];
    vec![
        flag("always", on_when(Condition::Always)),
        flag("targeted", on_when(one_of("plan", &["pro"]))),
        Flag { rules: Vec::new(), ..flag("unruled", Vec::new()) },
        flag("mixed", two_reasons),
        Flag::broken("broken".into(), ErrorCode::ParseError),
    ]
}

#[test]
fn variant_reason_and_flag_are_told_by_their_names() {
    let snapshot = counted(document(flags()));
    let [pro, free] = ["pro", "free"].map(|plan| Context::new("u").with("plan", plan));
    for (flag, context, times) in [
        ("always", &pro, 2),
        ("targeted", &pro, 3),
        ("targeted", &free, 4),
        ("unruled", &pro, 5),
        ("broken", &pro, 6),
        ("gone", &pro, 7),
    ] {
        (0..times).for_each(|_| evaluate(&snapshot, flag, context));
    }
    let expected = [
        ("always on TARGETING_MATCH", 2),
        ("targeted on TARGETING_MATCH", 3),
        ("targeted off TARGETING_MATCH", 4),
        ("unruled - DEFAULT", 5),
        ("broken PARSE_ERROR", 6),
        ("? gone", 7),
    ];
    assert_eq!(collected(&snapshot), sums(&expected));
    assert_eq!(collected(&snapshot), Sums::new());
}

#[test]
fn a_variant_without_a_name_is_on_or_off() {
    let mut nameless = flag("nameless", on_when(one_of("plan", &["pro"])));
    nameless.variants.iter_mut().for_each(|variant| variant.key = None);
    let snapshot = counted(document(vec![nameless]));
    evaluate(&snapshot, "nameless", &Context::new("u").with("plan", "pro"));
    evaluate(&snapshot, "nameless", &Context::new("u"));
    let expected = [("nameless off TARGETING_MATCH", 1), ("nameless on TARGETING_MATCH", 1)];
    assert_eq!(collected(&snapshot), sums(&expected));
}

proptest! {
    /// The same evaluations, told by their resolutions, are the expectation.
    #[test]
    fn outcomes_mean_what_the_resolution_says(
        asked in prop::collection::vec((0..5_usize, 0..40_u32, prop::sample::select(vec!["pro", "none", "x"])), 1..60),
    ) {
        let snapshot = counted(document(flags()));
        let mut expected = Sums::new();
        for (place, user, plan) in asked {
            let key = ["always", "targeted", "unruled", "mixed", "broken"][place];
            let context = Context::new(format!("u{user}").as_str()).with("plan", plan);
            evaluate(&snapshot, key, &context);
            let name = match snapshot.resolve(key, &context, &WORLD, &mut ()) {
                Ok(found) => format!("{key} {} {}", found.variant().unwrap_or("-"), found.reason()),
                Err(code) => format!("{key} {code}"),
            };
            *expected.entry(name).or_default() += 1;
        }
        prop_assert_eq!(collected(&snapshot), expected);
    }
}

#[test]
fn threads_are_summed_and_leave_their_counts_behind() {
    let cell = SnapshotCell::default();
    cell.publish(counted(document(flags())));
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..1_000 {
                    cell.counting(|snapshot, counting| {
                        let flag = snapshot.flag("always").unwrap();
                        let found = snapshot.resolve_flag(flag, &(), &WORLD, &mut ()).unwrap();
                        counting.served(snapshot, (flag, &found), &());
                    });
                    evaluate(&cell.load(), "unruled", &());
                }
            });
        }
    });
    let expected = [("always on TARGETING_MATCH", 8_000), ("unruled - DEFAULT", 8_000)];
    assert_eq!(collected(&cell.load()), sums(&expected));
}

#[test]
fn collecting_while_threads_count_tells_everything_once() {
    let snapshot = counted(document(flags()));
    let mut told = Sums::new();
    thread::scope(|scope| {
        let counting: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| (0..20_000).for_each(|_| evaluate(&snapshot, "always", &()))))
            .collect();
        while !counting.iter().all(thread::ScopedJoinHandle::is_finished) {
            snapshot.collect(|counted, times| note(&mut told, counted, times));
        }
    });
    snapshot.collect(|counted, times| note(&mut told, counted, times));
    assert_eq!(told, sums(&[("always on TARGETING_MATCH", 80_000)]));
}

#[test]
fn who_sees_a_tracked_flag_is_told_with_the_variant() {
    let tracked = |value: Value| Some(Arc::new(Structure::from_iter([("track", value)])));
    let flags = vec![
        Flag { metadata: tracked(true.into()), ..flag("yes", on_when(Condition::Always)) },
        Flag { metadata: tracked("yes".into()), ..flag("no", on_when(Condition::Always)) },
    ];
    let seen = Arc::<Seen>::default();
    let snapshot = document(flags).counted(Blank::default(), seen.clone());
    for key in ["yes", "no"] {
        evaluate(&snapshot, key, &Context::new("u-1"));
    }
    evaluate(&snapshot, "yes", &());
    assert!(snapshot.flag("yes").unwrap().is_tracked());
    assert!(!snapshot.flag("no").unwrap().is_tracked());
    assert_eq!(*seen.0.lock().unwrap(), [r#"yes Some("on") "u-1""#]);
    let expected = [("yes on TARGETING_MATCH", 2), ("no on TARGETING_MATCH", 1)];
    assert_eq!(collected(&snapshot), sums(&expected));
}

#[test]
fn a_changed_flag_is_counted_under_its_new_variants() {
    let first = document(flags());
    let mut grown = flag("always", vec![rule(one_of("plan", &["pro"]), Serve::Variant(2))]);
    grown.variants.push(flag("x", Vec::new()).variants.remove(1));
    grown.variants[2].key = Some("third".into());
    let changes = Changes { flags: vec![grown], ..Changes::default() };
    let second = counted(recompile(&counted(first), changes).snapshot);
    evaluate(&second, "always", &Context::new("u").with("plan", "pro"));
    evaluate(&second, "mixed", &Context::new("u").with("plan", "none"));
    evaluate(&second, "targeted", &());
    let told = collected(&second);
    assert_eq!(told.get("always third TARGETING_MATCH"), Some(&1));
    assert_eq!(told.get("targeted off TARGETING_MATCH"), Some(&1));
    assert_eq!(told.values().sum::<u64>(), 3);
}

#[test]
fn sheets_of_a_snapshot_that_is_gone_count_on_for_the_next() {
    let old = counted(document(flags()));
    let other = old.clone();
    evaluate(&old, "always", &());
    let mut told = Sums::new();
    let Err(old) = old.into_blank(|_, _| panic!("somebody may still evaluate")) else {
        panic!("another has it")
    };
    drop(other);
    let blank = old.into_blank(|counted, times| note(&mut told, counted, times)).unwrap();
    assert_eq!(told, sums(&[("always on TARGETING_MATCH", 1)]));
    let next = document(flags()).counted(blank, Arc::<Seen>::default());
    assert_eq!(collected(&next), Sums::new());
    evaluate(&next, "always", &());
    assert_eq!(collected(&next), sums(&[("always on TARGETING_MATCH", 1)]));
}

#[test]
fn keys_without_a_flag_are_bounded_and_none_is_lost() {
    let snapshot = counted(compile(flagkit_core::Document::default()).snapshot);
    for number in 0..1_000 {
        evaluate(&snapshot, &format!("key-{number}"), &());
    }
    evaluate(&snapshot, &"long".repeat(100), &());
    let told = collected(&snapshot);
    assert_eq!(told.len(), 65);
    assert_eq!(told.get("? others"), Some(&(1_001 - 64)));
    assert_eq!(told.values().sum::<u64>(), 1_001);
}

#[test]
fn what_is_not_counted_costs_nothing_and_tells_nothing() {
    let snapshot = document(flags());
    assert!(!snapshot.is_counted());
    evaluate(&snapshot, "always", &());
    assert_eq!(collected(&snapshot), Sums::new());
}

#[test]
fn counting_allocates_once_for_each_page_and_then_never() {
    let cell =
        SnapshotCell::new(document(flags()).counted(Blank::default(), Arc::<Seen>::default()));
    let pro = Context::new("u").with("plan", "pro");
    let keys = ["always", "targeted", "unruled", "mixed", "broken", "missing"];
    let evaluate_all = || {
        for key in keys {
            cell.with(|snapshot| evaluate(snapshot, key, &pro));
            cell.counting(|snapshot, counting| match snapshot.flag(key) {
                None => counting.missing(key, 1),
                Some(flag) => match snapshot.resolve_flag(flag, &pro, &WORLD, &mut ()) {
                    Ok(found) => counting.served(snapshot, (flag, &found), &pro),
                    Err(code) => counting.failed(flag, code, 1),
                },
            });
        }
    };
    evaluate_all();
    assert_eq!(allocations(evaluate_all), 0);
    assert_eq!(collected(&cell.load()).values().sum::<u64>(), 2 * 2 * 6);
}
