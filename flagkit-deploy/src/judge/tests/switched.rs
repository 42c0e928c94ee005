//! All traffic on the new side: after a switch at once, and at the end of a canary.

use super::*;
use crate::judge::made_up::{mean, quantile};
use crate::plan::Plan;

/// A plan that moves all traffic in one step.
fn switch(metrics: &serde_json::Value) -> Plan {
    let mut plan = plan(metrics);
    plan.steps = serde_json::from_value(json!([
        {"name": "switch", "step": "split", "split": [0, 1_000_000]},
    ]))
    .expect("a step");
    plan
}

/// Thirty windows of the old side, then thirty of the new one.
fn switched(rules: &Rules, mut of: impl FnMut(u64) -> Numbers) -> State {
    let mut state = rules.begin(seconds(0));
    for window in 0..60 {
        if window == 30 {
            rules.split_changed(&mut state, &split(&[0, 1_000_000]), seconds(300));
        }
        let told = sample(window, 0, u16::from(window >= 30), of(window));
        rules.add(&mut state, &[told], seconds(window * 10 + 10));
    }
    state
}

#[test]
fn a_switch_at_once_is_compared_with_the_time_before() {
    let rules = rules(&switch(&json!([units("error_rate", &json!({}))])));
    let run = |after: u64| {
        switched(&rules, |window| events(10_000, if window < 30 { 50 } else { after }))
    };
    for (after, wanted) in [
        (50, Verdict::Insufficient),
        // A day changes rates by as much.
        (60, Verdict::Insufficient),
        (150, Verdict::Worse),
        (0, Verdict::Insufficient),
    ] {
        let evidence = &rules.evidence(&run(after))[0];
        assert_eq!(evidence.verdict, wanted, "{after}: {}", evidence.why);
        assert!(evidence.why.contains("compared with the time before"), "{}", evidence.why);
    }
}

#[test]
fn fewer_conversions_than_before_a_switch_are_harm() {
    for (direction, few) in [("decrease", Verdict::Worse), ("either", Verdict::Worse)] {
        let metric = units("conversion", &json!({"direction": direction}));
        let rules = rules(&switch(&json!([metric])));
        let run = |after: u64| {
            let state =
                switched(&rules, |window| events(10_000, if window < 30 { 300 } else { after }));
            verdict(&rules, &state, 0)
        };
        assert_eq!(run(150), few, "{direction}");
        assert_eq!(run(300), Verdict::Insufficient);
        assert_eq!(run(270), Verdict::Insufficient, "a day changes rates by as much");
        let more = if direction == "either" { Verdict::Worse } else { Verdict::Insufficient };
        assert_eq!(run(600), more, "{direction}");
    }
}

#[test]
fn requests_in_bursts_weigh_less_than_units_after_a_switch_too() {
    // Forty failures of one client in every fifth window, the same before and after.
    let bursts = |window: u64| events(10_000, if window.is_multiple_of(5) { 40 } else { 0 });
    let log_e = |metric: serde_json::Value| {
        let rules = rules(&switch(&json!([metric])));
        let state =
            switched(
                &rules,
                |window| if window == 59 { events(10_000, 400) } else { bursts(window) },
            );
        rules.evidence(&state)[0].log_e
    };
    let (counted, believed) =
        (log_e(requests("error_rate", &json!({}))), log_e(units("error_rate", &json!({}))));
    assert!(believed > 0.0 && counted < believed / 2.0, "{counted}, {believed}");
}

#[test]
fn what_has_no_past_to_compare_with_needs_a_limit_or_decides_nothing() {
    let refused = |metric: serde_json::Value| {
        let refusals = Rules::new(&switch(&json!([metric]))).err().unwrap_or_default();
        refusals.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let bounds = Some((0.0, 10.0));
    for more in [json!({}), json!({"role": "signal"})] {
        for metric in [mean("rating", bounds, &more), quantile("latency", 0.95, &more)] {
            let refusals = refused(metric);
            let [refusal] = refusals.as_slice() else { panic!("{refusals:?}") };
            assert!(
                refusal.starts_with("metrics[0].measure: the old side never has traffic"),
                "{refusal}"
            );
            assert!(refusal.contains("give it a `limit`"), "{refusal}");
        }
    }
    for more in [json!({"limit": 5.0}), json!({"role": "shown"})] {
        for metric in [mean("rating", bounds, &more), quantile("latency", 0.95, &more)] {
            assert!(refused(metric).is_empty(), "{more}");
        }
    }
    let latency = quantile("latency", 0.95, &json!({}));
    let mut asked = switch(&json!([latency]));
    let rule = json!([{"name": "slow", "rule": "metrics.latency.new > 5.0", "then": "roll_back"}]);
    asked.triggers = serde_json::from_value(rule).unwrap();
    assert!(Rules::new(&asked).is_ok(), "a trigger asks for it");
    assert!(refused(units("errors", &json!({}))).is_empty());
    assert!(refused(reading("cpu", &json!({"limit": 90.0}))).is_empty());
}

#[test]
fn limits_hold_where_there_is_no_control() {
    let of_mean = |mean: f64| Numbers::Moments { count: 100, mean, squares: 100.0 };
    let slow =
        |bin: i32| Numbers::Histogram { base: 2.0, bins: vec![(-3, 900), (bin, 100)], zero: 0 };
    let cases: [(serde_json::Value, Numbers, Numbers); 3] = [
        (mean("rating", Some((0.0, 10.0)), &json!({"limit": 5.0})), of_mean(4.0), of_mean(6.0)),
        (quantile("latency", 0.95, &json!({"limit": 1.0})), slow(-1), slow(2)),
        (reading("cpu", &json!({"limit": 80.0})), Numbers::Reading(50.0), Numbers::Reading(95.0)),
    ];
    for (metric, good, bad) in cases {
        let rules = rules(&switch(&json!([metric])));
        let state = switched(&rules, |_| good.clone());
        assert_ne!(verdict(&rules, &state, 0), Verdict::Worse, "{metric}");
        let state = switched(&rules, |window| if window < 30 { good.clone() } else { bad.clone() });
        assert_eq!(verdict(&rules, &state, 0), Verdict::Worse, "{metric}");
    }
}

#[test]
fn at_the_end_of_a_canary_limits_are_asked_and_it_is_told() {
    let metric = units("error_rate", &json!({"margin": 0.5, "limit": 0.02}));
    let rules = rules(&plan(&json!([metric])));
    let mut state = fed(&rules, 300, |_| [(9_000, 45), (1_000, 5)]);
    let told = |state: &State| rules.evidence(state)[0].why.contains("stable has no traffic");
    assert!(verdict(&rules, &state, 0) == Verdict::NotWorse && !told(&state));
    rules.split_changed(&mut state, &split(&[0, 1_000_000]), seconds(3_000));
    for window in 300..320 {
        let told = [sample(window, 0, 1, events(10_000, 50))];
        rules.add(&mut state, &told, seconds(window * 10 + 10));
    }
    assert!(verdict(&rules, &state, 0) == Verdict::NotWorse && told(&state));
    for window in 320..360 {
        let told = [sample(window, 0, 1, events(10_000, 300))];
        rules.add(&mut state, &told, seconds(window * 10 + 10));
    }
    let ruling = rules.ruling(&state);
    assert!(ruling.harms[0].why.contains("beyond its limit of 0.02"), "{}", ruling.harms[0].why);
}
