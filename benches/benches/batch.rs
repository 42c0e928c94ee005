//! All flags for one context, and one flag for a column of a million contexts (P6).
//!
//! `cargo bench -p flagkit-benches --bench batch [-- --quick]`
//!
//! `RUSTFLAGS="--cfg disable_dispatch_avx512"` shows AVX2 on a machine that has more.

#![expect(clippy::expect_used, reason = "a bench stops where its own document is not good")]

use std::hint::black_box;

use flagkit::{Client, Column, Context, View};
use flagkit_benches::allocations::Counting;
use flagkit_benches::floors;
use flagkit_benches::measure::{Effort, Subject, interleaved, ratio};
use flagkit_benches::workloads;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn main() {
    let is_quick = std::env::args().any(|argument| argument == "--quick" || argument == "--test");
    let effort = if is_quick { Effort::QUICK } else { Effort::FULL };
    let client = Client::from_text(&workloads::many_flags(1_000)).expect("the document is good");
    let single = Client::from_text(&workloads::document()).expect("the document is good");
    let (view, column) = (client.view(), single.view());
    let context = workloads::user(1);
    let keys: Vec<String> = (0..1_000).map(workloads::flag_name).collect();
    let ids: Vec<String> = (0..1_000_000).map(workloads::user_name).collect();
    let plans: Vec<&str> = ids.iter().map(|id| if id.len() > 8 { "pro" } else { "free" }).collect();
    assert_answers(&view, &context, &keys, &column, &ids);
    let one_column = |flag: &'static str, attributes: &[(&str, Column<'_>)]| {
        black_box(column.evaluate_column(flag, black_box(&ids), attributes).count_enabled());
    };
    let mut subjects = [
        Subject::new("floor: one md-5 digest of 20 bytes", |n| {
            for number in 0..n {
                let mut text = *b"salt-of-20-byte:0000";
                text[19] = b'0' + (number % 10) as u8;
                black_box(floors::md5_of_20_bytes(black_box(&text)));
            }
        }),
        Subject::new("W6: evaluate_all, 1,000 flags", |n| {
            for _ in 0..n {
                black_box(view.evaluate_all(black_box(&context)));
            }
        }),
        Subject::new("W6L: 1,000 single calls", |n| {
            for _ in 0..n {
                for key in &keys {
                    black_box(view.is_enabled(key, &context));
                }
            }
        }),
        Subject::new("column: 50 % of 1,000,000 ids", |n| {
            (0..n).for_each(|_| one_column("w2", &[]));
        }),
        Subject::new("column: five rules, 1,000,000 ids", |n| {
            (0..n).for_each(|_| one_column("w3s", &[("plan", (&plans).into())]));
        }),
    ];
    interleaved(&mut subjects, &effort);
    let [floor, ..] = &subjects;
    println!("{:<36} {:>11} {:>7} {:>18}", "what", "ns", "allocs", "digests (min–max)");
    for subject in &subjects {
        let (ns, ratio) = (subject.rounds().spread(), ratio(subject, floor));
        println!(
            "{:<36} {:>11.1} {:>7.1} {:>8.2} ({:.2}–{:.2})",
            subject.name(),
            ns.median,
            subject.allocations(),
            ratio.median,
            ratio.min,
            ratio.max
        );
    }
}

/// Nothing is timed that does not answer as single calls do.
fn assert_answers(view: &View, context: &Context, keys: &[String], column: &View, ids: &[String]) {
    let all = view.evaluate_all(context);
    assert_eq!(all.len(), keys.len());
    for found in all.iter() {
        let alone = view.json_details(found.key(), context, 0);
        assert_eq!(found.is_enabled(), alone.enabled, "{}", found.key());
        assert_eq!(found.variant(), alone.variant.as_deref(), "{}", found.key());
    }
    let served = column.evaluate_column("w2", ids, &[]);
    let differs = |row: usize, id: &String| {
        served.is_enabled(row) != column.is_enabled("w2", &Context::new(id.as_str()))
    };
    let different = ids.iter().enumerate().find(|(row, id)| differs(*row, id));
    assert_eq!(different, None);
}
