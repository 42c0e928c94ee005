//! The workloads W1 to W5 for the native format, by criterion.
//!
//! `cargo bench -p flagkit-benches --bench workloads`

#![expect(clippy::expect_used, reason = "a bench stops where its own document is not good")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use flagkit::{Client, Context};
use flagkit_benches::workloads;

fn users() -> Vec<Context> {
    (0..1_000).map(workloads::user).collect()
}

fn single_flags(criterion: &mut Criterion) {
    let client = Client::from_text(&workloads::document()).expect("the document is good");
    let users = users();
    for flag in ["w1", "w2", "w2-xxh3", "w3", "w3s", "w4"] {
        let mut next = users.iter().cycle();
        criterion.bench_function(&format!("{flag} by name"), |bencher| {
            bencher.iter(|| {
                let user = next.next().expect("the cycle never ends");
                client.is_enabled(black_box(flag), black_box(user))
            });
        });
    }
}

fn many_flags(criterion: &mut Criterion) {
    let count = 10_000;
    let client = Client::from_text(&workloads::many_flags(count)).expect("the document is good");
    let (users, names): (_, Vec<String>) =
        (users(), (0..count).map(workloads::flag_name).collect());
    // Steps that share no factor with the counts visit everything in an order no cache expects.
    let (mut flag, mut user) = (0, 0);
    criterion.bench_function("w5: a random flag of 10,000", |bencher| {
        bencher.iter(|| {
            flag = (flag + 6_151) % names.len();
            user = (user + 389) % users.len();
            match (names.get(flag), users.get(user)) {
                (Some(flag), Some(user)) => client.is_enabled(black_box(flag), black_box(user)),
                _ => false,
            }
        });
    });
}

criterion_group!(benches, single_flags, many_flags);
criterion_main!(benches);
