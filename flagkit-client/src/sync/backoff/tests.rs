use std::time::Duration;

use super::super::random::Random;
use super::super::request::Head;
use super::{Backoff, retry_after};

fn seconds(wait: Duration) -> f64 {
    wait.as_secs_f64()
}

#[test]
fn waits_double_up_to_their_bound() {
    let mut quick = Backoff::quick(Duration::ZERO);
    let waits: Vec<f64> = (0..9).map(|_| seconds(quick.next())).collect();
    assert_eq!(waits, [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0]);
    let mut slow = Backoff::slow();
    let waits: Vec<f64> = (0..6).map(|_| seconds(slow.next())).collect();
    assert_eq!(waits, [60.0, 120.0, 240.0, 480.0, 900.0, 900.0]);
}

#[test]
fn the_bound_holds_after_any_number_of_failures() {
    let mut quick = Backoff::quick(Duration::from_secs(60));
    for _ in 0..200 {
        assert!(quick.next() <= Duration::from_secs(60));
    }
    assert_eq!(quick.next(), Duration::from_secs(60));
    quick.reset();
    assert_eq!(quick.next(), Duration::from_millis(500));
}

#[test]
fn jitter_takes_a_part_of_the_wait() {
    let mut random = Random::new(3);
    for _ in 0..100 {
        let mut quick = Backoff::quick(Duration::ZERO);
        assert!(quick.next_jittered(&mut random) < Duration::from_millis(500));
        let wait = Backoff::slow().next_spread(&mut random);
        assert!((60.0..66.0).contains(&seconds(wait)), "{wait:?}");
    }
}

#[test]
fn the_server_may_say_how_long() {
    let date = "Sun, 06 Nov 1994 08:49:37 GMT";
    let later = "Sun, 06 Nov 1994 08:51:37 GMT";
    let cases = [
        ("7", None, Some(7)),
        (" 0 ", None, Some(0)),
        ("86400", None, Some(900)),
        ("99999999999999999999999999", None, Some(900)),
        (later, Some(date), Some(120)),
        (date, Some(later), Some(0)),
        // Without the server's own clock a date says nothing.
        (later, None, None),
        ("soon", Some(date), None),
        ("-3", Some(date), None),
        ("", Some(date), None),
    ];
    for (text, now, expected) in cases {
        let mut head = Head::new(503).header("Retry-After", text);
        if let Some(now) = now {
            head = head.header("Date", now);
        }
        assert_eq!(retry_after(&head), expected.map(Duration::from_secs), "{text}");
    }
    assert_eq!(retry_after(&Head::new(503)), None);
}
