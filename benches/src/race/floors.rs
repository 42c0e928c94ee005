//! What the parts of an evaluation cost at the least, for putting runs beside each other.

use std::hint::black_box;

use super::Options;
use crate::floors::{self, CachedSlice};
use crate::measure::{Subject, interleaved, ratio};
use crate::results::Measurement;

/// Times the floors; ratios are to the digest.
pub(super) fn time(options: &Options) -> Vec<Measurement> {
    let text = *b"salt-of-20-byte:0007";
    let map = floors::one_key_map();
    let key = black_box("w1".to_owned());
    let mut slice = CachedSlice::new();
    let mut subjects = [
        Subject::new("one md-5 digest of 20 bytes", |n| {
            for _ in 0..n {
                black_box(floors::md5_of_20_bytes(black_box(&text)));
            }
        }),
        Subject::new("hash map with one key, foldhash", |n| {
            for _ in 0..n {
                black_box(map.get(black_box(&key).as_str()));
            }
        }),
        Subject::new("cached pointer and slice index", |n| {
            for _ in 0..n {
                black_box(slice.read(black_box(77)));
            }
        }),
    ];
    interleaved(&mut subjects, &options.effort);
    let [digest, ..] = &subjects;
    let rows = subjects.iter().enumerate().map(|(place, subject)| Measurement {
        scenario: "floor".to_owned(),
        context: "none".to_owned(),
        dialect: "none".to_owned(),
        document: "none".to_owned(),
        contender: subject.name().to_owned(),
        is_baseline: place == 0,
        rounds: subject.rounds().count(),
        nanoseconds: subject.rounds().spread(),
        ratio: ratio(subject, digest),
        allocations: subject.allocations(),
        memory: None,
    });
    rows.collect()
}
