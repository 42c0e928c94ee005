//! The slow run less often, and nobody is treated better than the others.

use super::*;

fn rounds_of(place: usize, turns: &[(usize, usize)]) -> Vec<usize> {
    turns.iter().filter(|(_, other)| *other == place).map(|(round, _)| *round).collect()
}

#[test]
fn the_limit_bounds_rounds_and_five_are_the_least() {
    for (milliseconds, expected) in [(0, 31), (10, 31), (96, 31), (100, 30), (500, 6), (4_000, 5)] {
        let round = Duration::from_millis(milliseconds);
        assert_eq!(Effort::FULL.rounds_of(round), expected, "{milliseconds} ms");
    }
    let short = Effort { rounds: 3, ..Effort::FULL };
    assert_eq!(short.rounds_of(Duration::from_secs(9)), 3);
}

#[test]
fn the_first_runs_in_every_round_and_the_others_sit_out_evenly() {
    let turns = turns(&[31, 5, 31, 40]);
    assert_eq!(rounds_of(0, &turns), (0..31).collect::<Vec<_>>());
    assert_eq!(rounds_of(1, &turns), [6, 12, 18, 24, 30]);
    assert_eq!(rounds_of(2, &turns).len(), 31);
    assert_eq!(
        rounds_of(3, &turns).len(),
        31,
        "nobody runs where there is nothing to compare with"
    );
}

#[test]
fn whoever_runs_seldom_comes_before_and_behind_the_first() {
    for places in 2..6 {
        let mut rounds = vec![31; places];
        rounds[places - 1] = 5;
        let turns = turns(&rounds);
        let at = |round, place| turns.iter().position(|turn| *turn == (round, place));
        let is_before = |round: &usize| at(*round, places - 1).unwrap() < at(*round, 0).unwrap();
        let before = rounds_of(places - 1, &turns).iter().filter(|round| is_before(round)).count();
        assert!((1..5).contains(&before), "{before} of 5 among {places}");
    }
}

#[test]
fn nobody_runs_in_no_rounds() {
    assert_eq!(turns(&[]), []);
    assert_eq!(turns(&[0, 3]), []);
}
