//! Releases as they are: load that moves, outages, metrics that die, numbers that are none.

use super::*;

/// A release of so many windows of ten seconds at 100 requests per second, 10 % on the new arm.
struct Stream {
    windows: u64,
    base: f64,
    ratio: f64,
    /// How many times as high all rates are in a window.
    weather: fn(u64) -> f64,
}

impl Stream {
    fn run(&self, rules: &Rules, seed: u64) -> (State, Option<u64>) {
        let mut random = Random(seed);
        let mut state = rules.begin(seconds(0));
        for window in 0..self.windows {
            // The split changes twice on the way, as releases do.
            let treated = [0.1, 0.25, 0.5][usize::try_from(window * 3 / self.windows).unwrap_or(2)];
            let rate = self.base * (self.weather)(window);
            let exposed = |random: &mut Random, share: f64| random.poisson(share * 50.0) * 20;
            let (control, treatment) =
                (exposed(&mut random, 1.0 - treated), exposed(&mut random, treated));
            let hits = |random: &mut Random, exposures: u64, rate: f64| {
                let mean = f64::from(u32::try_from(exposures).unwrap_or(0)) * rate;
                random.poisson(mean).min(exposures)
            };
            let here = hits(&mut random, treatment, rate * self.ratio);
            let there = hits(&mut random, control, rate);
            feed(rules, &mut state, window, [(control, there), (treatment, here)]);
            if !rules.ruling(&state).harms.is_empty() {
                return (state, Some(window));
            }
        }
        (state, None)
    }
}

fn with_alpha(alpha: f64) -> Rules {
    let mut plan = plan(&json!([units("error_rate", &json!({}))]));
    plan.judging.alpha = alpha;
    rules(&plan)
}

/// Both sides fail six times as often for a third of the time.
fn outage(window: u64) -> f64 {
    if (20..40).contains(&window) { 6.0 } else { 1.0 }
}

#[test]
fn innocent_releases_are_left_alone() {
    let rules = with_alpha(0.05);
    for (name, weather) in [("calm", (|_| 1.0) as fn(u64) -> f64), ("outage", outage)] {
        let stream = Stream { windows: 60, base: 0.005, ratio: 1.0, weather };
        let harmed = (0..500).filter(|seed| stream.run(&rules, *seed).1.is_some()).count();
        // At most 25 are expected, and with 25 more than 41 have a chance of 0.1 %.
        assert!(harmed <= 41, "{name}: {harmed} of 500 at 5 %");
    }
}

#[test]
fn bad_releases_are_found() {
    let rules = with_alpha(0.001);
    // 30 windows are five minutes.
    for (base, ratio, within) in [(0.005, 4.0, 30), (0.005, 10.0, 6), (0.0002, 50.0, 20)] {
        let stream = Stream { windows: 60, base, ratio, weather: outage };
        let found = (0..100).filter_map(|seed| stream.run(&rules, seed).1);
        let found = found.filter(|window| *window < within).count();
        assert!(found >= 95, "{ratio} times {base}: {found} of 100 within {within} windows");
    }
}

#[test]
fn requests_that_fail_suddenly_are_found_at_once() {
    let rules = rules(&plan(&json!([requests("error_rate", &json!({}))])));
    let mut random = Random(3);
    let mut state = rules.begin(seconds(0));
    for window in 0..200 {
        let bad = if window < 197 { 1.0 } else { 10.0 };
        let (there, here) = (random.poisson(45.0), random.poisson(5.0 * bad));
        feed(&rules, &mut state, window, [(9_000, there), (1_000, here)]);
        let harmed = !rules.ruling(&state).harms.is_empty();
        assert!(!harmed || window >= 197, "harmed at {window}");
    }
    assert_eq!(verdict(&rules, &state, 0), Verdict::Worse);
}

#[test]
fn an_outage_of_both_sides_is_nobodys_harm() {
    let rules = with_alpha(0.001);
    let state =
        fed(
            &rules,
            60,
            |window| {
                if window < 30 { [(900, 5), (100, 0)] } else { [(900, 900), (100, 100)] }
            },
        );
    assert_eq!(rules.ruling(&state).harms, []);
}

#[test]
fn metrics_that_die_say_nothing_and_do_no_harm() {
    let rules = rules(&plan(&json!([units("error_rate", &json!({"margin": 0.5}))])));
    let mut state = rules.begin(seconds(0));
    rules.split_changed(&mut state, &split(&[900_000, 100_000]), seconds(0));
    for window in 0..300 {
        feed(&rules, &mut state, window, [(9_000, 45), (1_000, 5)]);
    }
    assert!(rules.ruling(&state).not_worse);
    rules.split_changed(&mut state, &split(&[500_000, 500_000]), seconds(3_000));
    for window in 300..600 {
        rules.add(&mut state, &[], seconds(window * 10 + 10));
    }
    let ruling = rules.ruling(&state);
    assert!(!ruling.data && !ruling.not_worse && ruling.harms.is_empty());
    assert!(ruling.why.contains("no data since the split changed"), "{}", ruling.why);
    assert_eq!(verdict(&rules, &state, 0), Verdict::Insufficient);
}

#[test]
fn metrics_of_one_side_that_die_do_no_harm() {
    let rules = with_alpha(0.001);
    let mut state = rules.begin(seconds(0));
    for window in 0..300 {
        let (arm, hits) = if window < 100 { (0, 45) } else { (1, 900) };
        let told = [sample(window, 0, arm, events(1_000, hits))];
        rules.add(&mut state, &told, seconds(window * 10 + 100));
    }
    assert_eq!(verdict(&rules, &state, 0), Verdict::Insufficient);
    assert_eq!(rules.ruling(&state).harms, []);
}

#[test]
fn no_traffic_is_no_verdict() {
    let rules = with_alpha(0.001);
    let state = fed(&rules, 100, |_| [(0, 0), (0, 0)]);
    let ruling = rules.ruling(&state);
    assert!(!ruling.data && ruling.harms.is_empty() && !ruling.not_worse);
    assert_eq!(rules.evidence(&state)[0].why, "error_rate of canary: no data");
    let state = fed(&rules, 100, |_| [(9_000, 90), (0, 0)]);
    assert!(!rules.ruling(&state).data);
}

#[test]
fn numbers_that_are_none_are_dropped_and_counted() {
    let metrics = json!([units("error_rate", &json!({})), reading("cpu", &json!({"limit": 1.0}))]);
    let rules = rules(&plan(&metrics));
    let mut state = rules.begin(seconds(0));
    let mut backwards = sample(0, 0, 0, events(1, 1));
    backwards.end = backwards.start;
    let mut nowhere = sample(0, 0, 0, events(1, 1));
    nowhere.stratum = 1;
    let told = [
        sample(0, 1, 1, Numbers::Reading(f64::NAN)),
        sample(0, 1, 1, Numbers::Reading(f64::INFINITY)),
        sample(0, 1, 1, Numbers::Reading(f64::MAX)),
        sample(0, 0, 1, Numbers::Reading(0.5)),
        sample(0, 9, 1, events(1, 1)),
        sample(0, 0, 9, events(1, 1)),
        backwards,
        nowhere,
    ];
    rules.add(&mut state, &told, seconds(10));
    assert_eq!(state.dropped().invalid, 8);
    assert_eq!(rules.ruling(&state).harms, []);
}

#[test]
fn the_largest_numbers_break_nothing() {
    let rules = with_alpha(0.001);
    let most = u64::MAX;
    let state = fed(&rules, 5, |_| [(most, most), (most, most)]);
    assert_eq!(rules.ruling(&state).harms, []);
    let state = fed(&rules, 5, |_| [(most, 1), (most, most)]);
    assert_eq!(verdict(&rules, &state, 0), Verdict::Worse);
    for evidence in rules.evidence(&state) {
        assert!(evidence.log_e.is_finite() && evidence.bound.is_finite());
    }
    let text = serde_json::to_string(&state).expect("a state is text");
    assert_eq!(serde_json::from_str::<State>(&text).expect("it can be read"), state);
}

#[test]
fn counters_that_begin_anew_do_no_harm() {
    let rules = with_alpha(0.001);
    // Restarts: nothing is counted, then more events than exposures.
    let state = fed(&rules, 200, |window| match window % 10 {
        0 => [(9_000, 45), (0, 0)],
        1 => [(9_000, 45), (3, 4)],
        _ => [(9_000, 45), (1_000, 5)],
    });
    assert_eq!(verdict(&rules, &state, 0), Verdict::Insufficient);
    let state = fed(&rules, 200, |window| match window {
        100 => [(9_000, 45), (0, 0)],
        101 => [(9_000, 45), (1, 2)],
        _ => [(9_000, 45), (1_000, 5)],
    });
    assert_eq!(verdict(&rules, &state, 0), Verdict::Insufficient);
}

#[test]
fn clocks_that_differ_lose_windows_and_nothing_else() {
    let rules = with_alpha(0.001);
    let mut state = rules.begin(seconds(0));
    for window in 0..100 {
        let told = [
            sample(window + 1_000, 0, 0, events(9_000, 0)),
            sample(window + 1_000, 0, 1, events(1_000, 1_000)),
            sample(window, 0, 0, events(9_000, 45)),
            sample(window, 0, 1, events(1_000, 5)),
        ];
        // Our own clock jumps back now and then.
        let now = if window % 7 == 3 { 0 } else { window * 10 + 10 };
        rules.add(&mut state, &told, seconds(now));
    }
    assert_eq!(state.dropped().early, 200);
    assert_eq!(rules.evidence(&state)[0].observations, [100_000, 900_000]);
    assert_eq!(rules.ruling(&state).harms, []);
}
