use serde_json::json;

use super::*;
use crate::judge::made_up::{plan, reading, seconds};

/// A trigger on `m > 5`, so many times within so many seconds.
fn trigger(times: u8, within: u64) -> (Plan, Policies) {
    let mut plan = plan(&json!([reading("m", &json!({}))]));
    let trigger = json!({"name": "m", "rule": "m > 5", "times": times, "within": within * 1000});
    plan.triggers = vec![serde_json::from_value(trigger).expect("a trigger")];
    (plan, Policies::new([("triggers[0].rule", "m > 5")]).expect("a condition"))
}

/// Windows that end at these seconds with these values.
fn windows(told: &[(u64, Option<f64>)]) -> Vec<Window> {
    let window = |(end, value): &(u64, Option<f64>)| {
        let mut attributes = Facts::default();
        if let Some(value) = value {
            attributes.put("m", *value);
        }
        Window { start: seconds(end - 1), end: seconds(*end), attributes }
    };
    told.iter().map(window).collect()
}

/// How often it fires if each window comes alone, and if all come at once.
fn fired(times: u8, within: u64, told: &[(u64, Option<f64>)]) -> [usize; 2] {
    let (plan, policies) = trigger(times, within);
    // A fact of the same name is that of the whole release, and must not be taken for a window's.
    let facts: Facts = [("m", 9.into()), ("metrics.m", 9.into())].into();
    let mut state = State::default();
    let windows = windows(told);
    let mut ask = |windows: &[Window]| check(&plan, &policies, &mut state, windows, &facts).len();
    let one_by_one = windows.iter().map(|window| ask(std::slice::from_ref(window))).sum();
    let mut state = State::default();
    [one_by_one, check(&plan, &policies, &mut state, &windows, &facts).len()]
}

#[test]
fn breaches_count_within_their_span_of_event_time() {
    let bad = Some(6.0);
    for (name, times, within, told, wanted) in [
        ("once", 1, 0, vec![(10, bad)], [1, 1]),
        ("never", 1, 0, vec![(10, Some(5.0))], [0, 0]),
        ("no value is no breach", 1, 0, vec![(10, None)], [0, 0]),
        ("three of three", 3, 20, vec![(10, bad), (20, bad), (30, bad)], [1, 1]),
        ("not in a row", 3, 30, vec![(10, bad), (20, bad), (30, None), (40, bad)], [1, 1]),
        ("too far apart", 3, 19, vec![(10, bad), (20, bad), (30, bad)], [0, 0]),
        ("told twice", 3, 60, vec![(10, bad), (10, bad), (20, bad), (20, bad)], [0, 0]),
        ("out of order", 3, 20, vec![(30, bad), (10, bad), (20, bad)], [1, 1]),
        ("too old to matter", 2, 20, vec![(100, bad), (10, bad), (20, bad)], [0, 0]),
        ("enough before it is over", 2, 20, vec![(10, bad), (20, bad), (100, bad)], [1, 1]),
        ("begins anew", 2, 20, vec![(10, bad), (20, bad), (30, bad), (40, bad)], [2, 1]),
    ] {
        assert_eq!(fired(times, within, &told), wanted, "{name}");
    }
}

#[test]
fn what_is_remembered_is_bounded_and_survives() {
    let (plan, policies) = trigger(64, 1_000_000);
    let mut state = State::default();
    for second in 1..1_000 {
        let windows = windows(&[(second, Some(6.0))]);
        check(&plan, &policies, &mut state, &windows, &Facts::default());
        assert!(state.breaches.values().all(|breaches| breaches.len() < 64));
        let kept = serde_json::to_string(&state).expect("a state is text");
        assert_eq!(serde_json::from_str::<State>(&kept).expect("it can be read"), state);
    }
}
