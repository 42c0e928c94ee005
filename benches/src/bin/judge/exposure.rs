//! How many users meet a release that fails ten times as often, at any traffic?

use flagkit_stats::Arms;
use flagkit_stats::events::{EventTest, Look};

use crate::chance::Chance;
use crate::quiet::releases;
use crate::race::on_all_cores;

/// When a window ends.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Closing {
    Seconds(f64),
    /// When the treatment has had so many exposures.
    Exposures(f64),
}

/// One amount of traffic with one way of looking.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) rate: f64,
    pub(crate) share: f64,
    pub(crate) ratio: f64,
    pub(crate) closing: Closing,
    /// Failing units of the treatment before the verdict: the median and the 99th percentile.
    pub(crate) failing: [u64; 2],
    /// Seconds before it, the same.
    pub(crate) seconds: [f64; 2],
}

/// All rows: errors from 0.5 % to 5 and to 50 %.
pub(crate) fn rows(effort: f64) -> Vec<Row> {
    let most = releases(4_000.0 * effort);
    let closings = [Closing::Seconds(10.0), Closing::Seconds(1.0), Closing::Exposures(20.0)];
    let mut rows = Vec::new();
    for ratio in [10.0, 100.0] {
        for share in [0.01, 0.1] {
            for rate in [10.0, 1_000.0, 100_000.0] {
                rows.extend(closings.map(|closing| row((rate, share), ratio, closing, most)));
            }
        }
    }
    eprintln!("exposure: {} rows of {most} releases", rows.len());
    rows
}

fn row((rate, share): (f64, f64), ratio: f64, closing: Closing, most: u32) -> Row {
    let seconds = match closing {
        Closing::Seconds(seconds) => seconds,
        Closing::Exposures(exposures) => exposures / (rate * share),
    };
    let mut found = on_all_cores(most, |first, every| {
        (first..most)
            .step_by(every)
            .map(|run| {
                let seed = rate.to_bits() ^ share.to_bits() ^ seconds.to_bits();
                failing(Chance::of_run(seed, u64::from(run)), (rate, share), ratio, seconds)
            })
            .collect()
    });
    found.sort_by_key(|(failing, _)| *failing);
    let at = |percent: usize| found.get(found.len() * percent / 100).copied().unwrap_or_default();
    let failing = [at(50).0, at(99).0];
    found.sort_by(|(_, one), (_, other)| one.total_cmp(other));
    let at = |percent: usize| found.get(found.len() * percent / 100).copied().unwrap_or_default();
    Row { rate, share, ratio, closing, failing, seconds: [at(50).1, at(99).1] }
}

/// Failing units until the verdict, and its time.
fn failing(mut chance: Chance, (rate, share): (f64, f64), ratio: f64, seconds: f64) -> (u64, f64) {
    let Ok(mut test) = EventTest::new(1.0) else { return (0, 0.0) };
    let mut time = 0.0;
    let mut failing = 0;
    while test.worse().highest < LOG_BOUND && time < 1e5 {
        let mut draw = |share: f64, errors: f64| {
            let exposures = chance.poisson(rate * share * seconds);
            (exposures, chance.poisson(crate::world::number(exposures) * errors).min(exposures))
        };
        let (control, treatment) = (draw(1.0 - share, 0.005), draw(share, 0.005 * ratio));
        failing += treatment.1;
        time += seconds;
        test.add(&Look {
            exposures: Arms { control: control.0, treatment: treatment.0 },
            events: Arms { control: control.1, treatment: treatment.1 },
        });
    }
    (failing, time)
}

/// ln 1,000: α is 0.1 %.
const LOG_BOUND: f64 = 6.907_755_278_982_137;
