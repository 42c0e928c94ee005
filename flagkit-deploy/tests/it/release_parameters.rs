//! Every parameter of the delivery systems that FlagKit replaces has a field, and its founding value
//! compiles: `docs/release-parameters.md`, row by row.

use flagkit_deploy::plan::{Does, Then};
use flagkit_deploy::{Span, Weight};

use crate::release_files::runs;

/// A release with these strategy lines and sections; two arms with workloads, checks and metrics.
fn file(strategy: &str, sections: &str) -> String {
    format!(
        "
schema: flagkit-release/1
target: service
version: v2
arms:
  blue: {{ version: v1, workload: blue, replicas: 10, address: 'http://blue' }}
  green: {{ workload: green, address: 'http://green' }}
strategy: {strategy}
checks:
  health: {{ url: '{{{{address}}}}/health', expect: status == 200 and body.status == \"healthy\", timeout: 5s }}
  ready: {{ url: '{{{{address}}}}/ready', expect: body.ready == true }}
  cache: {{ url: '{{{{address}}}}/health/cache', then: tell }}
  users: {{ url: '{{{{address}}}}/api/v1/users', expect: status == 200 and latency_ms < 100 }}
hooks:
  warm: {{ url: 'http://hooks/warm' }}
metrics: {{ error_rate: {{}}, p95: {{ limit: 5s }}, p99: {{ limit: 10s }}, cpu: {{}}, memory: {{}}, throughput: {{}}, conversion_rate: {{}}, \
         satisfaction: {{ limit: 1 }}, user_complaints: {{}} }}
{sections}
"
    )
}

/// Row, what it asks for, and how it is written here.
const ROWS: &[(u32, &str, &str)] = &[
    (
        2,
        "{ canary: { stages: [{ weight: 10%, for: 30m }, 100%], prepare: { verify: health } } }",
        "triggers: [error_rate > 5%, p95 > 1000ms]",
    ),
    (
        5,
        "{ canary: { stages: [10%, 100%], stage: 300s } }",
        "rollback: { automatic: true }\njudging: { look: 10s }",
    ),
    (
        10,
        "{ blue_green: { stabilise: { checks: health }, switch: 100%, finish: { observe: 5m } } }",
        "judging: { look: 30s }\nrollback: { verify: health }",
    ),
    (
        11,
        "{ blue_green: { replicas: 1, switch: 100%, finish: { observe: 60s } } }",
        "triggers: [error_rate > 0.01]",
    ),
    (
        12,
        "{ blue_green: { stabilise: { checks: health, at_most: 15m, every: 30s }, prepare: { verify: [ready], \
     warm_up: warm }, finish: { observe: 10m } } }",
        "",
    ),
    (13, "{ blue_green: { switch: [10%, 25%, 50%, 75%, 100%], stage: 2m } }", ""),
    (
        17,
        "blue_green",
        "rollback: { keep: 0s }\nchannels: { pager: { kind: pagerduty, url: 'http://pd', key: '${KEY}', from: page } }",
    ),
    (
        18,
        "{ canary: { stages: [{ weight: 10%, for: 30m }, 25%, 50%, 75%, 100%], stage: 60s } }",
        "judging: { look: 30s }\ntriggers: [metrics.error_rate.difference > 2%, metrics.p95.difference > 100ms]",
    ),
    (
        19,
        "{ canary: { stages: [10%, 100%], stage: 300s } }",
        "judging: { look: 30s }\ntriggers: [metrics.error_rate.ratio > 1.5, metrics.p99.ratio > 1.2]",
    ),
    (
        20,
        "{ canary: { stages: [1%, 5%, 10%, 25%, 50%, 100%], stage: 5m, max_duration: 2h, finish: { success: \
     [error_rate <= 1%, p95 <= 2000ms, metrics.throughput.ratio >= 0.95, cpu <= 80%, memory <= 85%, \
     metrics.conversion_rate.ratio >= 0.98, satisfaction >= 4.5] } } }",
        "triggers: [error_rate > 5%, p95 > 5000ms, cpu > 90%, memory > 90%, user_complaints > 10]",
    ),
    (
        21,
        "{ rolling: { batch: 2, max_surge: 2, delay: 60s, verify: health } }",
        "rollback: { batch: 2, batch_delay: 10s }",
    ),
    (
        22,
        "{ rolling: { max_surge: 25%, max_unavailable: 25%, verify: ready } }",
        "attempts: { timeout: 10m }",
    ),
    (24, "{ canary: { stages: [10%, 100%], prepare: { headers: { canary: 'true' } } } }", ""),
    (
        26,
        "{ canary: { stages: [5%, 10%, 25%, 50%, 75%, 100%], stage: 600s } }",
        "triggers: [ejections > 3, error_rate > 1%]",
    ),
    (
        27,
        "{ canary: { stages: [5%, 25%, 50%, 75%, 100%], stage: 300s } }",
        "gates: [downstream.healthy == true]",
    ),
    (
        28,
        "{ canary: { stages: [5%, 100%] } }",
        "gates: ['releases.auth.status == \"done\"']\ntriggers: ['releases.order.status == \"rolled_back\"']",
    ),
    (
        29,
        "rolling",
        "gates: ['releases.auth.status == \"done\" and releases.order.status == \"done\"']",
    ),
    (
        30,
        "canary",
        "gates:\n  - 'releases.auth.version in [\"1.5.0\", \"1.6.0\", \"2.0.0\"]'\n  - 'releases.order.version \
      semver_matches \">=1.8.0\"'\n  - 'gateway.version semver_matches \">=3.0.0\"'",
    ),
    (31, "{ canary: { stages: [5%, 100%], prepare: { verify: [health, ready] } } }", ""),
    (35, "canary", "gates: [replication.lag_s < 5]"),
    (
        52,
        "{ canary: { stages: [{ weight: 5%, for: 5m }, { weight: 10%, for: 5m }, { weight: 25%, for: 5m }, \
     { weight: 50%, for: 5m }, { weight: 75%, for: 5m }, 100%] } }",
        "triggers: [error_rate > 1%, metrics.p95.ratio > 1.2]",
    ),
    (55, "{ canary: { stages: [10%, 100%], prepare: { mirror: { share: 100%, for: 10m } } } }", ""),
    (57, "canary", "triggers: [error_rate > 5% for 3 of 300s]\njudging: { look: 30s }"),
    (
        58,
        "canary",
        "triggers: [error_rate > 5% for 3 of 300s, p95 > 1000ms for 3 of 300s, availability < 99% for 2 of 180s]",
    ),
    (59, "canary", "attempts: { timeout: 300s, back: 4, delay: 30s }"),
    (
        60,
        "canary",
        "approval: { people: 1, roles: [release_owner] }\ngates: [staging.digest_is_same == true]",
    ),
    (
        62,
        "canary",
        "gates: [environment.drift == 0]\ntriggers: [{ rule: environment.drift > 0, then: pause }]",
    ),
    (63, "{ blue_green: { prepare: { verify: [health, ready, cache, users] } } }", ""),
    (
        66,
        "{ canary: { finish: { observe: 30m, success: [error_rate < 1%, p95 < 2000ms, p99 < 5000ms], keep: 1d } } }",
        "gates: [scan.passed == true, tests.passed == true]\n\
      triggers: [error_rate > 5%, p95 > 5000ms, { rule: error_rate > 2%, then: tell }, { rule: cpu > 85%, then: tell }]",
    ),
    (67, "canary", "triggers: [error_rate > 5%, metrics.p95.ratio > 2]"),
    (
        69,
        "{ canary: { finish: { observe: 24h } } }",
        "triggers: [error_rate > 1%, p99 > 2000ms, memory > 80%, cpu > 70%]\njudging: { look: 30s }",
    ),
    (
        70,
        "canary",
        "triggers: [trend.memory_per_h > 5%, trend.p95_ms_per_h > 10, { rule: trend.hours_to_90 < 24, then: tell }]",
    ),
    (
        72,
        "canary",
        "triggers: [{ rule: metrics.conversion_rate.ratio < 0.95, then: tell }, metrics.conversion_rate.ratio < 0.85]",
    ),
    (
        73,
        "canary",
        "triggers: [error_rate > 1% for 2m, p95 > 2s for 5m, { rule: metrics.throughput.ratio < 0.8 for 3m, then: tell }]",
    ),
    (
        78,
        "{ canary: { stages: [10%, 100%], prepare: { warm_up: warm, verify: [health, ready] } } }",
        "gates: [chaos.passed == true, security.passed == true]",
    ),
    (
        80,
        "canary",
        "triggers: [p95 > 2s, metrics.throughput.ratio < 0.9, error_rate > 1%]\njudging: { look: 30s }",
    ),
    (81, "canary", "triggers: [metrics.p95.ratio > 1.05]"),
    (
        83,
        "canary",
        "gates: [regression.high == 0]\napproval: { people: 1, unless: regression.any == 0 }",
    ),
    (
        84,
        "{ ab_test: { sample_min: 1000, lift: { metric: conversion_rate, at_least: 5% } } }",
        "judging: { alpha: 5% }",
    ),
    (
        85,
        "{ ab_test: { weights: { blue: 50%, green: 50% }, duration: 14d, sample_min: 2000, lift: { metric: \
     conversion_rate, at_least: 0.05 } } }",
        "judging: { alpha: 5% }\ntriggers: [error_rate >= 1%, p95 >= 2000ms]",
    ),
    (
        86,
        "{ ab_test: { duration: 168h, at_least: 168h } }",
        "description: a shorter form sells more",
    ),
    (120, "{ emergency: p0 }", ""),
    (121, "{ emergency: p1 }", ""),
    (122, "{ emergency: p2 }", ""),
];

#[test]
fn each_row_compiles_to_a_plan_that_can_run() {
    for (row, strategy, sections) in ROWS {
        let plan = runs(&file(strategy, sections));
        assert!(!plan.steps.is_empty(), "row {row}");
    }
}

#[test]
fn the_page_has_a_line_for_each_row() {
    const PAGE: &str = include_str!("../../../docs/release-parameters.md");
    for (row, ..) in ROWS {
        assert!(PAGE.contains(&format!("| {row} |")), "row {row} is not on the page");
    }
}

/// The values of some rows, looked at in the plan.
#[test]
fn founding_values_arrive_in_the_plan() {
    let plan = |row: u32| {
        let (_, strategy, sections) = ROWS.iter().find(|(known, ..)| *known == row).unwrap();
        runs(&file(strategy, sections))
    };
    let weights = |row: u32| -> Vec<u32> {
        let steps = plan(row).steps.into_iter();
        let split = |does| {
            if let Does::Split { split } = does {
                Some(split.treated().ppm() / 10_000)
            } else {
                None
            }
        };
        steps.filter_map(|step| split(step.does)).collect()
    };
    assert_eq!(weights(13), [10, 25, 50, 75, 100]);
    assert_eq!(weights(20), [1, 5, 10, 25, 50, 100]);
    assert_eq!(weights(52), [5, 10, 25, 50, 75, 100]);
    assert_eq!(weights(120), [1, 100]);
    assert_eq!(weights(122), [25, 100]);

    let stable = &plan(12).checks["health: stable"];
    assert_eq!((stable.tries, stable.delay), (30, Span::from_secs(30)));
    let rolling = plan(21);
    assert_eq!((rolling.rollback.batch, rolling.rollback.batch_delay), (2, Span::from_secs(10)));
    let trigger = &plan(58).triggers[2];
    assert_eq!((trigger.times, trigger.within), (2, Span::from_secs(180)));
    assert_eq!(plan(63).checks["cache"].then, Then::Tell);
    assert_eq!(plan(85).exposure_max(), Weight::ALL);
}

/// 70 % is the extra cost that is allowed, and not a factor of what is paid now.
#[test]
fn b17_extra_cost_is_one_ratio() {
    let plan = runs(&file("blue_green", "gates: [{ name: cost, rule: cost.extra_ratio <= 70% }]"));
    assert_eq!(plan.gates[0].rule, "cost.extra_ratio <= 70%");
    let policies =
        flagkit_deploy::policy::Policies::new([("gate", plan.gates[0].rule.as_str())]).unwrap();
    let holds = |extra: f64| {
        let facts = flagkit_deploy::policy::Facts::from([("cost.extra_ratio", extra.into())]);
        policies.holds(&plan.gates[0].rule, &facts, flagkit_deploy::Time::default())
    };
    assert!(holds(0.5) && holds(0.7) && !holds(0.71));
}
