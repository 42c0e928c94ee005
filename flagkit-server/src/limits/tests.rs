use std::time::{Duration, Instant};

use super::{Places, Rate};
use crate::model::KeyId;

const KEY: KeyId = KeyId(1);

#[test]
fn a_key_may_use_up_its_period_at_once_and_then_what_time_brings() {
    let rate = Rate::new("requests", 4, Duration::from_secs(1));
    let start = Instant::now();
    for _ in 0..4 {
        rate.take(KEY, start).unwrap();
    }
    let refusal = rate.take(KEY, start).unwrap_err();
    assert_eq!(refusal.status.as_u16(), 429);
    rate.take(KeyId(2), start).unwrap();
    let later = start + Duration::from_millis(250);
    rate.take(KEY, later).unwrap();
    assert!(rate.take(KEY, later).is_err());
    let much_later = start + Duration::from_secs(60);
    for _ in 0..4 {
        rate.take(KEY, much_later).unwrap();
    }
    assert!(rate.take(KEY, much_later).is_err());
}

#[test]
fn zero_is_any_number() {
    let rate = Rate::new("requests", 0, Duration::from_secs(1));
    let start = Instant::now();
    assert!((0..1_000).all(|_| rate.take(KEY, start).is_ok()));
}

#[test]
fn a_place_is_given_back() {
    let places = Places::new(2);
    let (first, second) = (places.take(KEY).unwrap(), places.take(KEY).unwrap());
    assert_eq!(places.take(KEY).unwrap_err().status.as_u16(), 429);
    let other = places.take(KeyId(2)).unwrap();
    assert_eq!(places.taken(), 3);
    drop(first);
    drop(places.take(KEY).unwrap());
    drop((second, other));
    assert_eq!(places.taken(), 0);
    assert!(places.taken.lock().is_empty());
}
