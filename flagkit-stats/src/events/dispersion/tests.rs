use super::*;
use crate::Arms;

/// `SplitMix64`: the same numbers again and again.
struct Random(u64);

impl Random {
    fn share(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        number((bits ^ (bits >> 31)) >> 11) / number(1_u64 << 53)
    }

    fn poisson(&mut self, mean: f64) -> u64 {
        let (mut count, mut product, bound) = (0, self.share(), (-mean).exp());
        while product > bound {
            count += 1;
            product *= self.share();
        }
        count
    }
}

const EXPOSURES: Arms<u64> = Arms { control: 9_000, treatment: 1_000 };

/// What is measured after so many windows of bursts of a size, with a ratio that changes at half.
fn measured(size: u64, windows: u64, ratio: f64) -> f64 {
    let mut random = Random(size);
    let mut dispersion = Dispersion::default();
    for window in 0..windows {
        let now = if window * 2 < windows { 1.0 } else { ratio };
        let events = Arms {
            control: random.poisson(45.0) * size,
            treatment: random.poisson(5.0 * now) * size,
        };
        dispersion.add(&Look { exposures: EXPOSURES, events });
    }
    dispersion.factor()
}

#[test]
fn the_dispersion_is_the_size_of_the_bursts_and_a_little_more() {
    for size in [1, 3, 8, 20] {
        let factor = measured(size, 400, 1.0);
        let size = f64::from(u32::try_from(size).expect("a small size"));
        assert!(factor >= size * 0.9 && factor <= size * 1.6, "{factor} for {size}");
    }
}

#[test]
fn what_is_not_measured_is_not_believed_to_be_independent() {
    assert!(Dispersion::default().factor() >= 5.0);
    assert!(measured(1, 10, 1.0) > measured(1, 100, 1.0));
}

#[test]
fn a_new_arm_that_becomes_worse_is_not_taken_for_bursts() {
    // Beside 53 for ten times as many, which is found within one window.
    let factor = measured(1, 400, 2.0);
    assert!(factor < 3.5, "{factor}");
}

#[test]
fn nothing_is_measured_where_nothing_happens() {
    let mut dispersion = Dispersion::default();
    let before = dispersion.factor();
    for _ in 0..100 {
        dispersion.add(&Look { exposures: EXPOSURES, events: Arms::default() });
        let events = Arms { control: 5, treatment: 5 };
        dispersion.add(&Look { exposures: Arms::default(), events });
    }
    assert_eq!(dispersion.factor(), before);
}

#[test]
fn one_side_alone_shows_the_size_of_the_bursts_or_more() {
    for (size, load) in [(1_u64, 0.0), (8, 0.0), (8, 0.5)] {
        let mut random = Random(size);
        let mut dispersion = Dispersion::default();
        for window in 0..120_u32 {
            let tide = 1.0 + load * (f64::from(window) / 10.0).sin();
            dispersion.add_alone(9_000, random.poisson(20.0 * tide) * size);
        }
        let factor = dispersion.factor();
        let size = number(size);
        assert!(factor > size * 0.8 && (load > 0.0 || factor < size * 2.0), "{factor} for {size}");
    }
}
