use super::{beta, chi_squared, erf, erfc, gamma, ln_beta, ln_gamma, normal, student_t};

/// Fails unless `value` is `expected` up to a relative error.
#[track_caller]
fn check(value: f64, expected: f64, error_max: f64) {
    let error = ((value - expected) / expected).abs();
    assert!(error <= error_max, "{value:e} for {expected:e}, off by {error:e}");
}

// The expected values below come from mpmath with 40 digits.

#[test]
fn ln_gamma_is_exact_beside_its_zeros() {
    check(ln_gamma(1e-8), 18.420_680_738_180_21, 1e-15);
    check(ln_gamma(0.999_99), 5.772_238_896_093_089e-6, 1e-15);
    check(ln_gamma(1.000_000_1), -5.772_155_829_918_507e-8, 1e-15);
    check(ln_gamma(1.999_999_9), -4.227_843_030_986_129_6e-8, 1e-15);
    check(ln_gamma(1e6), 12_815_504.569_147_611, 1e-15);
}

#[test]
fn tails_of_large_parameters_are_exact() {
    check(beta::cdf(0.5, 1e5, 1e5), 0.5, 1e-12);
    check(beta::cdf(0.4975, 1e5, 1e5), 0.012_673_293_212_873_343, 1e-12);
    check(beta::cdf(0.4, 1e3, 1e3), 8.231_611_354_869_308e-20, 1e-12);
    check(beta::cdf(0.9999, 1e4, 2.0), 0.735_722_092_865_900_4, 1e-12);
    check(beta::cdf(0.4999, 1e6, 1e6), 0.388_648_717_862_322, 1e-12);
    check(beta::cdf(0.999_999, 2e6, 3.0), 0.676_675_874_826_115_8, 1e-12);
    check(beta::cdf(4e-4, 50.5, 1e5), 0.061_321_601_968_876_45, 1e-12);
    check(gamma::upper(1e5, 1e5), 0.499_579_477_889_634_8, 1e-12);
    check(gamma::upper(1e6, 1.003e6), 0.001_361_740_646_217_591_5, 1e-12);
    check(gamma::upper(1e4, 1.1e4), 1.692_853_149_646_932_8e-22, 1e-12);
    check(gamma::upper(50.0, 100.0), 1.178_450_072_097_942_2e-8, 1e-12);
    check(gamma::lower(1e5, 1e5), 0.500_420_522_110_365_1, 1e-12);
}

#[test]
fn the_expansion_for_large_parameters_joins_the_fraction() {
    for (a, b) in [(1.0, 1.0), (1.0, 4.0), (30.0, 1.0)] {
        for z in [-12.0, -3.0, -0.4, 0.0, 1e-3, 1.0, 4.5, 10.0] {
            // Below and above the limit, the same number of deviations from the mean.
            let at = |size: f64| {
                let (a, b) = (a * size, b * size);
                let mean = a / (a + b);
                let x = mean + z * (mean * (1.0 - mean) / (a + b)).sqrt();
                (beta::cdf(x, a, b), beta::sf(x, a, b))
            };
            let (below, above) = (at(0.999_999e8), at(1.000_001e8));
            check(above.0, below.0, 1e-6);
            check(above.1, below.1, 1e-6);
        }
    }
    for z in [-12.0, -3.0, -0.4, 0.0, 1e-3, 1.0, 4.5, 10.0] {
        let at = |shape: f64| gamma::both(shape, shape + z * shape.sqrt());
        let (below, above) = (at(0.999_999e8), at(1.000_001e8));
        check(above.0, below.0, 1e-6);
        check(above.1, below.1, 1e-6);
    }
}

#[test]
fn ln_beta_is_symmetric_and_obeys_its_recurrence() {
    for a in [1e-3, 0.5, 1.0, 2.5, 9.99, 10.01, 37.5, 1e4, 1e8] {
        for b in [1e-3, 0.7, 3.0, 9.5, 11.0, 123.0, 1e6] {
            assert_eq!(ln_beta(a, b), ln_beta(b, a));
            // B(a + 1, b) = B(a, b) a / (a + b).
            let error = ln_beta(a + 1.0, b) - ln_beta(a, b) - (a / (a + b)).ln();
            let size = ln_beta(a, b).abs().max(1.0);
            assert!(error.abs() <= 2e-14 * size, "{a} {b}: {error:e}");
        }
    }
    check(ln_beta(0.5, 0.5), std::f64::consts::PI.ln(), 1e-14);
}

#[test]
fn inverses_lead_back() {
    // Beside 1e-300 an error of the last bit in the place moves the probability by 1e-11.
    let probabilities = [1e-300, 1e-100, 1e-12, 1e-3, 0.1, 0.25, 0.4999, 0.5, 0.7, 0.999];
    for p in probabilities {
        check(normal::cdf(normal::ppf(p)), p, 3e-12);
        check(normal::sf(normal::isf(p)), p, 3e-12);
        for df in [0.7, 1.0, 2.0, 3.3, 17.0, 250.5, 1e5] {
            // The largest number ends Student's tail below df = 1.
            if df >= 1.0 || p > 1e-100 {
                check(student_t::cdf(student_t::ppf(p, df), df), p, 1e-11);
            }
            check(chi_squared::sf(chi_squared::isf(p, df), df), p, 1e-10);
            if df >= 2.0 {
                check(chi_squared::cdf(chi_squared::ppf(p, df), df), p, 1e-10);
            }
        }
        for (a, b) in [(1.0, 1.0), (2.0, 5.0), (30.0, 4.0), (11.0, 989.0), (5e4, 5e5)] {
            check(beta::cdf(beta::ppf(p, a, b), a, b), p, 1e-10);
        }
    }
}

#[test]
fn both_tails_are_one() {
    for x in [1e-9, 0.01, 0.2, 0.5, 0.8, 0.999] {
        for (a, b) in [(0.5, 0.5), (3.0, 0.6), (40.0, 70.0), (1e5, 3e4)] {
            check(beta::cdf(x, a, b) + beta::sf(x, a, b), 1.0, 1e-15);
            check(gamma::lower(a, x * b) + gamma::upper(a, x * b), 1.0, 1e-15);
        }
        check(student_t::cdf(x, 3.0) + student_t::sf(x, 3.0), 1.0, 1e-15);
        check(erf(x) + erfc(x), 1.0, 1e-15);
    }
    check(student_t::two_sided(-2.0, 7.0), 2.0 * student_t::sf(2.0, 7.0), 1e-15);
}

#[test]
fn many_degrees_of_freedom_are_the_normal_distribution() {
    for t in [0.5, 2.0, 5.0, 8.0] {
        assert_eq!(student_t::sf(t, f64::INFINITY), normal::sf(t));
        // The first correction is of the size (t^3 + t) pdf(t) / (4 df).
        check(student_t::sf(t, 1e9), normal::sf(t), 2e-6);
    }
    assert_eq!(student_t::isf(0.01, f64::INFINITY), normal::isf(0.01));
}

#[test]
fn what_is_outside_of_the_domain_is_nan_and_ends_are_ends() {
    for p in [-0.1, 1.1, f64::NAN, f64::INFINITY] {
        for value in
            [normal::ppf(p), normal::isf(p), student_t::ppf(p, 3.0), beta::isf(p, 1.0, 2.0)]
        {
            assert!(value.is_nan());
        }
        assert!(chi_squared::ppf(p, 2.0).is_nan() && beta::ppf(p, 1.0, 2.0).is_nan());
    }
    for bad in [0.0, -1.0, f64::NAN] {
        assert!(student_t::sf(1.0, bad).is_nan() && chi_squared::sf(1.0, bad).is_nan());
        assert!(student_t::ppf(0.1, bad).is_nan() && chi_squared::isf(0.1, bad).is_nan());
        assert!(beta::cdf(0.5, bad, 1.0).is_nan() && beta::ppf(0.5, 1.0, bad).is_nan());
        assert!(ln_beta(bad, 1.0).is_nan() && ln_gamma(bad).is_nan());
    }
    assert_eq!((normal::ppf(0.0), normal::ppf(1.0)), (f64::NEG_INFINITY, f64::INFINITY));
    assert_eq!(
        (student_t::ppf(0.0, 3.0), student_t::isf(0.0, 3.0)),
        (f64::NEG_INFINITY, f64::INFINITY)
    );
    assert_eq!((chi_squared::ppf(0.0, 3.0), chi_squared::isf(0.0, 3.0)), (0.0, f64::INFINITY));
    assert_eq!((beta::ppf(0.0, 3.0, 2.0), beta::ppf(1.0, 3.0, 2.0)), (0.0, 1.0));
    assert_eq!((beta::cdf(-1.0, 3.0, 2.0), beta::cdf(7.0, 3.0, 2.0)), (0.0, 1.0));
    assert_eq!((chi_squared::sf(-1.0, 3.0), chi_squared::sf(f64::INFINITY, 3.0)), (1.0, 0.0));
    check(student_t::sf(1e200, 1.0), 1e-200 / std::f64::consts::PI, 1e-12);
}
