//! What is written beside bars.

use flagkit_benches::measure::Spread;

use super::*;

fn measured(contender: &str, nanoseconds: f64, ratio: f64) -> Measurement {
    let all = |number| Spread { median: number, min: number, max: number };
    Measurement {
        scenario: "W1".to_owned(),
        context: "prepared".to_owned(),
        dialect: "unleash".to_owned(),
        document: "unleash".to_owned(),
        contender: contender.to_owned(),
        is_baseline: contender == "flagkit",
        rounds: 31,
        nanoseconds: all(nanoseconds),
        ratio: all(ratio),
        allocations: 0.0,
        memory: None,
    }
}

#[test]
fn every_bar_has_a_label_and_ours_is_marked() {
    let rows = [measured("flagkit", 10.0, 1.0), measured("a<b 1.0", 55.0, 5.5)];
    let picture = of_scenario(&SCENARIOS[0], &rows).unwrap();
    for expected in [">10 ns<", ">55 ns, ×5.50<", ">a&lt;b 1.0<", "class=\"ours\""] {
        assert!(picture.contains(expected), "{expected}: {picture}");
    }
    assert_eq!(picture.matches("<rect").count(), 2);
}

#[test]
fn the_overview_goes_from_the_fastest_to_the_slowest_of_the_others() {
    let rows =
        [measured("flagkit", 10.0, 1.0), measured("a", 55.0, 5.5), measured("b", 250.0, 25.0)];
    assert!(overview(&rows).is_some_and(|picture| picture.contains("×5.50 to ×25")));
    assert_eq!(overview(&rows[..1]), None);
}
