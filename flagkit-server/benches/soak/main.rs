//! The server under load, and when things die.
//!
//! `cargo xtask soak` runs it; `cargo bench -p flagkit-server --bench soak -- [--quick]
//! [--streams N] [--only NAME] [--write PAGE]` does by hand. Server and load share one machine, so
//! each number is what is left for the server beside whoever asks it.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a measurement stops where it cannot go on"
)]

mod faults;
mod http;
mod report;
mod requests;
mod server;
mod slow;
mod streams;
#[expect(dead_code, unused_imports, unused_macros, reason = "tests need more of it")]
#[path = "../../tests/support/databases.rs"]
mod support;
mod writes;

use std::path::PathBuf;

use report::{Report, Row};

fn main() {
    raise_open_files();
    let mut arguments = std::env::args().skip(1).peekable();
    if arguments.peek().is_some_and(|first| first == "serve") {
        server::serve();
        return;
    }
    let mut effort = Effort::default();
    let mut only = Vec::new();
    let mut page = None;
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().unwrap_or_else(|| panic!("`{argument}` needs a value"));
        match argument.as_str() {
            // What cargo says to every benchmark.
            "--bench" => (),
            "--quick" => effort = Effort::quick(),
            "--streams" => effort.streams = value().parse().expect("a number of streams"),
            "--only" => only.push(value()),
            "--write" => {
                let path = PathBuf::from(value());
                assert!(path.is_absolute() && path.is_file(), "{} is no page", path.display());
                page = Some(path);
            }
            other => panic!("there is no option `{other}`"),
        }
    }
    let chosen = |name: &str| only.is_empty() || only.iter().any(|only| only == name);
    let mut report = Report::default();
    for (name, scenario) in SCENARIOS.iter().filter(|(name, _)| chosen(name)) {
        eprintln!("{name}");
        for row in scenario(&effort) {
            eprintln!("  {}: {} ({})", row.what, row.measured, row.goal);
            report.add(row);
        }
    }
    match page {
        Some(page) => report.write(&page),
        None => print!("{}", report.table()),
    }
}

type Scenario = fn(&Effort) -> Vec<Row>;

/// Everything, in the order of the page.
const SCENARIOS: &[(&str, Scenario)] = &[
    ("streams", streams::measure),
    ("slow", slow::measure),
    ("requests", requests::measure),
    ("writes", writes::measure),
    ("faults", faults::measure),
];

/// How much of everything.
struct Effort {
    /// Streams at once.
    streams: usize,
    /// Changes that are sent to all of them.
    changes: u64,
    /// How long each question is asked again and again, in seconds.
    seconds: u64,
    /// How often something is killed.
    kills: usize,
}

impl Default for Effort {
    fn default() -> Self {
        Self { streams: 10_000, changes: 40, seconds: 10, kills: 20 }
    }
}

impl Effort {
    /// Enough to see that it works.
    fn quick() -> Self {
        Self { streams: 500, changes: 5, seconds: 2, kills: 4 }
    }
}

/// A stream is a file here as well as in the server, which inherits the limit. More than the system
/// gives is for root only.
fn raise_open_files() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let given = getrlimit(Resource::Nofile).maximum;
    let wanted = given.map(|given| given.max(OPEN_FILES));
    let raise = |to| setrlimit(Resource::Nofile, Rlimit { current: to, maximum: to });
    raise(wanted)
        .or_else(|_| raise(given))
        .expect("the limit of open files can be raised to its maximum");
}

/// Enough for the streams, and something else.
const OPEN_FILES: u64 = 1 << 16;
