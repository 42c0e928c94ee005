//! The windows of a case, in the ways in which people write numbers down.

use std::collections::BTreeMap;

use flagkit_stats::cases::{Field, Problem};
use flagkit_stats::moments::Moments;

use super::Asked;
use crate::plan::Measure;
use crate::sample::Numbers;

/// What both sides have in one window; a side that was not told has nothing.
pub(super) struct Pair {
    sides: [Option<Numbers>; 2],
}

/// The windows of a list, each as often as its `times` says.
pub(super) fn windows(list: &Field<'_>, measure: Measure) -> Result<Vec<Pair>, Problem> {
    let mut all = Vec::new();
    for window in list.items()? {
        let times = window.at("times");
        let count = if times.is_absent() { 1 } else { times.count()? };
        if count > WINDOWS_MAX || all.len() >= LIST_MAX {
            return Err(times.problem(format!("more than {WINDOWS_MAX} windows; write fewer")));
        }
        for _ in 0..count {
            let side = |name: &str| {
                let side = window.at(name);
                if side.is_absent() { Ok(None) } else { numbers(&side, measure).map(Some) }
            };
            all.push(Pair { sides: [side("control")?, side("treatment")?] });
        }
    }
    Ok(all)
}

fn numbers(side: &Field<'_>, measure: Measure) -> Result<Numbers, Problem> {
    let values = side.at("values");
    Ok(match measure {
        Measure::Events => Numbers::Events {
            exposures: side.first(&["exposures", "units"]).count()?,
            events: side.at("events").count()?,
        },
        Measure::Mean { .. } if values.is_list() => {
            let sum = Moments::of(&values.numbers()?);
            let sum = sum.map_err(|error| values.problem(error.to_string()))?;
            Numbers::Moments { count: sum.count, mean: sum.mean, squares: sum.m2 }
        }
        Measure::Mean { .. } => Numbers::Moments {
            count: side.at("count").count()?,
            mean: side.at("mean").number()?,
            squares: side.at("squares").number()?,
        },
        Measure::Quantile { .. } if values.is_list() => binned(&values.numbers()?),
        Measure::Quantile { .. } => Numbers::Histogram {
            base: side.at("base").number()?,
            bins: bins(&side.at("bins"))?,
            zero: if side.at("zero").is_absent() { 0 } else { side.at("zero").count()? },
        },
        Measure::Reading => Numbers::Reading(side.number()?),
    })
}

/// Pairs of a bin and its count.
fn bins(list: &Field<'_>) -> Result<Vec<(i32, u64)>, Problem> {
    let pair = |pair: &Field<'_>| {
        let number = pair.item(0).number()?;
        let is_bin = number.fract() == 0.0 && number.abs() <= f64::from(i32::MAX);
        if !is_bin {
            return Err(pair.item(0).problem(format!("is {number}; write a whole number")));
        }
        Ok((truncated(number), pair.item(1).count()?))
    };
    list.items()?.iter().map(pair).collect()
}

/// Values in bins of one per cent.
fn binned(values: &[f64]) -> Numbers {
    let (mut bins, mut zero) = (BTreeMap::new(), 0);
    for value in values {
        if *value > 0.0 {
            let bin = truncated((value.ln() / BASE.ln() - 1e-9).ceil());
            *bins.entry(bin).or_insert(0) += 1;
        } else {
            zero += 1;
        }
    }
    Numbers::Histogram { base: BASE, bins: bins.into_iter().collect(), zero }
}

impl Pair {
    /// The factor from bin to bin, where there are bins.
    pub(super) fn base(&self) -> Option<f64> {
        self.sides.iter().flatten().find_map(|numbers| match numbers {
            Numbers::Histogram { base, .. } => Some(*base),
            _ => None,
        })
    }

    /// Whether every count of it can be divided.
    pub(super) fn divides(&self, parts: u64) -> bool {
        self.sides.iter().flatten().all(|numbers| match numbers {
            Numbers::Events { exposures, events } => exposures % parts == 0 && events % parts == 0,
            Numbers::Moments { count, .. } => count % parts == 0,
            Numbers::Histogram { bins, zero, .. } => {
                zero % parts == 0 && bins.iter().all(|(_, count)| count % parts == 0)
            }
            _ => true,
        })
    }

    /// What is told of each arm, in one of so many parts.
    pub(super) fn told(&self, asked: &Asked) -> Vec<(u16, Numbers)> {
        let arms = if asked.is_swapped { [1, 0] } else { [0, 1] };
        let each = arms.into_iter().zip(&self.sides);
        each.filter_map(|(arm, side)| Some((arm, changed(side.as_ref()?, asked)))).collect()
    }
}

/// The numbers in another unit, and a part of them.
fn changed(numbers: &Numbers, Asked { factor, parts, .. }: &Asked) -> Numbers {
    match numbers {
        Numbers::Events { exposures, events } => {
            Numbers::Events { exposures: exposures / parts, events: events / parts }
        }
        Numbers::Moments { count, mean, squares } => {
            let (count, share) = (count / parts, squares / number(*parts));
            Numbers::Moments { count, mean: mean * factor, squares: share * factor * factor }
        }
        Numbers::Histogram { base, bins, zero } => {
            let by = truncated((factor.ln() / base.ln()).round());
            let moved = |(bin, count): &(i32, u64)| (bin.saturating_add(by), count / parts);
            let bins = bins.iter().map(moved).collect();
            Numbers::Histogram { base: *base, bins, zero: zero / parts }
        }
        Numbers::Reading(value) => Numbers::Reading(value * factor),
        other => other.clone(),
    }
}

#[expect(clippy::cast_precision_loss, reason = "at most a hundred parts")]
fn number(parts: u64) -> f64 {
    parts as f64
}

#[expect(clippy::cast_possible_truncation, reason = "whole, and the cast stops at both ends")]
fn truncated(number: f64) -> i32 {
    number as i32
}

/// The factor of the bins that values are put into.
const BASE: f64 = 1.01;
/// The most windows of a case.
const WINDOWS_MAX: u64 = 10_000;
/// The same.
const LIST_MAX: usize = 10_000;
