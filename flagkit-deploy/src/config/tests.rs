//! What is read, what is refused, and with which words.

use super::*;
use crate::order::Severity;
use crate::plan::{Direction, Does, Measure, Source, Then};
use crate::release::Release;
use crate::split::Weight;
use crate::strategy::{AbTest, BlueGreen, Canary, FlagRamp, Recreate, Rolling, Strategy};
use crate::time::{Span, Time};

const MINIMAL: &str = "
schema: flagkit-release/1
target: checkout
arms: { stable: v41, canary: v42 }
strategy: canary
metrics: { error_rate: {} }
";

#[track_caller]
fn plan(text: &str) -> Plan {
    let configuration = match read(text, "release.yaml") {
        Ok(configuration) => configuration,
        Err(errors) => panic!("{}", lines(&errors)),
    };
    configuration.plan(&Overrides::default()).unwrap_or_else(|refusals| panic!("{refusals:?}"))
}

/// A plan that the release machine accepts.
#[track_caller]
fn runs(text: &str) -> Plan {
    let plan = plan(text);
    let actor = crate::event::Actor::default();
    if let Err(refusals) = Release::new("r1".into(), plan.clone(), actor, Time::default()) {
        panic!("{refusals:#?}");
    }
    plan
}

fn lines(errors: &[ConfigError]) -> String {
    errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[track_caller]
fn wrong(text: &str, expected: &str) {
    let errors = read(text, "release.yaml").unwrap_err();
    assert_eq!(lines(&errors), expected);
}

#[test]
fn a_canary_takes_five_lines() {
    let plan = runs(MINIMAL);
    assert_eq!(plan.route.as_deref(), Some("checkout"));
    assert_eq!(plan.strategy, "canary");
    assert_eq!(plan.exposure_max(), Weight::ALL);
    assert_eq!(plan.metrics[0].margin, 0.1);
    assert_eq!(plan.judging, crate::plan::Judging::default());
    assert_eq!(plan.rollback, crate::plan::Rollback::default());
    assert_eq!(plan.attempts, crate::plan::Attempts::default());
    // Six stages of two steps each: traffic, and what lets it end.
    assert_eq!(plan.steps.len(), 12);
}

#[test]
fn what_a_table_says_is_what_a_strategy_has() {
    for strategy in [
        Strategy::Canary(Canary::default()),
        Strategy::BlueGreen(BlueGreen::default()),
        Strategy::Rolling(Rolling::default()),
        Strategy::Recreate(Recreate::default()),
        Strategy::AbTest(AbTest::default()),
        Strategy::FlagRamp(FlagRamp::default()),
    ] {
        let text = format!(
            "{{schema: flagkit-release/1, target: t, strategy: {}, metrics: {{error_rate: {{}}}}, arms: {{
             a: {{replicas: 4, workload: a}}, b: {{workload: b}}}}}}",
            strategy.name()
        );
        let written = plan(&text);
        let mut expected = Plan { steps: Vec::new(), ..written.clone() };
        expected.rollback.batch = 0;
        strategy.write(&mut expected).unwrap();
        assert_eq!(written, expected, "{}", strategy.name());
    }
}

#[test]
fn all_mistakes_are_told_at_once_with_their_places() {
    wrong(
        "schema: flagkit-release/1
target: checkout
arms: { stable: v41, canary: v42 }
strategy:
  canary:
    stagess: [1%]
    stage: 5
    stages: [10, 50%, { weight: 100%, for: 5x }]
metrics:
  error_rate: { limit: fast, role: gard }
checks: { health: { tries: 0 } }
hooks: { a: { url: 'http://x', after: [b] }, b: { url: 'http://x', after: [a, c] } }
",
        "release.yaml:6:5: strategy.canary.stagess: the key `stagess` is unknown here; did you mean \
         `stages`?; correct or remove it
release.yaml:7:12: strategy.canary.stage: 5 has no unit; say 5s or 5m
release.yaml:8:14: strategy.canary.stages[0]: 10 is no ratio; say 10% or 0.1
release.yaml:8:44: strategy.canary.stages[2].for: \"5x\" is no length of time; write a length of \
         time, such as 200ms, 30s, 5m, 2h or 1d
release.yaml:10:24: metrics.error_rate.limit: expected a number, found the text `fast`; write it \
         like `0.05`, `5%` or `200ms`
release.yaml:10:36: metrics.error_rate.role: `gard` is unknown here; did you mean `guard`?; write \
         one of `guard`, `signal`, `shown`
release.yaml:11:28: checks.health.tries: expected a whole number from 1 to 1000, found `0`; write a \
         number without unit
release.yaml:12:79: hooks.b.after[1]: `hooks` has no `c`; write it below `hooks`, or remove it here",
    );
}

#[test]
fn b13_missing_is_not_a_circle() {
    let with = |hooks: &str| format!("{MINIMAL}hooks: {hooks}\n");
    wrong(
        &with("{ a: { url: u, after: [b] }, b: { url: u, after: [a] }, c: { url: u, after: [a] } }"),
        "release.yaml:7:23: hooks.a.after: `a` is called after itself; take one of them out of the circle
release.yaml:7:50: hooks.b.after: `b` is called after itself; take one of them out of the circle
release.yaml:7:77: hooks.c.after: `c` is called after itself; take one of them out of the circle",
    );
    wrong(
        &with("{ a: { url: u, after: [d] }, b: { url: u, after: [a] } }"),
        "release.yaml:7:31: hooks.a.after[0]: `hooks` has no `d`; write it below `hooks`, or remove it here",
    );
}

#[test]
fn names_lead_somewhere() {
    wrong(
        &format!(
            "{MINIMAL}checks: {{ health: '{{{{address}}}}/health' }}\nrollback: {{ verify: helth }}\n\
             windows: [nights]\n"
        ),
        "release.yaml:8:21: rollback.verify: `checks` has no `helth`; did you mean `health`?; write it \
         below `checks`, or remove it here
release.yaml:9:11: windows[0]: `calendars` has no `nights`; write it below `calendars`, or remove it here",
    );
}

#[test]
fn a_newer_format_is_one_mistake() {
    wrong(
        "schema: flagkit-release/2\nanything: else\n",
        "release.yaml:1:9: schema: `flagkit-release/2` is a newer format than this program knows; \
         update the program; the file was not touched",
    );
    wrong(
        "target: x",
        "release.yaml:1:1: the key `schema` is missing; write `schema: flagkit-release/1` first",
    );
}

#[test]
fn b20_units_are_one_ratio() {
    for weight in ["5%", "0.05", "50000ppm", "'0.05'"] {
        let text = MINIMAL.replace(
            "strategy: canary",
            &format!("strategy: {{canary: {{stages: [{weight}, 100%]}}}}"),
        );
        let plan = plan(&text);
        let Does::Split { split } = &plan.steps[0].does else { panic!("a split") };
        assert_eq!(split.treated(), Weight::from_ppm(50_000).unwrap(), "{weight}");
    }
    for limit in ["5%", "0.05", "50000ppm"] {
        let text = MINIMAL
            .replace("error_rate: {}", &format!("error_rate: {{limit: {limit}, margin: {limit}}}"));
        let metric = &plan(&text).metrics[0];
        assert_eq!((metric.limit, metric.margin), (Some(0.05), 0.05), "{limit}");
    }
}

#[test]
fn a_time_beside_a_name_of_milliseconds_is_refused() {
    let file = |more: &str| {
        format!(
            "schema: flagkit-release/1\ntarget: shop\nversion: v2\narms: {{ a: v1, b: {{}} }}\nstrategy: canary\n{more}\n"
        )
    };
    let metrics = |limit: &str| {
        file(&format!(
            "metrics: {{ latency_ms: {{ kind: quantile, quantile: 0.95, limit: {limit} }} }}"
        ))
    };
    let told = |text: &str, expected: &str| {
        let errors = lines(&read(text, "release.yaml").unwrap_err());
        assert!(errors.contains(expected), "{errors}");
    };
    told(&metrics("500ms"), "metrics.latency_ms.limit: `500ms` counts in seconds");
    plan(&metrics("500"));
    let triggers = |rule: &str| {
        file(&format!(
            "metrics: {{ latency_ms: {{ kind: quantile, quantile: 0.95 }} }}\ntriggers: ['{rule}']"
        ))
    };
    for rule in ["latency_ms > 2s", "error_rate > 1% or metrics.latency_ms.new>=200ms for 5m"] {
        told(&triggers(rule), "says that it has milliseconds");
    }
    plan(&triggers("latency_ms > 2000 for 2s"));
}

#[test]
fn triggers_gates_windows_and_channels_become_what_a_plan_has() {
    let plan = runs(&format!(
        "{MINIMAL}
gates: [lag_s < 5, {{ name: tests, rule: tests.passed == true, at_most: 1h }}]
windows: [office]
calendars: {{ office: {{ zone: Europe/Paris, open: ['Mon-Fri 09:00-17:00'] }} }}
triggers: ['error_rate > 5% for 3 of 5m', {{ rule: error_rate > 2%, then: tell, name: warning }}]
channels: {{ ops: {{ kind: slack, url: '${{SLACK}}', from: warning }} }}
checks: {{ health: 'http://{{{{address}}}}/health', port: {{ tcp: '{{{{address}}}}' }} }}
approval: 2
"
    ));
    let gates: Vec<_> = plan.gates.iter().map(|gate| gate.rule.as_str()).collect();
    assert_eq!(gates, ["`calendar.office` == true", "lag_s < 5", "tests.passed == true"]);
    assert_eq!((plan.triggers[0].times, plan.triggers[0].within), (3, Span::from_secs(300)));
    assert_eq!((plan.triggers[1].name.as_str(), plan.triggers[1].then), ("warning", Then::Tell));
    assert_eq!((plan.notify[0].channel.as_str(), plan.notify[0].from), ("ops", Severity::Warning));
    assert_eq!(plan.checks["health"].expect, "status >= 200 and status < 300");
    assert_eq!(plan.checks["port"].expect, "connected == true");
    let Does::Approve(approval) = &plan.steps[0].does else { panic!("an approval") };
    assert_eq!(approval.people, 2);
}

#[test]
fn well_known_metrics_need_no_words() {
    let text = MINIMAL.replace(
        "error_rate: {}",
        "p95: { limit: 800ms }, latency_p999: , conversion_rate: , cpu: { limit: 90% }, \
         work: { kind: mean, min: 0, max: 10, query: q, exposures: n, url: 'http://p' }, revenue:",
    );
    let metrics = runs(&text).metrics;
    assert_eq!(metrics[0].measure, Measure::Quantile { quantile: 0.95 });
    assert_eq!(metrics[0].limit, Some(0.8));
    assert_eq!(metrics[1].measure, Measure::Quantile { quantile: 0.999 });
    assert_eq!((metrics[2].measure, metrics[2].direction), (Measure::Events, Direction::Decrease));
    assert_eq!((metrics[3].measure, metrics[3].limit), (Measure::Reading, Some(0.9)));
    assert!(
        matches!(&metrics[4].source, Source::Prometheus { url: Some(url), .. } if url == "http://p")
    );
    assert_eq!(
        (metrics[5].measure, metrics[5].observations_min),
        (Measure::Mean { min: None, max: None }, 1000)
    );
}

#[test]
fn the_arm_that_serves_comes_first_whatever_the_file_says() {
    let text = "
schema: flagkit-release/1
target: shop
version: v3
arms:
  blue: { replicas: 4, workload: shop-blue, address: 'http://blue' }
  green: { workload: shop-green, address: 'http://green' }
strategy: blue_green
";
    let configuration = read(text, "release.yaml").unwrap();
    let first = configuration.plan(&Overrides::default()).unwrap();
    assert_eq!((first.arms[0].name.as_str(), first.arms[1].version.as_str()), ("blue", "v3"));

    // The release has ended on green; the next one goes back to blue.
    let second = configuration.plan(&Overrides::after("green", "v3").to("v4")).unwrap();
    assert_eq!((second.arms[0].name.as_str(), second.arms[0].replicas), ("green", 4));
    assert_eq!((second.arms[1].name.as_str(), second.arms[1].replicas), ("blue", 0));
    assert_eq!((second.arms[0].version.as_str(), second.arms[1].version.as_str()), ("v3", "v4"));
    assert_eq!(second.arms[1].address.as_deref(), Some("http://blue"));

    let refusals = configuration.plan(&Overrides::after("red", "v3")).unwrap_err();
    assert_eq!(refusals[0].problem, "there is no arm `red`, which served last");
}

#[test]
fn steps_can_be_written_one_by_one() {
    let plan = runs(
        "
schema: flagkit-release/1
target: search
arms: { old: v1, new: v2 }
metrics: { error_rate: {} }
checks: { up: { command: ['true'] } }
hooks: { warm: 'http://warm' }
channels: { ops: { kind: webhook, url: 'http://ops' } }
strategy:
  steps:
    - verify: up
    - hook: warm
    - mirror: { arm: new, share: 10% }
    - pause: 5m
    - mirror: { arm: new, share: 0% }
    - split: { new: 10% }
    - judge: { at_least: 10m, proof: true }
    - approve: 2
    - { split: { new: 100% }, gate: error_rate < 1% }
    - { hold: true, name: look at it }
    - until: tests.passed == true
    - tell: { channel: ops, text: done }
",
    );
    assert_eq!(plan.steps.len(), 12);
    assert_eq!(plan.steps[5].name, "90% / 10%");
    assert_eq!(plan.steps[9].name, "look at it");
    wrong(
        "{schema: flagkit-release/1, target: t, arms: {a: v1, b: v2}, strategy: {steps: [{pause: 1m, hook: x}]}, hooks: {x: u}}",
        "release.yaml:1:81: strategy.steps[0]: a step does one thing, and here are 2; write one of \
         `split`, `judge`, `pause` and so on in each step",
    );
}

#[test]
fn what_aliases_repeat_is_bounded() {
    let mut text = "schema: flagkit-release/1\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..7 {
        let before = format!("*a{}", level - 1);
        let list = vec![before; 10].join(", ");
        text = format!("{text}a{level}: &a{level} [{list}]\n");
    }
    let errors = read(&text, "bomb.yaml").unwrap_err();
    assert_eq!(errors.len(), 1);
    assert!(errors[0].problem.contains("100000 values") || errors[0].problem.contains("bytes"));
    let errors = read(&"#".repeat(TEXT_BYTES_MAX + 1), "long.yaml").unwrap_err();
    assert!(errors[0].to_string().starts_with("long.yaml: the file has 1048577 bytes"));
}

#[test]
fn the_schema_describes_every_key_once() {
    let schema = schema();
    let stage = &schema["$defs"]["stage"]["properties"]["weight"];
    assert_eq!(stage["description"], "The new side's share.");
    assert_eq!(schema["properties"]["environment"]["default"], "production");
    // References lead somewhere.
    let text = schema.to_string();
    for reference in text.split("\"#/$defs/").skip(1) {
        let name = reference.split('"').next().unwrap();
        assert!(schema["$defs"].get(name).is_some(), "{name}");
    }
}

#[test]
fn lines_of_triggers_are_read() {
    let with = |trigger: &str| format!("{MINIMAL}triggers: ['{trigger}']\n");
    wrong(
        &with("error_rate >"),
        "release.yaml:7:12: triggers[0]: column 13 of the condition `error_rate >`: expected a value \
         after `>`; write it like `error_rate < 1% and p95 < 500ms`; see docs/conditions.md",
    );
    wrong(
        &with("error_rate > 5% for 30 of 1m"),
        "release.yaml:7:12: triggers[0]: there are not 30 windows of 10s in 1m; ask for fewer, or for a \
         longer span",
    );
}
