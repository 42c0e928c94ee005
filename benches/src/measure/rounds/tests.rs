//! Ratios are those of one round.

use super::*;

fn rounds(times: &[(usize, f64)]) -> Rounds {
    Rounds { taken: times.iter().copied().collect() }
}

#[test]
fn only_rounds_of_both_are_compared() {
    let ours = rounds(&[(0, 10.0), (1, 20.0), (2, 10.0), (3, 40.0)]);
    let theirs = rounds(&[(1, 100.0), (3, 80.0), (7, 1.0)]);
    assert_eq!(theirs.beside(&ours), Spread { median: 5.0, min: 2.0, max: 5.0 });
    assert_eq!(theirs.spread(), Spread { median: 80.0, min: 1.0, max: 100.0 });
    assert_eq!(theirs.count(), 3);
}
