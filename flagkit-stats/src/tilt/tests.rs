use super::{Counted, Grid, Likelihoods, Sums};
use crate::Alpha;
use crate::arms::number;

/// The log likelihood of a ratio, from its definition.
fn direct(looks: &[(f64, f64, f64)], ratio: f64) -> f64 {
    let of = |&(share, hits, trials): &(f64, f64, f64)| {
        let tilted = share * ratio / (share * ratio + 1.0 - share);
        hits * (tilted / share).ln() + (trials - hits) * ((1.0 - tilted) / (1.0 - share)).ln()
    };
    looks.iter().map(of).sum()
}

/// A ramp: the share grows, events come at twice the rate on the treatment.
const LOOKS: &[(f64, f64, f64)] =
    &[(0.01, 1.0, 40.0), (0.1, 8.0, 45.0), (0.25, 20.0, 50.0), (0.5, 70.0, 100.0), (0.9, 9.0, 9.0)];

fn summed(grid: &Grid) -> Sums {
    let mut sums = Sums::NONE;
    for &(share, hits, trials) in LOOKS {
        sums.add(grid, share, Counted { hits, trials });
    }
    sums
}

#[test]
fn the_sums_are_the_likelihood_at_each_point() {
    for null in [1.0, 1.1, 4.0] {
        let grid = Grid::around(null);
        let values = summed(&grid).log_likelihoods(&grid);
        for (value, log_ratio) in values.iter().zip(grid.log_ratios()) {
            let expected = direct(LOOKS, log_ratio.exp());
            assert!((value - expected).abs() < 1e-9, "{value} for {expected} at {log_ratio}");
        }
    }
}

#[test]
fn the_interval_contains_every_ratio_that_a_mixture_on_its_points_does_not_exclude() {
    let alpha = Alpha::new(0.05).unwrap();
    let grid = Grid::around(1.0);
    let interval = summed(&grid).curve(&grid).interval(alpha);
    let values = grid.log_ratios().map(|log_ratio| direct(LOOKS, log_ratio.exp()));
    // No mixture exceeds the highest likelihood of all ratios, which is near 2.2.
    let highest = (0..3_000).map(|step| direct(LOOKS, 1.0 + f64::from(step) / 1_000.0));
    let highest = highest.fold(f64::MIN, f64::max);
    assert!(values.iter().all(|value| *value <= highest));
    for step in 1..2_000 {
        let ratio = f64::from(step) / 100.0;
        // Any ratio whose likelihood is within ln 20 of that of every point stays.
        let is_kept = direct(LOOKS, ratio) + alpha.log_bound() > highest;
        assert!(!is_kept || interval.contains(ratio), "{ratio} is outside of {interval:?}");
    }
    assert!(interval.low > 1.0 && interval.high < 5.0, "{interval:?}");
}

#[test]
fn the_interval_narrows_with_the_root_of_the_events() {
    let width = |times: f64| {
        let grid = Grid::around(1.0);
        let mut sums = Sums::NONE;
        // Twice as many on the treatment: 2 · 0.5/(2 · 0.5 + 0.5) of all.
        sums.add(&grid, 0.5, Counted { hits: 200.0 * times, trials: 300.0 * times });
        let interval = sums.curve(&grid).interval(Alpha::new(0.01).unwrap());
        assert!(interval.contains(2.0), "{interval:?}");
        (interval.high / interval.low).ln()
    };
    let (once, hundredfold) = (width(1.0), width(100.0));
    // The deviation of ln m is 1/√(300 · 2/9); a fixed sample would give 2.58 of it to each side.
    assert!(once > 2.0 * 2.58 / (300.0_f64 * 2.0 / 9.0).sqrt());
    assert!(once < 2.0 * 5.0 / (300.0_f64 * 2.0 / 9.0).sqrt());
    assert!(hundredfold < once / 6.0, "{once} and {hundredfold}");
}

#[test]
fn without_trials_nothing_is_said() {
    let grid = Grid::around(1.1);
    let values = Sums::NONE.log_likelihoods(&grid);
    let likelihoods = Likelihoods { grid: &grid, values };
    assert!(likelihoods.above_null().abs() < 1e-12);
    assert!(likelihoods.below_null().abs() < 1e-12);
    assert!(likelihoods.below_one() < 1e-12);
    let interval = Sums::NONE.curve(&grid).interval(Alpha::new(0.05).unwrap());
    assert_eq!((interval.low, interval.high), (0.0, f64::INFINITY));
}

/// The exact expectation over all outcomes of binomial counts, of the e-value of one look.
#[test]
fn the_mean_of_an_e_value_is_at_most_one_whatever_the_rate() {
    let binomial = |n: u32, rate: f64| {
        let mut weights = vec![0.0; n as usize + 1];
        weights[0] = 1.0;
        for _ in 0..n {
            for k in (0..weights.len()).rev() {
                let below = if k == 0 { 0.0 } else { weights[k - 1] };
                weights[k] = weights[k] * (1.0 - rate) + below * rate;
            }
        }
        weights
    };
    for (null, ratio) in [(1.0, 1.0), (1.0, 0.5), (1.5, 1.5), (1.5, 1.0)] {
        for rate in [0.001, 0.05, 0.3, 0.6] {
            let grid = Grid::around(null);
            let (control, treatment) = (30, 12);
            let mut mean = 0.0;
            for (k, weight) in binomial(treatment, rate * ratio).iter().enumerate() {
                for (j, other) in binomial(control, rate).iter().enumerate() {
                    let mut sums = Sums::NONE;
                    let [hits, misses] = [k, j].map(|count| number(count as u64));
                    let counted = Counted { hits, trials: hits + misses };
                    sums.add(&grid, 12.0 / 42.0, counted);
                    let values = sums.log_likelihoods(&grid);
                    mean += weight * other * Likelihoods { grid: &grid, values }.above_null().exp();
                }
            }
            assert!(mean <= 1.0 + 1e-9, "{mean} at {rate}, ratio {ratio}, margin {null}");
        }
    }
}
