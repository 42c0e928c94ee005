use super::*;

/// Multiplicative congruence: the same numbers again and again.
struct Draws(u64);

impl Draws {
    fn unit(&mut self) -> f64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        number(self.0 >> 33) / number(1_u64 << 31)
    }

    /// Most spend nothing, a few much: what shops have.
    fn revenue(&mut self, times: f64) -> f64 {
        let spends = self.unit() < 0.2;
        if spends { -times * 20.0 * (1.0 - self.unit()).ln() } else { 0.0 }
    }

    fn window(&mut self, sizes: Arms<u32>, times: Arms<f64>) -> Arms<Moments> {
        sizes.zip(times).map(|(size, times)| {
            let values: Vec<f64> = (0..size).map(|_| self.revenue(times).min(200.0)).collect();
            Moments::of(&values).expect("numbers")
        })
    }
}

/// A day in which everybody spends less and less, and a ramp from 10 % to half.
fn day(seed: u64, (users, ratio): (u32, f64), test: &mut MeanTest) {
    let mut draws = Draws(seed * 2 + 1);
    for look in 0..60_u32 {
        let tide = 2.0 - f64::from(look) / 60.0;
        let treatment = users / [10, 4, 2][usize::try_from(look / 20).unwrap_or(2)];
        let sizes = Arms { control: users - treatment, treatment };
        test.add(&draws.window(sizes, Arms { control: tide, treatment: tide * ratio }), 1.0);
    }
}

fn tests() -> [MeanTest; 2] {
    [
        MeanTest::bounded((0.0, 200.0), 0.0).expect("bounds"),
        MeanTest::new(0.0, 200).expect("a minimum"),
    ]
}

#[test]
fn equal_means_are_rarely_proved_to_differ_over_many_looks() {
    let alpha = Alpha::new(0.05).expect("a share");
    for test in tests() {
        let is_misled = |seed: &u64| {
            let mut test = test.clone();
            day(*seed, (40, 1.0), &mut test);
            test.below().proves(alpha) || test.above().proves(alpha)
        };
        // Two questions: 40 are expected at most, and with 40 more than 61 have a chance of 0.1 %.
        let misled = (0..400).filter(is_misled).count();
        assert!(misled <= 61, "{misled} of 400 at twice 5 %: {:?}", test.spread);
    }
}

#[test]
fn a_mean_that_falls_is_found_and_its_interval_holds() {
    let alpha = Alpha::new(0.01).expect("a share");
    for test in tests() {
        let (mut found, mut inside) = (0, 0);
        for seed in 0..50 {
            let mut test = test.clone();
            day(seed, (400, 0.4), &mut test);
            found += u32::from(test.below().proves(alpha) && !test.above().proves(alpha));
            let interval = test.difference(alpha).expect("enough was seen");
            // Means are 20 · 0.2 times the tide, by the weights of the windows 1.41 on average.
            inside += u32::from(interval.contains(-4.0 * 1.41 * 0.6) && interval.high < 0.0);
        }
        assert!(found >= 48 && inside >= 48, "{found} found, {inside} inside: {:?}", test.spread);
    }
}

#[test]
fn a_margin_is_accepted_and_proved_on_both_sides_of_zero() {
    let alpha = Alpha::new(0.01).expect("a share");
    for sign in [1.0, -1.0] {
        // A third less is accepted; of losses that is a third more.
        let run = |ratio: f64| {
            let mut draws = Draws(7);
            let mut test = MeanTest::new(-0.3, 100).expect("a minimum");
            for _ in 0..100 {
                let mut of = |mean: f64| {
                    let values = [(); 20].map(|()| sign * mean + draws.unit() - 0.5);
                    Moments::of(&values).expect("numbers")
                };
                let window = Arms { control: of(1.0), treatment: of(ratio) };
                test.add(&window, 1.0);
            }
            (test.below().proves(alpha), test.above().proves(alpha))
        };
        assert_eq!(run(if sign > 0.0 { 0.6 } else { 1.4 }), (true, false), "{sign}");
        assert_eq!(run(1.0), (false, true), "{sign}");
    }
}

#[test]
fn nothing_is_said_before_the_minimum_and_of_nothing() {
    let alpha = Alpha::new(0.4).expect("a share");
    let mut test = MeanTest::new(0.0, 50).expect("a minimum");
    let side = |mean: f64| Moments::of(&[mean, mean + 1.0]).expect("numbers");
    for _ in 0..24 {
        test.add(&Arms { control: side(9.0), treatment: side(0.0) }, 1.0);
    }
    assert_eq!((test.below(), test.difference(alpha)), (Evidence::NONE, None));
    test.add(&Arms { control: side(9.0), treatment: side(0.0) }, 1.0);
    assert!(test.below().proves(alpha) && test.difference(alpha).is_some());

    let mut test = MeanTest::bounded((0.0, 1.0), 0.0).expect("bounds");
    let beyond = Moments::from_variance(3, 7.0, 1.0).expect("numbers");
    test.add(&Arms { control: beyond, treatment: beyond }, 1.0);
    test.add(&Arms { control: Moments::default(), treatment: side(0.0) }, 1.0);
    assert_eq!((test.below(), test.weight), (Evidence::NONE, 0.0));
}

#[test]
fn parameters_that_make_no_sense_are_refused() {
    assert!(MeanTest::new(0.0, 29).is_err() && MeanTest::new(-1.0, 30).is_err());
    assert!(MeanTest::bounded((1.0, 1.0), 0.0).is_err());
    assert!(MeanTest::bounded((-1.0, 1.0), -0.1).is_err());
    assert!(MeanTest::bounded((0.0, 1.0), f64::NAN).is_err());
    assert!(MeanTest::bounded((-2.0, -1.0), -0.1).is_ok());
}

#[test]
fn the_largest_numbers_leave_finite_evidence() {
    let huge = Moments { count: u64::MAX, mean: 1e100, m2: 1e100 };
    let tiny = Moments { count: 1, mean: -1e100, m2: 0.0 };
    let mut test = MeanTest::new(9.0, 30).expect("a minimum");
    for window in [(huge, huge), (huge, tiny), (tiny, huge), (tiny, tiny)] {
        test.add(&Arms { control: window.0, treatment: window.1 }, f64::NAN);
        assert!(test.above().log_e.is_finite() && test.below().log_e.is_finite());
    }
    let test = MeanTest::bounded((0.0, f64::MIN_POSITIVE), 0.0).expect("bounds");
    assert_eq!(test.difference(Alpha::new(0.1).expect("a share")), None);
}
