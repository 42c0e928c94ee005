use serde_json::json;

use super::made_up::{
    Random, events, plan, reading, requests, rules, sample, seconds, split, units, verdict,
};
use super::{Rules, State, Verdict};
use crate::plan::Role;
use crate::sample::Numbers;

mod defects;
mod division;
mod founding;
mod means;
mod order;
mod quantiles;
mod streams;
mod switched;

/// Both arms of window after window, with these counts.
fn fed(rules: &Rules, windows: u64, mut of: impl FnMut(u64) -> [(u64, u64); 2]) -> State {
    let mut state = rules.begin(seconds(0));
    for window in 0..windows {
        feed(rules, &mut state, window, of(window));
    }
    state
}

fn feed(rules: &Rules, state: &mut State, window: u64, arms: [(u64, u64); 2]) {
    let [control, treatment] = arms;
    let told = [
        sample(window, 0, 0, events(control.0, control.1)),
        sample(window, 0, 1, events(treatment.0, treatment.1)),
    ];
    rules.add(state, &told, seconds(window * 10 + 10));
}

#[test]
fn many_more_events_are_harm_and_few_more_are_not() {
    let rules = rules(&plan(&json!([units("error_rate", &json!({}))])));
    let cases = [
        // Ten windows of 9,000 and 1,000 units: 45 errors there, and here
        (5, Verdict::Insufficient),
        (6, Verdict::Insufficient),
        (20, Verdict::Worse),
        (50, Verdict::Worse),
    ];
    for (here, wanted) in cases {
        let state = fed(&rules, 10, |_| [(9_000, 45), (1_000, here)]);
        assert_eq!(verdict(&rules, &state, 0), wanted, "{here} errors of 1,000");
        assert_eq!(!rules.ruling(&state).harms.is_empty(), wanted == Verdict::Worse);
    }
}

#[test]
fn fewer_conversions_are_harm_where_less_is_worse() {
    let metric = units("conversion", &json!({"direction": "decrease", "margin": 0.02}));
    let rules = rules(&plan(&json!([metric])));
    let state = fed(&rules, 100, |_| [(9_000, 270), (1_000, 15)]);
    assert_eq!(verdict(&rules, &state, 0), Verdict::Worse);
    let state = fed(&rules, 100, |_| [(9_000, 270), (1_000, 60)]);
    assert_eq!(verdict(&rules, &state, 0), Verdict::Better);
    let [low, high] = rules.evidence(&state)[0].interval.expect("twice as many are an interval");
    assert!(1.0 < low && low < 2.0 && 2.0 < high && high < 3.0, "{low} to {high}");
}

#[test]
fn any_change_is_harm_where_neither_way_is_good() {
    let rules = rules(&plan(&json!([units("searches", &json!({"direction": "either"}))])));
    for here in [2, 50] {
        let state = fed(&rules, 50, |_| [(9_000, 180), (1_000, here)]);
        assert_eq!(verdict(&rules, &state, 0), Verdict::Worse, "{here}");
    }
    let state = fed(&rules, 50, |_| [(9_000, 180), (1_000, 20)]);
    assert_eq!(verdict(&rules, &state, 0), Verdict::Insufficient);
}

#[test]
fn equal_rates_are_proved_not_to_be_worse_than_a_margin() {
    let rules = rules(&plan(&json!([units("error_rate", &json!({"margin": 0.5}))])));
    let state = fed(&rules, 300, |_| [(9_000, 45), (1_000, 5)]);
    assert_eq!(verdict(&rules, &state, 0), Verdict::NotWorse);
    let ruling = rules.ruling(&state);
    assert!(ruling.not_worse && !ruling.better && ruling.data && ruling.harms.is_empty());
    assert_eq!(ruling.exposures, 300_000);
}

#[test]
fn a_limit_holds_whatever_the_control_does() {
    let metric = units("error_rate", &json!({"margin": 0.5, "limit": 0.01}));
    let rules = rules(&plan(&json!([metric])));
    let state = fed(&rules, 20, |_| [(9_000, 450), (1_000, 50)]);
    assert_eq!(verdict(&rules, &state, 0), Verdict::Worse);
    let ruling = rules.ruling(&state);
    let [harm] = ruling.harms.as_slice() else { panic!("the limit is exceeded five times") };
    assert_eq!((harm.role, harm.what.as_str()), (Role::Guard, "metric `error_rate` of `canary`"));
    assert!(harm.why.contains("beyond its limit of 0.01"), "{}", harm.why);
}

#[test]
fn signals_are_told_after_guards_and_what_is_shown_never() {
    let metrics = json!([
        units("shown", &json!({"role": "shown"})),
        units("signal", &json!({"role": "signal"})),
        units("guard", &json!({})),
    ]);
    let rules = rules(&plan(&metrics));
    let harm_of = |bad: &[u16]| {
        let mut state = rules.begin(seconds(0));
        for window in 0..20 {
            for metric in 0..3 {
                let here = if bad.contains(&metric) { 100 } else { 5 };
                let told = [
                    sample(window, metric, 0, events(9_000, 45)),
                    sample(window, metric, 1, events(1_000, here)),
                ];
                rules.add(&mut state, &told, seconds(window * 10));
            }
            rules.add(&mut state, &[], seconds(window * 10 + 10));
        }
        rules.ruling(&state).harms.first().map(|harm| harm.role)
    };
    assert_eq!(harm_of(&[0]), None);
    assert_eq!(harm_of(&[0, 1]), Some(Role::Signal));
    assert_eq!(harm_of(&[0, 1, 2]), Some(Role::Guard));
}

#[test]
fn nothing_is_said_before_the_least_observations() {
    let rules = rules(&plan(&json!([units("error_rate", &json!({"observations_min": 5_000}))])));
    let state = fed(&rules, 4, |_| [(9_000, 45), (1_000, 500)]);
    assert_eq!(verdict(&rules, &state, 0), Verdict::Insufficient);
    let state = fed(&rules, 5, |_| [(9_000, 45), (1_000, 500)]);
    assert_eq!(verdict(&rules, &state, 0), Verdict::Worse);
}

#[test]
fn a_reading_is_held_against_its_limit_without_error_control() {
    let rules = rules(&plan(&json!([
        reading("cpu", &json!({"limit": 80.0})),
        reading("requests_per_s", &json!({"direction": "decrease"})),
    ])));
    let mut state = rules.begin(seconds(0));
    for (window, cpu, wanted) in
        [(0, 50.0, Verdict::NotWorse), (1, 95.0, Verdict::Worse), (2, 79.9, Verdict::NotWorse)]
    {
        let told = [
            sample(window, 0, 1, Numbers::Reading(cpu)),
            sample(window, 1, 1, Numbers::Reading(0.0)),
        ];
        rules.add(&mut state, &told, seconds(window * 10 + 10));
        assert_eq!(verdict(&rules, &state, 0), wanted, "{cpu}");
    }
    let evidence = rules.evidence(&state);
    assert!(evidence[0].why.contains("no error control"), "{}", evidence[0].why);
    assert_eq!(evidence[1].verdict, Verdict::Insufficient);
}

#[test]
fn a_metric_with_more_weight_needs_less_evidence() {
    let rules = rules(&plan(&json!([
        units("first", &json!({"weight": 3.0})),
        units("second", &json!({})),
        units("never", &json!({"weight": 0.0})),
        units("other_role", &json!({"role": "signal"})),
    ])));
    let bounds: Vec<f64> =
        rules.evidence(&rules.begin(seconds(0))).iter().map(|evidence| evidence.bound).collect();
    // alpha is 0.001: three quarters, one quarter, nothing, and all of it for the only signal.
    let wanted = [1.0 / 0.000_75, 1.0 / 0.000_25, f64::INFINITY, 1.0 / 0.001].map(f64::ln);
    for (bound, wanted) in bounds.iter().zip(wanted) {
        assert!((bound - wanted).abs() < 1e-9 || wanted.is_infinite() && *bound == f64::MAX);
    }
}

#[test]
fn a_stratum_that_fails_more_is_not_taken_for_the_new_version() {
    // Most of the new version runs in the region that fails ten times as often anyway.
    let mut plan = plan(&json!([units("error_rate", &json!({}))]));
    plan.judging.strata = vec!["eu".to_owned(), "us".to_owned()];
    let rules = rules(&plan);
    let mut state = rules.begin(seconds(0));
    for window in 0..200 {
        let region = |stratum: u16, arm: u16, exposures: u64, hits: u64| {
            let mut told = sample(window, 0, arm, events(exposures, hits));
            told.stratum = stratum;
            told
        };
        let told = [
            region(0, 0, 9_000, 9),
            region(0, 1, 1_000, 1),
            region(1, 0, 1_000, 10),
            region(1, 1, 9_000, 90),
        ];
        rules.add(&mut state, &told, seconds(window * 10 + 10));
    }
    // Put together, 0.91 % beside 0.19 %.
    let evidence = &rules.evidence(&state)[0];
    assert_eq!(evidence.estimates, [Some(0.0091), Some(0.0019)]);
    assert_eq!(evidence.verdict, Verdict::Insufficient, "{}", evidence.why);
}

#[test]
fn evidence_survives_as_text() {
    let rules = rules(&plan(&json!([
        units("error_rate", &json!({"margin": 0.1})),
        reading("cpu", &json!({})),
    ])));
    let state = fed(&rules, 3, |_| [(9_000, 45), (1_000, 0)]);
    for evidence in rules.evidence(&state) {
        let text = serde_json::to_string(&evidence).expect("evidence is text");
        let read: super::Evidence = serde_json::from_str(&text).expect("it can be read again");
        assert_eq!(read, evidence);
    }
}

#[test]
fn attributes_are_those_of_the_window_and_of_all_windows() {
    let rules = rules(&plan(&json!([units("error_rate", &json!({}))])));
    let mut state = rules.begin(seconds(0));
    feed(&rules, &mut state, 0, [(9_000, 0), (1_000, 0)]);
    let told = [sample(1, 0, 0, events(9_000, 90)), sample(1, 0, 1, events(1_000, 20))];
    let windows = rules.add(&mut state, &told, seconds(20));
    let [window] = windows.as_slice() else { panic!("one window was closed") };
    assert_eq!((window.start, window.end), (seconds(10), seconds(20)));
    let number = |name: &str| window.attributes.get(name).and_then(flagkit_core::Value::as_float);
    assert_eq!(number("metrics.error_rate"), Some(0.02));
    assert_eq!(number("error_rate"), Some(0.02));
    assert_eq!(number("metrics.error_rate.control"), Some(0.01));
    assert_eq!(number("metrics.error_rate.ratio"), Some(2.0));
    assert_eq!(number("metrics.error_rate.difference"), Some(0.01));
    assert_eq!(number("metrics.error_rate.count"), Some(1_000.0));
    let all = rules.attributes(&state);
    assert_eq!(all.get("metrics.error_rate").and_then(flagkit_core::Value::as_float), Some(0.01));
    let names: Vec<String> = rules.names().collect();
    assert!(window.attributes.iter().all(|(name, _)| names.iter().any(|known| known == name)));
}

#[test]
fn counts_of_requests_are_said_to_be_such() {
    let rules = rules(&plan(&json!([requests("error_rate", &json!({}))])));
    let why = rules.ruling(&rules.begin(seconds(0))).why;
    assert!(why.starts_with("error_rate of canary: no data; counts are requests"), "{why}");
}
