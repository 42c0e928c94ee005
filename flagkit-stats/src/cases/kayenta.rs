//! What the test suites of Kayenta's judge expect.

use super::Shape;

mod classifier;
mod preparation;
pub(super) mod rescaled;
mod scorer;
mod shift;
mod statistics;

/// The shapes, in the order in which they are tried.
pub(super) const SHAPES: &[Shape] = &[
    Shape::new(
        ("kayenta classifier", "control, experiment, expect {classification, critical, deviation}"),
        |case| case.has(&["control", "experiment"]) && case.at("expect").is_object(),
        classifier::check,
    ),
    Shape::new(
        ("kayenta mann-whitney", "data, confidenceLevel, assertEquals"),
        |case| case.has(&["assertEquals"]),
        shift::check,
    ),
    Shape::new(
        ("kayenta statistics", "data, asserts"),
        |case| case.has(&["asserts"]),
        statistics::check,
    ),
    Shape::new(
        ("kayenta scorer", "results, groupWeights, expect {summaryScore, …}"),
        |case| case.at("results").is_list() && case.at("expect").is_object(),
        scorer::check,
    ),
    Shape::new(
        ("kayenta detector", "data, detector, factor, outlier"),
        |case| case.has(&["data", "detector", "outlier"]),
        preparation::check,
    ),
    Shape::new(
        ("kayenta transform", "data, transform, expect"),
        |case| case.has(&["data", "transform", "expect"]),
        preparation::check,
    ),
];
