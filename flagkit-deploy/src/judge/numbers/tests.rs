use super::*;

fn summed(strata: &[Numbers], measure: Measure) -> Summary {
    summary(strata.iter(), measure, Direction::Increase)
}

#[test]
fn shares_and_means_are_those_of_all_strata() {
    let events = |exposures, events| Numbers::Events { exposures, events };
    let share = summed(&[events(100, 1), events(300, 7), events(0, 0)], Measure::Events);
    assert_eq!(share, Summary { value: Some(0.02), count: 400 });
    assert_eq!(summed(&[events(0, 0)], Measure::Events), Summary { value: None, count: 0 });
    let moments = |count, mean| Numbers::Moments { count, mean, squares: 0.0 };
    let measure = Measure::Mean { min: None, max: None };
    let mean = summed(&[moments(1, 10.0), moments(0, 99.0), moments(3, 2.0)], measure);
    assert_eq!(mean, Summary { value: Some(4.0), count: 4 });
}

#[test]
fn a_quantile_is_where_the_bins_put_it() {
    // 50 zeros, 25 up to 2, 25 up to 8.
    let histogram = Numbers::Histogram { base: 2.0, bins: vec![(1, 25), (3, 25)], zero: 50 };
    let at = |quantile| summed(std::slice::from_ref(&histogram), Measure::Quantile { quantile });
    assert_eq!(at(0.5), Summary { value: Some(0.0), count: 100 });
    for (quantile, wanted) in [(0.75, 2.0), (1.0 - 1e-9, 8.0), (0.875, 4.0 * 2.0_f64.sqrt())] {
        let value = at(quantile).value.expect("there are values");
        assert!((value / wanted - 1.0).abs() < 1e-6, "{quantile}: {value}");
    }
    let both = summed(&[histogram.clone(), histogram], Measure::Quantile { quantile: 0.75 });
    assert_eq!(both.count, 200);
    assert!((both.value.expect("there are values") - 2.0).abs() < 1e-6);
}

#[test]
fn the_worst_reading_of_all_strata_counts() {
    let readings = [Numbers::Reading(1.0), Numbers::Reading(3.0)];
    let worst = |direction| summary(readings.iter(), Measure::Reading, direction).value;
    assert_eq!(worst(Direction::Increase), Some(3.0));
    assert_eq!(worst(Direction::Decrease), Some(1.0));
}

#[test]
fn what_is_no_number_is_not_accepted() {
    let quantile = Measure::Quantile { quantile: 0.5 };
    let mean = Measure::Mean { min: None, max: None };
    let histogram = |base, bins| Numbers::Histogram { base, bins, zero: 0 };
    for (numbers, measure) in [
        (histogram(1.0, vec![]), quantile),
        (histogram(f64::NAN, vec![]), quantile),
        (histogram(2.0, vec![(2, 1), (1, 1)]), quantile),
        (histogram(2.0, vec![(2, 1), (2, 1)]), quantile),
        (histogram(2.0, (0..5_000).map(|bin| (bin, 1)).collect()), quantile),
        (Numbers::Moments { count: 1, mean: f64::NAN, squares: 0.0 }, mean),
        (Numbers::Moments { count: 1, mean: 0.0, squares: -1.0 }, mean),
        (Numbers::Moments { count: 1, mean: f64::INFINITY, squares: 0.0 }, mean),
        (Numbers::Reading(f64::NAN), Measure::Reading),
        (Numbers::Reading(0.5), Measure::Events),
    ] {
        assert_eq!(accepted(&numbers, measure), None, "{numbers:?}");
    }
    let most = Numbers::Events { exposures: 5, events: u64::MAX };
    assert_eq!(accepted(&most, Measure::Events), Some(Numbers::Events { exposures: 5, events: 5 }));
}

#[test]
fn a_mean_that_rounding_puts_beyond_a_bound_is_on_it() {
    let moments = |mean| Numbers::Moments { count: 3, mean, squares: 0.0 };
    let measure = Measure::Mean { min: Some(-0.1), max: Some(0.1) };
    // A third of 0.1 + 0.1 + 0.1, which is 0.30000000000000004.
    let rounded = (0.1 + 0.1 + 0.1) / 3.0;
    assert!(rounded > 0.1);
    assert_eq!(accepted(&moments(rounded), measure), Some(moments(0.1)));
    assert_eq!(accepted(&moments(-rounded), measure), Some(moments(-0.1)));
    assert_eq!(accepted(&moments(0.05), measure), Some(moments(0.05)));
    for beyond in [0.101, -0.101, f64::NAN, f64::INFINITY] {
        assert_eq!(accepted(&moments(beyond), measure), None, "{beyond}");
    }
    let unbounded = Measure::Mean { min: None, max: None };
    assert_eq!(accepted(&moments(rounded), unbounded), Some(moments(rounded)));
}
