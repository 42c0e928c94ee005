use std::collections::BTreeMap;

use super::*;

mod lies;

use crate::event::Command;
use crate::release::Status;
use crate::time::Span;

#[test]
fn random_worlds_break_no_promise() {
    let mut ends = BTreeMap::new();
    // The last ones broke one once.
    for seed in (0..50).chain([47_854, 10_000_751, 10_123_207]) {
        let scenario = Scenario::random(seed);
        if let Ok(summary) = run(&scenario, 4_000) {
            *ends.entry(summary.status.as_str()).or_insert(0) += 1;
            continue;
        }
        let (small, broken) = smallest(&scenario, 4_000);
        panic!("{}\n{}", broken.unwrap(), serde_json::to_string_pretty(&small).unwrap());
    }
    assert!(ends.contains_key("done") && ends.contains_key("rolled_back"), "{ends:?}");
}

/// What is said to a process that cannot write, and that loses the lead then, is said to the next.
#[test]
fn what_was_never_written_is_said_again() {
    for seed in [108_933, 3, 17] {
        let mut scenario = Scenario::random(seed);
        let at = |seconds| Span::from_secs(seconds);
        let abort = Command::Abort { why: String::new() };
        scenario.plan.gates.clear();
        scenario.said.truncate(1);
        scenario.said.push(Said::command(at(60), "operator", abort));
        let full = Fault { from: at(2), length: at(100), kind: Kind::FullDisk };
        let second = Fault { from: at(80), length: Span::ZERO, kind: Kind::SecondLeader };
        scenario.faults = vec![full, second];
        let summary = run(&scenario, 20_000).unwrap();
        assert_eq!(summary.status, Status::RolledBack, "{summary:?}");
    }
}

#[test]
fn the_same_seed_is_the_same_run() {
    for seed in [3, 17, 99] {
        let scenario = Scenario::random(seed);
        let text = serde_json::to_string(&scenario).unwrap();
        let read: Scenario = serde_json::from_str(&text).unwrap();
        assert_eq!(run(&scenario, 5_000).unwrap(), run(&read, 5_000).unwrap());
    }
}

/// The four cases of chaos during a switch: the release comes to its end in each of them.
#[test]
fn chaos_ends() {
    let quiet = (0..99).map(Scenario::random).find(|s| s.plan.gates.is_empty()).unwrap();
    for (kind, seconds) in [
        (Kind::InstancesFail(300_000), 300),
        (Kind::Partition, 120),
        (Kind::ConnectionsFail(900_000), 180),
        (Kind::Busy, 600),
    ] {
        let mut scenario = Scenario::of(quiet.plan.clone(), 5);
        let resume = |after| Said::command(Span::from_secs(after), "operator", Command::Resume);
        scenario.said.extend([resume(300), resume(900)]);
        let length = Span::from_secs(seconds);
        scenario.faults = vec![Fault { from: Span::from_secs(2), length, kind }];
        let summary = run(&scenario, 100_000).unwrap();
        let ends = [Status::Done, Status::RolledBack];
        assert!(ends.contains(&summary.status), "{kind:?}: {summary:?}");
    }
}

#[test]
fn numbers_have_the_distribution_that_they_should() {
    let mut random = Random::new(1);
    for (trials, ppm) in [(10, 500_000), (1_000, 5_000), (100_000, 50_000)] {
        let sum: u64 = (0..2_000).map(|_| random.happened(trials, ppm)).sum();
        let expected = 2_000 * trials * u64::from(ppm) / 1_000_000;
        assert!(sum.abs_diff(expected) < expected / 20, "{trials} {ppm}: {sum} of {expected}");
    }
    assert_eq!(random.below(0), 0);
}
