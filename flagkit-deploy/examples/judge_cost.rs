//! What a window costs the judge, for each kind of metric, and how large its state is at rest: numbers for
//! docs/judging.md.
//!
//! `cargo run --release -p flagkit-deploy --example judge_cost`

use std::error::Error;
use std::hint::black_box;
use std::time::Instant;

use flagkit_deploy::judge::Rules;
use flagkit_deploy::plan::Plan;
use flagkit_deploy::sample::{Numbers, Sample};
use flagkit_deploy::{Refusal, Time};
use flagkit_stats::events::{Dispersion, EventTest, LateLimit, LateTest, Look};
use flagkit_stats::mean::MeanTest;
use flagkit_stats::moments::Moments;
use flagkit_stats::srm::SplitTest;
use flagkit_stats::{Arms, quantile};
use serde_json::{Value, json};

const LOOKS: u64 = 20_000;
const BATCH: u64 = 50;

fn main() -> Result<(), Box<dyn Error>> {
    tests()?;
    let kinds = [
        ("events of units", json!({"measure": {"kind": "events"}})),
        ("events of requests", json!({"measure": {"kind": "events"}, "source": {"from": "push"}})),
        ("events with a limit", json!({"measure": {"kind": "events"}, "limit": 0.05})),
        ("a mean with bounds", json!({"measure": {"kind": "mean", "min": 1.0, "max": 5.0}})),
        ("a mean without", json!({"measure": {"kind": "mean"}, "observations_min": 1000})),
        ("a quantile", json!({"measure": {"kind": "quantile", "quantile": 0.95}})),
        ("a reading", json!({"measure": {"kind": "reading"}, "limit": 90.0})),
    ];
    for (name, more) in kinds {
        judged(name, &[metric("metric", &more)])?;
    }
    let three = [
        ("error_rate", json!({"measure": {"kind": "events"}})),
        ("conversions", json!({"measure": {"kind": "events"}, "direction": "decrease"})),
        (
            "rating",
            json!({"measure": {"kind": "mean", "min": 1.0, "max": 5.0}, "direction": "decrease"}),
        ),
    ];
    let three: Vec<Value> = three.iter().map(|(name, more)| metric(name, more)).collect();
    judged("two of units and a mean", &three)
}

/// What each test alone takes of a window, and its state.
fn tests() -> Result<(), Box<dyn Error>> {
    let look = |at: u64| Look {
        exposures: Arms { control: 907 + at % 11, treatment: 101 + at % 7 },
        events: Arms { control: 9 + at % 3, treatment: 1 + at % 2 },
    };
    let window = |at: u64| {
        let of = |count: u64| Moments { count, mean: 4.2, m2: 1.3 };
        Arms { control: of(907 + at % 11), treatment: of(101 + at % 7) }
    };
    let all = EventTest::new(1.1)?;
    timed("EventTest", all.clone(), |test, at| test.add(&look(at)));
    timed("LateTest", LateTest::new(1.1)?, |test, at| test.add(&look(at), 1.0, &all));
    timed("LateLimit", LateLimit::above(0.05)?, |test, at| test.add(907, 9 + at % 3, 1.0));
    timed("Dispersion", Dispersion::default(), |test, at| test.add(&look(at)));
    let bounded = MeanTest::bounded((1.0, 5.0), -0.1)?;
    timed("MeanTest, bounds", bounded, |test, at| test.add(&window(at), 1.0));
    timed("MeanTest", MeanTest::new(-0.1, 1000)?, |test, at| test.add(&window(at), 1.0));
    timed("SplitTest", SplitTest::new(100.0)?, |test, at| {
        black_box(test.add(&[0.9, 0.1], &[907, 101 + at % 7]).is_ok());
    });
    let histogram = quantile::Histogram::new(quantile::Scale::new(0.01, 0.001)?);
    timed("Histogram, a value", histogram, |test, _| test.add(black_box(0.12)));
    Ok(())
}

fn timed<T: serde::Serialize>(name: &str, mut test: T, mut add: impl FnMut(&mut T, u64)) {
    let update = quick(|at| add(&mut test, black_box(at)));
    let size = size_of::<T>();
    let bytes = serde_json::to_vec(black_box(&test)).map_or(0, |text| text.len());
    println!("{name}: an update {update} ns, {size} bytes, {bytes} as text");
}

/// Nanoseconds of one call: the fastest quarter of batches, since others want the processor, too.
fn quick(mut call: impl FnMut(u64)) -> u128 {
    let mut batch = |begin: u64| {
        let started = Instant::now();
        (begin..begin + BATCH).for_each(&mut call);
        started.elapsed().as_nanos() / u128::from(BATCH)
    };
    let mut batches: Vec<u128> =
        (0..LOOKS / BATCH).map(|batch_at| batch(batch_at * BATCH)).collect();
    batches.sort_unstable();
    batches.get(batches.len() / 4).copied().unwrap_or_default()
}

/// What whole windows of some metrics take, both sides of each, and their state.
fn judged(name: &str, metrics: &[Value]) -> Result<(), Box<dyn Error>> {
    let plan: Plan = serde_json::from_value(json!({
        "target": "checkout",
        "strategy": "canary",
        "arms": [{"name": "stable"}, {"name": "canary"}],
        "route": "checkout",
        "base": [900_000, 100_000],
        "steps": [],
        "metrics": metrics,
    }))?;
    let rules = Rules::new(&plan).map_err(|refusals| words(&refusals))?;
    let mut state = rules.begin(Time::from_unix_ms(0));
    let all: Vec<Vec<Sample>> = (0..LOOKS).map(|look| samples(look, metrics)).collect();
    let mut all = all.iter();
    let add = quick(|look| {
        let told = all.next().map_or(&[][..], Vec::as_slice);
        black_box(rules.add(&mut state, told, Time::from_unix_ms((look + 1) * 10_000)));
    });
    let ruling = quick(|_| {
        black_box(rules.ruling(&state));
    });
    let bytes = serde_json::to_vec(&state)?.len();
    println!("{name}: a window {add} ns, a ruling {ruling} ns, state {bytes} bytes");
    Ok(())
}

fn metric(name: &str, more: &Value) -> Value {
    let mut metric =
        json!({"name": name, "margin": 0.1, "source": {"from": "push", "units": true}});
    if let (Value::Object(metric), Value::Object(more)) = (&mut metric, more) {
        metric.extend(more.clone());
    }
    metric
}

/// Both arms of all metrics in one window.
fn samples(look: u64, metrics: &[Value]) -> Vec<Sample> {
    let (start, end) = (Time::from_unix_ms(look * 10_000), Time::from_unix_ms((look + 1) * 10_000));
    let since = Time::from_unix_ms(0);
    let of = |metric: &Value, arm: u16| {
        let units = if arm == 0 { 907 + look % 11 } else { 101 + look % 7 };
        match metric.pointer("/measure/kind").and_then(Value::as_str) {
            Some("mean") => Numbers::Moments { count: units, mean: 4.2, squares: 1.3 },
            Some("reading") => Numbers::Reading(50.0),
            Some("quantile") => {
                let bins = (0..60).map(|bin| (bin, units / 60 + look % 2)).collect();
                Numbers::Histogram { base: 1.05, bins, zero: 0 }
            }
            _ => {
                Numbers::Units { units, events: units / 100 + look % 2, first: Some(units), since }
            }
        }
    };
    let pairs = (0_u16..).zip(metrics).flat_map(|(at, metric)| {
        [0, 1].map(|arm| Sample {
            metric: at,
            arm,
            stratum: 0,
            start,
            end,
            numbers: of(metric, arm),
        })
    });
    pairs.collect()
}

fn words(refusals: &[Refusal]) -> String {
    refusals.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
