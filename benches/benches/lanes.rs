//! One flag for a column of subjects: nanoseconds a bucket, and as a part of one `md-5` digest.
//!
//! `cargo bench -p flagkit-benches --bench lanes [-- --quick]`
//!
//! It measures the widest vectors of the machine. `RUSTFLAGS="--cfg disable_dispatch_avx512"` shows
//! AVX2, with `--cfg disable_dispatch_avx2` and `--cfg disable_dispatch_sse4_2` besides it SSE2.

use std::hint::black_box;

use flagkit_benches::floors;
use flagkit_benches::measure::{Effort, Subject, interleaved, ratio};
use flagkit_core::document::TextReading;
use flagkit_core::{Bucketing, Hash, Part, PreparedBucketing, Scale, Units};

fn main() {
    let is_quick = std::env::args().any(|argument| argument == "--quick" || argument == "--test");
    let effort = if is_quick { Effort::QUICK } else { Effort::FULL };
    let [short, uuids, mixed] = columns();
    let md5 = prepared(Hash::Md5 { bits: 128 });
    let sha1 = prepared(Hash::Sha1 { bits: 60 });
    let sha256 = prepared(Hash::Sha256 { bits: 64 });
    let mut subjects = [
        Subject::new("floor: md-5 crate, 20 bytes", |n| {
            for id in short.iter().cycle().take(times(n)) {
                black_box(floors::md5_of_20_bytes(black_box(id.as_bytes())));
            }
        }),
        Subject::new("md5: one by one", |n| one_by_one(&md5, &short, n)),
        Subject::new("md5: column of short ids", |n| as_column(&md5, &short, n)),
        Subject::new("md5: column of UUIDs", |n| as_column(&md5, &uuids, n)),
        Subject::new("md5: column of ids of 1 to 30 bytes", |n| as_column(&md5, &mixed, n)),
        Subject::new("sha1: one by one", |n| one_by_one(&sha1, &short, n)),
        Subject::new("sha1: column of short ids", |n| as_column(&sha1, &short, n)),
        Subject::new("sha256: one by one", |n| one_by_one(&sha256, &short, n)),
        Subject::new("sha256: column of short ids", |n| as_column(&sha256, &short, n)),
    ];
    interleaved(&mut subjects, &effort);
    println!("{:<44} {:>9} {:>16}", "what", "ns", "ratio (min–max)");
    let [floor, ..] = &subjects;
    for subject in &subjects {
        let (ns, ratio) = (subject.rounds().spread(), ratio(subject, floor));
        println!(
            "{:<44} {:>9.1} {:>5.3} ({:.3}–{:.3})",
            subject.name(),
            ns.median,
            ratio.median,
            ratio.min,
            ratio.max
        );
    }
}

/// A million ids of 12 bytes or so, as many UUIDs, and ids of all lengths.
fn columns() -> [Vec<String>; 3] {
    let uuid = |number: u64| {
        let (low, high) = (number & 0xffff, number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        format!("{:08x}-{low:04x}-4abc-9def-{:012x}", high >> 32, high & 0xffff_ffff_ffff)
    };
    let mixed = |number: u64| {
        let len = times(number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) % 30 + 1;
        format!("{number:030}").get(30 - len..).unwrap_or_default().to_owned()
    };
    [
        (0..1_000_000).map(|number| format!("user_{}", number * 7_919)).collect(),
        (0..1_000_000).map(uuid).collect(),
        (0..1_000_000).map(mixed).collect(),
    ]
}

fn prepared(hash: Hash) -> PreparedBucketing {
    let input = vec![Part::Text("new-checkout:".into()), Part::Subject];
    let (reads, units, scale) = (TextReading::Json, Units::Utf8, Scale::modulo(10_000));
    Bucketing { hash, input, reads, units, scale }.prepare()
}

fn one_by_one(prepared: &PreparedBucketing, column: &[String], n: u64) {
    for id in column.iter().cycle().take(times(n)) {
        black_box(prepared.bucket(black_box(id.as_str()).into()));
    }
}

/// In pieces of 8,192, so that a column fits any `n`.
fn as_column(prepared: &PreparedBucketing, column: &[String], n: u64) {
    let (mut out, mut ids, mut left) = (Vec::new(), column.iter().cycle(), times(n));
    while left > 0 {
        let len = left.min(8_192);
        out.clear();
        prepared.buckets_of(ids.by_ref().take(len).map(String::as_str), &mut out);
        black_box(&out);
        left -= len;
    }
}

fn times(n: u64) -> usize {
    usize::try_from(n).unwrap_or(usize::MAX)
}
