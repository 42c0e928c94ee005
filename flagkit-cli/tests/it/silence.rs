//! A metrics system that dies in the middle of a release: nothing is known then, and that is never
//! taken for a failure of the release.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "where a release cannot be followed, tests fail"
)]

use std::process::Child;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::stage::customers::Customers;
use crate::stage::ledger::Ledger;
use crate::stage::pusher::Pusher;
use crate::stage::servers::split;
use crate::stage::{PUSHED, SCRAPED, Stage};

/// How long anything may take before a test gives up on it.
const PATIENCE: Duration = Duration::from_secs(300);

/// A release that waits for more evidence than there is until its metrics system dies.
struct Going {
    stage: Stage,
    engine: Child,
    customers: Customers,
}

impl Going {
    /// With this policy for a step without enough evidence.
    fn start(metric: &str, on_insufficient: &str) -> Self {
        let stage = Stage::set(500);
        let steps = format!(
            "[{{scale: {{arm: canary, replicas: 1}}}}, {{split: {{canary: 50%}}}}, \
             {{judge: {{at_least: 2s, at_most: 6s, exposures_min: 1000, on_insufficient: {on_insufficient}}}}}, \
             {{split: {{canary: 100%}}}}, {{pause: 100ms}}]"
        );
        let judging = "judging: { look: 1s, lag: 1s, silence: 2s, errors: 1 }";
        stage.release("v3", &steps, &format!("{metric}\n{judging}"));
        let customers = Customers::come(stage.front, 100);
        let engine = stage.engine();
        Self { stage, engine, customers }
    }

    /// Waits until this is among what the engine says.
    fn until_said(&mut self, words: &str) {
        let begun = Instant::now();
        while !self.stage.log().contains(words) {
            let is_late = begun.elapsed() > PATIENCE;
            let ended = self.engine.try_wait().unwrap();
            assert!(!is_late && ended.is_none(), "never `{words}`: {}", self.stage.log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits until HAProxy has half of the customers on the new side.
    fn until_half(&mut self) {
        let begun = Instant::now();
        while split(&self.stage.path("")) != "0:5000" {
            assert!(begun.elapsed() < PATIENCE, "{}", self.stage.log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// The end: no request was lost and no verdict was against the release.
    fn end(mut self, code: i32, reason: &str) {
        let begun = Instant::now();
        let ended = loop {
            if let Some(ended) = self.engine.try_wait().unwrap() {
                break ended;
            }
            if begun.elapsed() > PATIENCE {
                drop(self.engine.kill());
                panic!("it never ends: {}", self.stage.log());
            }
            std::thread::sleep(Duration::from_millis(20));
        };
        let seen = self.customers.leave();
        assert_eq!(ended.code(), Some(code), "{}", self.stage.log());
        assert_eq!(seen.lost, 0, "{seen:?}\n{}", self.stage.proxy_log());
        let ledger = Ledger::read(&self.stage);
        let reasons = ledger.reasons();
        assert!(reasons.iter().any(|found| found.contains(reason)), "{reasons:#?}");
        let against = |ruled: &&&Value| ruled.to_string().contains("\"worse\"");
        assert_eq!(ledger.verdicts().iter().find(against), None);
        let replayed = self.stage.ask(&["replay"]);
        assert!(replayed.status.success());
    }
}

#[test]
fn a_release_holds_while_prometheus_is_dead_and_goes_on_when_it_is_back() {
    let mut going = Going::start(SCRAPED, "hold");
    going.until_half();
    going.stage.prometheus = None;
    going.until_said("not enough evidence");
    assert_eq!(split(&going.stage.path("")), "0:5000");
    going.stage.restart_prometheus(500);
    going.end(0, "done");
}

#[test]
fn a_release_goes_back_when_prometheus_dies_if_it_is_told_to() {
    let mut going = Going::start(SCRAPED, "roll_back");
    going.until_half();
    going.stage.prometheus = None;
    going.end(3, "not enough evidence");
}

#[test]
fn a_release_goes_on_when_prometheus_dies_if_it_is_told_to() {
    let mut going = Going::start(SCRAPED, "proceed");
    going.until_half();
    going.stage.prometheus = None;
    going.end(0, "done");
}

#[test]
fn a_release_asks_when_pushes_stop_if_it_is_told_to() {
    let mut going = Going::start(PUSHED, "ask");
    let arms = [("v1", "stable"), ("v3", "canary")];
    let every = Duration::from_millis(100);
    let pusher = Pusher::start((going.customers.watcher(), going.stage.push, every), arms);
    going.until_half();
    drop(pusher);
    going.until_said("not enough evidence");
    assert_eq!(split(&going.stage.path("")), "0:5000");
    let aborted = going.stage.ask(&["abort", "--why", "nobody pushes"]);
    assert!(aborted.status.success(), "{aborted:?}");
    going.end(3, "nobody pushes");
}
