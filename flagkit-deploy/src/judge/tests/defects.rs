//! Defects of other engines, which this judge does not have.

use flagkit_stats::Alternative;
use flagkit_stats::moments::Moments;
use flagkit_stats::proportion::{Proportion, z_test};
use flagkit_stats::welch::welch;

use super::*;

/// Defect B8: shares of windows went into a t-test, which knows nothing of how much each rests on.
#[test]
fn b8_proportions_are_not_tested_with_a_t_test() {
    // Five windows with about 10 and 30 % errors: for a t-test it is the same at any traffic.
    let shares = |hits: [u32; 5]| Moments::of(&hits.map(|hits| f64::from(hits) / 10.0)).unwrap();
    let (control, treatment) = (shares([1, 1, 2, 1, 1]), shares([3, 2, 3, 3, 4]));
    let p_value = welch(&treatment, &control).unwrap().p_value(Alternative::Greater);
    assert!(p_value < 0.002, "{p_value}");

    let rules = rules(&plan(&json!([units("error_rate", &json!({}))])));
    let judged = |requests: u64| {
        let state = fed(&rules, 5, |window| {
            let at = usize::try_from(window).unwrap();
            let (there, here) = ([1, 1, 2, 1, 1][at], [3, 2, 3, 3, 4][at]);
            [(requests, there * requests / 10), (requests, here * requests / 10)]
        });
        verdict(&rules, &state, 0)
    };
    // Six errors of 50 beside 15 of 50 prove nothing at 0.1 %; of 5,000 they do.
    assert_eq!((judged(10), judged(1_000)), (Verdict::Insufficient, Verdict::Worse));
}

/// Defect B9: each of several metrics was tested at 5 %, again and again, until one said yes.
#[test]
fn b9_peeking_at_many_metrics_keeps_alpha() {
    const METRICS: u16 = 5;
    let metrics: Vec<_> =
        (0..METRICS).map(|metric| units(&format!("m{metric}"), &json!({}))).collect();
    let mut plan = plan(&json!(metrics));
    plan.judging.alpha = 0.05;
    let rules = rules(&plan);
    let (mut misled, mut peeked) = (0, 0);
    for seed in 0..100 {
        let mut random = Random(seed);
        let mut state = rules.begin(seconds(0));
        let mut sums = vec![[0_u64; 2]; usize::from(METRICS)];
        let (mut is_harmed, mut is_rejected) = (false, false);
        for window in 0..60 {
            let mut told = Vec::new();
            for (metric, sums) in (0..METRICS).zip(&mut sums) {
                let (there, here) = (random.poisson(9.0), random.poisson(9.0));
                *sums = [sums[0] + there, sums[1] + here];
                told.push(sample(window, metric, 0, events(900, there.min(900))));
                told.push(sample(window, metric, 1, events(900, here.min(900))));
                let of = |hits| Proportion::new(hits, 900 * (window + 1)).unwrap();
                is_rejected |= z_test(of(sums[1]), of(sums[0]))
                    .is_ok_and(|test| test.p_value(Alternative::Greater) < 0.05);
            }
            rules.add(&mut state, &told, seconds(window * 10 + 10));
            is_harmed |= !rules.ruling(&state).harms.is_empty();
        }
        misled += u32::from(is_harmed);
        peeked += u32::from(is_rejected);
    }
    // 5 are expected at most, and with 5 more than 13 have a chance of 0.1 %.
    assert!(misled <= 13 && peeked > 50, "{misled}, and {peeked} of 100 by tests for one look");
}
