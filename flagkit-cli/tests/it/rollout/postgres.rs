//! Several engines over one PostgreSQL.

use std::io::{BufRead, BufReader, Read};
use std::process::ChildStdout;

use flagkit_testkit::postgres::Cluster;

use super::*;

/// An engine of its own folder, and what it says.
struct Engine {
    running: Running,
    lines: BufReader<ChildStdout>,
}

impl Place {
    fn engine(&self, state: &str, journal: &str) -> Engine {
        let (file, state) = (self.path("release.yaml"), self.path(state));
        let arguments = ["rollout", "run", &file, "--state", &state, "--as", "ada"];
        let mut child = command(&arguments)
            .env("FLAGKIT_JOURNAL", journal)
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        Engine { running: Running(Some(child)), lines }
    }

    /// Says something to the engine of a folder, until it does it.
    fn resume(&self, state: &str) {
        let state = self.path(state);
        let begun = Instant::now();
        loop {
            let ran = flagkit(&["rollout", "resume", "--state", &state]);
            if ran.code == Some(0) {
                return;
            }
            assert!(begun.elapsed() < Duration::from_secs(60), "{}{}", ran.out, ran.err);
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Engine {
    /// Waits until it says this.
    fn until(&mut self, words: &str) {
        let mut said = String::new();
        while self.lines.read_line(&mut said).unwrap() > 0 {
            if said.contains(words) {
                return;
            }
        }
        panic!("it never said `{words}`: {said}");
    }

    /// Its end: the exit code, and all that it said after the last question.
    fn end(mut self) -> (Option<i32>, String) {
        let mut said = String::new();
        self.lines.read_to_string(&mut said).unwrap();
        let ran = self.running.end();
        (ran.code, said + &ran.err)
    }
}

/// What a command about the journal prints.
fn asked(journal: &str, words: &[&str]) -> String {
    let mut arguments = vec!["rollout"];
    arguments.extend(words);
    arguments.extend(["--journal", journal]);
    let ran = flagkit(&arguments);
    assert_eq!(ran.code, Some(0), "{words:?}: {}{}", ran.out, ran.err);
    ran.out
}

/// The orders to divide traffic that were ever given.
fn splits(journal: &str) -> Vec<u64> {
    let history = asked(journal, &["history", "--json"]);
    let records = history.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let wanted = records.map(|record| record["record"]["entry"]["intent"]["wanted"].clone());
    let splits = wanted.filter(|wanted| wanted["order"] == "split");
    splits.map(|wanted| wanted["split"][1].as_u64().unwrap()).collect()
}

#[test]
fn a_standby_finishes_what_a_killed_leader_began() {
    let place = Place::new("standby", WAITS);
    let journal = Cluster::shared().new_database();
    let mut leader = place.engine("one", &journal);
    leader.until("traffic stable 90%, canary 10%");
    let mut standby = place.engine("two", &journal);
    standby.until("this one stands by");
    assert_eq!(place.canary(), 100_000);
    assert!(asked(&journal, &["status"]).contains("checkout-v42"));
    leader.running.kill();
    standby.until("going on with release `checkout-v42`");
    place.resume("two");
    let (code, said) = standby.end();
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(place.canary(), 1_000_000);
    assert_eq!(splits(&journal), [100_000, 1_000_000]);
    let replayed = asked(&journal, &["replay"]);
    assert!(replayed.contains("every decision and verdict as it was; done"), "{replayed}");
    assert!(asked(&journal, &["report"]).contains("<svg "));
}

#[test]
fn a_standby_ends_with_the_release_that_it_stood_by_for() {
    let place = Place::new("stood-by", WAITS);
    let journal = Cluster::shared().new_database();
    let mut leader = place.engine("one", &journal);
    leader.until("traffic stable 90%, canary 10%");
    let mut standby = place.engine("two", &journal);
    standby.until("this one stands by");
    place.resume("one");
    assert_eq!(leader.end().0, Some(0));
    let (code, said) = standby.end();
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("release `checkout-v42` is done"), "{said}");
    let all: Value =
        serde_json::from_str(&asked(&journal, &["status", "--all", "--json"])).unwrap();
    assert_eq!(all.as_array().unwrap().len(), 1);
    assert_eq!(splits(&journal), [100_000, 1_000_000]);
}

#[test]
fn the_password_of_a_journal_is_never_printed() {
    let place = Place::new("password", TO_ALL);
    let urls =
        ["postgres://ada:s3cret@127.0.0.1:1/x", "postgres:ada:s3cret", "redis://ada:s3cret@h/0"];
    for url in urls {
        for words in [&["status"][..], &["run", &place.path("release.yaml")], &["run", "--help"]] {
            let mut arguments = vec!["rollout"];
            arguments.extend(words);
            let state = place.path("state");
            let mut child = command(&arguments);
            child.env("FLAGKIT_JOURNAL", url).env("FLAGKIT_STATE", state).stdin(Stdio::null());
            let ran = ran(child.output().unwrap());
            assert!(
                !ran.out.contains("s3cret") && !ran.err.contains("s3cret"),
                "{words:?}: {ran:?}"
            );
            assert_eq!(ran.code == Some(0), words.contains(&"--help"), "{words:?}: {ran:?}");
        }
    }
}
