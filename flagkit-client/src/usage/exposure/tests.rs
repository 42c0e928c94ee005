use std::thread;

use super::*;

fn note(exposures: &Exposures, (flag, variant, unit): (&str, &str, &str), seconds: u64) {
    let own = exposures.own();
    let seen = (flag, Some(variant), ValueRef::String(unit));
    exposures.note(own, seen, (Duration::from_secs(seconds), || seconds * 1_000));
}

fn lines(exposed: &Exposed) -> Vec<String> {
    let line = |exposure: &Exposure| {
        let Exposure { flag, unit, variant, at_ms } = exposure;
        format!("{flag} {} {unit} {at_ms}", variant.as_deref().unwrap_or("-"))
    };
    exposed.exposures.iter().map(line).collect()
}

#[test]
fn flag_variant_and_unit_make_an_exposure_and_each_is_told_once_an_hour() {
    let exposures = Exposures::new(None);
    for (seen, seconds) in [
        (("a", "on", "u1"), 1),
        (("a", "on", "u1"), 2),
        (("a", "off", "u1"), 3),
        (("a", "on", "u2"), 4),
        (("b", "on", "u1"), 5),
        (("a", "on", "u1"), 3_700),
    ] {
        note(&exposures, seen, seconds);
    }
    assert_eq!(exposures.waiting(), 5);
    let expected =
        ["a on u1 1000", "a off u1 3000", "a on u2 4000", "b on u1 5000", "a on u1 3700000"];
    assert_eq!(lines(&exposures.take()), expected);
    assert_eq!(exposures.waiting(), 0);
    assert!(exposures.take().exposures.is_empty());
}

#[test]
fn too_many_take_the_place_of_the_oldest_and_are_counted() {
    let exposures = Exposures::new(None);
    for number in 0..WAITING_MAX + 3 {
        note(&exposures, ("a", "on", &number.to_string()), 1);
    }
    assert_eq!(exposures.waiting(), WAITING_MAX as u64);
    let exposed = exposures.take();
    assert_eq!((exposed.exposures.len(), exposed.dropped), (WAITING_MAX, 3));
    assert_eq!(exposed.exposures[0].unit, "3");
    // They come back, and newer ones arrive.
    exposures.put_back(exposed);
    note(&exposures, ("b", "on", "new"), 2);
    let exposed = exposures.take();
    assert_eq!((exposed.exposures.len(), exposed.dropped), (WAITING_MAX, 4));
    assert_eq!(exposed.exposures[0].unit, "4");
    assert_eq!(exposed.exposures.last().unwrap().unit, "new");
    assert_eq!((exposures.take().dropped, exposures.dropped()), (0, 4));
}

#[test]
fn a_salt_hides_keys_and_tells_them_apart() {
    // printf '\x03\0\0\0\0\0\0\0abcuser-42' | sha256sum | cut -c -32
    let unit = |salt, key: &str| Exposures::new(salt).unit(ValueRef::String(key));
    assert_eq!(unit(Some("abc"), "user-42"), HASHED);
    assert_ne!(unit(Some("abd"), "user-42"), HASHED);
    assert_ne!(unit(Some("abc"), "user-43"), HASHED);
    assert_eq!(unit(None, "user-42"), "user-42");
    assert_eq!(Exposures::new(None).unit(ValueRef::Integer(7)), "7");
    let long = "x".repeat(UNIT_BYTES_MAX + 1);
    assert_eq!(unit(None, &long).len(), 2 * HASH_BYTES);
}

#[test]
fn a_child_tells_nothing_of_its_parent() {
    let exposures = Exposures::new(None);
    note(&exposures, ("a", "on", "u1"), 1);
    let child = Exposures { own: PerProcess::new(exposures.own.get().inherit()), salt: None };
    assert_eq!(child.waiting(), 0);
    note(&child, ("a", "on", "u1"), 1);
    assert_eq!(child.take().exposures.len(), 1);
}

#[test]
fn threads_that_see_and_one_that_takes_lose_nothing() {
    let exposures = Exposures::new(None);
    let mut taken = Exposed::default();
    thread::scope(|scope| {
        let exposures = &exposures;
        let seeing: Vec<_> = (0..4)
            .map(|thread| {
                scope.spawn(move || {
                    for number in 0..2_000 {
                        exposures.saw("a", None, ValueRef::Integer(thread * 2_000 + number));
                    }
                })
            })
            .collect();
        while !seeing.iter().all(thread::ScopedJoinHandle::is_finished) {
            taken.exposures.extend(exposures.take().exposures);
        }
    });
    taken.exposures.extend(exposures.take().exposures);
    let mut units: Vec<_> = taken.exposures.iter().map(|exposure| &exposure.unit).collect();
    units.sort();
    units.dedup();
    assert_eq!((units.len(), exposures.waiting()), (8_000, 0));
}

const HASHED: &str = "f6a5e6ae5ee88b2a65c680771fa083f8";
