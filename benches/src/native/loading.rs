//! Flags that arrive.

use std::hint::black_box;

use flagkit_core::{Changes, Compilation, Document, compile, recompile};
use flagkit_dialects::{Dialect, Settings, decode};

use super::Calls;
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
    let changed = decoded(&workloads::changed_flag(count / 2)).flags;
    let changes = move || Changes { flags: changed.clone(), ..Changes::default() };
    assert_eq!(recompile(&snapshot, changes()).snapshot.len(), count);
    Box::new(move |n| {
        for _ in 0..n {
            let _ = black_box(recompile(&snapshot, changes()));
        }
    })
}

#[expect(clippy::expect_used, reason = "a scenario stops where its own document is not good")]
fn decoded(text: &str) -> Document {
    decode(Dialect::Native, text, &Settings::default()).expect("the document is good").document
}
