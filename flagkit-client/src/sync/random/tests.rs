use std::time::Duration;

use super::Random;

#[test]
fn the_numbers_are_those_of_the_published_generator() {
    // The first outputs for the seed 1234567, as published with SplitMix64's reference code.
    let mut random = Random::new(1_234_567);
    let expected =
        [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423];
    assert_eq!(expected.map(|_| random.next()), expected);
}

#[test]
fn parts_lie_in_the_whole_and_spread_over_it() {
    let mut random = Random::new(7);
    let whole = Duration::from_secs(10);
    let mut tenths = [0_u32; 10];
    for _ in 0..10_000 {
        let part = random.part_of(whole);
        assert!(part < whole);
        tenths[usize::try_from(part.as_secs()).expect("below ten")] += 1;
    }
    // Each of the ten has 1000 on average, with a standard deviation of 30.
    assert!(tenths.iter().all(|count| (850..1150).contains(count)), "{tenths:?}");
    assert_eq!(random.part_of(Duration::ZERO), Duration::ZERO);
    assert!(random.part_of(Duration::MAX) > Duration::ZERO);
}
