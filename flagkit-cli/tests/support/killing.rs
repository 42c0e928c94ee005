//! A release whose engine is killed again and again, and what must be so afterwards.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::customers::Customers;
use super::ledger::Ledger;
use super::random::Random;
use super::servers::split;
use super::{JUDGING, SCRAPED, Stage};

/// What is released, and how it should end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Act {
    pub(crate) version: &'static str,
    pub(crate) steps: &'static str,
    /// The exit code of the engine at the end.
    pub(crate) code: i32,
    /// The splits that HAProxy shows, one after another, and the same in millionths.
    pub(crate) shown: &'static [&'static str],
    pub(crate) wanted: &'static [u64],
    /// Instances that are started.
    pub(crate) starts: usize,
    /// Steps that only wait, and how long, in milliseconds.
    pub(crate) waits: &'static [(usize, u64)],
}

/// A release without a bug.
pub(crate) const GOOD: Act = Act {
    version: "v3",
    steps: "[{scale: {arm: canary, replicas: 1}}, {split: {canary: 10%}}, {pause: 3s}, \
            {judge: {at_least: 3s, at_most: 20m, exposures_min: 20}}, {split: {canary: 50%}}, {pause: 2s}, \
            {judge: {at_least: 3s, at_most: 20m, exposures_min: 20}}, {scale: {arm: canary, replicas: 2}}, \
            {split: {canary: 100%}}, {pause: 3s}]",
    code: 0,
    shown: &["0:0", "0:1000", "0:5000", "0:10000"],
    wanted: &[100_000, 500_000, 1_000_000],
    starts: 2,
    waits: &[(2, 3000), (5, 2000), (9, 3000)],
};

/// A release that fails ten times as often as the old version.
pub(crate) const BAD: Act = Act {
    version: "v2",
    steps: "[{scale: {arm: canary, replicas: 1}}, {split: {canary: 50%}}, \
            {judge: {at_least: 5m, at_most: 6m}}, {split: {canary: 100%}}, {pause: 3s}]",
    code: 3,
    shown: &["0:0", "0:5000", "0:0"],
    wanted: &[500_000, 0],
    starts: 1,
    waits: &[],
};

/// What came of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Survived {
    /// How often the engine was killed.
    pub(crate) kills: u32,
    /// Engines that led long enough to write something.
    pub(crate) engines: usize,
    /// Messages, and those of them that came more than once, always under their key.
    pub(crate) messages: (usize, usize),
    /// Requests of customers that were answered.
    pub(crate) answered: u64,
    /// By how much the longest of the waiting steps was too long.
    pub(crate) late: Duration,
}

impl fmt::Display for Survived {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kills, engines, messages: (messages, again), answered, late } = self;
        write!(
            f,
            "{kills} kills, {engines} engines that led, {answered} requests answered and none lost, "
        )?;
        write!(f, "{messages} messages ({again} of them sent again under their key), ")?;
        write!(f, "no waiting step too short, the longest too long by {} ms", late.as_millis())
    }
}

/// Plays it, with kills at random moments, and checks everything.
pub(crate) fn play(act: &Act, random: &mut Random) -> Survived {
    let stage = Stage::set(1000);
    stage.release(act.version, act.steps, &format!("{SCRAPED}\n{JUDGING}"));
    let stop = Arc::new(AtomicBool::new(false));
    let watching = watch(&stage, Arc::clone(&stop));
    let customers = Customers::come(stage.front, 300);
    let (kills, code) = until_over(&stage, random);
    let seen = customers.leave();
    // Relaxed is enough: nothing else is read through it.
    stop.store(true, Ordering::Relaxed);
    let shown = watching.join().unwrap();
    assert_eq!(code, Some(act.code), "{}", stage.log());
    let lost = (seen.lost, &seen.first_lost);
    assert_eq!(lost, (0, &None), "requests were lost: {seen:?}\n{}", stage.proxy_log());
    let went = || format!("HAProxy went another way\n{}\n{}", stage.log(), stage.history());
    assert_eq!(shown, act.shown, "{}", went());
    assert_eq!(stage.starts(), act.starts, "an instance was started twice, or not at all");
    let replayed = stage.ask(&["replay"]);
    let replayed = String::from_utf8(replayed.stdout).unwrap();
    assert!(replayed.contains("every decision and verdict as it was"), "{replayed}");
    let ledger = Ledger::read(&stage);
    assert_eq!(ledger.splits(), act.wanted, "a split was ordered twice, or not at all");
    let messages = stage.told.messages();
    assert!(messages.keys().eq(&ledger.messages()), "{messages:?} is not {:?}", ledger.messages());
    let again = messages.values().filter(|(_, times)| *times > 1).count();
    Survived {
        kills,
        engines: ledger.engines(),
        messages: (messages.len(), again),
        answered: seen.answers.values().map(|count| count.all).sum(),
        late: late(&ledger, act.waits),
    }
}

/// Runs engine after engine until the release is over; how many were killed, and how the last one ended.
fn until_over(stage: &Stage, random: &mut Random) -> (u32, Option<i32>) {
    let begun = Instant::now();
    let mut kills = 0;
    loop {
        let mut engine = stage.engine();
        // They live longer and longer: one of them does something where a start takes seconds.
        let end =
            Instant::now() + Duration::from_millis(20 + random.below(1500 + 50 * u64::from(kills)));
        while Instant::now() < end {
            if let Some(status) = engine.try_wait().unwrap() {
                return (kills, status.code());
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        engine.kill().unwrap();
        // It may have ended by itself just before.
        if let Some(code) = engine.wait().unwrap().code() {
            return (kills, Some(code));
        }
        kills += 1;
        assert!(begun.elapsed() < Duration::from_secs(600), "it never ends: {}", stage.log());
    }
}

/// Writes down what HAProxy shows, each time that it is something else.
fn watch(stage: &Stage, stop: Arc<AtomicBool>) -> JoinHandle<Vec<String>> {
    let folder = stage.path("");
    std::thread::spawn(move || {
        let mut shown: Vec<String> = Vec::new();
        // Relaxed is enough: it only says when to end.
        while !stop.load(Ordering::Relaxed) {
            let now = split(&folder);
            if shown.last() != Some(&now) {
                shown.push(now);
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        shown
    })
}

/// By how much the longest of these steps was too long. None was too short.
fn late(ledger: &Ledger, waits: &[(usize, u64)]) -> Duration {
    let begins = ledger.begins();
    let of = |(step, planned): &(usize, u64)| {
        let took = begins[step + 1] - begins[*step];
        assert!(took >= *planned, "step {step} took {took} ms instead of {planned}");
        Duration::from_millis(took - planned)
    };
    waits.iter().map(of).max().unwrap_or_default()
}
