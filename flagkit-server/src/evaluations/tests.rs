use super::{Evaluations, OUTCOMES_MAX, shortened};
use crate::model::EnvironmentId;

const PRODUCTION: EnvironmentId = EnvironmentId(1);

#[test]
fn equal_outcomes_are_one_count() {
    let evaluations = Evaluations::default();
    evaluations.add(PRODUCTION, ("beta", "on", "STATIC"), 2);
    evaluations.add(PRODUCTION, ("beta", "on", "STATIC"), 3);
    evaluations.add(PRODUCTION, ("beta", "", "DISABLED"), 1);
    evaluations.add(EnvironmentId(2), ("beta", "on", "STATIC"), 1);
    let counts = evaluations.counts.lock();
    let mut counts: Vec<u64> = counts.values().copied().collect();
    counts.sort_unstable();
    assert_eq!(counts, [1, 1, 5]);
}

#[test]
fn memory_is_bounded_and_nothing_is_lost() {
    let evaluations = Evaluations::default();
    for number in 0..OUTCOMES_MAX + 10 {
        evaluations.add(PRODUCTION, (&number.to_string(), "", "STATIC"), 1);
    }
    let counts = evaluations.counts.lock();
    assert_eq!(counts.len(), OUTCOMES_MAX + 1);
    assert_eq!(counts.values().sum::<u64>(), OUTCOMES_MAX as u64 + 10);
}

#[test]
fn long_texts_are_cut_between_characters() {
    assert_eq!(shortened("beta"), "beta");
    assert_eq!(shortened(&"ü".repeat(200)).len(), 256);
    assert_eq!(shortened(&format!("a{}", "ü".repeat(200))).len(), 255);
}
