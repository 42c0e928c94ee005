use std::collections::BTreeMap;

use super::{Outcome, admit, outcomes, shortened};
use crate::model::{EnvironmentId, Usage, UsageCount};

fn count(flag: &str, hour: u64, count: u64) -> UsageCount {
    UsageCount {
        flag: flag.to_owned(),
        variant: "on".to_owned(),
        reason: "STATIC".to_owned(),
        hour,
        count,
    }
}

fn outcome(flag: &str, hour: u64) -> Outcome {
    Outcome { hour, flag: flag.to_owned(), variant: "on".to_owned(), reason: "STATIC".to_owned() }
}

fn report(counts: Vec<UsageCount>) -> Usage {
    Usage {
        environment: EnvironmentId(1),
        report: "r".to_owned(),
        received_at_ms: 100 * 3_600_000 + 59,
        counts,
        exposures: Vec::new(),
    }
}

#[test]
fn an_outcome_that_is_there_twice_is_added_up() {
    let usage = report(vec![count("a", 100, 2), count("a", 99, 3), count("a", 100, u64::MAX)]);
    let expected = BTreeMap::from([(outcome("a", 99), 3), (outcome("a", 100), 1_000_000_000_000)]);
    assert_eq!(outcomes(&usage), expected);
}

#[test]
fn an_hour_that_cannot_be_is_the_hour_of_the_report() {
    for (hour, expected) in [(100, 100), (52, 52), (51, 100), (101, 100), (u64::MAX, 100)] {
        let usage = report(vec![count("a", hour, 1)]);
        assert_eq!(outcomes(&usage), BTreeMap::from([(outcome("a", expected), 1)]), "{hour}");
    }
}

#[test]
fn what_has_no_room_is_counted_together() {
    let all: BTreeMap<_, _> =
        [(outcome("a", 1), 1), (outcome("b", 1), 2), (outcome("c", 1), 3)].into();
    let (admitted, others) = admit(all.clone(), 1);
    assert_eq!(admitted, BTreeMap::from([(outcome("a", 1), 1)]));
    assert_eq!(
        others.iter().map(|(other, count)| (&*other.flag, *count)).collect::<Vec<_>>(),
        [("(other)", 5)]
    );
    assert_eq!(admit(all.clone(), 3), (all, BTreeMap::new()));
}

#[test]
fn long_texts_are_cut_between_characters() {
    assert_eq!(shortened("short"), "short");
    assert_eq!(shortened(&"x".repeat(513)).len(), 512);
    let umlauts = format!("x{}", "ü".repeat(300));
    assert_eq!(shortened(&umlauts).len(), 511);
}
