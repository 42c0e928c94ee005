//! Quantiles of something continuous: how much is beyond a place near the control's quantile?
//!
//! The place is where the control's quantile was in the windows before, so it is known before the
//! window is seen. If the new arm is not slower by more than the margin, values above (1 + margin)
//! times the place are not more frequent on it than values above the place on the control, and how
//! frequent both are is a test of events. Nothing has to be known about the distribution, which may
//! change all the time. Values are only known by their bins: the new arm's place is the next edge
//! up for harm, and the next edge down for "not worse".

use flagkit_stats::events::{Dispersion, EventTest, LateLimit, Look};
use flagkit_stats::quantile::QuantileSequence;
use flagkit_stats::{Alpha, Arms, Interval};
use serde::{Deserialize, Serialize};

use super::paired::Paired;
use super::ranks::Ranks;
use super::{Finding, Pair, Question, proves};
use crate::judge::numbers::summary;
use crate::judge::rules::{Counts, MetricRules};
use crate::plan::Direction;
use crate::refusal::Refusal;
use crate::sample::Numbers;

/// The tests of a quantile in one new arm.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(in crate::judge) struct QuantileTest {
    /// ln of where the control's quantile was of late; none before its first window.
    place: Option<f64>,
    /// Are there more values above?
    #[serde(default, skip_serializing_if = "Option::is_none")]
    above: Option<Sides>,
    /// Are there more values below?
    #[serde(default, skip_serializing_if = "Option::is_none")]
    below: Option<Sides>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    limit: Option<LateLimit>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    dispersion: Option<Dispersion>,
    /// Where the quantile of each side is over all windows, the new one's first.
    ranks: [Ranks; 2],
}

/// The tests in one direction, with edges of bins that are too far for each.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
struct Sides {
    harm: Paired,
    proof: EventTest,
    /// Beside the control's quantile itself, where the margin allows more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    better: Option<EventTest>,
}

impl QuantileTest {
    pub(super) fn new(rules: &MetricRules, quantile: f64) -> Result<Self, Refusal> {
        let has = |is_wanted: bool| {
            let better = || (rules.margin > 0.0).then(|| EventTest::new(1.0)).transpose();
            let sides = || {
                let (harm, proof) = (Paired::new(1.0)?, EventTest::new(1.0)?);
                Ok(Sides { harm, proof, better: better()? })
            };
            is_wanted.then(sides).transpose()
        };
        let refuse = |error: flagkit_stats::Error| {
            Refusal::new("measure", error.to_string(), "use a quantile such as 0.95")
        };
        // More than this share beyond the limit puts the quantile beyond it.
        let share = if rules.direction == Direction::Decrease { quantile } else { 1.0 - quantile };
        let limit = rules.limit.map(|_| LateLimit::above(share));
        Ok(Self {
            place: None,
            above: has(rules.direction != Direction::Decrease).map_err(refuse)?,
            below: has(rules.direction != Direction::Increase).map_err(refuse)?,
            limit: limit.transpose().map_err(refuse)?,
            dispersion: (rules.counts == Counts::Requests)
                .then(|| Dispersion::new(rules.dispersion)),
            ranks: Default::default(),
        })
    }

    pub(super) fn compare(&mut self, rules: &MetricRules, pair: Pair<'_>) {
        let (Some(control), Some(treatment)) = (bins(pair.control), bins(pair.treatment)) else {
            return;
        };
        for (ranks, bins) in self.ranks.iter_mut().zip([&treatment, &control]) {
            ranks.add(bins);
        }
        if let Some(place) = self.place {
            let power = self.dispersion.as_ref().map_or(1.0, Dispersion::power);
            let margin = rules.margin.ln_1p();
            let place = control.edge_above(place);
            for (sides, sign) in [(&mut self.above, 1.0), (&mut self.below, -1.0)] {
                let Some(sides) = sides else { continue };
                let here = place + sign * margin;
                let (up, down) = (treatment.edge_above(here), treatment.edge_below(here));
                let (far, near) = if sign > 0.0 { (up, down) } else { (down, up) };
                let look = |at: f64| beyond(sign, (&control, place), (&treatment, at));
                sides.harm.add(&look(far), power);
                sides.proof.add_tempered(&look(near), power);
                if let Some(better) = &mut sides.better {
                    let (up, down) = (treatment.edge_above(place), treatment.edge_below(place));
                    better.add_tempered(&look(if sign > 0.0 { down } else { up }), power);
                }
                if let Some(dispersion) = &mut self.dispersion {
                    dispersion.add(&look(far));
                }
            }
        }
        self.before(rules, pair.control);
    }

    /// A window of the control from before the release.
    pub(super) fn learn(&mut self, rules: &MetricRules, numbers: &Numbers) {
        if let (Some(dispersion), Some(place), Some(bins)) =
            (&mut self.dispersion, self.place, bins(numbers))
        {
            let above = bins.above(bins.edge_above(place));
            let is_above = rules.direction != Direction::Decrease;
            dispersion.add_alone(bins.count(), if is_above { above } else { bins.count() - above });
        }
        self.before(rules, numbers);
    }

    /// A window of the control: moves the place, for the windows after it.
    pub(super) fn before(&mut self, rules: &MetricRules, numbers: &Numbers) {
        let found = summary([numbers].into_iter(), rules.measure, rules.direction).value;
        let Some(found) = found.filter(|value| *value > 0.0).map(f64::ln) else { return };
        self.place = Some(self.place.map_or(found, |place| place + (found - place) * FOLLOW));
    }

    /// A window of the new arm.
    pub(super) fn alone(&mut self, rules: &MetricRules, numbers: &Numbers) {
        let (Some(test), Some(limit), Some(bins)) = (&mut self.limit, rules.limit, bins(numbers))
        else {
            return;
        };
        let power = self.dispersion.as_ref().map_or(1.0, Dispersion::power);
        let limit = limit.max(f64::MIN_POSITIVE).ln();
        let count = if rules.direction == Direction::Decrease {
            bins.count() - bins.above(bins.edge_below(limit))
        } else {
            bins.above(bins.edge_above(limit))
        };
        test.add(bins.count(), count, power);
    }

    pub(super) fn finding(&self, rules: &MetricRules) -> Finding {
        let bound = rules.levels.harm.map_or(f64::MAX, Alpha::log_bound);
        let sides = [(&self.above, "above"), (&self.below, "below")];
        let compared = sides.into_iter().filter_map(|(sides, where_to)| {
            let evidence = sides.as_ref()?.harm.late.worse();
            let says: Box<dyn FnOnce() -> String> = Box::new(move || {
                let margin = rules.margin;
                format!(
                    "more values {where_to} the control's quantile, beyond the margin of {margin}"
                )
            });
            Some(Question { evidence, bound, says })
        });
        let limit = self.limit.as_ref().map(|test| {
            let says: Box<dyn FnOnce() -> String> = Box::new(|| {
                format!("the quantile is beyond its limit of {}", rules.limit.unwrap_or_default())
            });
            Question { evidence: test.beyond(), bound, says }
        });
        let proved = |sides: &Sides| proves(Some(sides.proof.better()), rules.levels.not_worse);
        let better = |sides: &Sides| {
            let evidence = sides.better.as_ref().unwrap_or(&sides.proof).better();
            proves(Some(evidence), rules.levels.better)
        };
        Finding {
            not_worse: [&self.above, &self.below].into_iter().flatten().all(proved),
            better: rules.direction != Direction::Either
                && [&self.above, &self.below].into_iter().flatten().any(better),
            ..Finding::of(compared.chain(limit))
        }
    }
}

impl QuantileTest {
    pub(super) fn remark(&self) -> Option<String> {
        let factor = self.dispersion.as_ref().map(Dispersion::factor);
        match (self.place, factor) {
            (None, _) => Some("the control's quantile is not known yet".to_owned()),
            (Some(_), Some(factor)) => Some(format!(
                "counts are requests; evidence is divided by their dispersion, {factor:.2}"
            )),
            (Some(_), None) => None,
        }
    }

    /// Where the quantile of the new arm is, and that of the control, at a level for both together.
    pub(super) fn values(&self, quantile: f64, alpha: Alpha) -> Option<[Interval; 2]> {
        let sequence = QuantileSequence::new(quantile, alpha.part(0.5)).ok()?;
        let [new, control] = &self.ranks;
        Some([new.interval(&sequence), control.interval(&sequence)])
    }

    /// The new arm's quantile through the control's.
    pub(super) fn ratio(&self, quantile: f64, alpha: Alpha) -> Option<Interval> {
        let [new, control] = self.values(quantile, alpha)?;
        let low = if control.high.is_finite() && control.high > 0.0 {
            new.low / control.high
        } else {
            0.0
        };
        let high = if control.low > 0.0 { new.high / control.low } else { f64::INFINITY };
        Some(Interval { low, high })
    }
}

/// How many of all values are beyond a place on each side.
fn beyond(sign: f64, control: (&Bins<'_>, f64), treatment: (&Bins<'_>, f64)) -> Look {
    let count = |(bins, at): (&Bins<'_>, f64)| {
        let above = bins.above(at);
        if sign > 0.0 { above } else { bins.count() - above }
    };
    let exposures = Arms { control: control.0.count(), treatment: treatment.0.count() };
    Look { exposures, events: Arms { control: count(control), treatment: count(treatment) } }
}

/// A histogram with its bins in logarithms.
pub(super) struct Bins<'a> {
    pub(super) step: f64,
    pub(super) counts: &'a [(i32, u64)],
    pub(super) zero: u64,
}

fn bins(numbers: &Numbers) -> Option<Bins<'_>> {
    match numbers {
        Numbers::Histogram { base, bins, zero } => {
            Some(Bins { step: base.ln(), counts: bins, zero: *zero })
        }
        _ => None,
    }
}

impl Bins<'_> {
    fn count(&self) -> u64 {
        self.counts.iter().fold(self.zero, |sum, (_, count)| sum.saturating_add(*count))
    }

    /// The next edge at a place or above it, in logarithms. An edge is where it was written, but for
    /// rounding.
    fn edge_above(&self, place: f64) -> f64 {
        (place / self.step - ROUNDING).ceil() * self.step
    }

    fn edge_below(&self, place: f64) -> f64 {
        (place / self.step + ROUNDING).floor() * self.step
    }

    /// Values in bins above an edge.
    fn above(&self, edge: f64) -> u64 {
        let is_above = |bin: &&(i32, u64)| f64::from(bin.0) > edge / self.step + 0.5;
        let above = self.counts.iter().filter(is_above);
        above.fold(0_u64, |sum, (_, count)| sum.saturating_add(*count)).min(self.count())
    }
}

/// How far the place follows each window of the control.
const FOLLOW: f64 = 0.2;
/// What logarithms of edges may be off, in bins.
const ROUNDING: f64 = 1e-6;
