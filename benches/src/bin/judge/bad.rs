//! Releases that are worse: when is it noticed?

use crate::limits::{Share, fewest_seconds};
use crate::quiet::{LENIENT, PROMISED, releases};
use crate::race::{Race, Record};
use crate::rules::Kind;
use crate::world::{World, number};

/// One kind of bad release, and what each rule did.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) world: World,
    /// With the release.
    pub(crate) records: Vec<Record>,
    /// With a release that changes nothing, in the same traffic.
    pub(crate) innocent: Vec<Record>,
}

/// A rule of others beside ours with no more false rollbacks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Comparison {
    pub(crate) rule: Kind,
    /// Innocent releases that it rolled back.
    pub(crate) share: Share,
    pub(crate) seconds: u64,
    /// What we may take as α, in millionths.
    pub(crate) alpha: u32,
    /// Our seconds with it; none if less than half was found.
    pub(crate) ours: Option<u64>,
    /// The seconds that no rule with it can do without.
    pub(crate) floor: f64,
    /// Those of the test that knows both rates, and may look each second as ours does.
    pub(crate) knowing: Option<u64>,
}

/// What became of the aim to be three times as fast.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Outcome {
    Met,
    Missed,
    /// No rule at all could be.
    Impossible,
    /// None that may look at any time could be, even if it knew both rates.
    Unreachable,
}

/// All rows of a table that was measured before this rule existed, and one with more traffic.
pub(crate) fn rows(effort: f64) -> Vec<Row> {
    let world = |rate: f64, from: f64, to: f64| World {
        errors: from,
        ratio: to / from,
        ..World::calm(rate)
    };
    let cases = [
        ("100 requests/s, 0.5 → 1 %", world(100.0, 0.005, 0.01)),
        ("100 requests/s, 0.5 → 2 %", world(100.0, 0.005, 0.02)),
        ("100 requests/s, 0.5 → 5 %", world(100.0, 0.005, 0.05)),
        ("1,000 requests/s, 0.5 → 5 %", world(1_000.0, 0.005, 0.05)),
        ("100 requests/s, 0.02 → 0.2 %", world(100.0, 0.000_2, 0.002)),
        ("10 requests/s, 0.5 → 1 %", world(10.0, 0.005, 0.01)),
        ("1,000 requests/s, 0.5 → 1 %", world(1_000.0, 0.005, 0.01)),
    ];
    (100..)
        .step_by(2)
        .zip(cases)
        .map(|(seed, (name, world))| {
            let records = Race { seed, world, step: 1, rules: rules(effort) }.run(name);
            let same = World { ratio: 1.0, ..world };
            let rules = others(4_000.0 * effort, 1_000.0 * effort);
            let innocent = Race { seed: seed + 1, world: same, step: 10, rules };
            Row { name, world, records, innocent: innocent.run("the same without a change") }
        })
        .collect()
}

impl Row {
    /// Median seconds of a rule.
    pub(crate) fn seconds(&self, rule: Kind) -> Option<u64> {
        self.record(rule)?.median(|rollback| u64::from(rollback.seconds))
    }

    pub(crate) fn record(&self, rule: Kind) -> Option<&Record> {
        self.records.iter().find(|record| record.rule == rule)
    }

    /// The rules of others that find at least half of these releases, and not of the innocent.
    pub(crate) fn comparisons(&self) -> Vec<Comparison> {
        let compare = |record: &Record| {
            let rule = record.rule;
            let share = Share { some: record.count(), all: record.releases };
            // Who rolls back more than half of the innocent has found nothing.
            let seconds = self.seconds(rule).filter(|_| share.value() <= 0.5)?;
            // The largest α that promises no more than the rule has shown.
            let shown = share.value() * 1e6;
            let alpha = ALPHAS.into_iter().rev().find(|alpha| f64::from(*alpha) <= shown);
            let alpha = alpha.unwrap_or(ALPHAS[0]);
            let ours = self.seconds(Kind::Evidence { alpha, every: 1 });
            let floor = self.floor(f64::from(alpha) / 1e6);
            let knowing = self.seconds(Kind::KnowsRates { alpha });
            Some(Comparison { rule, share, seconds, alpha, ours, floor, knowing })
        };
        self.innocent.iter().filter_map(compare).collect()
    }

    /// Seconds that a test needs on average to gather ln 1/α at 0.1 %, if it knows the ratio and
    /// looks at the arm of each event: through the Kullback-Leibler divergence per second.
    pub(crate) fn information(&self) -> f64 {
        let World { rate, errors, ratio, .. } = self.world;
        let share = 0.1;
        let total = share * ratio + 1.0 - share;
        let tilted = share * ratio / total;
        let divergence = tilted * ratio.ln() - total.ln();
        1_000_f64.ln() / (divergence * rate * errors * total)
    }

    /// Seconds before which no rule with so many false alarms can have found half of them.
    pub(crate) fn floor(&self, alpha: f64) -> f64 {
        let innocent = self.world.rate * 0.1 * self.world.errors;
        fewest_seconds(innocent, innocent * self.world.ratio, alpha)
    }

    /// The share of releases that a rule found within the hour.
    pub(crate) fn found(&self, rule: Kind) -> Option<f64> {
        let record = self.record(rule)?;
        Some(number(u64::from(record.count())) / number(u64::from(record.releases)))
    }
}

impl Comparison {
    /// How many times as fast as the other rule ours is.
    pub(crate) fn times(&self) -> Option<f64> {
        self.ours.map(|seconds| number(self.seconds) / number(seconds.max(1)))
    }

    /// Whether it is three times as fast; if not, whether any rule could be.
    pub(crate) fn outcome(&self) -> Outcome {
        let is_in_time = |seconds: f64| number(self.seconds) / seconds >= 3.0;
        if self.times().is_some_and(|times| times >= 3.0) {
            Outcome::Met
        } else if !is_in_time(self.floor) {
            Outcome::Impossible
        } else if !self.knowing.is_some_and(|seconds| is_in_time(number(seconds))) {
            Outcome::Unreachable
        } else {
            Outcome::Missed
        }
    }
}

fn rules(effort: f64) -> Vec<(Kind, u32)> {
    let most = releases(2_000.0 * effort);
    let mut rules = others(2_000.0 * effort, 400.0 * effort);
    rules.extend([LENIENT, PROMISED].map(|rule| (rule, most)));
    for alpha in ALPHAS {
        rules.push((Kind::Evidence { alpha, every: 1 }, most));
        rules.push((Kind::KnowsRates { alpha }, most));
    }
    rules.push((KNOWS_RATIO, most));
    rules
}

/// The rules of others; that of Kayenta takes long.
fn others(most: f64, of_kayenta: f64) -> Vec<(Kind, u32)> {
    let of = |rule: Kind| if rule == Kind::Kayenta { of_kayenta } else { most };
    OTHERS.map(|rule| (rule, releases(of(rule)))).to_vec()
}

/// Rules that somebody ships, which the repeated z-test is not.
pub(crate) const OTHERS: [Kind; 4] = [Kind::Flagger, Kind::Argo, Kind::Kayenta, Kind::GrowthBook];
/// False alarms that ours promises, in millionths: as promised, and as many as others have.
const ALPHAS: [u32; 5] = [1_000, 2_500, 10_000, 50_000, 250_000];
/// Who knows the truth, at the α that is promised.
pub(crate) const KNOWS_RATIO: Kind = Kind::KnowsRatio { alpha: 1_000 };
pub(crate) const KNOWS_RATES: Kind = Kind::KnowsRates { alpha: 1_000 };
/// Ours where metrics are pushed.
pub(crate) const EACH_SECOND: Kind = Kind::Evidence { alpha: 1_000, every: 1 };
