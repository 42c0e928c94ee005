use super::Chance;

/// Mean and variance of many draws are those of the distribution, within five deviations.
#[test]
fn counts_have_the_mean_and_the_variance_of_their_distribution() {
    for (mean, variance, draw) in [
        (0.3, 0.3, (|chance| chance.poisson(0.3)) as fn(&mut Chance) -> u64),
        (11.0, 11.0, |chance| chance.poisson(11.0)),
        (13.0, 13.0, |chance| chance.poisson(13.0)),
        (900.0, 900.0, |chance| chance.poisson(900.0)),
        (5.0, 20.0, |chance| chance.burst(5.0)),
    ] {
        let mut chance = Chance::of_run(1, 2);
        let runs = 100_000;
        let (mut sum, mut squares) = (0.0, 0.0);
        for _ in 0..runs {
            let from_mean = u32::try_from(draw(&mut chance)).map(f64::from).unwrap() - mean;
            sum += from_mean;
            squares += from_mean * from_mean;
        }
        let runs = f64::from(runs);
        let five = 5.0 * (variance / runs).sqrt();
        assert!((sum / runs).abs() < five, "{} is not 0 at {mean}", sum / runs);
        let ratio = squares / runs / variance;
        assert!((ratio - 1.0).abs() < 0.05, "{ratio} is not 1 at {mean}");
    }
}
