//! The engine of GrowthBook gives the numbers that gbstats gives.

mod bayesian;
mod degenerate;
mod frequentist;
mod split;
mod units;

use flagkit_stats::growthbook::Statistic;
use flagkit_stats::growthbook::statistic::Sample;

fn mean(count: u64, sum: f64, sum_squares: f64) -> Statistic {
    Statistic::Sample(Sample::Mean { count, sum, sum_squares })
}
