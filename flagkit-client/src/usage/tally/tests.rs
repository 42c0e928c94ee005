use flagkit_core::{Context, Fixed, Timestamp, ValueRef, compile};
use flagkit_dialects::{Settings, decode_bytes};

use super::*;

#[derive(Debug)]
struct Nobody;

impl Witness for Nobody {
    fn saw(&self, _: &str, _: Option<&str>, _: ValueRef<'_>) {}
}

fn tally() -> Tally {
    Tally::new(Arc::new(Nobody))
}

fn flags(text: &str) -> Snapshot {
    compile(decode_bytes(None, text.as_bytes(), &Settings::default()).unwrap().document).snapshot
}

fn half() -> Snapshot {
    flags("schema: flagkit/1\nflags: {beta: {enabled: true, rollout_percentage: 100}}")
}

fn evaluate(snapshot: &Snapshot, key: &str, times: usize) {
    let world = Fixed::at(Timestamp::EPOCH);
    for _ in 0..times {
        snapshot.counting(|counting| match snapshot.flag(key) {
            None => counting.missing(key, 1),
            Some(flag) => {
                let context = Context::new("u");
                let (_, found) = snapshot.is_flag_enabled(flag, &context, &world).unwrap();
                counting.served(snapshot, (flag, &found), &context);
            }
        });
    }
}

/// What was taken, as `flag variant version reason count`.
fn lines(counts: &Counts) -> Vec<String> {
    let line = |count: Count| {
        let variant = count.variant.as_deref().unwrap_or("-").to_owned();
        let version = count.version.map_or("-".to_owned(), |version| version.to_string());
        format!("{} {variant} {version} {} {}", count.flag, count.reason, count.count)
    };
    let mut lines: Vec<_> = counts.told().into_iter().map(line).collect();
    lines.sort();
    lines
}

#[test]
fn each_version_counts_for_itself() {
    let tally = tally();
    let first = tally.count(half(), Some(1));
    evaluate(&first, "beta", 2);
    let second = tally.count(half(), Some(2));
    evaluate(&first, "beta", 3);
    evaluate(&second, "beta", 4);
    evaluate(&second, "gamma", 5);
    let taken = tally.take();
    assert_eq!(
        lines(&taken),
        ["beta on 1 STATIC 5", "beta on 2 STATIC 4", "gamma - 2 FLAG_NOT_FOUND 5"]
    );
    assert_eq!(taken.sum(), 14);
    assert!(tally.take().is_empty());
}

#[test]
fn an_old_version_is_let_go_when_nobody_has_it() {
    let tally = tally();
    let first = tally.count(half(), Some(1));
    let weak = Arc::downgrade(&first);
    evaluate(&first, "beta", 1);
    let _second = tally.count(half(), Some(2));
    tally.totals();
    assert!(weak.upgrade().is_some());
    drop(first);
    assert_eq!(tally.totals().evaluations, 1);
    assert!(weak.upgrade().is_none());
    assert_eq!(lines(&tally.take()), ["beta on 1 STATIC 1"]);
}

#[test]
fn before_there_are_flags_all_are_not_ready() {
    let tally = tally();
    let first = tally.count_first(Snapshot::empty());
    evaluate(&first, "beta", 2);
    assert_eq!(lines(&tally.take()), ["beta - - PROVIDER_NOT_READY 2"]);
    let totals = tally.totals();
    assert_eq!((totals.evaluations, totals.defaults, totals.errors), (2, 2, 2));
    assert_eq!(totals.by_reason, BTreeMap::from([("PROVIDER_NOT_READY", 2)]));
}

#[test]
fn what_comes_back_is_taken_again_with_what_came_since() {
    let tally = tally();
    let snapshot = tally.count(half(), None);
    evaluate(&snapshot, "beta", 2);
    let taken = tally.take();
    evaluate(&snapshot, "beta", 1);
    tally.put_back(taken);
    assert_eq!(lines(&tally.take()), ["beta on - STATIC 3"]);
    // Sums are of what was counted, not of what was told.
    assert_eq!(tally.totals().evaluations, 3);
}

#[test]
fn too_many_numbers_forget_their_version_and_then_their_flag() {
    let mut book = Book::default();
    let outcome = |number: usize, version| Outcome {
        flag: format!("flag-{number}").into(),
        variant: Some("on".into()),
        version,
        reason: "SPLIT",
    };
    let all = PENDING_MAX * 2 + 5;
    for number in 0..all {
        book.add(outcome(number, Some(7)), 1);
    }
    book.add(outcome(0, Some(7)), 1);
    assert_eq!(book.pending.get(&outcome(0, Some(7))), Some(&2));
    assert_eq!(book.pending.get(&outcome(PENDING_MAX, None)), Some(&1));
    let rest = Outcome { flag: "".into(), variant: None, version: None, reason: "SPLIT" };
    assert_eq!(book.pending.get(&rest), Some(&5));
    assert_eq!(book.pending.values().sum::<u64>(), all as u64 + 1);
}

#[test]
fn a_child_counts_only_its_own() {
    let tally = tally();
    let snapshot = tally.count(half(), Some(3));
    evaluate(&snapshot, "beta", 2);
    // What a child does with what it finds of its parent.
    let child = Tally { own: PerProcess::new(tally.own.get().inherit()), ..tally };
    child.begin_in_child(|| snapshot.clone());
    evaluate(&snapshot, "beta", 1);
    child.begin_in_child(|| snapshot.clone());
    assert_eq!(lines(&child.take()), ["beta on 3 STATIC 1"]);
    assert_eq!(child.totals().evaluations, 1);
}

#[test]
fn a_child_of_a_parent_in_the_middle_of_something_counts_what_is_current() {
    let tally = tally();
    let snapshot = tally.count(half(), Some(3));
    evaluate(&snapshot, "beta", 2);
    let own = {
        let _busy = lock(&tally.own.get().book);
        tally.own.get().inherit()
    };
    let child = Tally { own: PerProcess::new(own), witness: Arc::new(Nobody) };
    child.begin_in_child(|| snapshot.clone());
    evaluate(&snapshot, "beta", 1);
    assert_eq!(lines(&child.take()), ["beta on - STATIC 1"]);
}
