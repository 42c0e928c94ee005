//! A release over time, computed again from its records.

use std::collections::BTreeMap;

use flagkit_deploy::event::What;
use flagkit_deploy::order::Outcome;
use flagkit_deploy::plan::Plan;
use flagkit_deploy::record::Entry;
use flagkit_deploy::sample::{Numbers, Sample};
use flagkit_deploy::{Release, State, Time};

use crate::failure::Failure;
use crate::rollout::control::Numbered;
use crate::rollout::told::{Teller, Told};

/// Everything that is drawn.
#[derive(Debug)]
pub(super) struct Trace {
    pub(super) plan: Plan,
    /// The first and the last moment.
    pub(super) span: [Time; 2],
    /// The share of each arm, as it changed.
    pub(super) shares: Vec<Vec<Point>>,
    /// What the judge knew of each metric and new arm.
    pub(super) evidence: Vec<Evidence>,
    /// What was measured, by metric and arm.
    pub(super) measured: BTreeMap<(u16, u16), Vec<Point>>,
    pub(super) told: Vec<Told>,
}

/// A value at a time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Point {
    pub(crate) at: Time,
    pub(crate) value: f64,
}

/// Evidence for harm over time, as a part of what proves it.
#[derive(Clone, Debug)]
pub(super) struct Evidence {
    pub(super) metric: Option<u16>,
    pub(super) arm: u16,
    pub(super) points: Vec<Point>,
    /// What was known last.
    pub(super) last: flagkit_deploy::judge::Evidence,
}

impl Trace {
    /// Computes a release again. Its records are those of one release, in order.
    pub(super) fn of(records: &[Numbered]) -> Result<Self, Failure> {
        let unreadable = |why: &dyn std::fmt::Display| {
            Failure::input(format_args!("the release cannot be computed again: {why}"))
        };
        let first = records.first().map(|numbered| &numbered.record);
        let Some((id, Entry::Planned { now, author, plan })) =
            first.map(|record| (record.release.clone(), &record.entry))
        else {
            return Err(unreadable(&"its first record is not its plan"));
        };
        let begun = Release::new(id, (**plan).clone(), author.clone(), *now);
        let (release, mut state) = begun.map_err(|refusals| {
            let words: Vec<String> = refusals.iter().map(ToString::to_string).collect();
            unreadable(&words.join("; "))
        })?;
        let mut trace = Self {
            plan: (**plan).clone(),
            span: [*now, *now],
            shares: vec![Vec::new(); plan.arms.len()],
            evidence: Vec::new(),
            measured: BTreeMap::new(),
            told: Vec::new(),
        };
        trace.note(&release, &state, *now);
        let mut teller = Teller::default();
        for numbered in records {
            trace.told.extend(teller.tell(&numbered.record));
            let Entry::Happened(event) = &numbered.record.entry else { continue };
            if let What::Came { outcome: Outcome::Measured(samples), .. } = &event.what {
                for sample in samples {
                    trace.sample(sample);
                }
            }
            state = release.step(&state, event).state;
            trace.note(&release, &state, event.now);
        }
        Ok(trace)
    }

    /// Notes what holds now.
    fn note(&mut self, release: &Release, state: &State, now: Time) {
        self.span = [self.span[0], now];
        for (at, points) in self.shares.iter_mut().enumerate() {
            let value = f64::from(state.split.of(at).ppm()) / 1e6;
            if points.last().is_none_or(|last| last.value != value) {
                points.push(Point { at: now, value });
            }
        }
        for one in release.evidence(state) {
            let part = if one.bound > 0.0 { one.log_e / one.bound } else { 0.0 };
            let point = Point { at: now, value: part };
            let same = |known: &&mut Evidence| (known.metric, known.arm) == (one.metric, one.arm);
            match self.evidence.iter_mut().find(same) {
                Some(known) => {
                    // Between two changes the line is straight anyway.
                    if known.points.last().is_none_or(|last| last.value != part) {
                        known.points.push(point);
                    }
                    known.last = one;
                }
                None => self.evidence.push(Evidence {
                    metric: one.metric,
                    arm: one.arm,
                    points: vec![point],
                    last: one,
                }),
            }
        }
    }

    /// Notes what was measured in a window; a later telling of a window replaces the earlier one.
    fn sample(&mut self, sample: &Sample) {
        let Some(value) = value(&sample.numbers) else { return };
        let points = self.measured.entry((sample.metric, sample.arm)).or_default();
        match points.iter_mut().rev().take(REPEATED).find(|point| point.at == sample.end) {
            Some(point) => point.value = value,
            None => points.push(Point { at: sample.end, value }),
        }
    }
}

/// The one number that stands for a window.
fn value(numbers: &Numbers) -> Option<f64> {
    let value = match numbers {
        Numbers::Events { exposures: 0, .. }
        | Numbers::Units { units: 0, .. }
        | Numbers::Moments { count: 0, .. } => return None,
        #[expect(clippy::cast_precision_loss, reason = "a point of a drawing")]
        Numbers::Events { exposures: all, events } | Numbers::Units { units: all, events, .. } => {
            *events as f64 / *all as f64
        }
        Numbers::Moments { mean, .. } => *mean,
        Numbers::Reading(value) => *value,
        Numbers::Histogram { base, bins, zero } => middle(*base, bins, *zero)?,
        _ => return None,
    };
    value.is_finite().then_some(value)
}

/// The upper bound of the bin with the median.
fn middle(base: f64, bins: &[(i32, u64)], zero: u64) -> Option<f64> {
    let total = bins.iter().fold(zero, |sum, (_, count)| sum.saturating_add(*count));
    let mut below = zero;
    if total == 0 {
        return None;
    }
    if below.saturating_mul(2) >= total {
        return Some(0.0);
    }
    for (bin, count) in bins {
        below = below.saturating_add(*count);
        if below.saturating_mul(2) >= total {
            return Some(base.powi(*bin));
        }
    }
    None
}

/// So many windows back a telling is looked for.
const REPEATED: usize = 256;
