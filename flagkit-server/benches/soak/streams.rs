//! Ten thousand streams: what they cost, and how long a change takes to all of them.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::Effort;
use crate::report::{Percentiles, Row};
use crate::server::{FLAG, Server, flag_path};

pub(crate) fn measure(effort: &Effort) -> Vec<Row> {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&folder.path().join("flags.db").display().to_string());
    let key = server.environment(100);
    let alone = server.memory_kib();
    let crowd = Crowd::gather(server.address, &key, effort.streams);
    let streams = u32::try_from(effort.streams).unwrap();
    let each = |memory: f64| (memory - alone) / f64::from(streams);
    let idle = each(server.memory_kib());
    let latencies = crowd.follow(&server, effort.changes);
    let busy = each(server.memory_kib());
    let all = Percentiles::of(latencies.iter().flatten().copied().collect());
    let worst = latencies.into_iter().map(|one| Percentiles::of(one).p99).max().unwrap_or_default();
    vec![
        Row::new("streams at once", "10,000", streams.to_string()),
        Row::new("memory of a stream, all idle", "≤ 16 KiB", format!("{idle:.1} KiB")),
        Row::new(
            format!("memory of a stream, after {} changes", effort.changes),
            "≤ 16 KiB",
            format!("{busy:.1} KiB"),
        ),
        Row::new(
            format!(
                "from sending a change to its arrival, {} changes × all streams",
                effort.changes
            ),
            "p99 ≤ 250 ms",
            all.to_string(),
        ),
        Row::new("the same, p99 of the slowest change", "≤ 250 ms", crate::report::time(worst)),
    ]
}

/// Clients on one thread beside the server.
struct Crowd {
    arrivals: Arc<Arrivals>,
    streams: usize,
    // The clients live as long as this.
    _runtime: tokio::runtime::Runtime,
}

/// When each version arrived at whom.
#[derive(Default)]
struct Arrivals(Mutex<HashMap<u64, Vec<Instant>>>);

impl Arrivals {
    fn count(&self, version: u64) -> usize {
        self.0.lock().get(&version).map_or(0, Vec::len)
    }
}

impl Crowd {
    /// Connects all of them and waits until each has everything.
    fn gather(address: SocketAddr, key: &str, streams: usize) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let arrivals = Arc::new(Arrivals::default());
        let request = format!(
            "GET /stream HTTP/1.1\r\nhost: soak\r\nauthorization: Bearer {key}\r\n\
             accept: text/event-stream\r\n\r\n"
        );
        let request: Arc<str> = request.into();
        let turns = Arc::new(tokio::sync::Semaphore::new(CONNECTING_MAX));
        for _ in 0..streams {
            let (arrivals, request, turns) = (arrivals.clone(), request.clone(), turns.clone());
            runtime.spawn(async move {
                let turn = turns.acquire_owned().await.unwrap();
                let mut stream = TcpStream::connect(address).await.unwrap();
                stream.write_all(request.as_bytes()).await.unwrap();
                let mut lines = Lines::default();
                lines.read(&mut stream, &arrivals, 1).await;
                drop(turn);
                lines.read(&mut stream, &arrivals, usize::MAX).await;
            });
        }
        let crowd = Self { arrivals, streams, _runtime: runtime };
        crowd.wait(|arrivals| arrivals.0.lock().values().map(Vec::len).sum::<usize>());
        crowd
    }

    /// Makes changes one after the other, each when the one before has arrived everywhere, and
    /// gives how long each took to each stream.
    fn follow(&self, server: &Server, changes: u64) -> Vec<Vec<Duration>> {
        let mut admin = server.admin();
        let change = |number: u64| {
            let flag = FLAG.replace("red", &format!("red {number}"));
            let begin = Instant::now();
            let answer = admin.ask("PUT", &flag_path("flag-7"), &flag).unwrap().json();
            let version = answer["version"].as_str().unwrap();
            let version: u64 = version.split_once(':').unwrap().1.parse().unwrap();
            self.wait(|arrivals| arrivals.count(version));
            let arrived = self.arrivals.0.lock().remove(&version).unwrap();
            std::thread::sleep(PAUSE);
            arrived.into_iter().map(|at| at.duration_since(begin)).collect()
        };
        (0..changes).map(change).collect()
    }

    fn wait(&self, count: impl Fn(&Arrivals) -> usize) {
        let begin = Instant::now();
        while count(&self.arrivals) < self.streams {
            let there = count(&self.arrivals);
            assert!(begin.elapsed() < STUCK, "{there} of {} streams", self.streams);
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

/// As much of an event stream as is needed to see which versions come.
#[derive(Default)]
struct Lines {
    /// The beginning of a line whose end has not come.
    line: Vec<u8>,
    version: Option<u64>,
}

impl Lines {
    /// Reads until so many versions have come, or the end.
    async fn read(&mut self, stream: &mut TcpStream, arrivals: &Arrivals, versions: usize) {
        let mut left = versions;
        let mut bytes = [0; 4096];
        while left > 0 {
            let Ok(count @ 1..) = stream.read(&mut bytes).await else { return };
            for &byte in &bytes[..count] {
                if byte != b'\n' {
                    // What is longer is no line that matters.
                    if self.line.len() < 64 {
                        self.line.push(byte);
                    }
                    continue;
                }
                if let Some(version) = self.end_of_line() {
                    arrivals.0.lock().entry(version).or_default().push(Instant::now());
                    left -= 1;
                }
            }
        }
    }

    /// The version of an event that is complete.
    fn end_of_line(&mut self) -> Option<u64> {
        let line = std::mem::take(&mut self.line);
        let line = line.strip_suffix(b"\r").unwrap_or(&line);
        if line.is_empty() {
            return self.version.take();
        }
        let id = line.strip_prefix(b"id:").and_then(|id| std::str::from_utf8(id).ok());
        let number =
            id.and_then(|id| id.split_once(':')).and_then(|(_, number)| number.parse().ok());
        self.version = number.or(self.version);
        None
    }
}

const CONNECTING_MAX: usize = 200;
/// Between two changes, so that each meets a crowd that has nothing else to do.
const PAUSE: Duration = Duration::from_millis(100);
const STUCK: Duration = Duration::from_secs(120);
