//! What SciPy and mpmath computed.

use super::Shape;

mod anytime;
mod counts;
mod distributions;
mod two_samples;

/// The shapes, in the order in which they are tried.
pub(super) const SHAPES: &[Shape] = &[
    Shape::new(
        ("distribution", "fn, args, value, rel_tol"),
        |case| case.has(&["fn", "args", "value"]),
        distributions::check,
    ),
    Shape::new(
        ("two samples", "x, y, and what tests say: mannwhitney_asymptotic, welch, ks_exact, …"),
        |case| case.at("x").is_list() && case.at("y").is_list(),
        two_samples::check,
    ),
    Shape::new(
        ("two shares", "k1, n1, k2, n2, and fisher_two, conditional_binom_greater, wilson95_1, …"),
        |case| case.has(&["k1", "n1", "k2", "n2"]),
        counts::two_shares,
    ),
    Shape::new(
        ("sample ratio", "observed, weights, chi2_p"),
        |case| case.has(&["observed", "weights"]),
        counts::sample_ratio,
    ),
    Shape::new(
        ("adjusted p-values", "p, and holm, bh, by"),
        |case| case.at("p").is_list(),
        counts::adjusted,
    ),
    Shape::new(
        ("anytime-valid", "kind, and log_e or value"),
        |case| case.has(&["kind", "log_e"]) || case.has(&["kind", "value"]),
        anytime::check,
    ),
];
