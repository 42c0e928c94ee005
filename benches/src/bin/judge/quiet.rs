//! Releases that change nothing: how many are rolled back?

use crate::chance::Chance;
use crate::limits::Share;
use crate::race::{HOUR, Race, on_all_cores};
use crate::rules::{Kind, Released};
use crate::world::{Clients, Split, Weather, World};

/// One kind of innocent release, and how often each rule rolled it back.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) name: &'static str,
    /// Whether the rates of both sides are the same in every window, which is what is promised for.
    pub(crate) is_null: bool,
    pub(crate) shares: Vec<(Kind, Share)>,
}

/// All rows. With `effort` 1.0, 150,000 releases each for the rule that is promised.
pub(crate) fn rows(effort: f64) -> Vec<Row> {
    let calm = |rate| World::calm(rate);
    let world = World::calm(100.0);
    let bursts = World { rate: 500.0, ..world };
    let cases = [
        ("10 requests/s", calm(10.0), true),
        ("100 requests/s", calm(100.0), true),
        ("1,000 requests/s", calm(1_000.0), true),
        ("outage of both sides, ×6 for 10 min", World { weather: Weather::Outage, ..world }, true),
        ("load and errors wander, φ = 0.9", World { weather: Weather::Wandering, ..world }, true),
        ("ramp 1, 5, 10, 25, 50 %", World { split: Split::Ramp, ..world }, true),
        (
            "bursts of failures, counted by unit",
            World { clients: Clients::BurstsByUnit, ..bursts },
            true,
        ),
        (
            "bursts of failures, counted by request",
            World { clients: Clients::BurstsByRequest, ..bursts },
            false,
        ),
        (
            "each side's errors wander apart, ±20 %",
            World { weather: Weather::Apart(0.2), ..world },
            false,
        ),
    ];
    let mut rows: Vec<Row> = (1..)
        .zip(cases)
        .map(|(seed, (name, world, is_null))| {
            let promised = if is_null { 150_000.0 } else { 20_000.0 };
            let race = Race { seed, world, step: 10, rules: rules(promised * effort, effort) };
            let records = race.run(name);
            let share = |record: &crate::race::Record| {
                (record.rule, Share { some: record.count(), all: record.releases })
            };
            Row { name, is_null, shares: records.iter().map(share).collect() }
        })
        .collect();
    rows.push(dispersed(World { clients: Clients::BurstsByRequest, ..bursts }, effort));
    rows.push(watched(effort));
    rows.push(every_second(effort));
    rows.push(five_metrics(effort));
    rows
}

fn rules(promised: f64, effort: f64) -> Vec<(Kind, u32)> {
    let others = releases(4_000.0 * effort);
    vec![
        (Kind::Flagger, others),
        (Kind::Argo, others),
        (Kind::PeekingZ, others),
        (Kind::Kayenta, releases(1_000.0 * effort)),
        (Kind::GrowthBook, others),
        (LENIENT, releases(20_000.0 * effort)),
        (PROMISED, releases(promised)),
    ]
}

/// Failures that are repeated, counted by request, with a dispersion from an hour before.
fn dispersed(world: World, effort: f64) -> Row {
    let name = "the same by request, divided by a measured dispersion";
    let all = releases(20_000.0 * effort);
    let race = Race { seed: 21, world, step: 10, rules: vec![(Kind::Dispersed, all)] };
    let some = race.run(name).iter().map(crate::race::Record::count).sum();
    Row { name, is_null: false, shares: vec![(PROMISED, Share { some, all })] }
}

/// By the test for releases that may turn bad.
fn watched(effort: f64) -> Row {
    let name = "100 requests/s, watched for a late turn";
    let all = releases(100_000.0 * effort);
    let rules = vec![(Kind::Watch, all)];
    let race = Race { seed: 22, world: World::calm(100.0), step: 10, rules };
    let some = race.run(name).iter().map(crate::race::Record::count).sum();
    Row { name, is_null: true, shares: vec![(PROMISED, Share { some, all })] }
}

/// Ten times as many looks.
fn every_second(effort: f64) -> Row {
    let name = "100 requests/s, a look each second";
    let rule = Kind::Evidence { alpha: 1_000, every: 1 };
    let all = releases(50_000.0 * effort);
    let race = Race { seed: 20, world: World::calm(100.0), step: 1, rules: vec![(rule, all)] };
    let some = race.run(name).iter().map(crate::race::Record::count).sum();
    Row { name, is_null: true, shares: vec![(PROMISED, Share { some, all })] }
}

/// Five metrics with a fifth of α each; a release is rolled back if any is worse.
fn five_metrics(effort: f64) -> Row {
    let name = "five metrics, α/5 each, 0.1 to 5 %";
    let all = releases(100_000.0 * effort);
    let alarms = on_all_cores(all, |first, every| {
        (first..all).step_by(every).filter(|run| is_rolled_back(*run)).collect()
    });
    eprintln!("{name}: {all} releases");
    let some = u32::try_from(alarms.len()).unwrap_or(u32::MAX);
    Row { name, is_null: true, shares: vec![(PROMISED, Share { some, all })] }
}

fn is_rolled_back(run: u32) -> bool {
    let mut metrics: Vec<_> = (0..)
        .zip([0.001, 0.005, 0.01, 0.02, 0.05])
        .map(|(metric, errors)| {
            let weather = if metric % 2 == 0 { Weather::Wandering } else { Weather::Calm };
            let world = World { errors, weather, ..World::calm(100.0) };
            world.run(10, Chance::of_run(30 + metric, u64::from(run)))
        })
        .collect();
    let mut released = Released::new(0.001, 5);
    (0..HOUR / 10).any(|_| released.look(metrics.iter_mut().map(|metric| metric.step().1)))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "some thousands of releases"
)]
pub(crate) fn releases(number: f64) -> u32 {
    number.max(100.0) as u32
}

/// The rule that is promised.
pub(crate) const PROMISED: Kind = Kind::Evidence { alpha: 1_000, every: 10 };
/// The same with the false alarms that other rules accept.
pub(crate) const LENIENT: Kind = Kind::Evidence { alpha: 50_000, every: 10 };
