use flagkit_core::{Context, Fixed, Timestamp, compile};

use crate::{Dialect, Settings, decode};

/// Who of `u-0` to `u-9` a flag with this bucketing and percentage is on for.
fn inside(bucketing: &str, percentage: f64) -> Vec<usize> {
    let text = format!(
        "schema: flagkit/1\nflags: {{ f: {{ enabled: true, rollout_percentage: {percentage}, \
         bucketing: {bucketing} }} }}"
    );
    let decoded = decode(Dialect::Native, &text, &Settings::default()).unwrap();
    assert!(decoded.diagnostics.is_empty(), "{:?}", decoded.diagnostics);
    let snapshot = compile(decoded.document).snapshot;
    let world = Fixed::at(Timestamp::EPOCH);
    let is_on = |number: &usize| {
        let context = Context::new(format!("u-{number}"));
        snapshot.resolve("f", &context, &world, &mut ()).unwrap().is_enabled()
    };
    (0..10).filter(is_on).collect()
}

#[test]
fn the_usual_scheme_can_be_written_out() {
    let usual = inside("{ hash: md5 }", 50.0);
    let written = "{ hash: md5, bits: 128, buckets: 10000, first: 0, input: '{salt}:{id}' }";
    assert_eq!(inside(written, 50.0), usual);
    assert!(!usual.is_empty());
}

#[test]
fn murmur3_of_group_and_id_from_one_to_a_hundred() {
    // murmur3_32("f:u-0" … "f:u-9", 0) mod 100 + 1
    let scheme = "{ hash: murmur3, buckets: 100, first: 1, input: 'f:{id}' }";
    let buckets: Vec<i32> = (0..10)
        .map(|number| {
            (1..=100).find(|percent| inside(scheme, f64::from(*percent)).contains(&number)).unwrap()
        })
        .collect();
    let reference = (0..10).map(|number| {
        let bucketing = flagkit_core::Bucketing {
            hash: flagkit_core::Hash::Murmur3 { seed: 0 },
            input: vec![flagkit_core::Part::Text("f:".into()), flagkit_core::Part::Subject],
            reads: flagkit_core::document::TextReading::Json,
            units: flagkit_core::Units::Utf8,
            scale: flagkit_core::Scale::modulo(100).plus(1),
        };
        let id = format!("u-{number}");
        bucketing.prepare().bucket((&id).into()).unwrap()
    });
    let reference: Vec<f64> = reference.collect();
    for (bucket, reference) in buckets.iter().zip(reference) {
        assert_eq!(f64::from(*bucket), reference);
    }
}

#[test]
fn mistakes_are_told() {
    for (bucketing, problem) in [
        ("{ hash: sha3 }", "flags.f.bucketing.hash: there is no hash `sha3`"),
        ("{ buckets: 0 }", "flags.f.bucketing.buckets: expected a whole number from 1 to"),
        ("{ input: salt }", "flags.f.bucketing.input: `salt` does not name the id exactly once"),
        ("murmur3", "flags.f.bucketing: expected a map"),
    ] {
        let text = format!("schema: flagkit/1\nflags: {{ f: {{ bucketing: {bucketing} }} }}");
        let decoded = decode(Dialect::Native, &text, &Settings::default()).unwrap();
        let diagnostic = decoded.diagnostics[0].to_string();
        assert!(diagnostic.starts_with(problem), "{diagnostic}");
    }
}
