//! The rules of deployment documents, written as metrics, triggers and conditions.

use super::*;
use crate::judge::triggers;
use crate::plan::{Plan, Trigger};
use crate::policy::{Facts, Policies};

/// One of its rules, and windows in which it must and must not act.
struct Rule {
    name: &'static str,
    /// What makes it act, with its number of windows and seconds.
    trigger: (&'static str, u8, u64),
    /// For each window the value of the control and of the new arm.
    acts: &'static [(f64, f64)],
    spares: &'static [(f64, f64)],
}

/// What is read from a monitoring system every ten seconds, and thresholds on it.
const THRESHOLDS: &[Rule] = &[
    Rule {
        name: "the canary's error rate 2 points above the stable one's",
        trigger: ("metrics.m.difference > 0.02", 1, 0),
        acts: &[(0.01, 0.031)],
        spares: &[(0.05, 0.069), (0.01, 0.0)],
    },
    Rule {
        name: "p95 100 ms above the stable one's",
        trigger: ("metrics.m.difference > 100ms", 1, 0),
        acts: &[(0.2, 0.301)],
        spares: &[(0.2, 0.299), (5.0, 5.05)],
    },
    Rule {
        name: "error rate above 1.5 times the stable one's",
        trigger: ("metrics.m.ratio > 1.5", 1, 0),
        acts: &[(0.01, 0.016)],
        spares: &[(0.01, 0.015), (0.0, 0.015)],
    },
    Rule {
        name: "p99 above 1.2 times the stable one's",
        trigger: ("metrics.m.ratio > 1.2", 1, 0),
        acts: &[(1.0, 1.21)],
        spares: &[(1.0, 1.2)],
    },
    Rule {
        name: "error rate above 5 % three times in 300 s",
        trigger: ("m > 5%", 3, 300),
        acts: &[(0.0, 0.06), (0.0, 0.01), (0.0, 0.06), (0.0, 0.06)],
        spares: &[(0.0, 0.06), (0.0, 0.05), (0.0, 0.06)],
    },
    Rule {
        name: "availability below 99 % twice in 180 s",
        trigger: ("m < 99%", 2, 180),
        acts: &[(1.0, 0.98), (1.0, 0.98)],
        spares: &[(1.0, 0.98), (1.0, 0.995)],
    },
    Rule {
        name: "cpu or memory above 90, complaints above 10",
        trigger: ("m > 90", 1, 0),
        acts: &[(50.0, 91.0)],
        spares: &[(99.0, 90.0)],
    },
    Rule {
        name: "response time above twice the baseline",
        trigger: ("metrics.m.ratio > 2", 1, 0),
        acts: &[(0.1, 0.21)],
        spares: &[(0.1, 0.2)],
    },
    Rule {
        name: "a business metric that changes by more than 15 % either way",
        trigger: ("metrics.m.ratio > 1.15 or metrics.m.ratio < 0.85", 1, 0),
        acts: &[(100.0, 84.0)],
        spares: &[(100.0, 114.0)],
    },
    Rule {
        name: "throughput below 95 % of the baseline",
        trigger: ("metrics.m.ratio < 0.95", 1, 0),
        acts: &[(100.0, 94.0)],
        spares: &[(100.0, 96.0)],
    },
];

fn with_trigger(rule: &Rule) -> (Plan, Policies) {
    let (text, times, within) = rule.trigger;
    let mut plan = plan(&json!([reading("m", &json!({}))]));
    let trigger = json!({"name": "t", "rule": text, "times": times, "within": within * 1000});
    plan.triggers = vec![serde_json::from_value::<Trigger>(trigger).expect("a trigger")];
    let policies = Policies::new([("triggers[0].rule", text)]).expect("a condition");
    (plan, policies)
}

fn fires(rule: &Rule, windows: &[(f64, f64)]) -> usize {
    let (plan, policies) = with_trigger(rule);
    let rules = rules(&plan);
    let (mut state, mut breaches) = (rules.begin(seconds(0)), triggers::State::default());
    let mut fired = 0;
    for (window, (control, new)) in (0_u64..).zip(windows) {
        let told = [
            sample(window, 0, 0, Numbers::Reading(*control)),
            sample(window, 0, 1, Numbers::Reading(*new)),
        ];
        for _ in 0..3 {
            // Told again and again: the window is closed once.
            let closed = rules.add(&mut state, &told, seconds(window * 10 + 10));
            let facts = rules.attributes(&state);
            fired += triggers::check(&plan, &policies, &mut breaches, &closed, &facts).len();
        }
    }
    assert_eq!(verdict(&rules, &state, 0), Verdict::Insufficient, "readings have no verdict");
    fired
}

#[test]
fn thresholds_act_where_they_should_and_nowhere_else() {
    for rule in THRESHOLDS {
        assert_eq!(fires(rule, rule.acts), 1, "{}", rule.name);
        assert_eq!(fires(rule, rule.spares), 0, "{}", rule.name);
    }
}

#[test]
fn criteria_of_success_hold_over_the_whole_judgement() {
    // Rows of success criteria: error rate, conversion at most 2 % lower, satisfaction.
    let rules = rules(&plan(&json!([
        units("error_rate", &json!({})),
        units("conversion", &json!({"direction": "decrease", "margin": 0.02})),
        reading("satisfaction", &json!({"direction": "decrease"})),
    ])));
    let mut state = rules.begin(seconds(0));
    for window in 0..10 {
        let told = [
            sample(window, 0, 0, events(9_000, 50)),
            sample(window, 0, 1, events(1_000, 8)),
            sample(window, 1, 0, events(9_000, 270)),
            sample(window, 1, 1, events(1_000, 29)),
            sample(window, 2, 1, Numbers::Reading(4.6)),
        ];
        rules.add(&mut state, &told, seconds(window * 10 + 10));
    }
    let facts = rules.attributes(&state);
    for (criterion, holds) in [
        ("metrics.error_rate < 1%", true),
        ("error_rate <= 0.5%", false),
        ("metrics.conversion.ratio >= 0.98", false),
        ("metrics.conversion.ratio >= 0.96", true),
        ("metrics.satisfaction >= 4.5", true),
        ("metrics.error_rate.count >= 10000", true),
    ] {
        let policies = Policies::new([("success[0]", criterion)]).expect("a condition");
        let answer = policies.ask(criterion, &facts, seconds(100));
        assert_eq!(answer.holds, holds, "{criterion}: {}", answer.why);
    }
}

#[test]
fn an_experiment_is_decided_by_evidence_and_guarded_by_limits() {
    // Two new colours beside the old one, a guardrail on errors at 1 %, 2,000 users at least.
    let mut plan = plan(&json!([
        units("error_rate", &json!({"limit": 0.01, "margin": 1.0})),
        units("signup", &json!({"direction": "decrease", "observations_min": 2_000})),
    ]));
    plan.arms =
        serde_json::from_value(json!([{"name": "blue"}, {"name": "green"}, {"name": "red"}]))
            .expect("three arms");
    plan.base = split(&[330_000, 330_000, 340_000]);
    plan.steps.clear();
    let rules = rules(&plan);
    let mut state = rules.begin(seconds(0));
    for window in 0..100 {
        let told: Vec<_> = [(0, 990, 30), (1, 990, 60), (2, 1_020, 30)]
            .into_iter()
            .flat_map(|(arm, users, signups)| {
                let errors = if arm == 2 { 40 } else { 2 };
                [
                    sample(window, 0, arm, events(users, errors)),
                    sample(window, 1, arm, events(users, signups)),
                ]
            })
            .collect();
        rules.add(&mut state, &told, seconds(window * 10 + 10));
    }
    let verdicts: Vec<_> =
        rules.evidence(&state).iter().map(|one| (one.metric, one.arm, one.verdict)).collect();
    assert_eq!(
        verdicts[..4],
        [
            (Some(0), 1, Verdict::NotWorse),
            (Some(0), 2, Verdict::Worse),
            (Some(1), 1, Verdict::Better),
            (Some(1), 2, Verdict::Insufficient),
        ]
    );
    assert_eq!(verdicts[4].2, Verdict::Insufficient, "users are divided as planned");
}

#[test]
fn a_critical_alert_needs_no_window() {
    let rule = Rule { name: "", trigger: ("critical_alert == true", 1, 0), acts: &[], spares: &[] };
    let (plan, policies) = with_trigger(&rule);
    let mut state = triggers::State::default();
    let quiet: Facts = [("critical_alert", false.into())].into();
    let now = seconds(5);
    assert_eq!(triggers::check_facts(&plan, &policies, &mut state, &quiet, now), []);
    let loud: Facts = [("critical_alert", true.into())].into();
    let fired = triggers::check_facts(&plan, &policies, &mut state, &loud, now);
    assert_eq!(fired.len(), 1);
    assert_eq!(fired[0].why, "critical_alert is true, and true == true holds");
}
