//! Many evaluations in one call.

use std::hint::black_box;

use flagkit::{Client, Context};

use super::{Calls, times};
use crate::workloads;

/// All of a thousand flags for one user.
pub(super) fn all_flags() -> Calls {
    let client = client(&workloads::many_flags(1_000));
    let view = client.view();
    let user = black_box(workloads::user(1));
    let all = view.evaluate_all(&user);
    assert!(all.iter().all(|found| found.is_enabled() == view.is_enabled(found.key(), &user)));
    Box::new(move |n| {
        for _ in 0..n {
            black_box(view.evaluate_all(&user));
        }
    })
}

/// A percentage for ten thousand users.
pub(super) fn column() -> Calls {
    let client = client(&workloads::document_of("w2"));
    let view = client.view();
    let ids: Vec<String> = black_box((0..10_000).map(workloads::user_name).collect());
    let served = view.evaluate_column("w2", &ids, &[]);
    let alone = |id: &String| client.is_enabled("w2", &Context::new(id.as_str()));
    assert_eq!(served.count_enabled(), ids.iter().filter(|id| alone(id)).count());
    Box::new(move |n| {
        for _ in 0..times(n) {
            black_box(view.evaluate_column("w2", &ids, &[]));
        }
    })
}

#[expect(clippy::expect_used, reason = "a scenario stops where its own document is not good")]
fn client(document: &str) -> Client {
    Client::from_text(document).expect("the document is good")
}
