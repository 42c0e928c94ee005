//! Percentages that move with time.

use flagkit_core::document::{Condition, Lookup, Ramp};
use flagkit_core::{Context, Fixed, Timestamp, compile};

use crate::build::{bucketing, document, flag, on_when};

fn at(seconds: f64) -> Timestamp {
    Timestamp::from_unix_seconds(seconds).unwrap()
}

fn ramp(clock: Lookup, [start, end]: [f64; 2], [first, last]: [f64; 2]) -> Condition {
    Condition::from(Ramp {
        subject: Lookup::TargetingKey,
        bucketing: bucketing("f"),
        clock,
        start: at(start),
        end: at(end),
        first,
        last,
        when_missing: false,
    })
}

/// Buckets are those of `build::bucketing`, from 0 to 9,999.
#[test]
fn the_bound_moves_in_whole_seconds() {
    let rising = ramp(Lookup::Now, [100.5, 110.0], [0.0, 10_000.0]);
    let falling = ramp(Lookup::Now, [100.0, 110.0], [10_000.0, 0.0]);
    let flags = vec![flag("rising", on_when(rising)), flag("falling", on_when(falling))];
    let snapshot = compile(document(flags, Vec::new())).snapshot;
    let context = Context::new("user-1");
    let bucket = bucketing("f").prepare().bucket("user-1".into()).unwrap();
    for tenths in 990..1120 {
        let now = f64::from(tenths) / 10.0;
        let passed = now.floor() - 100.0;
        let is_on = |key: &str| {
            let world = Fixed::at(at(now));
            snapshot.resolve(key, &context, &world, &mut ()).unwrap().is_enabled()
        };
        let bound = if now < 100.5 { 0.0 } else { (passed * 1_000.0).min(10_000.0) };
        assert_eq!(is_on("rising"), bucket < bound, "{now}");
        let bound = if now < 100.0 { 0.0 } else { (10_000.0 - passed * 1_000.0).max(0.0) };
        assert_eq!(is_on("falling"), bucket < bound, "{now}");
    }
}

#[test]
fn the_clock_may_be_an_attribute_and_without_one_nobody_is_inside() {
    let clock = || Lookup::Name("now".into());
    let flags = vec![
        flag("f", on_when(ramp(clock(), [0.0, 1.0], [0.0, 10_000.0]))),
        flag("backwards", on_when(ramp(clock(), [1.0, 1.0], [0.0, 1.0]))),
    ];
    let compiled = compile(document(flags, Vec::new()));
    assert_eq!(compiled.diagnostics.len(), 1);
    let is_on = |context: Context| {
        let world = Fixed::at(Timestamp::EPOCH);
        compiled.snapshot.resolve("f", &context, &world, &mut ()).unwrap().is_enabled()
    };
    assert!(is_on(Context::new("u").with("now", "2024-01-01T00:00:00Z")));
    assert!(!is_on(Context::new("u").with("now", "soon")));
    assert!(!is_on(Context::new("u")));
    assert!(!is_on(Context::anonymous().with("now", 5)));
}
