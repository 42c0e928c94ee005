//! A real Prometheus that scrapes the engine itself, and what it then answers about releases.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "where a release cannot be followed, tests fail"
)]

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Child;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::stage::customers::Customers;
use crate::stage::{JUDGING, Stage, WORST};

/// An engine that ends with its test.
struct Engine(Child);

impl Engine {
    fn end(mut self) -> Option<i32> {
        self.0.wait().unwrap().code()
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// The values that Prometheus answers to a query, each with its labels.
fn query(port: u16, query: &str) -> Vec<(Value, String)> {
    let escaped: Vec<String> = query.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let escaped = escaped.concat();
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    // Of HTTP 1.0, so that the answer comes in one piece.
    write!(stream, "GET /api/v1/query?query={escaped} HTTP/1.0\r\nHost: a\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    // As long as it reads its own files, it answers in words.
    let Ok(body) = serde_json::from_str::<Value>(body) else { return Vec::new() };
    assert_eq!(body["status"], "success", "{body}");
    let found = body["data"]["result"].as_array().unwrap();
    let value = |one: &Value| (one["metric"].clone(), one["value"][1].as_str().unwrap().to_owned());
    found.iter().map(value).collect()
}

/// Waits until a query has exactly one answer, and it holds.
fn until(stage: &Stage, asked: &str, holds: impl Fn(&Value, f64) -> bool) {
    let begun = Instant::now();
    loop {
        let found = query(stage.prometheus_port, asked);
        if let [(labels, value)] = found.as_slice()
            && holds(labels, value.parse().unwrap())
        {
            return;
        }
        let is_late = begun.elapsed() > Duration::from_secs(60);
        assert!(!is_late, "{asked}: {found:?}\n{}", stage.log());
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn prometheus_answers_the_weights_and_verdicts_of_a_release() {
    let stage = Stage::set(500);
    let customers = Customers::come(stage.front, 100);
    // A signal pauses the release, so that it can be looked at.
    let metrics = r#"metrics: { error_rate: { role: signal, query: 'shop_failures_total{version="{{version}}"}', exposures: 'shop_requests_total{version="{{version}}"}', dispersion: 1 } }"#;
    let steps = "[{scale: {arm: canary, replicas: 1}}, {split: {canary: 30%}}, {hold: true}]";
    stage.release(WORST, steps, &format!("{metrics}\n{JUDGING}"));
    let engine = Engine(stage.engine());
    let release = r#"application="shop",environment="production""#;
    let is = |wanted: f64| move |_: &Value, value: f64| (value - wanted).abs() < 1e-9;
    until(&stage, &format!("release_weight_ratio{{{release},arm=\"canary\"}}"), is(0.3));
    until(&stage, &format!("release_weight_ratio{{{release},arm=\"stable\"}}"), is(0.7));
    until(&stage, &format!("sum by (release) (release_weight_ratio{{{release}}})"), is(1.0));
    let verdict = format!("release_verdict_info{{{release},metric=\"error_rate\",arm=\"canary\"}}");
    until(&stage, &verdict, |labels, value| labels["verdict"] == "worse" && is(1.0)(labels, value));
    let harm =
        format!("release_harm_evidence_ratio{{{release},metric=\"error_rate\",arm=\"canary\"}}");
    until(&stage, &harm, |_, value| value >= 1.0);
    until(&stage, &format!("active_version_info{{{release}}}"), |labels, _| {
        labels["version"] == "v1"
    });
    assert!(stage.ask(&["abort", "--why", "seen"]).status.success());
    assert_eq!(engine.end(), Some(3), "{}", stage.log());
    // The next engine tells what became of it, and of its own release how it stands.
    stage.release("v3", steps, &format!("{metrics}\n{JUDGING}"));
    let engine = Engine(stage.engine());
    until(&stage, "rollbacks_total", |labels, value| {
        labels["reason"] == "aborted" && is(1.0)(labels, value)
    });
    until(&stage, &format!("release_weight_ratio{{{release},arm=\"canary\"}}"), |labels, value| {
        labels["version"] == "v3" && is(0.3)(labels, value)
    });
    drop(engine);
    drop(customers);
}

#[test]
fn looks_that_are_shorter_than_scrapes_are_told_when_a_release_begins() {
    let stage = Stage::set(3000);
    let scraped = r#"metrics: { error_rate: { query: 'shop_failures_total{version="{{version}}"}', exposures: 'shop_requests_total{version="{{version}}"}' } }"#;
    // Only what was scraped says how often it is.
    let customers = Customers::come(stage.front, 20);
    until(&stage, r#"count(shop_requests_total{version="v1"})"#, |_, value| value >= 1.0);
    let steps = "[{scale: {arm: canary, replicas: 1}}, {split: {canary: 30%}}, {hold: true}]";
    stage.release("v3", steps, &format!("{scraped}\n{JUDGING}"));
    let engine = Engine(stage.engine());
    let begun = Instant::now();
    let expected = "`error_rate`: Prometheus scrapes every 3s, and the judge looks every 1s";
    while !stage.log().contains(expected) {
        assert!(begun.elapsed() < Duration::from_secs(60), "{}", stage.log());
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(stage.log().contains("set `judging.look` to 3s or more"), "{}", stage.log());
    drop(engine);
    drop(customers);
}
