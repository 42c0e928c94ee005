use std::sync::{Arc, mpsc};
use std::thread;

use flagkit_core::{Document, Snapshot, SnapshotCell, compile};

fn revision(number: u64) -> Snapshot {
    compile(Document { revision: Some(number), ..Document::default() }).snapshot
}

#[test]
fn a_reading_thread_sees_what_was_published() {
    let cell = SnapshotCell::new(revision(1));
    assert_eq!(cell.with(Snapshot::revision), Some(1));
    cell.publish(revision(2));
    assert_eq!(cell.with(Snapshot::revision), Some(2));
    assert_eq!(cell.version(), 2);
}

#[test]
fn cells_do_not_mix_in_a_thread_that_reads_many() {
    let cells: Vec<_> = (0..10).map(|number| SnapshotCell::new(revision(number))).collect();
    for round in 0..3 {
        for (number, cell) in cells.iter().enumerate() {
            assert_eq!(cell.with(Snapshot::revision), Some(number as u64), "round {round}");
        }
    }
}

#[test]
fn a_read_inside_a_read_works() {
    let cell = SnapshotCell::new(revision(1));
    let inner = cell.with(|outer| {
        cell.publish(revision(2));
        (outer.revision(), cell.with(Snapshot::revision))
    });
    assert_eq!(inner, (Some(1), Some(2)));
}

#[test]
fn an_old_snapshot_is_freed_when_no_reader_needs_it() {
    let cell = Arc::new(SnapshotCell::new(revision(1)));
    let old = Arc::downgrade(&cell.load());
    cell.with(Snapshot::revision);
    cell.publish(revision(2));
    assert!(old.upgrade().is_some(), "this thread's pointer still holds it");
    cell.with(Snapshot::revision);
    assert!(old.upgrade().is_none(), "the next read lets it go");
}

#[test]
fn a_thread_that_ends_holds_nothing() {
    let cell = Arc::new(SnapshotCell::new(revision(1)));
    let old = Arc::downgrade(&cell.load());
    let reader = {
        let cell = cell.clone();
        thread::spawn(move || cell.with(Snapshot::revision))
    };
    assert_eq!(reader.join().unwrap(), Some(1));
    cell.publish(revision(2));
    assert!(old.upgrade().is_none());
}

#[test]
fn readers_never_go_back_while_a_writer_publishes() {
    let cell = Arc::new(SnapshotCell::new(revision(1)));
    let (stop, stopped) = mpsc::channel::<()>();
    let reader = {
        let cell = cell.clone();
        thread::spawn(move || {
            let mut last = 0;
            while stopped.try_recv() != Err(mpsc::TryRecvError::Disconnected) {
                let (version, seen) = (cell.version(), cell.with(Snapshot::revision).unwrap());
                assert!(seen >= last && seen >= version, "{seen} after {last}, version {version}");
                last = seen;
            }
            last
        })
    };
    for number in 2..=2_000 {
        cell.publish(revision(number));
    }
    drop(stop);
    assert!(reader.join().unwrap() <= 2_000);
}
