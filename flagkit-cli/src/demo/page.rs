//! Headings, the progress bar, and the words at the beginning and the end.

use std::io::{self, Write};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::terminal::{self, ACCENT, BOLD, FAINT};

/// The first lines.
pub(super) fn title(out: &mut impl Write) -> io::Result<()> {
    let version = env!("CARGO_PKG_VERSION");
    writeln!(
        out,
        "{BOLD}FlagKit {version}{BOLD:#}, a demonstration: who gets which feature, and why"
    )
}

/// The heading of a chapter.
pub(super) fn chapter(out: &mut impl Write, name: &str, about: &str) -> io::Result<()> {
    let dashes = "─".repeat(COLUMNS.saturating_sub(name.len() + about.chars().count() + 6));
    writeln!(
        out,
        "\n{ACCENT}──{ACCENT:#} {BOLD}{name}{BOLD:#}  {about} {ACCENT}{dashes}{ACCENT:#}\n"
    )
}

/// What to try next.
pub(super) fn farewell(out: &mut impl Write) -> io::Result<()> {
    chapter(out, "Next", "the same with your own hands")?;
    for (command, about) in COMMANDS {
        writeln!(out, "  {FAINT}{about}{FAINT:#}\n    {BOLD}{command}{BOLD:#}")?;
    }
    writeln!(out, "\n  In the repository, `cargo run --release --` stands for `flagkit`.")?;
    writeln!(out, "  The format, the order of evaluation, worked examples of bucketing: docs/")
}

/// A progress bar on a terminal, nothing elsewhere.
pub(super) fn progress(users: usize) -> ProgressBar {
    if !terminal::is_lively() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(users as u64);
    let style = ProgressStyle::with_template("  {bar:40.cyan} {pos}/{len} users");
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// How many millions a second this is, with one decimal.
#[expect(clippy::cast_precision_loss, reason = "the result has one decimal")]
pub(super) fn millions(count: usize, took: Duration) -> String {
    format!("{:.1}", count as f64 / took.as_secs_f64().max(f64::EPSILON) / 1e6)
}

const COLUMNS: usize = 80;

const COMMANDS: &[(&str, &str)] = &[
    ("flagkit serve --dev", "A server with sample flags, and what to type next"),
    ("flagkit validate examples/flags.yaml", "Break something in the file, then ask what is wrong"),
    (
        "flagkit explain -f examples/flags.yaml -k payments-v2 -c user_id=u-7",
        "Why does a user see a flag, or not?",
    ),
    ("seq 1 1000 | flagkit bucket -f examples/flags.yaml -k new-search -p 25", "Who is in 25 %?"),
    (
        r#"echo '{"flag": "new-search"}' | flagkit eval -f examples/flags.yaml"#,
        "Ask from any language, one JSON object a line",
    ),
];
