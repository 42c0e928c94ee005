//! The splitter: what stands in for a proxy and a monitoring system where they are not installed.
//!
//! It puts each customer on a side by evaluating a flag, from the very file into which the engine
//! publishes its splits, and pushes what it counts to the engine.

use std::io::{BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use flagkit_core::{Context, Fixed, Snapshot, SnapshotCell, Timestamp, compile};
use flagkit_dialects::{Dialect, Settings, decode};
use parking_lot::Mutex;

use super::exchange::{Exchange, line};
use crate::failure::Failure;

/// Where the sides are, and where counts go.
#[derive(Clone, Copy, Debug)]
pub(super) struct Places {
    /// Where customers come in.
    pub(super) front: u16,
    /// An instance of each side.
    pub(super) sides: [u16; 2],
    /// Where the engine receives metrics.
    pub(super) metrics: u16,
}

/// What its threads share.
struct Shared {
    places: Places,
    flags: SnapshotCell,
    /// Requests and failures of each side since the last push.
    counts: Mutex<[(u64, u64); 2]>,
}

/// The names of the sides.
pub(super) const SIDES: [&str; 2] = ["stable", "canary"];

/// Starts it. It ends with the process.
pub(super) fn start(places: Places, flag_file: &Path) -> Result<(), Failure> {
    std::fs::write(flag_file, FLAG)?;
    let shared = Arc::new(Shared {
        places,
        flags: SnapshotCell::new(read(FLAG).unwrap_or_else(Snapshot::empty)),
        counts: Mutex::new([(0, 0); 2]),
    });
    let listener = TcpListener::bind(("127.0.0.1", places.front))?;
    let (accepting, pushing) = (Arc::clone(&shared), Arc::clone(&shared));
    let file = flag_file.to_owned();
    thread::Builder::new().name("splitter".into()).spawn(move || accept(&listener, &accepting))?;
    thread::Builder::new().name("flags".into()).spawn(move || follow(&file, &shared))?;
    thread::Builder::new().name("metrics".into()).spawn(move || push(&pushing))?;
    Ok(())
}

/// Takes connections of customers.
fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    for stream in listener.incoming().flatten() {
        let shared = Arc::clone(shared);
        // Without a thread this customer has to come again.
        let _ =
            thread::Builder::new().name("customer".into()).spawn(move || serve(stream, &shared));
    }
}

/// Serves one connection until it ends.
fn serve(stream: TcpStream, shared: &Shared) -> Option<()> {
    stream.set_nodelay(true).ok()?;
    let mut sides = shared.places.sides.map(|port| Exchange::new(local(port)));
    let mut customer = BufReader::new(stream);
    loop {
        line(&mut customer)?;
        let mut user = String::new();
        while let Some((name, value)) = line(&mut customer)?.split_once(':') {
            if name.eq_ignore_ascii_case("x-user") {
                value.trim().clone_into(&mut user);
            }
        }
        let side = shared.side_of(&user);
        let answer = sides.get_mut(side)?.ask("GET", "/", ("", &[]))?;
        shared.count(side, answer.status >= 500);
        let head = format!(
            "HTTP/1.1 {} shop\r\nx-version: {}\r\ncontent-length: {}\r\n\r\n",
            answer.status,
            answer.version,
            answer.body.len()
        );
        customer.get_mut().write_all(&[head.as_bytes(), &answer.body].concat()).ok()?;
    }
}

impl Shared {
    /// The side of a customer: the variant that the flag serves.
    fn side_of(&self, user: &str) -> usize {
        self.flags.with(|flags| {
            let world = Fixed::at(Timestamp::EPOCH);
            let found = flags.resolve("shop", &Context::new(user), &world, &mut ());
            let variant = found.ok().and_then(|found| found.variant());
            SIDES.iter().position(|side| variant == Some(side)).unwrap_or(0)
        })
    }

    /// Counts an answer.
    fn count(&self, side: usize, failed: bool) {
        if let Some((asked, failures)) = self.counts.lock().get_mut(side) {
            *asked += 1;
            *failures += u64::from(failed);
        }
    }
}

/// Follows the file into which the engine publishes.
fn follow(file: &PathBuf, shared: &Shared) {
    let mut known = String::new();
    loop {
        if let Ok(text) = std::fs::read_to_string(file)
            && text != known
            && let Some(snapshot) = read(&text)
        {
            shared.flags.publish(snapshot);
            known = text;
        }
        thread::sleep(Duration::from_millis(20));
    }
}

/// Tells the engine what was counted.
fn push(shared: &Shared) {
    loop {
        thread::sleep(Duration::from_millis(200));
        // A connection may still be open to the engine of the last release.
        let mut engine = Exchange::new(local(shared.places.metrics));
        let counts = std::mem::take(&mut *shared.counts.lock());
        let mut lines = String::new();
        for (arm, (exposures, events)) in SIDES.iter().zip(counts) {
            if exposures > 0 {
                let record = serde_json::json!({
                    "target": "shop", "metric": "error_rate", "arm": arm,
                    "exposures": exposures, "events": events,
                });
                lines.push_str(&record.to_string());
                lines.push('\n');
            }
        }
        // Between two releases nobody listens, and nobody wants to know.
        let _ = engine.ask("POST", "/v1/metrics", ("", lines.as_bytes()));
    }
}

/// Compiles a document; none if it cannot be read.
fn read(text: &str) -> Option<Snapshot> {
    let decoded = decode(Dialect::Native, text, &Settings::default()).ok()?;
    Some(compile(decoded.document).snapshot)
}

/// An address of this machine.
fn local(port: u16) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], port))
}

/// The flag whose rollout is the split.
const FLAG: &str = r#"{
  "schema": "flagkit/1",
  "flags": {
    "shop": {
      "enabled": true,
      "variants": { "stable": {}, "canary": {} },
      "targeting_rules": [
        { "id": "release", "rollout": { "variants": { "stable": 1000000, "canary": 0 } } }
      ]
    }
  }
}
"#;
