//! Releases that are killed at every point, and end as if nothing had happened.

use std::collections::BTreeMap;

use flagkit_deploy::event::{Actor, Command, What};
use flagkit_deploy::journal::Journal;
use flagkit_deploy::order::Failure;
use flagkit_deploy::plan::Plan;
use flagkit_deploy::record::{Decision, Entry};
use flagkit_deploy::sample::{Numbers, Sample};
use flagkit_deploy::simulation::crash::{self, Deaths, Script};
use flagkit_deploy::simulation::site::Site;
use flagkit_deploy::{Release, Span, Time};
use serde_json::{Value, json};

const START: Time = Time::from_unix_ms(1_800_000_000_000);

/// A step that goes on by evidence.
fn judge(name: &str) -> Value {
    let judgement = json!({"at_least": 30_000, "at_most": 60_000, "on_insufficient": "proceed"});
    let mut step = json!({"name": name, "step": "judge"});
    step.as_object_mut().unwrap().extend(judgement.as_object().unwrap().clone());
    step
}

/// A release with every kind of step.
fn plan() -> Value {
    json!({
        "target": "checkout", "strategy": "canary", "environment": "production", "route": "checkout",
        "arms": [
            {"name": "stable", "version": "1", "workload": "checkout", "replicas": 3},
            {"name": "canary", "version": "2", "workload": "checkout", "replicas": 0},
        ],
        "base": [1_000_000, 0],
        "gates": [{"name": "open", "rule": "closed != true"}],
        "steps": [
            {"name": "prepare", "step": "hook", "hook": "migrate", "before": ["announce"]},
            {"name": "instances", "step": "scale", "arm": "canary", "replicas": 3},
            {"name": "healthy", "step": "verify", "checks": ["health"], "arm": "canary"},
            {"name": "mirror", "step": "mirror", "arm": "canary", "share": 1_000_000},
            {"name": "look", "step": "pause", "for": 30_000},
            {"name": "no mirror", "step": "mirror", "arm": "canary", "share": 0},
            {"name": "5%", "step": "split", "split": [950_000, 50_000], "after": ["announce"]},
            {"name": "soak", "step": "pause", "for": 60_000},
            judge("first"),
            {"name": "tell", "step": "tell", "channel": "chat", "text": "half"},
            {"name": "50%", "step": "split", "split": [500_000, 500_000]},
            judge("second"),
            {"name": "100%", "step": "split", "split": [0, 1_000_000]},
            {"name": "watch", "step": "pause", "for": 60_000},
            judge("third"),
            {"name": "less", "step": "scale", "arm": "stable", "replicas": 1},
        ],
        "metrics": [{"name": "error_rate", "measure": {"kind": "events"}, "margin": 0.1,
            "source": {"from": "push"}}],
        "judging": {"look": 30_000, "on_srm": "tell"},
        "checks": {"health": {"probe": {"kind": "tcp", "address": "{{address}}"}, "expect": "status == 200"}},
        "hooks": {
            "migrate": {"probe": {"kind": "command", "command": ["true"]}, "after": ["backup"]},
            "backup": {"probe": {"kind": "command", "command": ["true"]}},
            "announce": {"probe": {"kind": "command", "command": ["true"]}},
        },
        "channels": {"chat": {"kind": "slack", "url": "http://127.0.0.1/"}},
        "notify": [{"channel": "chat"}],
        "rollback": {"verify": ["health"], "hooks": ["announce"], "batch": 2},
    })
}

fn read(plan: Value) -> Plan {
    serde_json::from_value(plan).unwrap()
}

fn script(plan: Value) -> Script<Site> {
    let mut site = Site::new();
    site.measuring = Some(healthy);
    Script::new(read(plan), START, site)
}

fn say(name: &str, command: Command) -> What {
    What::Command { by: Actor { name: name.to_owned(), roles: Vec::new() }, command }
}

fn facts(name: &str, value: Value) -> What {
    What::Facts(BTreeMap::from([(name.to_owned(), value)]))
}

/// 100 requests a second for each arm, whatever its weight, and of 1000 that reach an arm so many fail.
fn measure(plan: &Plan, after: Time, until: Time, [old, new]: [u64; 2]) -> Vec<Sample> {
    let step = 10_000;
    let first = after.unix_ms() / step + 1;
    let ends = first..=until.unix_ms() / step;
    let arms = u16::try_from(plan.arms.len()).unwrap();
    ends.flat_map(|end| (0..arms).map(move |arm| (end, arm)))
        .map(|(end, arm)| {
            let exposures = 1000;
            let events = if arm == 0 { old } else { new };
            let (start, end) = ((end - 1) * step, end * step);
            let (start, end) = (Time::from_unix_ms(start), Time::from_unix_ms(end));
            let numbers = Numbers::Events { exposures, events };
            Sample { metric: 0, arm, stratum: 0, start, end, numbers }
        })
        .collect()
}

fn healthy(plan: &Plan, after: Time, until: Time) -> Vec<Sample> {
    measure(plan, after, until, [5, 5])
}

fn failing(plan: &Plan, after: Time, until: Time) -> Vec<Sample> {
    measure(plan, after, until, [5, 100])
}

/// Kills at every point, and in pairs; the effects of the run that was left alone.
#[track_caller]
fn check(script: &Script<Site>, status: &str) -> Vec<String> {
    let alone = crash::run::<Release, _>(script, Deaths::Never).unwrap();
    let state: Value = serde_json::from_str(&alone.state).unwrap();
    assert_eq!(state.get("status").unwrap(), status, "{}", alone.state);
    let tally = crash::everywhere::<Release, _>(script).unwrap();
    assert_eq!(tally.runs, tally.points);
    assert_eq!(tally.deaths, tally.points);
    let pairs = crash::twice::<Release, _>(script, 50, 7).unwrap();
    assert!(pairs.deaths > 50);
    let mut keys: Vec<&str> =
        alone.effects.iter().filter_map(|one| one.split(' ').next()).collect();
    let all = keys.len();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), all, "each effect has a key of its own");
    alone.effects
}

#[test]
fn a_release_that_succeeds() {
    let effects = check(&script(plan()), "done");
    let about = |thing: &str| effects.iter().filter(|effect| effect.contains(thing)).count();
    assert_eq!(about("hook/backup"), 1);
    assert_eq!(about("hook/migrate"), 1);
    assert_eq!(about("split/checkout"), 3);
    assert_eq!(about("mirror/checkout"), 2);
}

#[test]
fn a_release_that_is_aborted_at_any_step() {
    for seconds in [10, 100, 190] {
        let abort = say("ada", Command::Abort { why: "errors".to_owned() });
        let effects = check(&script(plan()).say(Span::from_secs(seconds), abort), "rolled_back");
        assert!(effects.iter().any(|effect| effect.contains("hook/announce")), "{effects:?}");
    }
}

#[test]
fn a_release_that_an_alert_ends() {
    let alert = say("alertmanager", Command::Alert { what: "checkout burns".to_owned() });
    check(&script(plan()).say(Span::from_secs(95), alert), "rolled_back");
}

#[test]
fn a_release_whose_new_side_fails() {
    let mut script = script(plan());
    script.world.measuring = Some(failing);
    // Whatever the judge makes of it is the same after any crash.
    let alone = crash::run::<Release, _>(&script, Deaths::Never).unwrap();
    let state: Value = serde_json::from_str(&alone.state).unwrap();
    check(&script, state["status"].as_str().unwrap());
}

#[test]
fn a_site_that_does_not_answer_for_a_while() {
    for thing in ["split/", "hook/", "measure"] {
        let mut script = script(plan());
        let failure = Failure::transient("connection refused");
        script.world.broken.insert(thing.to_owned(), (START + Span::from_secs(5), failure));
        check(&script, "done");
    }
}

#[test]
fn a_rollback_while_the_proxy_does_not_answer() {
    let abort = say("ada", Command::Abort { why: String::new() });
    let mut script = script(plan()).say(Span::from_secs(100), abort);
    let failure = Failure::transient("connection refused");
    script.world.broken.insert("split/".to_owned(), (START + Span::from_secs(115), failure));
    // Broken from the beginning: the abort comes while the first split is being tried.
    check(&script, "rolled_back");
}

#[test]
fn people_gates_and_facts() {
    let mut plan = plan();
    let approve = json!({"name": "agree", "step": "approve", "people": 2});
    let until = json!({"name": "lag", "step": "until", "rule": "lag_s < 5"});
    let steps = plan["steps"].as_array_mut().unwrap();
    steps.insert(6, approve);
    steps.insert(7, until);
    let agree = || Command::Approve { agreed: true, comment: String::new() };
    let pause = Command::Pause { why: "lunch".to_owned() };
    let seconds = Span::from_secs;
    let script = script(plan)
        .say(seconds(1), facts("closed", json!(true)))
        .say(seconds(20), say("ada", pause))
        .say(seconds(50), say("ada", Command::Resume))
        .say(seconds(55), facts("closed", json!(false)))
        .say(seconds(200), say("bob", agree()))
        .say(seconds(210), say("eve", agree()))
        .say(seconds(250), facts("lag_s", json!(9)))
        .say(seconds(300), facts("lag_s", json!(1)));
    check(&script, "done");
}

/// When a release moved to which step, in seconds since the last move.
fn lengths(journal: &mut impl Journal) -> Vec<(u16, f64)> {
    let (mut now, mut before) = (START, START);
    let mut lengths = Vec::new();
    for stored in journal.records(None).unwrap() {
        match stored.record.entry {
            Entry::Happened(event) => now = event.now,
            Entry::Decided(Decision::Moved { step: Some(step), .. }) => {
                lengths.push((step, (now - before).seconds()));
                before = now;
            }
            _ => {}
        }
    }
    lengths
}

#[test]
fn a_thousand_restarts_move_no_step_by_a_second() {
    let mut plan = plan();
    plan["judging"]["look"] = json!(60_000);
    for step in plan["steps"].as_array_mut().unwrap() {
        if step["step"] == "pause" {
            step["for"] = json!(3_600_000);
        }
    }
    let script = script(plan);
    let mut alone = crash::run::<Release, _>(&script, Deaths::Never).unwrap();
    let down = Span::from_ms(900);
    let often = Deaths::Often { times: 1000, every: Span::from_ms(10_777), down };
    let mut killed = crash::run::<Release, _>(&script, often).unwrap();
    assert_eq!(killed.deaths, 1000);
    // Looks are orders, too, and those of later looks have other numbers.
    let texts = |effects: &[String]| -> Vec<String> {
        let texts = effects.iter().filter_map(|effect| effect.split_once(' '));
        texts.map(|(_, text)| text.to_owned()).collect()
    };
    assert_eq!(texts(&killed.effects), texts(&alone.effects));
    let (alone, killed) = (lengths(&mut alone.journal), lengths(&mut killed.journal));
    assert!(alone.iter().map(|(_, seconds)| seconds).sum::<f64>() > 3.0 * 3600.0);
    assert_eq!(alone.len(), killed.len());
    for (alone, killed) in alone.iter().zip(&killed) {
        assert_eq!(alone.0, killed.0);
        assert!((alone.1 - killed.1).abs() <= 1.0, "{alone:?} {killed:?}");
    }
}
