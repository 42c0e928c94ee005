//! What happens to series before they are compared.

use flagkit_stats::kayenta::Detector;

#[test]
fn a_spike_among_two_levels_is_kept_by_the_reduced_detector() {
    // Quartiles 10 and 20, fence -20..50: both take 60 for an outlier. The 99th percentile of
    // 101 values is the second largest, so a second spike moves the fence of one of them.
    let mut values: Vec<f64> =
        (0..99).map(|index| if index % 2 == 0 { 10.0 } else { 20.0 }).collect();
    values.extend([60.0, 61.0]);
    let reduced = Detector::ReducedInterquartileRange { factor: 3.0 }.detect(&values);
    let plain = Detector::InterquartileRange { factor: 3.0 }.detect(&values);
    assert_eq!(plain[99..], [true, true]);
    assert_eq!(reduced[99..], [false, true]);
}
