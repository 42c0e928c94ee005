//! `kill -9`: what was acknowledged is there afterwards.
//!
//! A process of its own writes and says what was acknowledged; this one kills it, or the database
//! under it, at moments that nobody chose, and then looks.

mod writer;

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use flagkit_server::config::Database;
use flagkit_server::model::HistoryQuery;
use flagkit_server::store;

use crate::support::{Cluster, Place, block_on};

#[test]
fn a_killed_server_loses_nothing_that_was_acknowledged_sqlite() {
    let place = Place::sqlite();
    killed_writers(&place.database(), &place.file().display().to_string());
}

#[test]
fn a_killed_server_loses_nothing_that_was_acknowledged_postgres() {
    let url = Cluster::shared().new_database();
    killed_writers(&Database::Postgres(url.clone()), &url);
}

#[test]
fn a_killed_postgres_loses_nothing_that_was_acknowledged() {
    let cluster = Cluster::start();
    let url = cluster.new_database();
    let mut acknowledged = BTreeSet::new();
    let writer = Writer::start(&url, 0);
    for _ in 0..DATABASE_ROUNDS {
        acknowledged.extend(writer.hear(KEYS / DATABASE_ROUNDS));
        cluster.kill();
        cluster.run();
    }
    // The writer was never told: it goes on by itself.
    acknowledged.extend(writer.hear(20));
    acknowledged.extend(writer.kill());
    look(&Database::Postgres(url), &acknowledged);
}

/// How many parts are acknowledged at least, in a thousand changes, and how many kills there are
/// between them.
const KEYS: usize = 2000;
const ROUNDS: usize = 40;
/// A database needs seconds to recover.
const DATABASE_ROUNDS: usize = 4;

fn killed_writers(database: &Database, place: &str) {
    let mut acknowledged = BTreeSet::new();
    for round in 1..=ROUNDS {
        let writer = Writer::start(place, round);
        acknowledged.extend(writer.hear(KEYS / ROUNDS));
        acknowledged.extend(writer.kill());
        look(database, &acknowledged);
    }
    assert!(acknowledged.len() >= KEYS);
}

/// Whether everything is there that was acknowledged, and nothing by halves.
fn look(database: &Database, acknowledged: &BTreeSet<String>) {
    block_on(async {
        let store = store::open(database).await.unwrap();
        let environment = store.environments().await.unwrap()[0].id;
        let document = store.document(environment).await.unwrap();
        let kept: BTreeSet<&str> = document.parts.iter().map(|part| &*part.key).collect();
        let lost: Vec<_> = acknowledged.iter().filter(|key| !kept.contains(&***key)).collect();
        assert_eq!(lost, Vec::<&String>::new());
        // Each change writes two parts, so a version is two parts and two records.
        let version = document.environment.version;
        assert_eq!(document.parts.len() as u64, 2 * version);
        let mut records = 0;
        let mut query =
            HistoryQuery { environment: Some(environment), limit: 1000, ..HistoryQuery::default() };
        loop {
            let page = store.history(query.clone()).await.unwrap();
            let Some(last) = page.last() else { break };
            query.before = Some(last.id);
            records += page.iter().filter(|record| record.version.is_some()).count() as u64;
        }
        assert_eq!(records, 2 * version);
        store.close().await;
    });
}

/// A process that writes.
struct Writer {
    process: Child,
    said: Receiver<String>,
}

impl Writer {
    fn start(place: &str, round: usize) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "crash::writer::it_acknowledges_what_it_writes", "--nocapture"]);
        command.env(writer::PLACE, place).env(writer::ROUND, round.to_string());
        let mut process = command.stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let (sender, said) = mpsc::channel();
        std::thread::spawn(move || {
            // To the end of the process, which may come in the middle of a line.
            for line in lines.map_while(Result::ok) {
                let key =
                    line.strip_prefix(writer::ACKNOWLEDGED).and_then(|rest| rest.strip_suffix('.'));
                if key.is_some_and(|key| sender.send(key.to_owned()).is_err()) {
                    break;
                }
            }
        });
        Self { process, said }
    }

    /// What is acknowledged next, at least so much of it, and what random time adds.
    fn hear(&self, least: usize) -> Vec<String> {
        let mut heard = Vec::new();
        let mut random = [0];
        getrandom::fill(&mut random).unwrap();
        while heard.len() < least {
            let next = self.said.recv_timeout(Duration::from_secs(60));
            heard.push(next.expect("the writer does not go on"));
        }
        // Half of the time at once: whoever acknowledges too early is caught right after that.
        let delay = u64::from(random[0].saturating_sub(128)) * 50;
        let end = Instant::now() + Duration::from_micros(delay);
        while let Ok(next) = self.said.recv_timeout(end.saturating_duration_since(Instant::now())) {
            heard.push(next);
        }
        heard
    }

    /// Kills it, and gives what it could still say.
    fn kill(mut self) -> Vec<String> {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
        self.said.iter().collect()
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        // It is dead already, unless the test failed.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
