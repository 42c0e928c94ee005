use std::thread;

use super::*;

const HASH: u64 = 0x1234_5678_9abc_def0;

fn at(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[test]
fn the_same_is_known_for_an_hour() {
    let recent = Recent::new();
    for (seconds, is_known) in [
        (0, false),
        (0, true),
        (3_599, true),
        (3_600, false),
        (3_601, true),
        (7_199, true),
        (7_200, false),
    ] {
        assert_eq!(recent.is_known(HASH, at(seconds)), is_known, "after {seconds} s");
    }
}

#[test]
fn seconds_that_wrap_forget_at_most() {
    let recent = Recent::new();
    let wrap = SECONDS;
    assert!(!recent.is_known(HASH, at(wrap - 10)));
    assert!(recent.is_known(HASH, at(wrap + 10)));
    assert!(!recent.is_known(HASH, at(wrap + 4_000)));
}

#[test]
fn the_oldest_of_a_row_makes_room() {
    let recent = Recent::new();
    let hashes = [1, 2, 3, 4, 5].map(|tag: u64| tag << SECOND_BITS);
    for (seconds, hash) in hashes.iter().enumerate() {
        assert!(!recent.is_known(*hash, at(seconds as u64)));
    }
    for hash in &hashes[1..] {
        assert!(recent.is_known(*hash, at(6)));
    }
    assert!(!recent.is_known(hashes[0], at(6)));
}

#[test]
fn of_many_threads_one_is_the_first() {
    let recent = Recent::new();
    let first = thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(|| {
                    (0..1_000_u64)
                        .filter(|number| !recent.is_known(number << 40 | number, at(9)))
                        .count()
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum::<usize>()
    });
    assert_eq!(first, 1_000);
}
