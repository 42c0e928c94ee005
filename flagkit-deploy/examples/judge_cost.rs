//! What a look costs the judge, and how large its state is at rest: numbers for docs/judging.md.
//!
//! `cargo run --release -p flagkit-deploy --example judge_cost`

use std::error::Error;
use std::hint::black_box;
use std::time::Instant;

use flagkit_deploy::judge::Rules;
use flagkit_deploy::plan::Plan;
use flagkit_deploy::sample::{Numbers, Sample};
use flagkit_deploy::{Refusal, Time};
use serde_json::{Value, json};

const LOOKS: u64 = 5_000;

fn main() -> Result<(), Box<dyn Error>> {
    let errors = json!({"name": "error_rate", "margin": 0.1, "measure": {"kind": "events"}});
    let conversions = json!({"name": "conversions", "margin": 0.1, "direction": "decrease",
        "measure": {"kind": "events"}});
    let rating = json!({"name": "rating", "margin": 0.1, "direction": "decrease",
        "measure": {"kind": "mean", "min": 1.0, "max": 5.0}});
    for metrics in [vec![errors.clone()], vec![errors, conversions, rating]] {
        let count = metrics.len();
        let rules = Rules::new(&plan(metrics)?).map_err(|refusals| words(&refusals))?;
        let mut state = rules.begin(Time::from_unix_ms(0));
        let begin = Instant::now();
        for look in 0..LOOKS {
            let end = Time::from_unix_ms((look + 1) * 10_000);
            black_box(rules.add(&mut state, &samples(look, count), end));
        }
        let add = begin.elapsed().as_nanos() / u128::from(LOOKS);
        let begin = Instant::now();
        for _ in 0..LOOKS {
            black_box(rules.ruling(&state));
        }
        let ruling = begin.elapsed().as_nanos() / u128::from(LOOKS);
        let bytes = serde_json::to_vec(&state)?.len();
        println!("{count} metrics: a look {add} ns, a ruling {ruling} ns, state {bytes} bytes");
    }
    Ok(())
}

fn plan(mut metrics: Vec<Value>) -> serde_json::Result<Plan> {
    for metric in &mut metrics {
        metric["source"] = json!({"from": "push", "units": true});
    }
    serde_json::from_value(json!({
        "target": "checkout",
        "strategy": "canary",
        "arms": [{"name": "stable"}, {"name": "canary"}],
        "route": "checkout",
        "base": [900_000, 100_000],
        "steps": [],
        "metrics": metrics,
    }))
}

/// Both arms of all metrics in one window.
fn samples(look: u64, metrics: usize) -> Vec<Sample> {
    let (start, end) = (Time::from_unix_ms(look * 10_000), Time::from_unix_ms((look + 1) * 10_000));
    let since = Time::from_unix_ms(0);
    let of = |metric: u16, arm: u16| {
        let units = if arm == 0 { 907 + look % 11 } else { 101 + look % 7 };
        let numbers = if metric == 2 {
            Numbers::Moments { count: units, mean: 4.2, squares: 1.3 }
        } else {
            Numbers::Units { units, events: units / 100 + look % 2, first: Some(units), since }
        };
        Sample { metric, arm, stratum: 0, start, end, numbers }
    };
    (0..3_u16).take(metrics).flat_map(|metric| [of(metric, 0), of(metric, 1)]).collect()
}

fn words(refusals: &[Refusal]) -> String {
    refusals.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
