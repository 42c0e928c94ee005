use super::*;
use crate::{Alpha, Arms};

/// The same numbers again and again: multiplicative congruence.
fn draws(seed: u64) -> impl FnMut(f64) -> u64 {
    let mut state = seed.wrapping_mul(2).wrapping_add(1);
    let mut share = move || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        number(state >> 33) / number(1_u64 << 31)
    };
    move |mean| {
        let (mut count, mut product, bound) = (0, share(), (-mean).exp());
        while product > bound {
            count += 1;
            product *= share();
        }
        count
    }
}

#[test]
fn equal_rates_are_rarely_proved_to_differ_over_many_looks() {
    let alpha = Alpha::new(0.05).expect("a share");
    let is_misled = |seed: &u64| {
        let mut poisson = draws(*seed);
        let mut all = EventTest::new(1.0).expect("a margin");
        let mut late = LateTest::new(1.0).expect("a margin");
        for _ in 0..200 {
            let events = Arms { control: poisson(9.0), treatment: poisson(1.0) };
            let look = Look { exposures: Arms { control: 9_000, treatment: 1_000 }, events };
            all.add(&look);
            late.add(&look, 1.0, &all);
        }
        late.worse().proves(alpha)
    };
    // 20 are expected at most, and with 20 more than 34 have a chance of 0.1 %.
    let misled = (0..400).filter(is_misled).count();
    assert!(misled <= 34, "{misled} of 400 at 5 %");
}

#[test]
fn what_begins_late_is_found_sooner_than_by_who_forgets_nothing() {
    let alpha = Alpha::new(0.001).expect("a share");
    let mut all = EventTest::new(1.0).expect("a margin");
    let mut late = LateTest::new(1.0).expect("a margin");
    let mut found = [None, None];
    for window in 0..400 {
        let treatment = if window < 200 { 5 } else { 15 };
        let events = Arms { control: 45, treatment };
        let look = Look { exposures: Arms { control: 9_000, treatment: 1_000 }, events };
        all.add(&look);
        late.add(&look, 1.0, &all);
        for (found, evidence) in found.iter_mut().zip([late.worse(), all.worse()]) {
            if found.is_none() && evidence.proves(alpha) {
                *found = Some(window);
            }
        }
    }
    let [late, all] = found.map(|window| window.unwrap_or(400));
    assert!((200..210).contains(&late) && all > late + 10, "{late}, and {all} without it");
}
