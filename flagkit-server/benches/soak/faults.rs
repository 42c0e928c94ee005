//! Things die while they are used.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::{JoinHandle, sleep};
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use crate::Effort;
use crate::http::Connection;
use crate::report::{Percentiles, Row};
use crate::server::{FLAG, Server, flag_path};
use crate::support::Cluster;

pub(crate) fn measure(effort: &Effort) -> Vec<Row> {
    let folder = tempfile::tempdir().unwrap();
    let sqlite = folder.path().join("flags.db").display().to_string();
    let cluster = Cluster::start();
    let mut rows = vec![
        killed_server("SQLite", &sqlite, effort.kills),
        killed_server("PostgreSQL", &cluster.new_database(), effort.kills),
    ];
    rows.extend(killed_database(&cluster, effort.kills / 4));
    rows
}

/// `kill -9` of the server while it writes, and then a look for what it acknowledged.
fn killed_server(name: &str, database: &str, kills: usize) -> Row {
    let mut server = Server::start(database);
    server.environment(0);
    let load = Load::start(&server);
    for _ in 0..kills {
        load.wait_for(CHANGES_PER_KILL);
        sleep(random_pause());
        server.kill_and_start(database);
    }
    let written = load.stop();
    let lost = lost(&server, &written);
    let what = format!("acknowledged changes lost in {kills} kills of the server, {name}");
    Row::new(what, "0", format!("{lost} of {}", written.len()))
}

/// `kill -9` of PostgreSQL while the server writes and evaluates.
fn killed_database(cluster: &Cluster, kills: usize) -> Vec<Row> {
    let server = Server::start(&cluster.new_database());
    let key = server.environment(10);
    let asking = Asking::start(server.address, &key);
    let load = Load::start(&server);
    let mut back = Vec::new();
    for _ in 0..kills {
        load.wait_for(CHANGES_PER_KILL);
        sleep(random_pause());
        cluster.kill();
        sleep(Duration::from_secs(1));
        cluster.run();
        let begin = Instant::now();
        load.wait_for(1);
        back.push(begin.elapsed());
    }
    let written = load.stop();
    let (asked, failed) = asking.stop();
    let lost = lost(&server, &written);
    vec![
        Row::new(
            format!("acknowledged changes lost in {kills} kills of PostgreSQL"),
            "0",
            format!("{lost} of {}", written.len()),
        ),
        Row::new("evaluations that failed meanwhile", "0", format!("{failed} of {asked}")),
        Row::new(
            "from PostgreSQL's return to the first change that is kept",
            "by itself",
            format!("at most {}", crate::report::time(Percentiles::of(back).max)),
        ),
    ]
}

/// Some who write, again and again, whatever happens.
struct Load {
    written: Arc<Mutex<BTreeSet<String>>>,
    is_over: Arc<Mutex<bool>>,
    writers: Vec<JoinHandle<()>>,
}

impl Load {
    fn start(server: &Server) -> Self {
        let (written, is_over) = (Arc::default(), Arc::default());
        let writer = |number: usize| {
            let (written, is_over) = (Arc::clone(&written), Arc::clone(&is_over));
            let admin = server.admin();
            std::thread::spawn(move || write(number, admin, &written, &is_over))
        };
        let writers = (0..WRITERS).map(writer).collect();
        Self { written, is_over, writers }
    }

    /// Until so much more was acknowledged.
    fn wait_for(&self, more: usize) {
        let begin = Instant::now();
        let before = self.written.lock().len();
        while self.written.lock().len() < before + more {
            assert!(begin.elapsed() < Duration::from_secs(60), "no change is kept any more");
            sleep(Duration::from_millis(1));
        }
    }

    fn stop(self) -> BTreeSet<String> {
        *self.is_over.lock() = true;
        for writer in self.writers {
            writer.join().unwrap();
        }
        std::mem::take(&mut self.written.lock())
    }
}

fn write(
    writer: usize,
    mut admin: Connection,
    written: &Mutex<BTreeSet<String>>,
    is_over: &Mutex<bool>,
) {
    let mut number = 0;
    while !*is_over.lock() {
        let flag = format!("w{writer}-{number:06}");
        match admin.ask("PUT", &flag_path(&flag), FLAG) {
            Ok(answer) if answer.is_good() => {
                written.lock().insert(flag);
            }
            // The server says that it cannot, or is not there.
            _ => sleep(Duration::from_millis(20)),
        }
        number += 1;
    }
}

/// How much of what was acknowledged is not there.
fn lost(server: &Server, written: &BTreeSet<String>) -> usize {
    let path = "/api/v1/projects/shop/environments/live/flags";
    let all = server.admin().ask("GET", path, "").unwrap().json();
    let there = all["items"].as_array().unwrap().iter().map(|item| item["key"].as_str().unwrap());
    let there: BTreeSet<&str> = there.collect();
    written.iter().filter(|flag| !there.contains(flag.as_str())).count()
}

/// Somebody who evaluates all the time.
struct Asking {
    is_over: Arc<Mutex<bool>>,
    thread: JoinHandle<(usize, usize)>,
}

impl Asking {
    fn start(address: SocketAddr, key: &str) -> Self {
        let is_over = Arc::new(Mutex::new(false));
        let mut connection = Connection::new(address, key);
        let over = Arc::clone(&is_over);
        let thread = std::thread::spawn(move || {
            let (mut asked, mut failed) = (0, 0);
            while !*over.lock() {
                let body = r#"{"context":{"targetingKey":"u-7"}}"#;
                let answer = connection.ask("POST", "/ofrep/v1/evaluate/flags/flag-7", body);
                asked += 1;
                failed += usize::from(!answer.is_ok_and(|answer| answer.is_good()));
                sleep(Duration::from_millis(2));
            }
            (asked, failed)
        });
        Self { is_over, thread }
    }

    fn stop(self) -> (usize, usize) {
        *self.is_over.lock() = true;
        self.thread.join().unwrap()
    }
}

/// Up to a quarter of a second, so that kills meet everything that a server does.
fn random_pause() -> Duration {
    let mut byte = [0];
    getrandom::fill(&mut byte).unwrap();
    Duration::from_millis(u64::from(byte[0]))
}

const WRITERS: usize = 8;
const CHANGES_PER_KILL: usize = 60;
