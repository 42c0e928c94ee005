//! Whoever pushes what customers saw to the engine.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use super::customers::{Count, Watcher};

/// A thread that pushes until it is dropped.
#[derive(Debug)]
pub(crate) struct Pusher {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Pusher {
    /// Pushes every so often what was counted since, under the arm of each version.
    pub(crate) fn start(
        (watcher, port, every): (Watcher, u16, Duration),
        arms: [(&'static str, &'static str); 2],
    ) -> Self {
        let (stop, stopped) = channel();
        let thread = std::thread::spawn(move || {
            let mut told: BTreeMap<String, Count> = BTreeMap::new();
            while stopped.recv_timeout(every) == Err(RecvTimeoutError::Timeout) {
                let seen = watcher.counts();
                let mut lines = String::new();
                for (version, arm) in arms {
                    let now = seen.get(version).copied().unwrap_or_default();
                    let before = told.get(version).copied().unwrap_or_default();
                    let record = serde_json::json!({
                        "target": "shop", "metric": "error_rate", "arm": arm,
                        "exposures": now.all - before.all, "events": now.failed - before.failed,
                    });
                    if now.all > before.all {
                        lines.extend([&record.to_string(), "\n"]);
                    }
                }
                // While no engine runs it is counted on, and pushed together later.
                if lines.is_empty() || push(port, &lines).is_some() {
                    told = seen;
                }
            }
        });
        Self { stop: Some(stop), thread: Some(thread) }
    }
}

impl Drop for Pusher {
    fn drop(&mut self) {
        self.stop.take();
        if let Some(thread) = self.thread.take() {
            // It has nothing more to say, also if it has panicked.
            drop(thread.join());
        }
    }
}

/// Sends lines; none if they were not taken.
fn push(port: u16, lines: &str) -> Option<()> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(5))).ok()?;
    let head = "POST /v1/metrics HTTP/1.1\r\nhost: engine\r\nconnection: close\r\n";
    write!(stream, "{head}content-length: {}\r\n\r\n{lines}", lines.len()).ok()?;
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line).ok()?;
    line.contains(" 200 ").then_some(())
}
