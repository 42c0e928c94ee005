//! The page.

use std::fmt::Write;
use std::fs;
use std::thread;
use std::time::Duration;

use crate::fleet::Round;

/// Everything that was measured.
#[derive(Debug, Default)]
pub(crate) struct Measured {
    pub(crate) releases: usize,
    pub(crate) planned: Duration,
    pub(crate) rounds: Vec<Round>,
    pub(crate) state_bytes: f64,
    pub(crate) plan_bytes: f64,
    pub(crate) heap_bytes: f64,
    pub(crate) read: Duration,
    pub(crate) recovered: Duration,
    pub(crate) records: u64,
    pub(crate) verified: Duration,
    pub(crate) journal_bytes: u64,
}

impl Measured {
    /// The page, in Markdown.
    pub(crate) fn text(&self) -> String {
        let mut text = format!(
            "# Many releases\n\n\
             Written by `cargo xtask releases`; do not edit. What one engine carries, measured on {}: {} releases \
             under way at once, each a canary in three steps, judged by its errors every ten seconds from metrics that are \
             pushed. Time is made up; the executor, the judge, the collector and the journal on the disk are those of the \
             host, one thread for releases and one for the journal. Other programs ran on this machine meanwhile unless somebody \
             ended them, so a clock says what was reached at least.\n\n",
            machine(),
            self.releases,
        );
        text += "| | aim | measured | met |\n|---|---|---|---|\n";
        for (what, aim, measured, is_met) in self.aims() {
            let met = if is_met { "yes" } else { "**no**" };
            // Writing to text does not fail.
            let _ = writeln!(text, "| {what} | {aim} | {measured} | {met} |");
        }
        text += "\nOne look at every release, all of it written; the first one also asks for the time before the releases:\n\n\
                 | round | looks | seconds | seconds of processors | looks a second | looks a second of one processor |\n\
                 |---|---|---|---|---|---|\n";
        for (at, round) in self.rounds.iter().enumerate() {
            let (wall, cpu) = (round.wall.as_secs_f64(), round.cpu.as_secs_f64());
            let looks = number(round.looks);
            let _ = writeln!(
                text,
                "| {} | {} | {wall:.1} | {cpu:.1} | {:.0} | {:.0} |",
                at + 1,
                round.looks,
                looks / wall,
                looks / cpu
            );
        }
        text + &self.rest()
    }

    fn aims(&self) -> [(String, &'static str, String, bool); 5] {
        let best =
            self.rounds.iter().skip(1).map(|round| number(round.looks) / round.wall.as_secs_f64());
        let slowest = best.fold(f64::INFINITY, f64::min);
        let million = self.verified.as_secs_f64() * 1e6 / number(self.records);
        [
            (
                "M10: state of a release at rest, in the journal".to_owned(),
                "2 KB",
                format!("{:.0} bytes", self.state_bytes),
                self.state_bytes <= 2048.0,
            ),
            (
                "state of a release in memory, its plan included".to_owned(),
                "–",
                format!("{:.0} bytes", self.heap_bytes),
                true,
            ),
            (
                "M10: judgments".to_owned(),
                "10,000 a second",
                format!("{slowest:.0} a second in the slowest round after the first"),
                slowest >= 10_000.0,
            ),
            (
                "M10: all of them go on after the engine was killed".to_owned(),
                "5 s",
                format!("{:.1} s", self.recovered.as_secs_f64()),
                self.recovered.as_secs_f64() <= 5.0,
            ),
            (
                "M15: 1,000,000 records verified".to_owned(),
                "1 s",
                format!("{million:.2} s"),
                million <= 1.0,
            ),
        ]
    }

    fn rest(&self) -> String {
        format!(
            "\nPlanning and starting all of them took {:.1} s, with their first order carried out. The journal had {} \
             records then, {} MB with the states; {} states were read from it in {:.1} s, and made releases again in {:.1} s. A \
             plan takes {:.0} bytes in the journal. Verifying {} records and {} states took {:.2} s, \
             by two threads, one for each half of the chain.\n",
            self.planned.as_secs_f64(),
            self.records,
            self.journal_bytes / 1_000_000,
            self.releases,
            self.read.as_secs_f64(),
            (self.recovered.saturating_sub(self.read)).as_secs_f64(),
            self.plan_bytes,
            self.records,
            self.releases,
            self.verified.as_secs_f64(),
        )
    }
}

/// Processors and memory.
fn machine() -> String {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let information = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model =
        information.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let model = model.map_or("a processor of unknown make", |(_, model)| model.trim());
    format!("{cores} processors ({model})")
}

#[expect(clippy::cast_precision_loss, reason = "counts, far below 2^52")]
pub(crate) fn number(count: u64) -> f64 {
    count as f64
}
