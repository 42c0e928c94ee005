//! Releases behind real proxies, by the clock.
//!
//! `cargo xtask rollouts` runs it. Engines, proxies, metrics systems, services and customers share one
//! machine, so each number is what is left for the engine beside whatever it works with.

#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a measurement stops where it cannot go on"
)]

mod bad;
mod kills;
mod report;
mod restarts;
mod splits;
#[expect(dead_code, reason = "tests need more of it")]
#[path = "../../tests/support/stage.rs"]
mod stage;

use std::path::PathBuf;
use std::time::Duration;

use report::Report;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let (mut effort, mut only, mut page) = (Effort::default(), Vec::new(), None);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().unwrap_or_else(|| panic!("`{argument}` needs a value"));
        match argument.as_str() {
            // What cargo says to every benchmark.
            "--bench" => (),
            "--quick" => effort = Effort::quick(),
            "--only" => only.push(value()),
            "--kill-for" => {
                let seconds = value().parse().expect("a number of seconds");
                return kills::go_on_for(Duration::from_secs(seconds));
            }
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

type Scenario = fn(&Effort) -> Vec<report::Row>;

/// Everything, in the order of the page.
const SCENARIOS: &[(&str, Scenario)] = &[
    ("pushed", bad::pushed),
    ("scraped", bad::scraped),
    ("haproxy", splits::haproxy),
    ("envoy", splits::envoy),
    ("restarts", restarts::measure),
];

/// How much of everything.
struct Effort {
    /// Bad releases with pushed metrics, and with a scrape every 15 s.
    pushed: usize,
    scraped: usize,
    /// Rollbacks whose split is waited for.
    splits: usize,
    /// Restarts of an engine.
    restarts: u32,
}

impl Default for Effort {
    fn default() -> Self {
        Self { pushed: 100, scraped: 40, splits: 300, restarts: 1000 }
    }
}

impl Effort {
    /// Enough to see that it works.
    fn quick() -> Self {
        Self { pushed: 4, scraped: 2, splits: 10, restarts: 20 }
    }
}
