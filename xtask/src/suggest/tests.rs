//! Distances are counted by hand.

use super::*;

#[test]
fn a_distance_counts_single_slips() {
    for (left, right, expected) in [
        ("", "", 0),
        ("", "abc", 3),
        ("tidy", "tidy", 0),
        ("tidi", "tidy", 1),
        ("tdy", "tidy", 1),
        ("tiddy", "tidy", 1),
        ("tset", "test", 1),
        ("kitten", "sitting", 3),
    ] {
        assert_eq!(distance(left, right), expected, "{left} {right}");
        assert_eq!(distance(right, left), expected, "{right} {left}");
    }
}

#[test]
fn the_nearest_name_is_offered_and_a_far_one_is_not() {
    let names = ["setup", "schema", "test"];
    assert_eq!(did_you_mean("setpu", names.into_iter()), ", did you mean `setup`?");
    assert_eq!(did_you_mean("publish", names.into_iter()), "");
}
