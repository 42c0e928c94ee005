use proptest::prelude::*;

use super::hodges_lehmann::shift;
use super::{MannWhitney, brunner_munzel::brunner_munzel};
use crate::{Alternative, Confidence, Sorted};

/// Runs a check with both samples in order.
fn with_sorted<T>(
    treatment: &[f64],
    control: &[f64],
    check: impl FnOnce(Sorted<'_>, Sorted<'_>) -> T,
) -> T {
    let (mut treatment, mut control) = (treatment.to_vec(), control.to_vec());
    check(Sorted::sort(&mut treatment).unwrap(), Sorted::sort(&mut control).unwrap())
}

#[test]
fn a_shift_and_its_interval_are_differences_of_two_values() {
    let (treatment, control) = ([1.1, 2.3, 4.0, 8.5, 16.0], [0.2, 0.9, 3.0, 5.5]);
    let mut differences: Vec<f64> =
        treatment.iter().flat_map(|ours| control.iter().map(move |theirs| ours - theirs)).collect();
    differences.sort_by(f64::total_cmp);
    let shift = with_sorted(&treatment, &control, |x, y| shift(x, y, Confidence::P90)).unwrap();
    assert_eq!(shift.estimate, f64::midpoint(differences[9], differences[10]));
    // Of the 126 arrangements of five and four, 1, 1 and 2 give U = 0, 1 and 2, and 3 more U = 3:
    // 4 of 126 are below 5 %, 7 are above. So the third difference from both ends.
    assert_eq!((shift.interval.low, shift.interval.high), (differences[2], differences[17]));
}

#[test]
fn differences_of_zero_are_zero_in_both_directions() {
    let (mut mostly, nothing) = ([0.0; 13], [0.0]);
    mostly[12] = 1.0;
    for (x, y) in [(&mostly[..], &nothing[..]), (&nothing, &mostly)] {
        let shift = with_sorted(x, y, |x, y| shift(x, y, Confidence::P95)).unwrap();
        assert_eq!(shift.estimate.to_bits(), 0.0_f64.to_bits(), "{}", shift.estimate);
    }
}

#[test]
fn too_few_values_for_the_confidence_exclude_nothing() {
    let shift = with_sorted(&[5.0, 6.0], &[1.0, 2.0], |x, y| shift(x, y, Confidence::P95)).unwrap();
    assert_eq!((shift.interval.low, shift.interval.high), (f64::NEG_INFINITY, f64::INFINITY));
    assert_eq!(shift.estimate, 4.0);
}

#[test]
fn equal_values_everywhere_are_no_difference() {
    let same = [3.0; 40];
    let test = with_sorted(&same, &same, MannWhitney::of).unwrap();
    assert_eq!((test.p_value(Alternative::TwoSided), test.share_of_larger()), (1.0, 0.5));
    assert!(test.exact_p_value(Alternative::TwoSided).unwrap_err().is_inexact());
    let shift = with_sorted(&same, &same, |x, y| shift(x, y, Confidence::P95)).unwrap();
    assert_eq!((shift.estimate, shift.interval.low, shift.interval.high), (0.0, 0.0, 0.0));
    assert!(with_sorted(&same, &same, brunner_munzel).unwrap_err().is_insufficient());
}

#[test]
fn an_empty_sample_is_insufficient_and_many_values_are_not_counted_out() {
    assert!(with_sorted(&[], &[1.0], MannWhitney::of).unwrap_err().is_insufficient());
    let many: Vec<f64> = (0..51).map(f64::from).collect();
    let test = with_sorted(&many, &[0.5], MannWhitney::of).unwrap();
    assert!(test.exact_p_value(Alternative::Greater).unwrap_err().is_inexact());
}

#[test]
fn the_largest_numbers_overflow_into_infinite_differences_and_nothing_else() {
    let (high, low) = ([f64::MAX, f64::MAX], [f64::MIN, f64::MIN]);
    let shift = with_sorted(&high, &low, |x, y| shift(x, y, Confidence::P95)).unwrap();
    assert_eq!(shift.estimate, f64::INFINITY);
    assert_eq!(with_sorted(&high, &low, MannWhitney::of).unwrap().u(), 4.0);
}

#[test]
fn the_exact_distribution_is_that_of_all_arrangements() {
    // All ways to choose 4 of 9 places, by counting inversions.
    let mut counts = [0.0; 21];
    for mask in 0_u32..512 {
        if mask.count_ones() == 4 {
            let wins = |place: u32| (!mask & ((1 << place) - 1)).count_ones();
            let u: u32 = (0..9).filter(|place| mask & (1 << place) != 0).map(wins).sum();
            counts[u as usize] += 1.0 / 126.0;
        }
    }
    let distribution = super::exact::Distribution::of(5, 4).unwrap();
    for (value, _) in counts.iter().enumerate() {
        let at_most: f64 = counts[..=value].iter().sum();
        assert!((distribution.at_most(value) - at_most).abs() < 1e-14);
        let at_least: f64 = counts[value..].iter().sum();
        assert!((distribution.at_least(value) - at_least).abs() < 1e-14);
    }
}

/// Samples with and without equal values.
fn sample() -> impl Strategy<Value = Vec<f64>> {
    prop_oneof![
        prop::collection::vec(-1e3..1e3, 1..40),
        prop::collection::vec((0..6).prop_map(f64::from), 1..40),
    ]
}

proptest! {
    #[test]
    fn a_ranked_difference_is_that_of_the_sorted_list(x in sample(), y in sample()) {
        let mut all: Vec<f64> = x.iter().flat_map(|x| y.iter().map(move |y| x - y)).collect();
        all.sort_by(f64::total_cmp);
        let median = f64::midpoint(all[(all.len() - 1) / 2], all[all.len() / 2]);
        let shift = with_sorted(&x, &y, |x, y| shift(x, y, Confidence::P95)).unwrap();
        prop_assert_eq!(shift.estimate, median);
        let ends = shift.interval;
        prop_assert!(ends.low.is_infinite() || all.contains(&ends.low));
        prop_assert!(ends.low <= median && median <= ends.high);
    }

    #[test]
    fn exchanged_samples_give_the_opposite(x in sample(), y in sample()) {
        let one = with_sorted(&x, &y, MannWhitney::of).unwrap();
        let other = with_sorted(&y, &x, MannWhitney::of).unwrap();
        prop_assert!((one.share_of_larger() + other.share_of_larger() - 1.0).abs() < 1e-12);
        let [greater, less] = [one.p_value(Alternative::Greater), other.p_value(Alternative::Less)];
        prop_assert!((greater - less).abs() < 1e-12);
        let one = with_sorted(&x, &y, |x, y| shift(x, y, Confidence::P95)).unwrap();
        let other = with_sorted(&y, &x, |x, y| shift(x, y, Confidence::P95)).unwrap();
        prop_assert_eq!(one.estimate, -other.estimate);
        prop_assert_eq!(one.interval.low, -other.interval.high);
    }
}
