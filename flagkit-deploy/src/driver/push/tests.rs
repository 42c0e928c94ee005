use super::*;
use crate::sample::Numbers;

fn plan(measure: &str, units: bool) -> Plan {
    serde_json::from_value(serde_json::json!({
        "target": "shop", "strategy": "canary",
        "arms": [{ "name": "stable" }, { "name": "canary" }],
        "base": [1_000_000, 0], "steps": [],
        "metrics": [{ "name": "m", "measure": serde_json::from_str::<serde_json::Value>(measure).unwrap(),
            "source": { "from": "push", "units": units } }],
        "judging": { "look": 10_000 },
    }))
    .unwrap()
}

fn events(arm: &str, at: u64, amount: (u64, u64)) -> Pushed {
    Pushed {
        target: "shop".to_owned(),
        metric: "m".to_owned(),
        arm: arm.to_owned(),
        at: Some(at * 1000),
        exposures: Some(amount.0),
        events: Some(amount.1),
        ..Pushed::default()
    }
}

fn unit(name: &str, failed: bool) -> Pushed {
    let (exposures, events) = (None, None);
    Pushed {
        unit: Some(name.to_owned()),
        failed: Some(failed),
        exposures,
        events,
        ..self::events("canary", 5, (0, 0))
    }
}

fn at(seconds: u64) -> Time {
    Time::from_unix_ms(seconds * 1000)
}

fn told(
    collector: &Collector,
    plan: &Plan,
    (after, until): (u64, u64),
) -> Vec<(u16, u64, Numbers)> {
    let windows = Windows::between(at(after), at(until), plan.judging.look).unwrap();
    let samples = collector.samples(plan, &[0], windows);
    samples
        .into_iter()
        .map(|sample| (sample.arm, sample.end.unix_ms() / 1000, sample.numbers))
        .collect()
}

fn counted(exposures: u64, events: u64) -> Numbers {
    Numbers::Events { exposures, events }
}

/// Units, since the fifth second.
fn known(units: u64, events: u64, first: Option<u64>) -> Numbers {
    Numbers::Units { units, events, first, since: at(5) }
}

#[test]
fn windows_add_up_and_may_be_asked_for_again() {
    let (collector, plan) =
        (Collector::new(Limits::default()), plan(r#"{"kind":"events"}"#, false));
    assert!(collector.push(&events("canary", 3, (10, 1)), at(3)).is_err(), "it is not open yet");
    assert!(collector.open(&plan));
    for (arm, time, amount) in
        [("canary", 3, (10, 1)), ("canary", 10, (5, 0)), ("stable", 11, (7, 7))]
    {
        assert_eq!(collector.push(&events(arm, time, amount), at(20)), Ok(Taken::New));
    }
    let expected = vec![(1, 10, counted(15, 1)), (0, 20, counted(7, 7))];
    assert_eq!(told(&collector, &plan, (0, 20)), expected);
    assert_eq!(told(&collector, &plan, (0, 20)), expected);
}

#[test]
fn what_comes_late_is_told_again_with_its_window() {
    let (collector, plan) =
        (Collector::new(Limits::default()), plan(r#"{"kind":"events"}"#, false));
    collector.open(&plan);
    collector.push(&events("canary", 3, (10, 1)), at(3)).unwrap();
    assert_eq!(told(&collector, &plan, (0, 10)).len(), 1);
    collector.push(&events("canary", 4, (2, 2)), at(14)).unwrap();
    assert_eq!(told(&collector, &plan, (10, 20)), [(1, 10, counted(12, 3))]);
    assert_eq!(told(&collector, &plan, (20, 30)), []);
}

#[test]
fn a_record_counts_once_however_often_and_in_whatever_order_it_comes() {
    let (collector, plan) =
        (Collector::new(Limits::default()), plan(r#"{"kind":"events"}"#, false));
    collector.open(&plan);
    let numbered = |sequence| Pushed {
        series: Some("app-1".to_owned()),
        sequence: Some(sequence),
        ..events("canary", 5, (1, 0))
    };
    let sent = [1, 3, 2, 3, 1, 2, 80, 79, 80, 10];
    let news = sent
        .iter()
        .filter(|&&sequence| collector.push(&numbered(sequence), at(5)).unwrap() == Taken::New);
    assert_eq!(news.copied().collect::<Vec<u64>>(), [1, 3, 2, 80, 79]);
    assert_eq!(told(&collector, &plan, (0, 10)), [(1, 10, counted(5, 0))]);
}

#[test]
fn a_unit_counts_once_and_has_failed_if_it_failed_once() {
    let (collector, plan) = (Collector::new(Limits::default()), plan(r#"{"kind":"events"}"#, true));
    collector.open(&plan);
    for (name, failed) in [("a", false), ("a", true), ("a", true), ("b", false), ("a", false)] {
        collector.push(&unit(name, failed), at(5)).unwrap();
    }
    assert!(collector.push(&events("canary", 5, (9, 9)), at(5)).unwrap_err().contains("unit"));
    assert_eq!(told(&collector, &plan, (0, 10)), [(1, 10, known(2, 1, Some(2)))]);
}

#[test]
fn a_full_window_refuses_new_units_and_counts_known_ones() {
    let limits = Limits { units: 2, ..Limits::default() };
    let (collector, plan) = (Collector::new(limits), plan(r#"{"kind":"events"}"#, true));
    collector.open(&plan);
    for name in ["a", "b"] {
        collector.push(&unit(name, false), at(5)).unwrap();
    }
    assert!(collector.push(&unit("c", true), at(5)).unwrap_err().contains("as many as it may"));
    collector.push(&unit("b", true), at(5)).unwrap();
    assert_eq!(told(&collector, &plan, (0, 10)), [(1, 10, known(2, 1, None))]);
}

#[test]
fn a_unit_is_seen_for_the_first_time_once() {
    let limits = Limits::default();
    let (collector, plan) = (Collector::new(limits), plan(r#"{"kind":"events"}"#, true));
    collector.open(&plan);
    let push = |time: u64, names: &[&str]| {
        for name in names {
            let pushed = Pushed { at: Some(time * 1000), ..unit(name, false) };
            collector.push(&pushed, at(time)).unwrap();
        }
    };
    push(5, &["a", "b"]);
    push(15, &["b", "a"]);
    assert_eq!(
        told(&collector, &plan, (0, 20)),
        [(1, 10, known(2, 0, Some(2))), (1, 20, known(2, 0, Some(0)))]
    );
}

#[test]
fn what_is_too_old_or_from_the_future_is_refused() {
    let (collector, plan) =
        (Collector::new(Limits::default()), plan(r#"{"kind":"events"}"#, false));
    collector.open(&plan);
    assert!(collector.push(&events("canary", 5, (1, 0)), at(100_000)).unwrap_err().contains("old"));
    assert!(collector.push(&events("canary", 500, (1, 0)), at(5)).unwrap_err().contains("ahead"));
    assert!(collector.push(&events("green", 5, (1, 0)), at(5)).unwrap_err().contains("green"));
    assert!(collector.push(&events("canary", 5, (1, 2)), at(5)).is_err());
}

#[test]
fn observations_become_bins_and_moments() {
    let values = |values: &[f64]| Pushed {
        values: values.to_vec(),
        exposures: None,
        events: None,
        ..events("canary", 5, (0, 0))
    };
    let (collector, quantile) =
        (Collector::new(Limits::default()), plan(r#"{"kind":"quantile","quantile":0.95}"#, false));
    collector.open(&quantile);
    collector.push(&values(&[1.0, 0.0, 100.0, 100.0]), at(5)).unwrap();
    let found = told(&collector, &quantile, (0, 10));
    // 1.02^232 = 98.96, 1.02^233 = 100.9.
    assert_eq!(
        found,
        [(1, 10, Numbers::Histogram { base: 1.02, bins: vec![(0, 1), (233, 2)], zero: 1 })]
    );
    let mean = plan(r#"{"kind":"mean"}"#, false);
    collector.open(&mean);
    collector.push(&values(&[1.0, 2.0, 6.0]), at(5)).unwrap();
    let found = told(&collector, &mean, (0, 10));
    // The mean is 3, and 4 + 1 + 9 = 14.
    assert_eq!(found, [(1, 10, Numbers::Moments { count: 3, mean: 3.0, squares: 14.0 })]);
}
