//! Changes that are acknowledged, and so on disk, per second.

use std::time::{Duration, Instant};

use crate::Effort;
use crate::report::Row;
use crate::server::{FLAG, Server, flag_path};
use crate::support::Cluster;

pub(crate) fn measure(effort: &Effort) -> Vec<Row> {
    let folder = tempfile::tempdir().unwrap();
    let sqlite = folder.path().join("flags.db").display().to_string();
    let postgres = Cluster::shared().new_database();
    let mut rows = Vec::new();
    for (name, database) in [("SQLite", sqlite), ("PostgreSQL", postgres)] {
        let server = Server::start(&database);
        server.environment(0);
        for writers in [1, 16] {
            let what = format!("changes per second by REST, {writers} at once, {name}");
            let per_second = write(&server, writers, effort.seconds);
            rows.push(Row::new(what, "–", format!("{per_second:.0}/s")));
        }
    }
    rows
}

fn write(server: &Server, writers: usize, seconds: u64) -> f64 {
    let begin = Instant::now();
    let end = begin + Duration::from_secs(seconds);
    let write = |writer: usize| {
        let mut admin = server.admin();
        let mut written = 0_u32;
        while Instant::now() < end {
            let flag = FLAG.replace("red", &format!("red {written}"));
            let path = flag_path(&format!("w{writers}-{writer}"));
            admin.ask("PUT", &path, &flag).unwrap().json();
            written += 1;
        }
        written
    };
    let written: u32 = std::thread::scope(|scope| {
        let threads: Vec<_> =
            (0..writers).map(|writer| scope.spawn(move || write(writer))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    f64::from(written) / begin.elapsed().as_secs_f64()
}
