//! Flags that arrive.

use std::hint::black_box;

use flagkit_core::{Changes, Compilation, Document, compile, recompile};
use flagkit_dialects::{Dialect, Settings, decode};

use super::{Calls, times};
use crate::workloads;

pub(super) fn hundred_flags() -> Calls {
    let text = workloads::many_flags(100);
    assert_eq!(compile(decoded(&text)).snapshot.len(), 100);
    Box::new(move |n| {
        for _ in 0..n {
            let _ = black_box(compile(decoded(black_box(&text))));
        }
    })
}

pub(super) fn one_of_many() -> Calls {
    let count = 10_000;
    let Compilation { snapshot, .. } = compile(decoded(&workloads::many_flags(count)));
    let changed = (0..CHANGES).map(|step| workloads::changed_flag(step * 6_151 % count));
    let changed: Vec<Document> = changed.map(|text| decoded(&text)).collect();
    let changes = |to: &Document| Changes { flags: to.flags.clone(), ..Changes::default() };
    for to in &changed {
        assert_eq!(recompile(&snapshot, changes(to)).snapshot.len(), count);
    }
    Box::new(move |n| {
        for to in changed.iter().cycle().take(times(n)) {
            let _ = black_box(recompile(&snapshot, changes(to)));
        }
    })
}

/// So many different flags change in turn, each beside different neighbours.
pub(super) const CHANGES: usize = 64;

#[expect(clippy::expect_used, reason = "a scenario stops where its own document is not good")]
fn decoded(text: &str) -> Document {
    decode(Dialect::Native, text, &Settings::default()).expect("the document is good").document
}
