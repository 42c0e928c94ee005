//! Means with bounds and without, of units and of requests.

use super::*;
use crate::judge::made_up::mean;

/// Values between 0 and 10 around a mean, each of them so many times.
fn moments(random: &mut Random, (count, at_once): (u64, u64), mean: f64) -> Numbers {
    let mut moments = flagkit_stats::moments::Moments::default();
    for _ in 0..count {
        let value = (mean + 10.0 * (random.share() - 0.5)).clamp(0.0, 10.0);
        (0..at_once).for_each(|_| moments.add(value).expect("a number"));
    }
    Numbers::Moments { count: moments.count, mean: moments.mean, squares: moments.m2 }
}

/// So many windows of 90 and 10 values, with this mean on the new arm; the control's 5 moves by one
/// half way, and so does the new arm's.
fn after(rules: &Rules, seed: u64, windows: u64, (mean, at_once): (f64, u64)) -> State {
    let mut random = Random(seed);
    let mut state = rules.begin(seconds(0));
    for window in 0..windows {
        let tide = if window * 2 < windows { 0.5 } else { -0.5 };
        let told = [
            sample(window, 0, 0, moments(&mut random, (90, at_once), 5.0 + tide)),
            sample(window, 0, 1, moments(&mut random, (10, at_once), mean + tide)),
        ];
        rules.add(&mut state, &told, seconds(window * 10 + 10));
        if verdict(rules, &state, 0) == Verdict::Worse {
            break;
        }
    }
    state
}

const BOTH: [Option<(f64, f64)>; 2] = [Some((0.0, 10.0)), None];

fn judged(bounds: Option<(f64, f64)>, more: &serde_json::Value) -> Rules {
    let mut more = more.clone();
    more["observations_min"] = 100.into();
    rules(&plan(&json!([mean("revenue", bounds, &more)])))
}

#[test]
fn means_have_every_verdict_and_an_interval() {
    for bounds in BOTH {
        let rules = judged(bounds, &json!({"direction": "decrease", "margin": 0.2}));
        for (mean, wanted) in [
            (3.0, Verdict::Worse),
            (4.8, Verdict::NotWorse),
            (6.0, Verdict::Better),
            (4.0, Verdict::Insufficient),
        ] {
            let state = after(&rules, 1, 200, (mean, 1));
            let evidence = &rules.evidence(&state)[0];
            assert_eq!(evidence.verdict, wanted, "{mean} in {bounds:?}: {}", evidence.why);
            let [low, high] = evidence.interval.expect("there are enough values");
            assert!(low < mean - 5.0 && mean - 5.0 < high, "{low} to {high} for {mean}");
            assert!(evidence.log_e.is_finite() && evidence.observations[0] > 0);
        }
    }
}

#[test]
fn up_and_either_way_are_asked_for_too() {
    for bounds in BOTH {
        let up = judged(bounds, &json!({}));
        assert_eq!(verdict(&up, &after(&up, 2, 200, (6.5, 1)), 0), Verdict::Worse);
        assert_eq!(verdict(&up, &after(&up, 2, 200, (3.5, 1)), 0), Verdict::Better);
        let either = judged(bounds, &json!({"direction": "either", "margin": 0.1}));
        for mean in [6.5, 3.5] {
            assert_eq!(verdict(&either, &after(&either, 3, 200, (mean, 1)), 0), Verdict::Worse);
        }
    }
}

#[test]
fn a_limit_of_a_mean_holds_whatever_the_control_does() {
    for bounds in BOTH {
        for (limit, wanted) in [(4.0, true), (6.5, false)] {
            let rules = judged(bounds, &json!({"limit": limit, "margin": 2.0}));
            let evidence = rules.evidence(&after(&rules, 4, 200, (5.0, 1)));
            let is_worse = evidence[0].verdict == Verdict::Worse;
            assert_eq!(is_worse, wanted, "{}", evidence[0].why);
            assert_eq!(evidence[0].why.contains("beyond its limit"), wanted);
        }
    }
}

#[test]
fn innocent_means_are_left_alone() {
    for bounds in BOTH {
        let mut metric = mean("revenue", bounds, &json!({"direction": "decrease"}));
        metric["observations_min"] = 100.into();
        let mut plan = plan(&json!([metric]));
        plan.judging.alpha = 0.05;
        let rules = rules(&plan);
        let is_harmed =
            |seed: &u64| !rules.ruling(&after(&rules, *seed, 60, (5.0, 1))).harms.is_empty();
        // 10 are expected at most, and with 10 more than 21 have a chance of 0.1 %.
        let harmed = (0..200).filter(is_harmed).count();
        assert!(harmed <= 21, "{harmed} of 200 at 5 % in {bounds:?}");
    }
}

#[test]
fn values_of_one_client_are_not_many_independent_ones() {
    for bounds in BOTH {
        let run = |units: bool| {
            let mut metric = mean("revenue", bounds, &json!({"direction": "decrease"}));
            metric["source"]["units"] = units.into();
            metric["observations_min"] = 1000.into();
            let mut plan = plan(&json!([metric]));
            plan.judging.alpha = 0.05;
            let rules = rules(&plan);
            let is_harmed =
                |seed: &u64| !rules.ruling(&after(&rules, *seed, 60, (5.0, 12))).harms.is_empty();
            (0..60).filter(is_harmed).count()
        };
        // 3 are expected at most, and with 3 more than 9 have a chance of 0.1 %.
        let (believed, measured) = (run(true), run(false));
        assert!(measured <= 9 && believed > 12, "{measured}, {believed} if believed: {bounds:?}");
    }
}

#[test]
fn what_a_source_cannot_give_is_refused_before() {
    let asked = |more: &serde_json::Value, bounds| {
        let mut metric = mean("revenue", bounds, &json!({"observations_min": 1000}));
        metric["source"] = json!({"from": "prometheus", "query": "q"});
        for (key, value) in more.as_object().expect("fields") {
            metric["source"][key] = value.clone();
        }
        let refusals = Rules::new(&plan(&json!([metric]))).err().unwrap_or_default();
        refusals.into_iter().map(|refusal| refusal.path).collect::<Vec<_>>()
    };
    let bounds = Some((0.0, 10.0));
    assert_eq!(asked(&json!({}), bounds), ["metrics[0].source.exposures"]);
    let both = ["metrics[0].source.exposures", "metrics[0].source.squares"];
    assert_eq!(asked(&json!({}), None), both);
    let counted = json!({"exposures": "n"});
    assert_eq!(asked(&counted, None), ["metrics[0].source.squares"]);
    assert!(asked(&counted, bounds).is_empty());
    assert!(asked(&json!({"exposures": "n", "squares": "s"}), None).is_empty());

    for (metric, path) in [
        (mean("m", None, &json!({})), "metrics[0].observations_min"),
        (mean("m", Some((-1.0, 1.0)), &json!({"margin": 0.1})), "metrics[0].margin"),
        (mean("m", bounds, &json!({"limit": 11.0})), "metrics[0].limit"),
        (mean("m", bounds, &json!({"margin": 1.0, "direction": "decrease"})), "metrics[0].margin"),
    ] {
        let refusals = Rules::new(&plan(&json!([metric]))).err().unwrap_or_default();
        assert_eq!(refusals.first().map(|refusal| refusal.path.as_str()), Some(path), "{metric}");
    }
}
