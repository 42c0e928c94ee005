//! The promises of a `SnapshotCell` and of counters, checked over every interleaving of threads.
//!
//! Run with `RUSTFLAGS="--cfg loom" cargo test -p flagkit-core --test loom --release`;
//! in other builds there is nothing to check here.
#![cfg(loom)]

use flagkit_core::document::{Condition, Flag, Rule, Serve, Variant};
use flagkit_core::{
    Blank, Document, Fixed, Reason, Snapshot, SnapshotCell, Timestamp, ValueRef, Witness, compile,
};
use loom::sync::Arc;
use loom::thread;

fn revision(number: u64) -> Snapshot {
    compile(Document { revision: Some(number), ..Document::default() }).snapshot
}

#[test]
fn whoever_sees_a_version_finds_its_snapshot_or_a_later_one() {
    loom::model(|| {
        let cell = Arc::new(SnapshotCell::new(revision(1)));
        let writer = {
            let cell = cell.clone();
            thread::spawn(move || {
                cell.publish(revision(2));
                cell.publish(revision(3));
            })
        };
        let seen = cell.version();
        assert!(cell.load().revision() >= Some(seen));
        writer.join().unwrap();
        assert_eq!((cell.version(), cell.load().revision()), (3, Some(3)));
    });
}

#[test]
fn a_reader_never_goes_back() {
    loom::model(|| {
        let cell = Arc::new(SnapshotCell::new(revision(1)));
        let writer = {
            let cell = cell.clone();
            thread::spawn(move || cell.publish(revision(2)))
        };
        let (first, second) = (cell.load().revision(), cell.load().revision());
        assert!(first <= second);
        writer.join().unwrap();
    });
}

#[test]
fn a_snapshot_that_is_in_use_outlives_its_replacement() {
    loom::model(|| {
        let cell = Arc::new(SnapshotCell::new(revision(1)));
        let held = cell.load();
        let writer = {
            let cell = cell.clone();
            thread::spawn(move || cell.publish(revision(2)))
        };
        assert_eq!(held.revision(), Some(1));
        writer.join().unwrap();
        assert_eq!(held.revision(), Some(1));
    });
}

fn counted() -> std::sync::Arc<Snapshot> {
    let variant =
        Variant { key: Some("on".into()), value: true.into(), enabled: true, metadata: None };
    let rule = Rule {
        id: None,
        label: None,
        when: Condition::Always,
        serve: Serve::Variant(0),
        reason: Reason::Static,
    };
    let (variants, rules) = (vec![variant], vec![rule]);
    let flag = Flag { key: "a".into(), variants, rules, version: None, metadata: None };
    let document = Document { flags: vec![flag], ..Document::default() };
    compile(document).snapshot.counted(Blank::default(), std::sync::Arc::new(Nobody)).into()
}

#[derive(Debug)]
struct Nobody;

impl Witness for Nobody {
    fn saw(&self, _: &str, _: Option<&str>, _: ValueRef<'_>) {}
}

fn evaluate(snapshot: &Snapshot) {
    let world = Fixed::at(Timestamp::EPOCH);
    let flag = snapshot.flag("a").unwrap();
    let found = snapshot.resolve_flag(flag, &(), &world, &mut ()).unwrap();
    snapshot.counting(|counting| counting.served(snapshot, (flag, &found), &()));
}

fn collect(snapshot: &Snapshot) -> u64 {
    let mut sum = 0;
    snapshot.collect(|_, times| sum += times);
    sum
}

#[test]
fn what_is_counted_while_somebody_collects_is_told_once() {
    loom::model(|| {
        let snapshot = counted();
        let counting = {
            let snapshot = snapshot.clone();
            thread::spawn(move || {
                evaluate(&snapshot);
                evaluate(&snapshot);
            })
        };
        let sums = [collect(&snapshot), collect(&snapshot)];
        counting.join().unwrap();
        assert_eq!(sums.iter().sum::<u64>() + collect(&snapshot), 2);
    });
}

#[test]
fn threads_that_count_at_once_or_one_after_another_do_not_mix() {
    loom::model(|| {
        let snapshot = counted();
        let counting = [(); 2].map(|()| {
            let snapshot = snapshot.clone();
            thread::spawn(move || evaluate(&snapshot))
        });
        let early = collect(&snapshot);
        for thread in counting {
            thread.join().unwrap();
        }
        assert_eq!(early + collect(&snapshot), 2);
    });
}
