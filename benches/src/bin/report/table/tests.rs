//! How numbers read.

use super::*;

#[test]
fn times_have_the_unit_that_suits_them() {
    for (nanoseconds, expected) in [
        (2.24, "2.2 ns"),
        (136.4, "136 ns"),
        (5_644.0, "5.6 µs"),
        (23_500.0, "24 µs"),
        (26.4e6, "26 ms"),
    ] {
        assert_eq!(time(nanoseconds), expected);
    }
}

#[test]
fn memory_is_in_megabytes() {
    assert_eq!([3_300_000, 64_050_000].map(megabytes), ["3.30 MB", "64.05 MB"]);
}
