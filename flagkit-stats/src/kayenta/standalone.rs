//! Judging one release several times while it runs.
//!
//! The original's standalone analysis: a lifetime is cut into intervals, each end of one is
//! judged, and a score below the marginal threshold ends the analysis. Only the last score has
//! to pass. Nothing corrects for looking several times, so false alarms add up.

use super::judge::Judgement;
use super::score::{Outcome, Thresholds};

/// When a release is looked at, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "plain data of a configuration")]
pub struct Schedule {
    /// How long the analysis takes.
    pub lifetime_s: u32,
    /// How far apart two looks are; 0 or more than the lifetime means one look at the end.
    pub interval_s: u32,
    /// How long nothing is looked at in the beginning.
    pub begin_after_s: u32,
    /// How far back a look goes; 0 means back to the beginning.
    pub lookback_s: u32,
}

/// What one look is about, in seconds after the start of the release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Window {
    /// The first second.
    pub from_s: u64,
    /// The second behind the last one, at which the look happens.
    pub until_s: u64,
}

impl Schedule {
    /// The windows of all looks, at most [`MAX_LOOKS`].
    ///
    /// ```
    /// use flagkit_stats::kayenta::standalone::Schedule;
    ///
    /// let schedule =
    ///     Schedule { lifetime_s: 180, interval_s: 60, begin_after_s: 30, lookback_s: 0 };
    /// let windows: Vec<_> = schedule.windows().map(|window| window.until_s).collect();
    /// assert_eq!(windows, [90, 150, 210]);
    /// assert!(schedule.windows().all(|window| window.from_s == 30));
    /// ```
    pub fn windows(&self) -> impl Iterator<Item = Window> + use<> {
        let Self { lifetime_s, interval_s, begin_after_s, lookback_s } = *self;
        let single = interval_s == 0 || interval_s > lifetime_s;
        let interval = if single { lifetime_s } else { interval_s };
        let looks = lifetime_s.checked_div(interval).unwrap_or(1).min(MAX_LOOKS);
        let begin = u64::from(begin_after_s);
        (1..=u64::from(looks)).map(move |look| {
            let until_s = begin + look * u64::from(interval);
            let back = until_s.saturating_sub(u64::from(lookback_s));
            Window { from_s: if lookback_s == 0 { begin } else { back.max(begin) }, until_s }
        })
    }
}

/// The most looks of one analysis.
pub const MAX_LOOKS: u32 = 10_000;

/// What follows from the looks so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Progress {
    /// Every score was at least marginal, and there are looks to come.
    Going,
    /// The last score passes.
    Passed,
    /// A score was below the marginal threshold, or the last one does not pass.
    Failed,
}

/// What the scores say, of which there are to be `looks` altogether.
///
/// ```
/// use flagkit_stats::kayenta::Thresholds;
/// use flagkit_stats::kayenta::standalone::{Progress, progress};
///
/// let thresholds = Thresholds { pass: 95.0, marginal: 75.0 };
/// assert_eq!(progress(&[80.0], 2, &thresholds), Progress::Going);
/// assert_eq!(progress(&[80.0, 90.0], 2, &thresholds), Progress::Failed);
/// assert_eq!(progress(&[80.0, 100.0], 2, &thresholds), Progress::Passed);
/// assert_eq!(progress(&[50.0], 2, &thresholds), Progress::Failed);
/// ```
pub fn progress(scores: &[f64], looks: usize, thresholds: &Thresholds) -> Progress {
    let outcomes = || scores.iter().map(|score| thresholds.outcome(*score));
    if outcomes().any(|outcome| outcome == Outcome::Fail) {
        return Progress::Failed;
    }
    if scores.len() < looks {
        return Progress::Going;
    }
    match outcomes().next_back() {
        Some(Outcome::Pass) => Progress::Passed,
        _ => Progress::Failed,
    }
}

impl Judgement {
    /// The score of this look, for [`progress`].
    pub fn summary_score(&self) -> f64 {
        self.score.summary
    }
}
