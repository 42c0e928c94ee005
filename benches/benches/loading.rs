//! W7: from a text to a published snapshot, by stage: time of the processor, memory, allocations.
//!
//! `cargo bench -p flagkit-benches --bench loading [-- --quick] [-- <dialect>]`

#![expect(clippy::expect_used, reason = "a bench stops where its own document is not good")]

use std::hint::black_box;

use flagkit::Client;
use flagkit_benches::allocations::{Counting, during};
use flagkit_benches::measure::{median_ms, thread_time};
use flagkit_benches::scenario::{mixed_flags, shape::Last};
use flagkit_benches::{vendors, workloads};
use flagkit_core::{Changes, compile, recompile};
use flagkit_dialects::{Dialect, Settings, decode, detect};
use serde::de::IgnoredAny;

fn main() {
    let is_quick = std::env::args().any(|argument| argument == "--quick" || argument == "--test");
    let wanted = std::env::args().skip(1).find_map(|name| name.parse::<Dialect>().ok());
    let (count, rounds) = if is_quick { (1_000, 3) } else { (10_000, 9) };
    println!(
        "{:<14} {:>6} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8} {:>9}",
        "ms of 1 cpu",
        "MB",
        "syntax",
        "detect",
        "decode",
        "compile",
        "all",
        "live MB",
        "peak MB",
        "allocs"
    );
    for dialect in [Dialect::Native].into_iter().chain(vendors::VENDORS) {
        if wanted.is_none_or(|wanted| wanted == dialect) {
            let text = vendors::document(dialect, &mixed_flags(count, Last::Prefix));
            let text = text.unwrap_or_else(|| workloads::many_flags(count));
            measure(dialect, &text, count, rounds);
        }
    }
    if wanted.is_none() {
        many(count * 100);
    }
}

fn measure(dialect: Dialect, text: &str, count: usize, rounds: usize) {
    assert_eq!(detect(text), Some(dialect), "a document is recognised");
    let settings = Settings::default();
    let read = || decode(dialect, text, &settings).expect("the document is good");
    let decoded = read();
    assert!(decoded.diagnostics.is_empty(), "{dialect}: {:?}", decoded.diagnostics.first());
    let compiled = compile(decoded.document);
    assert!(compiled.diagnostics.is_empty(), "{dialect}: {:?}", compiled.diagnostics.first());
    assert_eq!(compiled.snapshot.len(), count, "{dialect}");
    let scanned = median_ms(rounds, || serde_json::from_str::<IgnoredAny>(text).is_ok());
    let found = median_ms(rounds, || detect(text));
    let decoding = median_ms(rounds, read);
    let documents: Vec<_> = (0..rounds).map(|_| read().document).collect();
    let mut documents = documents.into_iter();
    let compiling = median_ms(rounds, || compile(documents.next().expect("one for each round")));
    let loading = median_ms(rounds, || Client::from_text(text).expect("the document is good"));
    let (client, allocated) = during(|| Client::from_text(text).expect("the document is good"));
    drop(black_box(client));
    println!(
        "{:<14} {:>6.1} {:>8.1} {:>8.1} {:>8.1} {:>8.1} {:>8.1} {:>8.1} {:>8.1} {:>9}",
        dialect.name(),
        megabytes(i64::try_from(text.len()).unwrap_or_default()),
        scanned,
        found,
        decoding,
        compiling,
        loading,
        megabytes(allocated.live),
        megabytes(allocated.peak),
        allocated.calls
    );
}

/// A million flags from a text below the limit, and one changed flag among them.
fn many(count: usize) {
    let text = workloads::short_flags(0..count);
    let start = thread_time();
    let (client, allocated) = during(|| Client::from_text(&text).expect("the document is good"));
    let loading = thread_time().saturating_sub(start);
    assert!(client.is_enabled(&workloads::short_name(count - 1), &()));
    drop(client);
    let read = |text: &str| {
        let decoded = decode(Dialect::Native, text, &Settings::default());
        decoded.expect("the document is good").document
    };
    let snapshot = compile(read(&text)).snapshot;
    let changed = read(&workloads::short_flags(count / 2..count / 2 + 1)).flags;
    let changing = median_ms(21, || {
        let changes = Changes { flags: changed.clone(), ..Changes::default() };
        recompile(&snapshot, changes)
    });
    println!(
        "{count} flags of {:.1} MB: {:.0} ms, {:.0} MB live, {:.0} MB at most; a change of one {changing:.3} ms",
        megabytes(i64::try_from(text.len()).unwrap_or_default()),
        loading.as_secs_f64() * 1e3,
        megabytes(allocated.live),
        megabytes(allocated.peak),
    );
}

#[expect(clippy::cast_precision_loss, reason = "a few gigabytes")]
fn megabytes(bytes: i64) -> f64 {
    bytes as f64 / 1e6
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;
