//! The promises of a `SnapshotCell`, checked over every interleaving of its threads.
//!
//! Run with `RUSTFLAGS="--cfg loom" cargo test -p flagkit-core --test loom --release`;
//! in other builds there is nothing to check here.
#![cfg(loom)]

use flagkit_core::{Document, Snapshot, SnapshotCell, compile};
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
