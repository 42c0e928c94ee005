//! Releases that earn less, from the file to the rollback.

use super::*;
use crate::config::{Overrides, read};
use crate::judge::made_up::Random;
use crate::sample::{Numbers, Sample};

const FILE: &str = "
schema: flagkit-release/1
target: shop
arms: { old: v1, new: v2 }
strategy:
  canary: { stages: [10%, 50%, 100%], stage: 5m }
metrics:
  revenue: { units: true }
  satisfaction: { units: true, min: 1, max: 5 }
";

/// A hundred customers in each window of ten seconds, of whom every fifth buys something for this
/// much on average; ratings are thrown as a die.
fn earned(state: &State, after: Time, until: Time, [old, new]: [f64; 2]) -> Vec<Sample> {
    let mut samples = Vec::new();
    let mut end = after + Span::from_secs(10);
    while end <= until {
        let mut random = Random(end.unix_ms());
        for (arm, mean) in [(0_u16, old), (1, new)] {
            let customers = state.split.of(usize::from(arm)).ppm() / 10_000;
            let revenue = (0..customers).map(|_| {
                let buys = random.share() < 0.2;
                let missed: f64 = 1.0 - random.share();
                if buys { -mean * missed.ln() } else { 0.0 }
            });
            let revenue: Vec<f64> = revenue.collect();
            let ratings: Vec<f64> =
                (0..customers).map(|_| 1.0 + (random.share() * 5.0).floor()).collect();
            for (metric, values) in [(0, revenue), (1, ratings)] {
                let moments = flagkit_stats::moments::Moments::of(&values).unwrap();
                let flagkit_stats::moments::Moments { count, mean, m2 } = moments;
                let numbers = Numbers::Moments { count, mean, squares: m2 };
                let start = Time::from_unix_ms(end.unix_ms() - 10_000);
                samples.push(Sample { metric, arm, stratum: 0, start, end, numbers });
            }
        }
        end = end + Span::from_secs(10);
    }
    samples
}

fn released(measuring: Measuring) -> World {
    let plan = read(FILE, "release.yaml").unwrap().plan(&Overrides::default()).unwrap();
    let mut world = World::new(plan);
    world.measuring = Some(measuring);
    let mut world = world.start();
    world.pass(Span::from_secs(3600));
    world
}

#[test]
fn a_release_that_earns_half_is_rolled_back() {
    let world = released(|state, after, until| earned(state, after, until, [30.0, 15.0]));
    assert_eq!(world.status(), Status::RolledBack);
    let cause = world.state.cause.unwrap_or_default();
    assert!(cause.contains("revenue") && cause.contains("below the control's"), "{cause}");
}

#[test]
fn a_release_that_earns_as_much_is_left_alone() {
    let world = released(|state, after, until| earned(state, after, until, [30.0, 30.0]));
    assert_eq!(world.status(), Status::Done, "{:?}", world.state.cause);
    let evidence = world.release.evidence(&world.state);
    assert!(evidence[0].observations[0] > 5_000, "{:?}", evidence[0]);
}
