//! W7: loading, and one changed flag among many (P7).

use flagkit::Client;
use flagkit_benches::measure::median_ms;
use flagkit_benches::workloads;
use flagkit_core::{Changes, compile, recompile};
use flagkit_dialects::{Dialect, Settings, decode};

pub(crate) fn whole(count: usize) {
    let text = workloads::many_flags(count);
    let taken = median_ms(9, || Client::from_text(&text).expect("the document is good"));
    println!(
        "{:<44} {taken:>9.1} ms  P7: at most 60 ms for 10,000",
        format!("W7: {count} flags, text to snapshot")
    );
}

pub(crate) fn changed(count: usize) {
    let read = |text: &str| {
        let decoded = decode(Dialect::Native, text, &Settings::default());
        decoded.expect("the document is good").document
    };
    let snapshot = compile(read(&workloads::many_flags(count))).snapshot;
    let changed = read(&workloads::changed_flag(count / 2)).flags;
    let taken = median_ms(21, || {
        let changes = Changes { flags: changed.clone(), ..Changes::default() };
        recompile(&snapshot, changes)
    });
    println!(
        "{:<44} {taken:>9.3} ms  P7: at most 1 ms for 100,000",
        format!("one changed flag among {count}")
    );
}
