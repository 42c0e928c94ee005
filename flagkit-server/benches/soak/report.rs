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

impl Row {
    pub(crate) fn new(what: impl Into<String>, goal: &'static str, measured: String) -> Self {
        Self { what: what.into(), goal, measured }
    }
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
    format!("Measured with {cores} cores of {name}, which server, load and database share.\n")
}

/// How long things took.
#[derive(Default)]
pub(crate) struct Percentiles {
    pub(crate) p50: Duration,
    pub(crate) p99: Duration,
    pub(crate) max: Duration,
}

impl Percentiles {
    pub(crate) fn of(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        let Some(last) = times.len().checked_sub(1) else { return Self::default() };
        let at = |percent: usize| times[last * percent / 100];
        Self { p50: at(50), p99: at(99), max: times[last] }
    }
}

impl fmt::Display for Percentiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { p50, p99, max } = self;
        write!(f, "p50 {}, p99 {}, max {}", time(*p50), time(*p99), time(*max))
    }
}

/// In milliseconds.
pub(crate) fn time(time: Duration) -> String {
    format!("{:.0} ms", time.as_secs_f64() * 1000.0)
}

const BEGIN: &str = "<!-- soak -->";
const END: &str = "<!-- /soak -->";
