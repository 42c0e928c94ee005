//! What was measured, as a table for people.

use std::fmt;
use std::path::Path;
use std::time::Duration;

/// One thing that was measured.
pub(crate) struct Row {
    pub(crate) what: String,
    pub(crate) goal: &'static str,
    pub(crate) measured: String,
}

/// Rows in their order.
#[derive(Default)]
pub(crate) struct Report(Vec<Row>);

impl Report {
    pub(crate) fn add(&mut self, row: Row) {
        self.0.push(row);
    }

    pub(crate) fn table(&self) -> String {
        let head = "| what | goal | measured |\n|---|---|---|\n".to_owned();
        self.0.iter().fold(head, |table, Row { what, goal, measured }| {
            format!("{table}| {what} | {goal} | {measured} |\n")
        })
    }

    /// Puts the table between the marks of a page.
    pub(crate) fn write(&self, page: &Path) {
        let text = std::fs::read_to_string(page).unwrap();
        let (before, rest) = text.split_once(BEGIN).expect("the page has a mark where it begins");
        let (_, after) = rest.split_once(END).expect("the page has a mark where it ends");
        let written = format!("{before}{BEGIN}\n\n{}\n{}\n{END}{after}", machine(), self.table());
        std::fs::write(page, written).unwrap();
    }
}

/// What it was measured on.
fn machine() -> String {
    let processors = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = processors.lines().find_map(|line| line.strip_prefix("model name"));
    let name = name.map_or("a processor", |name| name.trim_start_matches([' ', '\t', ':']));
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').nth(2).unwrap_or("unknown").to_owned();
    format!(
        "Measured with {cores} cores of {name}, which everything shares, and an optimised build (the profile `bindings`). The load \
         over the last 15 minutes was {load}.\n"
    )
}

/// How long things took.
pub(crate) struct Percentiles(Vec<Duration>);

impl Percentiles {
    pub(crate) fn of(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        Self(times)
    }

    /// The smallest value that so many per cent of all do not exceed.
    fn at(&self, percent: usize) -> f64 {
        let rank = (self.0.len() * percent).div_ceil(100).max(1);
        self.0[rank - 1].as_secs_f64()
    }
}

/// With a 95 % lower bound for the share of all such cases that take no longer than the slowest that was
/// seen: `0.05^(1/n)`, because all of `n` independent ones were at or below it.
impl fmt::Display for Percentiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.0.len();
        let share =
            0.05_f64.powf(1.0 / f64::from(u32::try_from(count).unwrap_or(u32::MAX))) * 100.0;
        let [p50, p99, max] = [50, 99, 100].map(|percent| time(self.at(percent)));
        write!(
            f,
            "p50 {p50}, p99 {p99}, max {max}; {count} times (with 95 % confidence, {share:.1} % of all "
        )?;
        write!(f, "take no longer than the max)")
    }
}

/// In milliseconds, or in seconds.
fn time(seconds: f64) -> String {
    if seconds < 1.0 { format!("{:.1} ms", seconds * 1000.0) } else { format!("{seconds:.2} s") }
}

const BEGIN: &str = "<!-- rollouts -->";
const END: &str = "<!-- /rollouts -->";
