//! Facts of gbstats' own tests (`test_tests.py`), five digits or all of them.

use flagkit_stats::growthbook::Statistic;
use flagkit_stats::growthbook::frequentist::{self, Alternative, Outcome};
use flagkit_stats::growthbook::statistic::{
    Adjusted, AdjustedRatio, Clusters, Products, Quantile, Ratio, Sample,
};
use flagkit_stats::growthbook::{Difference, sequential};

use super::mean;
use crate::close::close;

const TWO: Alternative = Alternative::TwoSided;

fn welch(
    arms: &(Statistic, Statistic),
    alternative: Alternative,
    difference: Difference,
) -> Outcome {
    let settings = frequentist::Settings { difference, ..frequentist::Settings::default() };
    frequentist::test(&arms.0, &arms.1, alternative, &settings)
}

fn any_time(arms: &(Statistic, Statistic), alternative: Alternative, tuning: f64) -> Outcome {
    let settings = sequential::Settings { tuning, ..sequential::Settings::default() };
    sequential::test(&arms.0, &arms.1, alternative, &settings)
}

/// Compares the estimate, both ends, the p-value and the standard error.
fn check(outcome: &Outcome, expected: [f64; 5], tolerance: f64) {
    let (low, high) = outcome.interval;
    let p_value = outcome.p_value.unwrap();
    let actual = [outcome.expected, low, high, p_value, outcome.uplift.deviation];
    let fits = |(left, right): (&f64, &f64)| close(*left, *right, tolerance);
    assert!(actual.iter().zip(&expected).all(fits), "{actual:?} is not {expected:?}");
    assert_eq!(outcome.issue, None);
    assert_eq!(outcome.uplift.mean, outcome.expected);
}

/// The arms of most of its tests.
fn arms(baseline: u64) -> (Statistic, Statistic) {
    (mean(baseline, 1396.87, 52377.9767), mean(3461, 2422.7, 134_698.29))
}

fn adjusted_arms() -> (Statistic, Statistic) {
    let arm = |count, post: [f64; 2], pre: [f64; 2]| {
        let sample = |[sum, sum_squares]: [f64; 2]| Sample::Mean { count, sum, sum_squares };
        let (post, pre) = (sample(post), sample(pre));
        Statistic::Adjusted(Adjusted { count, post, pre, sum_of_products: 1.0, theta: None })
    };
    (
        arm(3000, [1396.87, 52377.9767], [16.87, 527.9767]),
        arm(3461, [2422.7, 134_698.29], [22.7, 1348.29]),
    )
}

fn adjusted_ratio_arms() -> (Statistic, Statistic) {
    let sample = |[sum, sum_squares]: [f64; 2]| Sample::Mean { count: 100, sum, sum_squares };
    let arm = |samples: [[f64; 2]; 4], products: Products| {
        let [numerator_post, denominator_post, numerator_pre, denominator_pre] =
            samples.map(sample);
        Statistic::AdjustedRatio(AdjustedRatio {
            count: 100,
            numerator_post,
            denominator_post,
            numerator_pre,
            denominator_pre,
            products,
            theta: None,
        })
    };
    let baseline = arm(
        [
            [485.112_236_689_623, 2_715.484_666_118_136],
            [679.909_327_584_491_7, 4_939.424_001_640_236],
            [192.591_380_699_915_36, 460.076_026_390_857],
            [290.139_839_975_023_3, 920.946_138_503_889_8],
        ],
        Products {
            numerator_post_numerator_pre: 1_113.621_575_931_835_2,
            denominator_post_denominator_pre: 2_130.940_407_444_674_7,
            numerator_pre_denominator_pre: 634.239_482_353_647,
            numerator_post_denominator_post: 3_602.146_836_776_702,
            numerator_post_denominator_pre: 1_559.287_843_494_467_6,
            numerator_pre_denominator_post: 1_460.318_107_927_698_3,
        },
    );
    let variation = arm(
        [
            [514.775_782_660_877_7, 2_994.897_482_705_013],
            [705.409_087_438_375_9, 5_291.366_041_463_92],
            [206.941_572_274_025_36, 514.290_370_224_675_7],
            [302.543_891_391_073_26, 994.450_620_812_566_3],
        ],
        Products {
            numerator_post_numerator_pre: 1_237.095_302_112_599_7,
            denominator_post_denominator_pre: 2_292.081_739_775_257,
            numerator_pre_denominator_pre: 698.417_342_581_790_8,
            numerator_post_denominator_post: 3_918.156_143_160_071_7,
            numerator_post_denominator_pre: 1_701.028_727_004_026_5,
            numerator_pre_denominator_post: 1_604.075_950_326_652_2,
        },
    );
    (baseline, variation)
}

#[test]
fn two_sided_tests_have_its_numbers() {
    let relative = welch(&arms(3407), TWO, Difference::Relative);
    check(&relative, [0.70732, -0.03526, 1.44989, 0.06191, 0.37879], 1e-5);
    let absolute = welch(&arms(3407), TWO, Difference::Absolute);
    check(&absolute, [0.29, 0.04538, 0.53462, 0.02016, 0.12478], 1e-5);
    let arm = |count, sum| Statistic::Sample(Sample::Proportion { count, sum });
    let proportion = welch(&(arm(28, 14.0), arm(30, 16.0)), TWO, Difference::Relative);
    check(&proportion, [0.06667, -0.47767, 0.61101, 0.80707, 0.2717], 1e-5);
    let ratio = welch(&adjusted_ratio_arms(), TWO, Difference::Relative);
    check(&ratio, [-0.0007, -0.00841, 0.007, 0.85771, 0.00391], 1e-5);
}

#[test]
fn one_sided_tests_have_its_numbers() {
    let infinity = f64::INFINITY;
    let (estimate, error) = (0.503_361_085_856_235_8, 0.333_412_214_640_073_5);
    let greater = welch(&arms(3000), Alternative::Greater, Difference::Relative);
    let expected = [estimate, -0.045_136_675_850_396_05, infinity, 0.065_582_628_684_677_46, error];
    check(&greater, expected, 1e-13);
    let lesser = welch(&arms(3000), Alternative::Lesser, Difference::Relative);
    let expected = [estimate, -infinity, 1.051_858_847_562_867_6, 0.934_417_371_315_322_5, error];
    check(&lesser, expected, 1e-13);
    let (estimate, error) = (0.234_376_666_666_666_68, 0.129_830_812_541_847_36);
    let greater = welch(&arms(3000), Alternative::Greater, Difference::Absolute);
    let expected = [estimate, 0.020_791_480_063_255_735, infinity, 0.035_542_724_898_730_23, error];
    check(&greater, expected, 1e-13);
    let lesser = welch(&arms(3000), Alternative::Lesser, Difference::Absolute);
    let expected = [estimate, -infinity, 0.447_961_853_270_077_65, 0.964_457_275_101_269_8, error];
    check(&lesser, expected, 1e-13);
}

#[test]
fn sequential_tests_have_its_numbers() {
    let tuned = any_time(&arms(3000), TWO, 1000.0);
    check(&tuned, [0.50336, -0.55844, 1.56516, 1.0, 0.33341], 1e-5);
    let arm = |count, sum| Statistic::Sample(Sample::Proportion { count, sum });
    let proportion = any_time(&(arm(3000, 1396.0), arm(3461, 2422.0)), TWO, 5000.0);
    check(&proportion, [0.50386, 0.40098, 0.60675, 0.0, 0.03386], 1e-5);
    let adjusted = any_time(&adjusted_arms(), TWO, 5000.0);
    check(&adjusted, [0.50338, -0.50969, 1.51646, 1.0, 0.33341], 1e-5);
    let ratio = any_time(&adjusted_ratio_arms(), TWO, 5000.0);
    check(&ratio, [-0.0007, -0.02063, 0.01923, 1.0, 0.00391], 1e-5);
}

#[test]
fn one_sided_sequential_tests_have_its_numbers() {
    let absolute = |alternative| {
        let difference = Difference::Absolute;
        let settings = sequential::Settings { difference, ..sequential::Settings::default() };
        sequential::test(&arms(3000).0, &arms(3000).1, alternative, &settings)
    };
    let infinity = f64::INFINITY;
    let (estimate, error) = (0.503_361_085_856_235_8, 0.333_412_214_640_073_5);
    let greater = any_time(&arms(3000), Alternative::Greater, 5000.0);
    check(&greater, [estimate, -0.423_564_546_027_908_83, infinity, 0.4999, error], 1e-13);
    let lesser = any_time(&arms(3000), Alternative::Lesser, 5000.0);
    check(&lesser, [estimate, -infinity, 1.430_286_717_740_380_6, 0.4999, error], 1e-13);
    let (estimate, error) = (0.234_376_666_666_666_68, 0.129_830_812_541_847_36);
    let expected = [estimate, -0.126_568_441_728_049_82, infinity, 0.463_164_919_433_593_84, error];
    check(&absolute(Alternative::Greater), expected, 1e-13);
    let expected = [estimate, -infinity, 0.595_321_775_061_383_2, 0.4999, error];
    check(&absolute(Alternative::Lesser), expected, 1e-13);
}

#[test]
fn quantiles_have_the_numbers_of_a_run() {
    let arm = |shift: f64| {
        Statistic::Quantile(Quantile {
            count: 5000,
            sample_size: 5000,
            level: 0.9,
            estimate: 7.0 + shift,
            lower: 6.8 + shift,
            upper: 7.3 + shift,
            clusters: None,
        })
    };
    // A run of gbstats 0.8.0.
    let expected = [
        0.028_571_428_571_428_6,
        -0.022_663_896_076_076_4,
        0.079_806_753_218_933_6,
        0.274_372_653_852_730_7,
        0.026_137_787_470_077_34,
    ];
    check(&welch(&(arm(0.0), arm(0.2)), TWO, Difference::Relative), expected, 1e-12);
}

#[test]
fn users_with_one_event_each_are_as_good_as_events() {
    // Then the variance of the share below the quantile is that of independent events, but for
    // n - 1 instead of n.
    let quantile = |clusters| {
        Statistic::Quantile(Quantile {
            count: 1000,
            sample_size: 1000,
            level: 0.9,
            estimate: 7.0,
            lower: 6.8,
            upper: 7.3,
            clusters,
        })
    };
    let users = Clusters {
        count: 1000,
        main_sum: 900.0,
        main_sum_squares: 900.0,
        denominator_sum: 1000.0,
        denominator_sum_squares: 1000.0,
        sum_of_products: 900.0,
    };
    let ratio = quantile(Some(users)).variance() / quantile(None).variance();
    assert!(close(ratio, 1000.0 / 999.0, 1e-12), "{ratio}");
}

#[test]
fn strata_add_up_to_their_whole() {
    let ratio = |count, sums: [f64; 5]| {
        let numerator = Sample::Mean { count, sum: sums[0], sum_squares: sums[1] };
        let denominator = Sample::Mean { count, sum: sums[2], sum_squares: sums[3] };
        Statistic::Ratio(Ratio { count, numerator, denominator, sum_of_products: sums[4] })
    };
    let left = ratio(10, [20.0, 50.0, 30.0, 110.0, 70.0]);
    let right = ratio(20, [45.0, 130.0, 70.0, 300.0, 180.0]);
    let whole = ratio(30, [65.0, 180.0, 100.0, 410.0, 250.0]);
    assert_eq!(left.merge(&right), Some(whole));
    let (first, second) = adjusted_arms();
    let both = first.merge(&second).unwrap();
    assert_eq!((both.count(), both.unadjusted_mean()), (6461, (1396.87 + 2422.7) / 6461.0));
    let (first, second) = adjusted_ratio_arms();
    assert_eq!(first.merge(&second).unwrap().count(), 200);
    assert_eq!(left.merge(&first), None);
}
