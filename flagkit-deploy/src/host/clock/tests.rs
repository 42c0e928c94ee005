use super::*;

const SECOND: u64 = 1_000_000;
const HOUR: u64 = 3600 * SECOND;

fn clock() -> Clock {
    Clock { source: Source::new(), now: 100 * HOUR, elapsed: 0, ahead: 0 }
}

#[test]
fn a_clock_that_nobody_sets_is_followed() {
    let mut clock = clock();
    for second in 1..100 {
        // It loses a millisecond each second, as clocks do.
        let wall = 100 * HOUR + second * (SECOND - 1000);
        assert_eq!(clock.advance(wall, second * SECOND), None);
        assert_eq!(clock.now, wall);
    }
}

#[test]
fn a_suspended_machine_is_no_jump() {
    let mut clock = clock();
    assert_eq!(clock.advance(108 * HOUR, 8 * HOUR), None);
    assert_eq!(clock.now, 108 * HOUR);
}

#[test]
fn a_jump_is_told_once_and_approached() {
    for (set, direction, place) in
        [(101, "forward by 1h", "behind"), (99, "back by 1h", "ahead of")]
    {
        let mut clock = clock();
        let told = clock.advance(set * HOUR + SECOND, SECOND).unwrap();
        assert!(told.contains(direction), "{told}");
        assert!(told.contains(&format!("{place} it")), "{told}");
        let mut before = clock.now;
        for second in 2..=36_100 {
            let wall = set * HOUR + second * SECOND;
            assert_eq!(clock.advance(wall, second * SECOND), None);
            let passed = clock.now - before;
            assert!((900_000..=1_100_000).contains(&passed), "{passed}");
            before = clock.now;
        }
        assert_eq!(clock.now, set * HOUR + 36_100 * SECOND);
    }
}

#[test]
fn looking_often_changes_nothing() {
    let mut clock = clock();
    clock.advance(101 * HOUR, 0);
    for look in 1..=100_000 {
        clock.advance(101 * HOUR + look * 7, look * 7);
        assert!(clock.now >= 100 * HOUR + look * 7);
    }
}
