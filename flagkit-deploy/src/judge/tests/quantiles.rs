//! Latencies as histograms.

use std::collections::BTreeMap;

use super::*;
use crate::judge::made_up::quantile;

/// So many exponential latencies around a mean, in bins that grow by a factor.
fn latencies(random: &mut Random, count: u64, mean: f64, base: f64) -> Numbers {
    let mut bins = BTreeMap::new();
    for _ in 0..count {
        let value = -mean * (1.0 - random.share()).ln();
        #[expect(clippy::cast_possible_truncation, reason = "a bin of a made-up latency")]
        let bin = (value.max(1e-9).ln() / base.ln()).ceil() as i32;
        *bins.entry(bin).or_insert(0) += 1;
    }
    Numbers::Histogram { base, bins: bins.into_iter().collect(), zero: 0 }
}

/// After so many windows of 180 and 60 latencies, the new arm's so many times as long; the load
/// doubles all of them half way.
fn after(rules: &Rules, seed: u64, windows: u64, (ratio, base): (f64, f64)) -> State {
    let mut random = Random(seed);
    let mut state = rules.begin(seconds(0));
    for window in 0..windows {
        let load = if window * 2 < windows { 0.1 } else { 0.2 };
        let told = [
            sample(window, 0, 0, latencies(&mut random, 180, load, base)),
            sample(window, 0, 1, latencies(&mut random, 60, load * ratio, base)),
        ];
        rules.add(&mut state, &told, seconds(window * 10 + 10));
        if verdict(rules, &state, 0) == Verdict::Worse {
            break;
        }
    }
    state
}

fn judged(more: &serde_json::Value) -> Rules {
    rules(&plan(&json!([quantile("latency", 0.9, more)])))
}

#[test]
fn slower_tails_are_harm_and_equal_ones_are_not() {
    let rules = judged(&json!({}));
    for (ratio, wanted) in [(2.0, Verdict::Worse), (1.0, Verdict::Insufficient)] {
        for base in [1.05, 2.0] {
            let state = after(&rules, 1, 60, (ratio, base));
            let evidence = &rules.evidence(&state)[0];
            assert_eq!(evidence.verdict, wanted, "{ratio} at {base}: {}", evidence.why);
        }
    }
}

#[test]
fn innocent_latencies_are_left_alone() {
    let mut plan = plan(&json!([quantile("latency", 0.9, &json!({}))]));
    plan.judging.alpha = 0.05;
    let rules = rules(&plan);
    let is_harmed =
        |seed: &u64| !rules.ruling(&after(&rules, *seed, 20, (1.0, 1.1))).harms.is_empty();
    // 2.5 are expected at most, and with 2.5 more than 8 have a chance of 0.1 %.
    let harmed = (0..50).filter(is_harmed).count();
    assert!(harmed <= 8, "{harmed} of 50 at 5 %");
}

#[test]
fn a_margin_is_accepted_and_proved() {
    let rules = judged(&json!({"margin": 0.5}));
    assert_ne!(verdict(&rules, &after(&rules, 2, 60, (1.3, 1.05)), 0), Verdict::Worse);
    assert_eq!(verdict(&rules, &after(&rules, 2, 60, (1.0, 1.05)), 0), Verdict::NotWorse);
    assert_eq!(verdict(&rules, &after(&rules, 2, 60, (3.0, 1.05)), 0), Verdict::Worse);
    // Bins that double cannot tell half as much again from nothing: it is not proved either way.
    assert_eq!(verdict(&rules, &after(&rules, 2, 60, (1.0, 2.0)), 0), Verdict::Insufficient);
}

#[test]
fn a_limit_of_a_quantile_is_that_of_the_share_beyond() {
    // The 90 % quantile of exponential latencies is 2.3 times their mean: 0.23, then 0.46.
    for (limit, wanted) in [(0.3, Verdict::Worse), (0.6, Verdict::Insufficient)] {
        let rules = judged(&json!({"limit": limit}));
        let state = after(&rules, 3, 60, (1.0, 1.05));
        assert_eq!(verdict(&rules, &state, 0), wanted, "{limit}");
    }
}

#[test]
fn shorter_is_harm_where_less_is_worse() {
    let mut plan = plan(&json!([quantile("session", 0.1, &json!({"direction": "decrease"}))]));
    plan.judging.alpha = 0.01;
    let rules = rules(&plan);
    assert_eq!(verdict(&rules, &after(&rules, 4, 60, (0.3, 1.05)), 0), Verdict::Worse);
    assert_ne!(verdict(&rules, &after(&rules, 4, 60, (1.5, 1.05)), 0), Verdict::Worse);
}

#[test]
fn shorter_tails_are_better_and_both_quantiles_have_intervals() {
    for margin in [0.0, 0.3] {
        let rules = judged(&json!({"margin": margin}));
        let state = after(&rules, 5, 120, (0.4, 1.05));
        let evidence = &rules.evidence(&state)[0];
        assert_eq!(evidence.verdict, Verdict::Better, "{margin}: {}", evidence.why);
        // 2.3 times the mean, which is 0.1 and then 0.2: the 90 % quantile of both together is 0.36.
        let [Some([new_low, new_high]), Some([low, high])] = evidence.intervals else {
            panic!("{:?}", evidence.intervals)
        };
        assert!(low < 0.36 && 0.36 < high && high < 0.45, "{low} to {high}");
        assert!(new_low < 0.144 && 0.144 < new_high && new_high < low, "{new_low} to {new_high}");
        let [least, most] = evidence.interval.expect("both are known");
        assert!(least < 0.4 && 0.4 < most && most < 1.0, "{least} to {most}");
        assert!(evidence.why.contains("the control's 0.3"), "{}", evidence.why);
    }
    let rules = judged(&json!({}));
    let state = after(&rules, 6, 120, (1.0, 1.05));
    assert_eq!(verdict(&rules, &state, 0), Verdict::Insufficient);
}
