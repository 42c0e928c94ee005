use proptest::prelude::*;

use super::*;

fn split(ppm: &[u32]) -> Split {
    Split::new(ppm.iter().map(|&ppm| Weight::from_ppm(ppm).unwrap()).collect()).unwrap()
}

fn arm_of(split: &Split, buckets: u32, bucket: u32) -> usize {
    let ranges = ranges(split, buckets);
    ranges.iter().find(|range| range.from <= bucket && bucket < range.to).unwrap().arm
}

#[test]
fn a_weight_above_nothing_gets_a_bucket_and_the_whole_gets_all() {
    assert_eq!(in_buckets(&split(&[999_999, 1]), 10_000), split(&[999_900, 100]));
    assert_eq!(in_buckets(&split(&[1, 999_999]), 10_000), split(&[100, 999_900]));
    assert_eq!(in_buckets(&split(&[0, 1_000_000]), 10_000), split(&[0, 1_000_000]));
    assert_eq!(in_buckets(&split(&[0, 333_333, 666_667]), 10_000), split(&[0, 333_300, 666_700]));
    assert_eq!(in_buckets(&split(&[999_999, 1]), 1_000_000), split(&[999_999, 1]));
}

#[test]
fn ranges_lie_as_the_table_says() {
    let range = |arm, from, to| Range { arm, from, to };
    assert_eq!(
        ranges(&split(&[950_000, 50_000]), 10_000),
        [range(1, 0, 500), range(0, 500, 10_000)]
    );
    let three = [range(1, 0, 1000), range(0, 1000, 7000), range(2, 7000, 10_000)];
    assert_eq!(ranges(&split(&[600_000, 100_000, 300_000]), 10_000), three);
    assert_eq!(ranges(&split(&[0, 1_000_000]), 10_000), [range(1, 0, 10_000)]);
    assert_eq!(order(4), [1, 2, 0, 3]);
}

proptest! {
    #[test]
    fn every_bucket_belongs_to_exactly_one_arm(
        parts in prop::collection::vec(0_u32..=1_000_000, 1..6),
        buckets in prop::sample::select(vec![100_u32, 10_000, 1_000_000]),
    ) {
        let sum: u64 = parts.iter().map(|&part| u64::from(part)).sum::<u64>().max(1);
        let mut ppm: Vec<u32> = parts.iter()
            .map(|&part| u32::try_from(u64::from(part) * u64::from(WHOLE) / sum).unwrap()).collect();
        ppm[0] += WHOLE - ppm.iter().sum::<u32>();
        let wanted = split(&ppm);
        let found = ranges(&wanted, buckets);
        let mut next = 0;
        for range in &found {
            prop_assert_eq!(range.from, next);
            prop_assert!(range.to > range.from);
            next = range.to;
        }
        prop_assert_eq!(next, buckets);
        for (arm, weight) in ppm.iter().enumerate().filter(|_| buckets == 1_000_000) {
            let size: u32 = found.iter().filter(|range| range.arm == arm).map(|range| range.to - range.from).sum();
            prop_assert!(size.abs_diff(*weight) <= 1, "{} of {}", size, weight);
        }
    }

    #[test]
    fn raising_a_weight_takes_nobody_from_a_new_arm(
        low in (0_u32..=500_000, 0_u32..=500_000),
        more in (0_u32..=500_000, 0_u32..=500_000),
        bucket in 0_u32..10_000,
    ) {
        let high = (low.0.max(more.0), low.1.max(more.1));
        let at = |(a, b): (u32, u32)| arm_of(&split(&[WHOLE - a - b, a, b]), 10_000, bucket);
        prop_assert!(at(low) == at(high) || at(low) == 0);
    }
}
