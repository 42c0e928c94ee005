use crate::Sorted;

#[test]
fn percentiles_are_those_of_definition_seven() {
    // (n - 1) p = 3 * 0.4 = 1.2: a fifth of the way from the second to the third value.
    let sorted = Sorted::check(&[1.0, 2.0, 4.0, 8.0]).unwrap();
    assert!((sorted.quantile(0.4).unwrap() - 2.4).abs() < 1e-15);
    assert_eq!((sorted.quantile(0.0), sorted.quantile(1.0)), (Ok(1.0), Ok(8.0)));
    assert_eq!(sorted.median(), Ok(3.0));
}

#[test]
fn what_is_not_finite_or_not_in_order_is_refused_with_its_place() {
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let error = Sorted::sort(&mut [0.0, bad]).unwrap_err();
        assert!(error.to_string().starts_with("value 1 of the sample is `"), "{error}");
    }
    let error = Sorted::check(&[1.0, 3.0, 2.0]).unwrap_err();
    assert_eq!(error.to_string(), "value 2 is not above the one before it; sort them first");
}

#[test]
fn an_empty_sample_has_no_percentile_and_a_wrong_share_is_no_place() {
    assert!(Sorted::sort(&mut []).unwrap().median().unwrap_err().is_insufficient());
    let sorted = Sorted::check(&[1.0]).unwrap();
    assert_eq!(sorted.quantile(1.0), Ok(1.0));
    for p in [-0.1, 1.5, f64::NAN] {
        assert!(sorted.quantile(p).is_err());
    }
}

#[test]
fn the_widest_sample_has_a_finite_middle() {
    let sorted = Sorted::check(&[f64::MIN, f64::MAX]).unwrap();
    assert_eq!(sorted.median(), Ok(0.0));
}
