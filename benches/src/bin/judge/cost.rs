//! What one look costs, and that order and merging make no difference.

use std::hint::black_box;
use std::time::Instant;

use flagkit_benches::allocations;
use flagkit_stats::bounded::BoundedMean;
use flagkit_stats::events::{EventTest, LateLimit, LimitTest, Look};
use flagkit_stats::moments::Moments;
use flagkit_stats::quantile::{Histogram, Scale};
use flagkit_stats::srm::SplitTest;
use flagkit_stats::{Alpha, Arms, Error};

use crate::chance::Chance;
use crate::world::World;

/// The cost of one update.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cost {
    pub(crate) name: &'static str,
    /// Median of 31 rounds.
    pub(crate) nanoseconds: f64,
    pub(crate) allocations: u64,
    /// Bytes of the state.
    pub(crate) size: usize,
}

/// All updates.
///
/// # Errors
///
/// If a test cannot be made, which its parameters do not allow.
pub(crate) fn costs() -> Result<Vec<Cost>, Error> {
    let mut run = World::calm(100.0).run(10, Chance::of_run(7, 7));
    let looks: Vec<Look> = (0..LOOKS).map(|_| run.step().1).collect();
    let mut events = EventTest::new(1.1)?;
    let mut limit = LimitTest::new(0.01)?;
    let mut late = LateLimit::above(0.01)?;
    let mut split = SplitTest::new(100.0)?;
    let mut moments = Moments::default();
    let mut bounded = BoundedMean::new((0.0, 1.0), Alpha::new(0.001)?)?;
    let mut histogram = Histogram::new(Scale::new(0.01, 0.001)?);
    let value = |look: &Look| crate::world::number(look.exposures.treatment) / 1_000.0;
    Ok(vec![
        cost::<EventTest>("events: one look at both arms", &looks, |look| events.add(look)),
        cost::<LimitTest>("events above a limit: one look", &looks, |look| {
            limit.add(look.exposures.treatment, look.events.treatment);
        }),
        cost::<LateLimit>("events above a limit of late: one look", &looks, |look| {
            late.add(look.exposures.treatment, look.events.treatment, 1.0);
        }),
        cost::<SplitTest>("split: one look at two arms", &looks, |look| {
            let Arms { control, treatment } = look.exposures;
            let _ = split.add(&[0.9, 0.1], &[control, treatment]);
        }),
        cost::<Moments>("mean: one value", &looks, |look| {
            // Nobody reads it afterwards.
            let _ = black_box(&mut moments).add(value(look));
        }),
        cost::<BoundedMean>("bounded mean: one value", &looks, |look| bounded.add(value(look))),
        cost::<Histogram>("histogram: one value", &looks, |look| histogram.add(value(look))),
    ])
}

fn cost<T>(name: &'static str, looks: &[Look], mut update: impl FnMut(&Look)) -> Cost {
    let mut rounds = Vec::new();
    let ((), allocated) = allocations::during(|| looks.iter().for_each(&mut update));
    for _ in 0..31 {
        let begin = Instant::now();
        for look in looks {
            update(black_box(look));
        }
        rounds.push(begin.elapsed().as_secs_f64() * 1e9 / f64::from(LOOKS));
    }
    rounds.sort_by(f64::total_cmp);
    let nanoseconds = rounds.get(15).copied().unwrap_or(f64::INFINITY);
    Cost { name, nanoseconds, allocations: allocated.calls, size: size_of::<T>() }
}

/// The largest difference of evidence that another order, and cutting into pieces that are merged,
/// makes for hours of looks.
///
/// # Errors
///
/// If a test cannot be made.
pub(crate) fn largest_difference(hours: u32) -> Result<f64, Error> {
    let mut largest = 0.0_f64;
    for hour in 0..hours {
        let mut chance = Chance::of_run(8, u64::from(hour));
        let world = World { ratio: 1.0 + chance.unit(), ..World::calm(100.0) };
        let mut run = world.run(10, chance.clone());
        let mut looks: Vec<Look> = (0..LOOKS).map(|_| run.step().1).collect();
        let mut one = EventTest::new(1.2)?;
        for look in &looks {
            one.add(look);
        }
        looks.sort_by_cached_key(|_| chance.bits());
        let mut other = EventTest::new(1.2)?;
        for piece in looks.chunks(50) {
            let mut part = EventTest::new(1.2)?;
            for look in piece {
                part.add(look);
            }
            other.merge(&part)?;
        }
        for (one, other) in [(one.worse(), other.worse()), (one.not_worse(), other.not_worse())] {
            largest = largest.max((one.log_e - other.log_e).abs());
        }
    }
    Ok(largest)
}

const LOOKS: u32 = 360;
