use bytes::Bytes;

use super::{BYTES_MAX, Ring};

const DELTAS_MAX: usize = 20;

fn event(number: u64) -> Bytes {
    Bytes::from(number.to_string())
}

#[test]
fn whoever_comes_back_gets_what_was_missed_and_nothing_else() {
    let mut ring = Ring::new(DELTAS_MAX);
    assert_eq!(ring.since(7, 7), Some(Vec::new()));
    assert_eq!(ring.since(6, 7), None);
    for from in 7..10 {
        ring.push(from, event(from + 1));
    }
    assert_eq!(ring.since(7, 10), Some(vec![event(8), event(9), event(10)]));
    assert_eq!(ring.since(9, 10), Some(vec![event(10)]));
    assert_eq!(ring.since(10, 10), Some(Vec::new()));
    assert_eq!(ring.since(6, 10), None);
    assert_eq!(ring.since(11, 10), None);
    ring.clear();
    assert_eq!(ring.since(9, 10), None);
}

#[test]
fn the_oldest_go_when_there_are_too_many() {
    let mut ring = Ring::new(DELTAS_MAX);
    let last = DELTAS_MAX as u64 + 5;
    for from in 0..last {
        ring.push(from, event(from));
    }
    assert_eq!(ring.since(4, last), None);
    assert_eq!(ring.since(5, last).map(|events| events.len()), Some(DELTAS_MAX));
}

#[test]
fn the_oldest_go_when_they_are_too_large() {
    let mut ring = Ring::new(DELTAS_MAX);
    let large = Bytes::from(vec![0; BYTES_MAX / 3]);
    for from in 0..4 {
        ring.push(from, large.clone());
    }
    assert_eq!(ring.since(0, 4), None);
    assert_eq!(ring.since(1, 4).map(|events| events.len()), Some(3));
    ring.push(4, Bytes::from(vec![0; BYTES_MAX + 1]));
    assert_eq!(ring.since(4, 5), None);
    ring.push(5, event(6));
    assert_eq!(ring.since(5, 6), Some(vec![event(6)]));
}
