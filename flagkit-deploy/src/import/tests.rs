//! The four older shapes, what becomes of them, and the notes.

use super::*;
use crate::config::Overrides;
use crate::event::Actor;
use crate::plan::Then::{RollBack, Tell};
use crate::plan::{Does, Measure, Plan};
use crate::release::Release;
use crate::time::{Span, Time};

/// The plans of all files, each accepted by the machine, and the notes as lines.
#[track_caller]
fn imported(shape: Shape, text: &str) -> (Vec<Plan>, Vec<String>) {
    let imported = match import(shape, text, "checkout") {
        Ok(imported) => imported,
        Err(errors) => panic!("{errors:#?}"),
    };
    let plan = |file: &ImportedFile| {
        let plan = read(&file.text, "x.yaml").unwrap().plan(&Overrides::default()).unwrap();
        let release = Release::new("r".into(), plan.clone(), Actor::default(), Time::default());
        assert!(release.is_ok(), "{:#?}\n{}", release.err(), file.text);
        plan
    };
    let plans = imported.files.iter().map(plan).collect();
    (plans, imported.notes.iter().map(ToString::to_string).collect())
}

#[track_caller]
fn refused(shape: Shape, text: &str, expected: &str) {
    let errors = import(shape, text, "shop").unwrap_err();
    assert_eq!(errors[0].to_string(), expected);
}

#[test]
fn a_canary_keeps_its_stages_times_and_thresholds_in_units() {
    let (plans, notes) = imported(
        Shape::CanaryConfig,
        "
canary:
  stages: [1, 5, 10, 25, 50, 100]
  stage_duration: 5m
  max_duration: 2h
  success_criteria: { error_rate: 0.01, response_time_p95: 2000, throughput: 0.95, cpu_usage: 80 }
  business_metrics: { conversion_rate: -0.02, user_satisfaction: 4.5 }
  rollback_triggers:
    - error_rate > 0.05
    - response_time_p95 > 5000
    - cpu_usage > 90
    - user_complaints > 10
  monitoring: { prometheus_endpoint: 'http://prometheus:9090', grafana_dashboard: abc }
  notifications: { slack_channel: '#deployments' }
",
    );
    let plan = &plans[0];
    let splits = plan.steps.iter().filter(|step| matches!(step.does, Does::Split { .. })).count();
    assert_eq!(splits, 6);
    let rules: Vec<_> = plan.triggers.iter().map(|trigger| trigger.rule.as_str()).collect();
    assert_eq!(rules, ["error_rate > 5%", "p95 > 5000ms", "cpu > 90%", "user_complaints > 10"]);
    let ends: Vec<_> = plan
        .steps
        .iter()
        .filter_map(|step| {
            if let Does::Until { rule, .. } = &step.does { Some(rule.as_str()) } else { None }
        })
        .collect();
    assert_eq!(
        ends,
        [
            "error_rate <= 1%",
            "p95 <= 2000ms",
            "metrics.throughput.ratio >= 0.95",
            "cpu <= 80%",
            "satisfaction >= 4.5"
        ]
    );
    let conversion = plan.metrics.iter().find(|metric| metric.name == "conversion_rate").unwrap();
    assert_eq!(conversion.margin, 0.02);
    assert!(
        notes.contains(&"canary.max_duration: taken: `strategy.canary.max_duration`".to_owned())
    );
    assert!(
        notes
            .iter()
            .any(|note| note.starts_with("canary.monitoring.grafana_dashboard: left out: "))
    );
    assert!(
        notes.iter().any(|note| note.starts_with("canary.notifications.slack_channel: left out: "))
    );
}

#[test]
fn b20_a_threshold_is_one_ratio_in_every_spelling() {
    for spelling in ["5.0", "0.05", "'5%'", "5"] {
        let text = format!("rollback_triggers: {{ error_rate: {spelling} }}\nstages: [10, 100]");
        let (plans, _) = imported(Shape::CanaryConfig, &text);
        assert_eq!(plans[0].triggers[0].rule, "error_rate > 5%", "{spelling}");
    }
}

#[test]
fn criteria_become_limits_gates_and_three_windows() {
    let (plans, notes) = imported(
        Shape::SuccessCriteria,
        "
performance: { response_time_p95: 2000, response_time_p99: 5000, throughput: -0.05, error_rate: 0.01 }
business: { conversion_rate: -0.02, user_satisfaction: 4.5, revenue_impact: 0 }
infrastructure: { cpu_usage: 80, memory_usage: 85, disk_usage: 90, connection_pool: 80% }
quality: { security_scan: pass, automated_tests: pass, compliance: pass }
monitoring_windows: { pre_deployment: 5m, during_deployment: continuous, post_deployment: 30m, extended: 24h }
alerts:
  critical: { error_rate: 0.05, response_time_p95: 5000 }
  warning: { error_rate: 0.02, response_time_p95: 3000, cpu_usage: 85 }
",
    );
    let plan = &plans[0];
    let gates: Vec<_> = plan.gates.iter().map(|gate| gate.rule.as_str()).collect();
    assert_eq!(
        gates,
        [
            "security_scan.passed == true",
            "automated_tests.passed == true",
            "compliance.passed == true"
        ]
    );
    let rules: Vec<_> =
        plan.triggers.iter().map(|trigger| (trigger.rule.as_str(), trigger.then)).collect();
    assert_eq!(
        rules,
        [
            ("error_rate > 5%", RollBack),
            ("p95 > 5000ms", RollBack),
            ("error_rate > 2%", Tell),
            ("p95 > 3000ms", Tell),
            ("cpu > 85%", Tell)
        ]
    );
    let observe = plan.steps.iter().any(
        |step| matches!(&step.does, Does::Judge(judgement) if judgement.at_least == Span::from_secs(1800)),
    );
    assert!(observe, "the 30 minutes after the release are watched");
    assert!(
        notes.iter().any(|note| note.starts_with("monitoring_windows.during_deployment: left out"))
    );
}

#[test]
fn tests_become_a_release_each() {
    let (plans, _) = imported(
        Shape::AbTests,
        "
tests:
  checkout_flow:
    hypothesis: one page sells more
    variants: { control: 50, one_page: 50 }
    duration: 14d
    success_metric: conversion_rate
    minimum_lift: 0.05
    significance_level: 0.05
  button_colours:
    variants: { red: { traffic: 33 }, green: { traffic: 33 }, control: { traffic: 34 } }
    min_sample_size: 2000
    success_metric: click_rate
    guardrails:
      - { metric: error_rate, threshold: 0.01 }
      - { metric: page_load_time, threshold: 2000 }
",
    );
    let [flow, colours] = plans.as_slice() else { panic!("two plans") };
    assert_eq!(
        (flow.target.as_str(), flow.arms[0].name.as_str()),
        ("checkout-checkout_flow", "control")
    );
    assert_eq!(flow.judging.alpha, 0.05);
    let Does::Judge(judgement) = &flow.steps[1].does else { panic!("a judgement") };
    assert_eq!(judgement.success, ["metrics.conversion_rate.ratio >= 1.05"]);
    assert_eq!(judgement.at_most, Span::from_secs(14 * 86_400));
    let names: Vec<_> = colours.arms.iter().map(|arm| arm.name.as_str()).collect();
    assert_eq!(names, ["control", "red", "green"]);
    let Does::Split { split } = &colours.steps[0].does else { panic!("a split") };
    assert_eq!(split.to_string(), "34% / 33% / 33%");
    let rules: Vec<_> = colours.triggers.iter().map(|trigger| trigger.rule.as_str()).collect();
    assert_eq!(rules, ["error_rate > 1%", "p95 > 2000ms"]);
    assert_eq!(colours.metrics[0].measure, Measure::Events);
    refused(
        Shape::AbTests,
        "tests: { t: { variants: { a: 50, b: 40 } } }",
        "shop:1:30: tests.t.variants.a: the shares add up to 90%; make them add up to 100%",
    );
}

const REGIONS: &str = "
region_delay: 5m
rollback_threshold: { error_rate: 0.05, response_time_p95: 3000 }
monitoring: { health_check_interval: 30s, metrics_interval: 1m, alert_interval: 2m }
regions:
  us-east-1:
    priority: 4
    traffic_percentage: 40
    deployment_window: { start: '02:00', end: '06:00', timezone: America/New_York }
    failover_regions: [us-west-2]
  us-west-2:
    priority: 1
    traffic_percentage: 25
    deployment_window: 02:00-06:00 America/Los_Angeles
    failover_regions: [us-east-1]
  eu-west-1: { priority: 2, traffic_percentage: 25, failover_regions: [us-east-1] }
  sa-east-1: { traffic_percentage: 10 }
";

#[test]
fn regions_become_a_release_each_in_their_order() {
    let (plans, notes) = imported(Shape::MultiRegion, REGIONS);
    let names: Vec<_> = plans.iter().map(|plan| plan.environment.as_str()).collect();
    assert_eq!(names, ["us-west-2", "eu-west-1", "us-east-1", "sa-east-1"]);
    assert_eq!(plans[0].calendars["window"].zone, "America/Los_Angeles");
    assert_eq!(plans[2].calendars["window"].open, ["02:00-06:00"]);
    assert_eq!(plans[2].gates[0].rule, "`calendar.window` == true");
    assert_eq!(plans[0].judging.look, Span::from_secs(60));
    assert_eq!(plans[0].triggers[1].rule, "p95 > 3000ms");
    assert!(notes.iter().any(|note| note.starts_with("monitoring.alert_interval: left out")));
}

#[test]
fn b15_zones_are_names_of_places() {
    let text = REGIONS.replace("America/New_York", "EST");
    let errors = import(Shape::MultiRegion, &text, "shop").unwrap_err();
    assert!(errors[0].mend.contains("America/New_York"), "{}", errors[0]);
    assert_eq!(errors[0].position.map(|place| place.line), Some(9));
}

#[test]
fn regions_add_up_and_fail_over_to_what_there_is() {
    refused(
        Shape::MultiRegion,
        &REGIONS.replace("traffic_percentage: 10", "traffic_percentage: 20"),
        "shop:7:15: regions.us-east-1.priority: the regions get 110% of the traffic; make the shares add \
         up to 100",
    );
    refused(
        Shape::MultiRegion,
        &REGIONS.replace("[us-west-2]", "[us-west-9]"),
        "shop:10:5: regions.us-east-1.failover_regions: there is no region `us-west-9` to fail over to; \
         add it, or take it out",
    );
}

#[test]
fn no_value_disappears_without_a_note() {
    let (_, notes) = imported(Shape::MultiRegion, REGIONS);
    for path in
        ["regions.us-east-1.traffic_percentage", "monitoring.health_check_interval", "region_delay"]
    {
        let has_note = notes.iter().any(|note| note.starts_with(&format!("{path}: ")));
        assert!(has_note, "{path}");
    }
}

#[test]
fn the_side_that_serves_now_stands_first() {
    let (plans, _) = imported(Shape::CanaryConfig, "stages: [5, 100]");
    assert_eq!(plans[0].arms[0].name, "stable");
}

const ROLLOUT: &str = "
kind: Service
metadata: { name: shop }
---
kind: Rollout
metadata: { name: shop }
spec:
  replicas: 4
  progressDeadlineSeconds: 60
  progressDeadlineAbort: true
  strategy:
    canary:
      maxSurge: 1
      maxUnavailable: 0
      analysis: { templates: [{ templateName: errors }], startingStep: 1 }
      steps:
        - setWeight: 25
        - pause: { duration: 10 }
        - analysis: { templates: [{ templateName: smoke }], args: [{ name: of, value: shop }] }
        - setWeight: 50
        - pause: {}
";

/// The arithmetic of instances is that of `simulation::weighted`: one more than four at most.
#[test]
fn a_rollout_without_routing_keeps_its_weights_as_instances() {
    let (plans, notes) = imported(Shape::Rollout, ROLLOUT);
    let plan = &plans[0];
    assert_eq!(
        (plan.route.as_deref(), plan.attempts.forward),
        (None, 8),
        "1 + 2 + 4 + 8 + 3 × 15 s"
    );
    assert_eq!(plan.attempts.then, RollBack);
    let mut now = [4, 0];
    let mut seen = Vec::new();
    for step in &plan.steps {
        match &step.does {
            Does::Scale { arm, replicas } => {
                now[usize::from(plan.arm(arm).unwrap())] = *replicas;
                assert!((4..=5).contains(&now.iter().sum::<u32>()), "{now:?}");
            }
            _ => seen.push((step.name.as_str(), now)),
        }
    }
    assert_eq!(now, [0, 4]);
    assert_eq!(seen, [("1: pause", [3, 1]), ("2: analysis", [3, 1]), ("4: pause", [2, 2])]);
    assert_eq!(
        plan.steps.iter().find(|step| step.name == "1: pause").unwrap().before,
        ["analysis.background/errors"]
    );
    let rules: Vec<_> = plan.triggers.iter().map(|it| (it.rule.as_str(), it.then)).collect();
    assert!(rules.contains(&("`analysis.background` == \"Failed\"", RollBack)), "{rules:?}");
    assert!(
        notes.iter().any(|note| note.starts_with("spec.strategy.canary.steps[0].setWeight: taken"))
    );
}

#[test]
fn a_rollout_with_routing_keeps_the_old_side_until_traffic_has_left_it() {
    let routed =
        ROLLOUT.replace("maxSurge: 1", "trafficRouting: { nginx: { stableIngress: shop } }");
    let (plans, _) = imported(Shape::Rollout, &routed);
    let plan = &plans[0];
    let words = |does: &Does| match does {
        Does::Scale { arm, replicas } => format!("{replicas} {arm}"),
        Does::Split { split } => split.treated().to_string(),
        Does::Pause { length } => length.map_or("hold".to_owned(), |it| it.to_string()),
        _ => "until".to_owned(),
    };
    let steps: Vec<String> = plan.steps.iter().map(|step| words(&step.does)).collect();
    let expected = [
        "1 canary", "25%", "10s", "until", "2 canary", "50%", "hold", "4 canary", "100%", "30s",
        "0 stable",
    ];
    assert_eq!(steps, expected);
}

#[test]
fn a_blue_green_rollout_previews_asks_switches_and_keeps() {
    let text = "
kind: Rollout
metadata: { name: shop }
spec:
  replicas: 3
  strategy:
    blueGreen:
      activeService: shop
      previewReplicaCount: 1
      autoPromotionEnabled: false
      prePromotionAnalysis: { templates: [{ templateName: smoke }] }
      scaleDownDelaySeconds: 5
      abortScaleDownDelaySeconds: 2
";
    let (plans, notes) = imported(Shape::Rollout, text);
    let names: Vec<_> = plans[0].steps.iter().map(|step| step.name.as_str()).collect();
    let expected = [
        "preview",
        "wait for analysis.pre_promotion",
        "pause before the switch",
        "all of the preview",
        "switch",
        "keep active for 5s",
        "remove active",
    ];
    assert_eq!(names, expected);
    assert_eq!(plans[0].rollback.keep, Span::from_secs(2));
    assert!(!notes.iter().any(|note| note.contains("left out")), "{notes:#?}");
}

#[test]
fn what_is_no_rollout_is_refused() {
    refused(
        Shape::Rollout,
        "kind: Service\nspec: {}",
        "shop:1:7: kind: this is no `Rollout`; name the file of the rollout",
    );
}
