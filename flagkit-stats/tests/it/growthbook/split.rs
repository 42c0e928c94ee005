//! The split of users, and truncated normal distributions: runs of gbstats 0.8.0.

use flagkit_stats::growthbook::srm::p_value;
use flagkit_stats::growthbook::truncated::truncated_mean;

use crate::close::close;

#[test]
fn splits_have_the_p_values_of_a_run() {
    let cases: [(&[u64], &[f64], f64); 5] = [
        (&[500, 500], &[0.5, 0.5], 1.0),
        (&[1000, 1200], &[0.5, 0.5], 2.007_865_612_426_481e-5),
        (&[9000, 1010], &[0.9, 0.1], 0.764_291_488_796_043_3),
        // An arm without weight has users, and they count in the total.
        (&[100, 110, 120], &[1.0, 1.0, 0.0], 2.875_291_211_980_848e-10),
        (&[0, 0], &[0.5, 0.5], 1.0),
    ];
    for (users, weights, expected) in cases {
        let actual = p_value(users, weights);
        assert!(close(actual, expected, 1e-12 * expected), "{actual:e} for {users:?}");
    }
}

#[test]
fn truncated_normals_have_the_means_of_a_run() {
    let infinity = f64::INFINITY;
    let cases = [
        (0.0, 1.0, (-infinity, 0.0), -0.797_884_560_802_865_4),
        (1.0, 0.5, (-infinity, 0.0), -0.186_607_766_411_420_07),
        (-8.0, 1.0, (0.0, infinity), 0.121_368_112_236_179_83),
        (0.02, 0.1, (-0.1, 0.3), 0.041_110_135_860_208_87),
    ];
    for (mean, deviation, ends, expected) in cases {
        let actual = truncated_mean(mean, deviation, ends);
        assert!(close(actual, expected, 1e-13), "{actual} for {mean}");
    }
}

#[test]
fn a_thousand_deviations_away_all_digits_are_there() {
    // The mean beyond z is z + 1/z - 2/z³ + 10/z⁵ - …: here 1000.000999998000009999926….
    let mean = truncated_mean(0.0, 1.0, (1000.0, f64::INFINITY));
    assert_eq!(mean, 1_000.000_999_998);
    let mirrored = truncated_mean(0.0, 1.0, (-f64::INFINITY, -1000.0));
    assert_eq!(mirrored, -mean);
    // Between two points that far out: the density falls by exp(-1000 · 0.001) from end to end,
    // so it is the mean of an exponential distribution that was cut: 1/1000 - 0.001 / (e - 1).
    let narrow = truncated_mean(0.0, 1.0, (1000.0, 1000.001));
    let exponential = 1000.0 + 0.001 - 0.001 / (std::f64::consts::E - 1.0);
    assert!(close(narrow, exponential, 1e-8), "{narrow} {exponential}");
}
