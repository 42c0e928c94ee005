use super::*;

fn salted() -> Salted<'static> {
    let scheme = Scheme::hashed(Hash::Md5 { bits: 128 });
    Salted { scheme, salt: "salt".into(), subject: crate::lookup::USER }
}

#[test]
fn bounds_agree_with_the_floats_of_the_format_for_every_bucket() {
    for percentage in [0.001, 0.01, 0.29, 0.57, 1.0, 33.33, 33.333, 57.0, 99.99, 99.999] {
        let ranges = salted().bucket(percentage).ranges;
        for bucket in (0..10_000).map(f64::from) {
            let is_inside = ranges.iter().any(|(from, to)| *from <= bucket && bucket < *to);
            assert_eq!(is_inside, bucket / 100.0 < percentage, "{percentage} {bucket}");
        }
    }
}

#[test]
fn picks_agree_with_the_running_sum_for_every_bucket() {
    for weights in [
        vec![1.0, 1.0, 1.0],
        vec![50.0, 50.0],
        vec![0.0, 1.0, 0.0],
        vec![0.1, 0.2, 0.3, 0.4],
        vec![1e-9, 1.0],
        vec![1.0, 1e-9],
        vec![1e300, 1e-300],
    ] {
        let total: f64 = weights.iter().sum();
        let numbered: Vec<(usize, f64)> = weights.iter().copied().enumerate().collect();
        let Serve::Split(split) = salted().pick(&numbered, Serve::Default) else { panic!() };
        for bucket in (0..10_000).map(f64::from) {
            let mut sum = 0.0;
            let by_sum = weights.iter().position(|weight| {
                sum += weight / total;
                bucket / 10_000.0 < sum
            });
            let last = weights.iter().rposition(|weight| *weight > 0.0);
            let found = split.ranges.iter().find(|range| range.from <= bucket && bucket < range.to);
            assert_eq!(found.map(|range| range.variant), by_sum.or(last), "{weights:?} {bucket}");
        }
    }
}

#[test]
fn weights_of_zero_pick_nothing() {
    assert!(matches!(salted().pick(&[(2, 0.0)], Serve::Variant(1)), Serve::Variant(1)));
    assert!(matches!(salted().pick(&[], Serve::Variant(1)), Serve::Variant(1)));
}

#[test]
fn all_and_none_are_not_hashed() {
    let serve = |percentage| salted().within(percentage, Serve::Variant(1), Serve::Variant(0));
    assert!(matches!(serve(100.0), Serve::Variant(1)));
    assert!(matches!(serve(0.0), Serve::Variant(0)));
    assert!(matches!(serve(50.0), Serve::Within { .. }));
}

#[test]
fn the_salt_stands_before_the_subject() {
    let Serve::Within { bucket, .. } =
        salted().then("rule").within(5.0, Serve::Default, Serve::Default)
    else {
        panic!()
    };
    assert_eq!(bucket.bucketing.input, [Part::Text("salt:rule:".to_owned()), Part::Subject]);
}
