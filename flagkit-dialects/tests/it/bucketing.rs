//! What percentages promise, counted over many users.

use std::collections::BTreeSet;

use flagkit_core::{Context, Fixed, Snapshot, Timestamp, compile};
use flagkit_dialects::{Dialect, Settings, decode};

const WORLD: Fixed = Fixed::at(Timestamp::EPOCH);

fn snapshot(flags: &str) -> Snapshot {
    let text = format!("schema: flagkit/1\nflags: {{{flags}}}");
    let decoded = decode(Dialect::Native, &text, &Settings::default()).unwrap();
    let compiled = compile(decoded.document);
    assert!(decoded.diagnostics.is_empty() && compiled.diagnostics.is_empty(), "{flags}");
    compiled.snapshot
}

/// The users for whom the flag is on.
fn served(snapshot: &Snapshot, flag: &str, users: u32) -> BTreeSet<u32> {
    let is_on = |user: &u32| {
        let context = Context::new(format!("user-{user}"));
        snapshot.resolve(flag, &context, &WORLD, &mut ()).unwrap().is_enabled()
    };
    (0..users).filter(is_on).collect()
}

fn at(percentage: f64) -> String {
    format!("f: {{enabled: true, rollout_percentage: {percentage}}}")
}

#[test]
fn raising_a_percentage_removes_nobody() {
    let mut before = BTreeSet::new();
    for percentage in [0.0, 0.01, 0.5, 1.0, 5.0, 10.0, 33.33, 50.0, 75.0, 99.99, 100.0] {
        let after = served(&snapshot(&at(percentage)), "f", 5_000);
        assert!(before.is_subset(&after), "someone left at {percentage} %");
        before = after;
    }
    assert_eq!(before.len(), 5_000);
}

#[test]
fn shares_are_what_was_asked_for() {
    // Four standard deviations of a binomial share: one false alarm in 16,000 for each line,
    // and none at all, since neither the hash nor the users ever change.
    let users = 20_000_u32;
    for percentage in [1.0, 10.0, 50.0, 90.0] {
        let share = percentage / 100.0;
        let expected = f64::from(users) * share;
        let allowed = 4.0 * (expected * (1.0 - share)).sqrt();
        #[expect(clippy::cast_precision_loss, reason = "thousands")]
        let found = served(&snapshot(&at(percentage)), "f", users).len() as f64;
        assert!((found - expected).abs() < allowed, "{found} of {expected} at {percentage} %");
    }
}

#[test]
fn buckets_are_uniform() {
    // Chi-squared over ten ranges of the percentage: the 99.9 % quantile of 9 degrees is 27.88.
    let users = 20_000;
    let mut before = 0;
    let mut chi_squared = 0.0;
    for tenth in 1..=10 {
        let upto = served(&snapshot(&at(f64::from(tenth) * 10.0)), "f", users).len();
        let expected = f64::from(users) / 10.0;
        #[expect(clippy::cast_precision_loss, reason = "thousands")]
        let found = (upto - before) as f64;
        chi_squared += (found - expected).powi(2) / expected;
        before = upto;
    }
    assert!(chi_squared < 27.88, "{chi_squared}");
}

#[test]
fn flags_choose_their_users_independently() {
    let both = snapshot(
        "a: {enabled: true, rollout_percentage: 50}, b: {enabled: true, rollout_percentage: 50}",
    );
    let (a, b) = (served(&both, "a", 20_000), served(&both, "b", 20_000));
    #[expect(clippy::cast_precision_loss, reason = "thousands")]
    let together = a.intersection(&b).count() as f64;
    // A quarter of all, give or take four standard deviations: sqrt(20,000 · 1/4 · 3/4) = 61.2.
    assert!((together - 5_000.0).abs() < 245.0, "{together}");
}

#[test]
fn one_salt_means_the_same_users() {
    let both = snapshot(
        "a: {enabled: true, salt: s, rollout_percentage: 30}, b: {enabled: true, salt: s, rollout_percentage: 60}",
    );
    assert!(served(&both, "a", 5_000).is_subset(&served(&both, "b", 5_000)));
}
