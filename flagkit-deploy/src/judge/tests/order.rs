//! Whatever the order, whatever is told twice, whatever the restarts.

use super::*;
use crate::sample::Sample;
use crate::time::Span;

/// Two metrics, both arms, so many windows.
fn stream(random: &mut Random, windows: u64) -> Vec<Sample> {
    let mut told = Vec::new();
    for window in 0..windows {
        for metric in 0..2 {
            let rate = 0.01 * (1.0 + f64::from(metric));
            told.push(sample(window, metric, 0, events(9_000, random.poisson(9_000.0 * rate))));
            told.push(sample(window, metric, 1, events(1_000, random.poisson(1_000.0 * rate))));
        }
    }
    told
}

fn two_metrics() -> Rules {
    lagged(0)
}

/// Windows stay open for so many seconds after their end.
fn lagged(lag: u64) -> Rules {
    let mut plan = plan(&json!([
        units("error_rate", &json!({"margin": 0.2})),
        requests("timeouts", &json!({"role": "signal", "limit": 0.05})),
    ]));
    plan.judging.lag = Span::from_secs(lag);
    rules(&plan)
}

#[test]
fn the_order_within_open_windows_makes_no_difference() {
    let rules = lagged(300);
    let mut random = Random(7);
    for _ in 0..50 {
        let mut told = stream(&mut random, 12);
        let mut in_order = rules.begin(seconds(0));
        let closed = rules.add(&mut in_order, &told, seconds(1_000));
        assert_eq!(closed.len(), 12);
        random.shuffle(&mut told);
        let mut shuffled = rules.begin(seconds(0));
        // In several calls, while all windows are still open.
        for (at, some) in (0_u64..).zip(told.chunks(5)) {
            let early = rules.add(&mut shuffled, some, seconds(100 + at));
            assert!(early.is_empty(), "all windows are still open");
        }
        assert_eq!(rules.add(&mut shuffled, &[], seconds(1_000)), closed);
        assert_eq!(shuffled, in_order);
    }
}

#[test]
fn what_is_told_again_replaces_and_does_not_add() {
    let rules = lagged(300);
    let mut random = Random(8);
    let told = stream(&mut random, 5);
    let mut once = rules.begin(seconds(0));
    rules.add(&mut once, &told, seconds(400));
    let mut wrong_first = rules.begin(seconds(0));
    let mut wrong = told.clone();
    for sample in &mut wrong {
        sample.numbers = events(500, 400);
    }
    rules.add(&mut wrong_first, &wrong, seconds(1));
    rules.add(&mut wrong_first, &told, seconds(2));
    rules.add(&mut wrong_first, &told, seconds(400));
    assert_eq!(wrong_first, once);
}

#[test]
fn what_is_late_is_dropped_and_counted() {
    let rules = two_metrics();
    let told = stream(&mut Random(9), 5);
    let mut state = rules.begin(seconds(0));
    rules.add(&mut state, &told, seconds(100));
    let evidence = rules.evidence(&state);
    rules.add(&mut state, &told, seconds(101));
    assert_eq!(rules.evidence(&state), evidence);
    assert_eq!(state.dropped().late, 20);
    // Half a window later: the same requests again.
    let mut half = sample(4, 0, 1, events(1_000, 900));
    half.start = seconds(45);
    half.end = seconds(55);
    rules.add(&mut state, &[half], seconds(110));
    assert_eq!(rules.evidence(&state), evidence);
}

#[test]
fn overlapping_windows_count_once() {
    let rules = two_metrics();
    let window = |start, end| {
        [0, 1].map(|arm| Sample {
            metric: 0,
            arm,
            stratum: 0,
            start: seconds(start),
            end: seconds(end),
            numbers: events(1_000, 10),
        })
    };
    let mut state = rules.begin(seconds(0));
    let told = [window(0, 60), window(10, 70), window(60, 120)].concat();
    rules.add(&mut state, &told, seconds(500));
    assert_eq!(rules.evidence(&state)[0].observations, [2_000, 2_000]);
    assert_eq!(state.dropped().late, 2);
}

#[test]
fn a_restart_at_any_point_changes_nothing() {
    let rules = two_metrics();
    let mut random = Random(10);
    let told = stream(&mut random, 40);
    let (mut whole, mut restarted) = (rules.begin(seconds(0)), rules.begin(seconds(0)));
    for (at, some) in (0_u64..).zip(told.chunks(3)) {
        if at == 10 {
            rules.split_changed(&mut whole, &split(&[500_000, 500_000]), seconds(35));
            rules.split_changed(&mut restarted, &split(&[500_000, 500_000]), seconds(35));
        }
        rules.add(&mut whole, some, seconds(at * 7));
        let kept = serde_json::to_vec(&restarted).expect("a state is text");
        restarted = serde_json::from_slice(&kept).expect("it can be read again");
        rules.add(&mut restarted, some, seconds(at * 7));
        assert_eq!(restarted, whole);
    }
    let bytes = |state: &State| serde_json::to_vec(state).expect("a state is text");
    assert_eq!(bytes(&restarted), bytes(&whole));
}

#[test]
fn a_window_waits_for_what_came_the_last_time_but_not_for_ever() {
    let rules = two_metrics();
    let mut state = rules.begin(seconds(0));
    let tell = |state: &mut State, window, metric, now| {
        let told = [0, 1].map(|arm| sample(window, metric, arm, events(1_000, 10)));
        rules.add(state, &told, seconds(now)).len()
    };
    assert_eq!(tell(&mut state, 0, 0, 1), 0, "the window is not over");
    assert_eq!(tell(&mut state, 0, 1, 10), 1);
    assert_eq!(tell(&mut state, 1, 0, 20), 0, "the other metric was there the last time");
    assert_eq!(tell(&mut state, 1, 1, 25), 1);
    assert_eq!(tell(&mut state, 2, 0, 30), 0);
    assert_eq!(rules.add(&mut state, &[], seconds(49)).len(), 0);
    assert_eq!(rules.add(&mut state, &[], seconds(50)).len(), 1, "two looks are enough");
    assert_eq!(tell(&mut state, 3, 0, 50), 1, "the other metric is missing, and is not waited for");
    assert_eq!(tell(&mut state, 4, 0, 50), 1);
}

#[test]
fn arms_that_are_told_apart_are_compared_from_the_second_window_on() {
    let rules = rules(&plan(&json!([units("error_rate", &json!({}))])));
    let mut state = rules.begin(seconds(0));
    for window in 0..10 {
        for arm in 0..2 {
            let told = [sample(window, 0, arm, events(1_000, 10))];
            rules.add(&mut state, &told, seconds(window * 10 + 10 + u64::from(arm)));
        }
    }
    assert_eq!(rules.evidence(&state)[0].observations, [9_000, 10_000]);
    assert_eq!(state.dropped().late, 1);
}

#[test]
fn a_flood_of_windows_is_bounded() {
    let rules = two_metrics();
    let mut state = rules.begin(seconds(0));
    let flood: Vec<Sample> =
        (0..100_000).map(|window| sample(window, 0, 1, events(10, 1))).collect();
    rules.add(&mut state, &flood, seconds(900_000));
    assert!(state.open.len() <= super::super::window::OPEN_MAX);
    assert!(state.dropped().late > 80_000);
}

#[test]
fn a_release_with_three_metrics_is_small() {
    let rules = rules(&plan(&json!([
        units("error_rate", &json!({"margin": 0.1})),
        units("timeouts", &json!({})),
        units("conversion", &json!({"direction": "decrease"})),
    ])));
    let mut state = rules.begin(seconds(0));
    rules.split_changed(&mut state, &split(&[900_000, 100_000]), seconds(0));
    let mut random = Random(11);
    for window in 0..500 {
        for metric in 0..3 {
            let told = [(0, 9_000.0), (1, 1_000.0)].map(|(arm, exposures): (u16, f64)| {
                let exposed = random.poisson(100.0) + 10 * u64::from(exposures > 5_000.0);
                sample(window, metric, arm, events(exposed, random.poisson(3.0).min(exposed)))
            });
            rules.add(&mut state, &told, seconds(window * 10 + 10));
        }
    }
    let bytes = serde_json::to_vec(&state).expect("a state is text").len();
    assert!(bytes <= 6_000, "{bytes} bytes");
}
