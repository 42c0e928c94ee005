use proptest::prelude::*;

use super::barnard::barnard;
use super::fisher::{conditional, fisher};
use super::{Proportion, z_test};
use crate::count::number;
use crate::{Alternative, Confidence};

fn proportion(hits: u64, trials: u64) -> Proportion {
    Proportion::new(hits, trials).unwrap()
}

/// The ways to choose, one by one.
fn choose(trials: u64, hits: u64) -> f64 {
    (0..hits).map(|index| number(trials - index) / number(index + 1)).product()
}

proptest! {
    #[test]
    fn fisher_adds_up_the_tables(
        (ours, theirs) in (1_u64..25, 1_u64..25),
        (hits, here) in (0_u64..50, 0_u64..25),
    ) {
        let hits = hits.min(ours + theirs);
        let range = hits.saturating_sub(theirs)..=hits.min(ours);
        let here = here.clamp(*range.start(), *range.end());
        let at = |k: u64| choose(ours, k) * choose(theirs, hits - k) / choose(ours + theirs, hits);
        let sum = |holds: &dyn Fn(u64) -> bool| {
            range.clone().filter(|k| holds(*k)).map(at).sum::<f64>()
        };
        let expected = [
            (Alternative::Greater, sum(&|k| k >= here)),
            (Alternative::Less, sum(&|k| k <= here)),
            (Alternative::TwoSided, sum(&|k| at(k) <= at(here) * (1.0 + 1e-7))),
        ];
        for (alternative, expected) in expected {
            let p = fisher(proportion(here, ours), proportion(hits - here, theirs), alternative);
            prop_assert!((p - expected).abs() <= 1e-11 * expected, "{p} for {expected}");
        }
    }

    #[test]
    fn intervals_hold_the_share_and_are_mirrored(hits in 0_u64..1000, misses in 0_u64..1000) {
        prop_assume!(hits + misses > 0);
        let (one, other) = (proportion(hits, hits + misses), proportion(misses, hits + misses));
        for of in [Proportion::wilson, Proportion::clopper_pearson] {
            let interval = of(one, Confidence::P95);
            prop_assert!(interval.contains(one.share()), "{interval:?}");
            prop_assert!(interval.low >= 0.0 && interval.high <= 1.0);
            let mirrored = of(other, Confidence::P95);
            prop_assert!((interval.low + mirrored.high - 1.0).abs() < 1e-12);
        }
    }
}

#[test]
fn fisher_is_exact_for_millions_of_trials() {
    // By mpmath with 40 digits.
    let (one, other) = (proportion(250, 1_000_000), proportion(2000, 9_000_000));
    let two_sided = fisher(one, other, Alternative::TwoSided);
    assert!((two_sided / 0.084_945_922_099_703_68 - 1.0).abs() < 1e-12);
    let greater = fisher(one, other, Alternative::Greater);
    assert!((greater / 0.044_143_077_387_796_35 - 1.0).abs() < 1e-12);
}

#[test]
fn a_sample_without_trials_or_with_too_many_hits_is_refused() {
    assert!(Proportion::new(0, 0).unwrap_err().is_insufficient());
    let error = Proportion::new(3, 2).unwrap_err().to_string();
    assert_eq!(error, "the count of hits is `3`; it has to be at most that of trials");
}

#[test]
fn outcomes_that_do_not_vary_are_insufficient_and_fisher_answers_one() {
    for hits in [0, 50] {
        let one = proportion(hits, 50);
        assert!(z_test(one, one).unwrap_err().is_insufficient());
        assert!(barnard(one, one).unwrap_err().is_insufficient());
        assert_eq!(fisher(one, one, Alternative::TwoSided), 1.0);
    }
    let none = proportion(0, 50);
    assert!(conditional(none, none, Alternative::Greater).unwrap_err().is_insufficient());
    assert!(barnard(proportion(1, 251), none).unwrap_err().is_inexact());
}

#[test]
fn the_largest_counts_give_probabilities() {
    let [most, half] = [proportion(1, u64::MAX), proportion(u64::MAX / 2, u64::MAX)];
    for alternative in [Alternative::TwoSided, Alternative::Greater, Alternative::Less] {
        for (one, other) in [(most, half), (half, most), (most, most), (half, half)] {
            assert!((0.0..=1.0).contains(&fisher(one, other, alternative)));
            let p = conditional(one, other, alternative).unwrap();
            assert!((0.0..=1.0).contains(&p), "{p}");
        }
    }
    let interval = half.clopper_pearson(Confidence::P95);
    assert!(interval.contains(0.5) && interval.high - interval.low < 1e-8, "{interval:?}");
}

#[test]
fn parts_merge() {
    let merged = proportion(3, 10).merged(proportion(4, 20));
    assert_eq!((merged.hits(), merged.misses(), merged.trials()), (7, 23, 30));
}

#[test]
fn a_margin_is_not_proved_by_a_point_estimate_below_it() {
    let test = z_test(proportion(12, 1000), proportion(10, 1000)).unwrap();
    assert!(test.p_value_against(0.005, Alternative::Less) > 0.05);
    let test = z_test(proportion(1200, 100_000), proportion(1000, 100_000)).unwrap();
    assert!(test.p_value_against(0.005, Alternative::Less) < 1e-6);
}
