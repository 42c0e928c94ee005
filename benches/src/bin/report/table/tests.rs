//! How numbers read.

use super::*;

fn measured(contender: &str, rounds: usize) -> Measurement {
    let all = |number| Spread { median: number, min: number, max: number };
    Measurement {
        scenario: "W1".to_owned(),
        context: "prepared".to_owned(),
        dialect: "unleash".to_owned(),
        document: "unleash".to_owned(),
        contender: contender.to_owned(),
        is_baseline: contender == "flagkit",
        rounds,
        nanoseconds: all(70.0),
        ratio: all(7.0),
        allocations: 2.0,
        memory: None,
    }
}

#[test]
fn fewer_rounds_than_usual_are_told() {
    let rows = [measured("flagkit", 31), measured("slow", 5)];
    let table = of(&rows.iter().collect::<Vec<_>>(), usual_rounds(&rows));
    assert!(table.contains("| **flagkit** | 70 ns | 1 | 2 |"), "{table}");
    assert!(table.contains("| slow | 70 ns, rounds: 5 | 7.00 (7.00–7.00) | 2 |"), "{table}");
}

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
