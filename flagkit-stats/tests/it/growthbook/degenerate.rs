//! What cannot be analysed has a reason and neutral numbers, and nothing panics.

use flagkit_stats::growthbook::frequentist::{Alternative, Outcome};
use flagkit_stats::growthbook::statistic::{Adjusted, AdjustedRatio, Products, Ratio, Sample};
use flagkit_stats::growthbook::truncated::truncated_mean;
use flagkit_stats::growthbook::{
    Difference, Impact, Issue, Statistic, bayesian, frequentist, sequential,
};

use super::mean;

fn welch(baseline: &Statistic, variation: &Statistic, difference: Difference) -> Outcome {
    let settings = frequentist::Settings { difference, ..frequentist::Settings::default() };
    frequentist::test(baseline, variation, Alternative::TwoSided, &settings)
}

#[test]
fn what_cannot_be_analysed_says_why() {
    let good = mean(100, 50.0, 120.0);
    let adjusted = |post: Sample, pre: Sample| {
        Statistic::Adjusted(Adjusted { count: 100, post, pre, sum_of_products: 1.0, theta: None })
    };
    let proportion = Sample::Proportion { count: 100, sum: 40.0 };
    let values = Sample::Mean { count: 100, sum: 50.0, sum_squares: 120.0 };
    let cases = [
        (mean(1, 5.0, 25.0), good, Issue::ZeroVariance),
        (mean(0, 0.0, 0.0), good, Issue::ZeroVariance),
        (good, mean(100, 100.0, 100.0), Issue::ZeroVariance),
        (mean(100, 0.0, 120.0), good, Issue::ZeroBaseline),
        (adjusted(values, values), good, Issue::DifferentKinds),
        (adjusted(values, values), adjusted(proportion, proportion), Issue::DifferentKinds),
    ];
    for (baseline, variation, issue) in cases {
        let outcome = welch(&baseline, &variation, Difference::Absolute);
        assert_eq!(outcome.issue, Some(issue), "{baseline:?}");
        assert_eq!((outcome.p_value, outcome.interval), (Some(1.0), (0.0, 0.0)));
        let outcome = bayesian::test(&baseline, &variation, &bayesian::Settings::default());
        assert_eq!((outcome.issue, outcome.chance_to_win), (Some(issue), 0.5));
        assert!(!issue.to_string().is_empty());
    }
}

#[test]
fn one_sided_sequences_need_a_small_alpha() {
    let (baseline, variation) = (mean(100, 50.0, 120.0), mean(100, 60.0, 130.0));
    let settings = sequential::Settings { alpha: 0.5, ..sequential::Settings::default() };
    let issue = |alternative| sequential::test(&baseline, &variation, alternative, &settings).issue;
    assert_eq!(issue(Alternative::Greater), Some(Issue::AlphaTooLarge));
    assert_eq!(issue(Alternative::Lesser), Some(Issue::AlphaTooLarge));
    assert_eq!(issue(Alternative::TwoSided), None);
}

#[test]
fn a_time_before_that_says_nothing_is_left_out() {
    let (first, second) = (mean(100, 50.0, 120.0), mean(100, 60.0, 130.0));
    let with_constant = |arm: Statistic| {
        let Statistic::Sample(post) = arm else { panic!("a mean was given") };
        let pre = Sample::Mean { count: 100, sum: 300.0, sum_squares: 900.0 };
        let sum_of_products = 3.0 * post.sum();
        Statistic::Adjusted(Adjusted { count: 100, post, pre, sum_of_products, theta: None })
    };
    for difference in [Difference::Relative, Difference::Absolute] {
        let plain = welch(&first, &second, difference);
        assert_eq!(plain, welch(&with_constant(first), &with_constant(second), difference));
    }
}

#[test]
fn effects_are_scaled_to_all_users_of_a_day() {
    let (first, second) = (mean(100, 50.0, 120.0), mean(100, 60.0, 130.0));
    let impact = Impact { total_users: 400, traffic: 0.5, days: 2.0 };
    let one = welch(&first, &second, Difference::Absolute);
    let all = welch(&first, &second, Difference::Scaled(impact));
    // 400 users are half of those of two days.
    assert_eq!(all.expected, one.expected * 400.0);
    assert_eq!(all.interval, (one.interval.0 * 400.0, one.interval.1 * 400.0));
    assert_eq!(all.p_value, one.p_value);
    let issue = |impact| welch(&first, &second, Difference::Scaled(impact)).issue;
    assert_eq!(issue(Impact { days: 0.0, ..impact }), Some(Issue::NothingToScale));
    assert_eq!(issue(Impact { total_users: 0, ..impact }), Some(Issue::NoUsers));
    let sample = Sample::Mean { count: 100, sum: 50.0, sum_squares: 120.0 };
    let ratio = Statistic::Ratio(Ratio {
        count: 100,
        numerator: sample,
        denominator: sample,
        sum_of_products: 30.0,
    });
    let outcome = welch(&ratio, &ratio, Difference::Scaled(impact));
    assert_eq!(outcome.issue, Some(Issue::NotScalable));
}

#[test]
fn nothing_panics_on_any_numbers() {
    let numbers = [0.0, -1.0, 1e308, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e-320];
    for sum in numbers {
        for sum_squares in numbers {
            for count in [0, 1, 2, u64::MAX] {
                let sample = Sample::Mean { count, sum, sum_squares };
                let products =
                    Products { numerator_post_numerator_pre: sum, ..Products::default() };
                let adjusted = Statistic::AdjustedRatio(AdjustedRatio {
                    count,
                    numerator_post: sample,
                    denominator_post: sample,
                    numerator_pre: sample,
                    denominator_pre: sample,
                    products,
                    theta: None,
                });
                for arm in [Statistic::Sample(sample), adjusted] {
                    let sound = mean(100, 50.0, 120.0);
                    for (first, second) in [(arm, sound), (sound, arm), (arm, arm)] {
                        let alternative = Alternative::Greater;
                        welch(&first, &second, Difference::Relative);
                        bayesian::test(&first, &second, &bayesian::Settings::default());
                        let settings = sequential::Settings::default();
                        sequential::test(&first, &second, alternative, &settings);
                    }
                    assert_eq!(arm.merge(&arm).unwrap().count(), count.saturating_add(count));
                }
            }
        }
        truncated_mean(sum, sum, (sum, sum));
    }
}
