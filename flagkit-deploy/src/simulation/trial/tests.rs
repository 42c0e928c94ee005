use super::{Change, End, Traffic, Trial, Worse, doubts};
use crate::config::{Overrides, read};
use crate::plan::Plan;

fn plan(rest: &str) -> Plan {
    let text = format!(
        "schema: flagkit-release/1\ntarget: shop\narms: {{ stable: v1, canary: v2 }}\n{rest}\n"
    );
    read(&text, "release.yaml")
        .expect("it can be read")
        .plan(&Overrides::default())
        .expect("a plan")
}

fn canary() -> Plan {
    plan(
        "strategy: { canary: { stages: [5%, 25%, 100%], stage: 2m } }\nmetrics: { error_rate: {} }",
    )
}

fn worse(metric: &str, change: Change) -> Vec<Worse> {
    vec![Worse { metric: metric.to_owned(), change }]
}

fn ends(trial: &Trial, runs: u64, end: End) -> usize {
    (1..=runs).filter(|seed| trial.play(*seed).end == end).count()
}

#[test]
fn the_same_seed_plays_the_same_way() {
    let trial = Trial::new(canary(), Traffic::default()).expect("it can be tried");
    let (run, records) = trial.play_with_records(7);
    assert_eq!((run.clone(), records), trial.play_with_records(7));
    assert_eq!(run, trial.play(7));
    assert_ne!(run.users, trial.play(8).users);
}

#[test]
fn an_innocent_version_reaches_everybody_and_a_bad_one_goes_back_early() {
    let innocent = Trial::new(canary(), Traffic::default()).expect("it can be tried");
    // One of a thousand innocent releases may go back; of thirty, two would be a surprise.
    assert!(ends(&innocent, 30, End::Done) >= 29);
    let bad = Trial::new(canary(), Traffic::default()).expect("it can be tried");
    let bad = bad.with_worse(worse("error_rate", Change::To(0.1))).expect("it is a metric");
    assert_eq!(ends(&bad, 30, End::RolledBack), 30);
    let (fine, run) = (innocent.play(1), bad.play(1));
    assert!(run.took < fine.took && run.users < fine.users, "{run:?}");
    assert!(run.failing > 0 && run.failing < run.users, "{run:?}");
    assert!(run.why.contains("error_rate"), "{}", run.why);
}

#[test]
fn slower_versions_and_lost_conversions_go_back_too() {
    let text = "strategy: { canary: { stages: [20%, 50%, 100%], stage: 10m } }\n\
                metrics: { p95: {}, conversion_rate: {} }";
    for (metric, factor) in [("p95", 2.0), ("conversion_rate", 0.5)] {
        let traffic = Traffic { requests: 300.0, ..Traffic::default() };
        let trial = Trial::new(plan(text), traffic).expect("it can be tried");
        let trial = trial.with_worse(worse(metric, Change::Times(factor))).expect("a metric");
        assert!(ends(&trial, 5, End::RolledBack) >= 4, "{metric}: {:?}", trial.play(1));
    }
}

#[test]
fn what_makes_no_sense_is_refused_with_a_way_to_mend_it() {
    let trial = || Trial::new(canary(), Traffic::default()).expect("it can be tried");
    let refused = trial().with_worse(worse("latency", Change::To(1.0))).expect_err("no metric");
    assert!(refused.to_string().contains("name one of its metrics: error_rate"), "{refused}");
    let refused = trial().with_worse(worse("error_rate", Change::To(5.0))).expect_err("no share");
    assert!(refused.to_string().contains("at most 100%"), "{refused}");
    let idle = Traffic { requests: 0.0, ..Traffic::default() };
    let refused = Trial::new(canary(), idle).expect_err("there is no traffic");
    assert_eq!(refused[0].path, "requests");
}

#[test]
fn a_step_that_cannot_decide_in_its_time_says_what_to_change() {
    let few = Traffic { requests: 1.0, ..Traffic::default() };
    let bad = worse("error_rate", Change::To(0.01));
    let found = doubts(&canary(), &few, &bad);
    assert!(!found.is_empty());
    assert!(found[0].what.contains("0.5%") && found[0].what.contains("1%"), "{found:?}");
    assert!(found[0].mend.contains("`stage`"), "{found:?}");
    let many = Traffic { requests: 100_000.0, ..Traffic::default() };
    assert!(doubts(&canary(), &many, &bad).iter().all(|doubt| !doubt.what.contains("to see")));
}
