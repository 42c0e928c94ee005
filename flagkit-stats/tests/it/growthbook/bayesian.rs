//! Posteriors, and how many more users an experiment needs.

use flagkit_stats::growthbook::bayesian::{Goal, Outcome, Prior, PriorScale, Settings, test};
use flagkit_stats::growthbook::power::{self, Need, additional_users};
use flagkit_stats::growthbook::statistic::Sample;
use flagkit_stats::growthbook::{Difference, Statistic, effect};

use super::mean;
use crate::close::close;

fn arm(sum: f64) -> Statistic {
    Statistic::Sample(Sample::Proportion { count: 100, sum })
}

fn prior(mean: f64, variance: f64) -> Prior {
    Prior { mean, variance, proper: true }
}

/// Compares the mean, both ends, the chance to win and both risks.
fn check(outcome: &Outcome, expected: [f64; 6]) {
    let ((low, high), (first, second)) = (outcome.interval, outcome.risk);
    let actual = [outcome.expected, low, high, outcome.chance_to_win, first, second];
    let fits = |(left, right): (&f64, &f64)| close(*left, *right, 1e-13);
    assert!(actual.iter().zip(&expected).all(fits), "{actual:?} is not {expected:?}");
}

#[test]
fn posteriors_have_the_numbers_of_a_run() {
    // Runs of gbstats 0.8.0 with 49 and 51 of 100.
    let flat = Settings::default();
    let expected = [
        0.040_816_326_530_612_28,
        -0.247_793_359_741_226_07,
        0.329_426_012_802_450_6,
        0.609_181_309_580_898_1,
        0.081_395_849_155_163_1,
        0.040_579_522_624_550_71,
    ];
    check(&test(&arm(49.0), &arm(51.0), &flat), expected);
    let expected = [
        0.032_891_837_773_784_74,
        -0.226_190_623_812_997_54,
        0.291_974_299_360_566_96,
        0.598_252_855_452_953_6,
        0.070_805_223_401_313_82,
        0.037_913_385_627_529_07,
    ];
    check(&test(&arm(49.0), &arm(51.0), &Settings { prior: prior(0.0, 0.09), ..flat }), expected);
}

#[test]
fn priors_of_absolute_analyses_are_in_their_unit() {
    // Runs of gbstats 0.8.0: the first prior is relative, its metric inverse.
    let absolute = Settings { difference: Difference::Absolute, ..Settings::default() };
    let expected = [
        0.025_447_513_812_154_71,
        -0.099_424_638_361_543_17,
        0.150_319_665_985_852_56,
        0.344_792_541_944_544_6,
        0.014_694_369_508_406_172,
        0.040_141_883_320_560_88,
    ];
    let settings = Settings { goal: Goal::Decrease, prior: prior(0.1, 0.09), ..absolute };
    check(&test(&arm(49.0), &arm(51.0), &settings), expected);
    let expected = [
        0.046_659_554_607_280_98,
        -0.066_483_927_972_315_84,
        0.159_803_037_186_877_77,
        0.790_533_849_927_928_3,
        0.053_498_166_468_570_13,
        0.006_838_611_861_289_148,
    ];
    let prior_scale = PriorScale::Absolute;
    let settings = Settings { prior: prior(0.1, 0.01), prior_scale, ..absolute };
    check(&test(&arm(49.0), &arm(51.0), &settings), expected);
}

#[test]
fn an_absolute_prior_of_a_relative_analysis_is_not_rescaled() {
    // The known fault of the engine: it should have become a prior of mean 0.1 / 0.49.
    let relative = Settings { prior: prior(0.1, 0.01), ..Settings::default() };
    let absolute = Settings { prior_scale: PriorScale::Absolute, ..relative };
    let outcome = test(&arm(49.0), &arm(51.0), &absolute);
    assert_eq!(outcome, test(&arm(49.0), &arm(51.0), &relative));
    let right = Settings { prior: prior(0.1 / 0.49, 0.01 / 0.49_f64.powi(2)), ..relative };
    assert_ne!(outcome, test(&arm(49.0), &arm(51.0), &right));
}

#[test]
fn a_decrease_that_is_wanted_wins_as_an_increase_does() {
    let lower = Settings { goal: Goal::Decrease, ..Settings::default() };
    let outcome = test(&arm(49.0), &arm(51.0), &lower);
    let mirrored = test(&arm(49.0), &arm(51.0), &Settings::default());
    assert!(close(outcome.chance_to_win, 1.0 - mirrored.chance_to_win, 1e-15));
    assert_eq!(outcome.risk, (mirrored.risk.1, mirrored.risk.0));
}

#[test]
fn needs_of_experiments_have_its_numbers() {
    // test_midexperimentpower.py: a frequentist, a sequential and a Bayesian analysis.
    let (baseline, variation) = (mean(500, 500.0, 1500.0), mean(500, 525.0, 1551.25));
    let moments = effect(&baseline, &variation, Difference::Relative).unwrap();
    let base = power::Settings { effect: 0.05, ..power::Settings::default() };
    let sequential = power::Settings { tuning: Some(5000.0), ..base };
    let bayesian = power::Settings { prior: Some(prior(0.05, 0.001)), ..base };
    let cases = [(base, 25.457_031_25), (sequential, 55.667_968_75), (bayesian, 13.940_429_687_5)];
    for (settings, expected) in cases {
        let Need::Users { factor, users } = additional_users(&moments, &settings) else {
            panic!("{settings:?} needs nothing");
        };
        assert!(close(factor, expected, 1e-4), "{factor} for {settings:?}");
        assert_eq!(users, factor * 1000.0);
    }
    let impossible = power::Settings { effect: 1e-9, ..base };
    assert_eq!(additional_users(&moments, &impossible), Need::TooMany);
}
