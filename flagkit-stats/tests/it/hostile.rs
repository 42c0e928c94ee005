//! No input panics or leaves a NaN behind.

use flagkit_stats::bounded::BoundedMean;
use flagkit_stats::closed_form::{asymptotic_half_width, beta_binomial, normal_mixture};
use flagkit_stats::events::{BeforeAfter, EventTest, LateTest, LimitTest, Look, Verdict};
use flagkit_stats::mean::MeanSequence;
use flagkit_stats::moments::Moments;
use flagkit_stats::multiplicity::{
    benjamini_hochberg, benjamini_yekutieli, e_benjamini_hochberg, holm, split,
};
use flagkit_stats::quantile::{Histogram, QuantileSequence, Scale, SlowerTest};
use flagkit_stats::srm::SplitTest;
use flagkit_stats::{Alpha, Arms, Evidence, Interval};

const COUNTS: [u64; 6] = [0, 1, 2, 1 << 53, u64::MAX - 1, u64::MAX];
const NUMBERS: [f64; 11] = [
    f64::NAN,
    f64::INFINITY,
    f64::NEG_INFINITY,
    f64::MAX,
    f64::MIN,
    f64::MIN_POSITIVE,
    -0.0,
    1e-320,
    1.0,
    -1.0,
    0.5,
];

fn are_sound<const COUNT: usize>(all: [Evidence; COUNT]) {
    all.into_iter().for_each(is_sound);
}

fn is_sound(evidence: Evidence) {
    assert!(!evidence.log_e.is_nan(), "{evidence:?}");
    assert!(evidence.highest >= 0.0 && !evidence.highest.is_nan(), "{evidence:?}");
    assert!((0.0..=1.0).contains(&evidence.p_value()), "{evidence:?}");
}

fn is_ordered(interval: Interval) {
    assert!(interval.low <= interval.high, "{interval:?}");
}

fn alpha() -> Alpha {
    Alpha::new(0.001).unwrap()
}

#[test]
fn any_counts_are_taken_by_tests_of_events() {
    for margin in [1.0, 1.1, 10.0] {
        let mut all = EventTest::new(margin).unwrap();
        let mut late = LateTest::new(margin).unwrap();
        for numbers in 0..COUNTS.len().pow(4) {
            let at = |place: u32| COUNTS[numbers / COUNTS.len().pow(place) % COUNTS.len()];
            let look = Look {
                exposures: Arms { control: at(0), treatment: at(1) },
                events: Arms { control: at(2), treatment: at(3) },
            };
            let mut alone = EventTest::new(margin).unwrap();
            alone.add(&look);
            all.add(&look);
            late.add(&look, 1.0, &all);
            is_sound(late.worse());
            for test in [&alone, &all] {
                are_sound([test.worse(), test.not_worse(), test.better()]);
                is_ordered(test.ratio(alpha()));
                let _ = test.verdict(alpha());
            }
        }
        let other = all.clone();
        all.merge(&other).unwrap();
        is_sound(all.worse());
    }
}

#[test]
fn any_counts_are_taken_by_tests_of_limits() {
    for limit in [1e-300, 1e-9, 0.5, 1.0 - f64::EPSILON] {
        for exposures in COUNTS {
            for events in COUNTS {
                let mut test = LimitTest::new(limit).unwrap();
                test.add(exposures, events);
                test.add(exposures, events);
                are_sound([test.above(), test.below()]);
                is_ordered(test.rate(alpha()));
                if let Ok(mut test) = BeforeAfter::new((exposures, events), 1.5, alpha()) {
                    test.add(events, exposures);
                    is_sound(test.worse());
                }
            }
        }
    }
}

#[test]
fn any_numbers_are_refused_or_taken() {
    let (mut moments, mut refused) = (Moments::default(), 0);
    let mut bounded = BoundedMean::new((-1.0, 1.0), alpha()).unwrap();
    let mut histogram = Histogram::new(Scale::new(0.001, 1e-150).unwrap());
    for one in NUMBERS {
        for other in NUMBERS {
            let _ = EventTest::with_dispersion(one, other).map(|test| is_sound(test.worse()));
            let _ = LimitTest::new(one).map(|test| is_sound(test.above()));
            let _ = BoundedMean::new((one, other), alpha()).map(|mut mean| {
                for value in NUMBERS {
                    mean.add(value);
                }
                is_ordered(mean.interval());
            });
            let _ = Scale::new(one, other).map(|scale| Histogram::new(scale).add(1.0));
            let _ = SlowerTest::new(&[one, other], 1.0).map(|test| is_sound(test.slower()));
            let _ = QuantileSequence::new(one, alpha());
            let _ = split(alpha(), &[one, other]);
            let _ = e_benjamini_hochberg(&[one, other], alpha());
            for p_values in [holm, benjamini_hochberg, benjamini_yekutieli] {
                let adjusted = p_values(&[one, other]);
                assert!(adjusted.iter().all(|p| (0.0..=1.0).contains(p)), "{adjusted:?}");
            }
            for count in COUNTS {
                let log_e = beta_binomial(one, (other, 1.0), (count, count));
                assert!(!log_e.is_nan(), "{one} {other} {count}");
                assert!(!normal_mixture(count, one, other).is_nan());
                let mut test = SplitTest::new(100.0).unwrap();
                let _ = test.add(&[one, other], &[count, count]);
                let _ = test.add(&[other, one], &[count, 1]);
                is_sound(test.mismatch());
            }
            assert!(asymptotic_half_width(one, other, alpha()) >= 0.0);
        }
        refused += u32::from(moments.add(one).is_err());
        bounded.add(one);
        histogram.add_many(one, u64::MAX / 4);
        let arms = Arms { control: moments, treatment: moments };
        let sequence = MeanSequence::new(alpha(), 30).unwrap();
        assert_eq!(sequence.lift(&arms), None);
        assert!(moments.mean.is_finite() && !moments.m2.is_nan());
        is_ordered(bounded.interval());
        let quantile = QuantileSequence::new(0.5, alpha()).unwrap();
        is_ordered(quantile.value(&histogram));
        assert!(
            !quantile
                .ratio(&Arms { control: histogram.clone(), treatment: histogram.clone() })
                .low
                .is_nan()
        );
    }
    assert_eq!(refused, 5);
}

#[test]
fn a_window_without_exposures_on_one_side_is_counted_and_adds_nothing() {
    let mut test = EventTest::new(1.0).unwrap();
    let exposures = Arms { control: 0, treatment: 1_000 };
    test.add(&Look { exposures, events: Arms { control: 0, treatment: 900 } });
    assert_eq!((test.unpaired_looks(), test.worse().log_e), (1, 0.0));
    assert_eq!(test.verdict(alpha()), Verdict::Insufficient);
    assert_eq!(test.exposures(), Arms::default());
}

#[test]
fn what_cannot_be_merged_is_refused_and_nothing_is_merged() {
    let look = Look {
        exposures: Arms { control: 9, treatment: 9 },
        events: Arms { control: 1, treatment: 5 },
    };
    let mut test = EventTest::new(1.0).unwrap();
    let mut other = EventTest::new(1.5).unwrap();
    test.add(&look);
    other.add(&look);
    let before = test.clone();
    let error = test.merge(&other).unwrap_err().to_string();
    assert_eq!(
        error,
        "margin is `1.5`; it has to be the margin of the test that it is merged into"
    );
    assert_eq!(test, before);
}
