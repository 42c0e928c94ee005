//! The targets P2, P3, P4, P5, P7 and P8 for the native format, as ratios to the machine's floors.
//!
//! `cargo bench -p flagkit-benches --bench targets [-- --quick]`

#![expect(clippy::expect_used, reason = "a bench stops where its own document is not good")]

use std::hint::black_box;

use flagkit::{Client, Context, FlagHandle};
use flagkit_benches::measure::{Effort, Subject, ratio};
use flagkit_benches::workloads;

mod loading;
mod names;
mod rules;

static W1: FlagHandle<bool> = FlagHandle::new("w1", false);

fn main() {
    let is_quick = std::env::args().any(|argument| argument == "--quick" || argument == "--test");
    let effort = if is_quick { &Effort::QUICK } else { &Effort::FULL };
    let client = Client::from_text(&workloads::document()).expect("the document is good");
    let counting = Client::from_text(&workloads::document()).expect("the document is good");
    counting.count_usage();
    assert_answers(&client);
    assert_answers(&counting);
    println!("{:<44} {:>9} {:>16}  target", "what", "ns", "ratio (min–max)");
    names::names_and_handles([&client, &counting], effort);
    rules::percentages(&client, effort);
    rules::rules_and_lists(&client, effort);
    names::contexts(&client, effort);
    loading::whole(if is_quick { 1_000 } else { 10_000 });
    loading::changed(if is_quick { 10_000 } else { 100_000 });
}

/// Nothing is timed that does not answer right.
fn assert_answers(client: &Client) {
    let user = workloads::user;
    assert!(client.is_enabled("w1", &user(0)) && W1.get_from(client, &user(0)));
    let on = (0..1_000).filter(|number| client.is_enabled("w2", &user(*number))).count();
    assert!((430..570).contains(&on), "{on} of 1,000 are in 50 %");
    for flag in ["w3", "w3s"] {
        let found = client.string_details(flag, &user(1), "none");
        assert_eq!(found.rule.as_deref(), Some("phones"), "{flag}");
    }
    assert!(client.is_enabled("w4", &user(2)) && !client.is_enabled("w4", &user(3)));
}

/// A flag for each of these in turn.
fn evaluation<'a>(
    name: &'a str,
    (client, flag): (&'a Client, &str),
    contexts: &'a [Context],
) -> Subject<'a> {
    let flag = black_box(flag.to_owned());
    Subject::new(name, move |n| {
        for context in contexts.iter().cycle().take(times(n)) {
            black_box(client.is_enabled(&flag, context));
        }
    })
}

fn report(subject: &Subject<'_>, floor: &Subject<'_>, target: &str) {
    let (ns, ratio) = (subject.rounds().spread(), ratio(subject, floor));
    println!(
        "{:<44} {:>9.1} {:>5.2} ({:.2}–{:.2})  {target}",
        subject.name(),
        ns.median,
        ratio.median,
        ratio.min,
        ratio.max
    );
}

fn times(n: u64) -> usize {
    usize::try_from(n).unwrap_or(usize::MAX)
}
