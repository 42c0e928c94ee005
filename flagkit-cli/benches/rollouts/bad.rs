//! A bad release: from its first traffic to the moment when the proxy has all traffic back.

use std::path::Path;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::Effort;
use crate::report::{Percentiles, Row};
use crate::stage::customers::Customers;
use crate::stage::pusher::Pusher;
use crate::stage::servers::split;
use crate::stage::{PUSHED, Stage, WORST};

/// With metrics that are pushed ten times a second.
pub(crate) fn pushed(effort: &Effort) -> Vec<Row> {
    let way =
        Way { pushes: true, scrape_ms: 15_000, pause: "500ms", judging: "look: 250ms, lag: 100ms" };
    let times = together(effort.pushed, 2, &way);
    vec![Row {
        what: "A bad release, pushed metrics: from its first traffic until HAProxy has all traffic back".to_owned(),
        goal: "p99 ≤ 2 s",
        measured: Percentiles::of(times).to_string(),
    }]
}

/// With a Prometheus that scrapes every 15 seconds.
pub(crate) fn scraped(effort: &Effort) -> Vec<Row> {
    let way = Way { pushes: false, scrape_ms: 15_000, pause: "17s", judging: "look: 1s, lag: 1s" };
    let times = together(effort.scraped, 8, &way);
    vec![Row {
        what: "The same, with Prometheus and a scrape every 15 s".to_owned(),
        goal: "p99 ≤ 20 s",
        measured: Percentiles::of(times).to_string(),
    }]
}

/// How the engine learns of failures.
#[derive(Debug)]
struct Way {
    pushes: bool,
    scrape_ms: u32,
    /// Before traffic comes; long enough that the new side was scraped once.
    pause: &'static str,
    judging: &'static str,
}

/// So many of them, some side by side.
fn together(count: usize, lanes: usize, way: &Way) -> Vec<Duration> {
    let (left, times) = (Mutex::new(count), Mutex::new(Vec::new()));
    let lane = || {
        loop {
            {
                let mut left = left.lock().unwrap();
                if *left == 0 {
                    return;
                }
                *left -= 1;
            }
            let time = one(way);
            times.lock().unwrap().push(time);
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..lanes {
            scope.spawn(lane);
        }
    });
    times.into_inner().unwrap()
}

/// One bad release: half of the new side's requests fail, and it gets a fifth of 200 a second.
fn one(way: &Way) -> Duration {
    let stage = Stage::set(way.scrape_ms);
    let steps = format!(
        "[{{scale: {{arm: canary, replicas: 1}}}}, {{pause: {}}}, {{split: {{canary: 20%}}}}, \
         {{judge: {{at_least: 5m, at_most: 6m}}}}, {{split: {{canary: 100%}}}}, {{pause: 1s}}]",
        way.pause
    );
    let metric = if way.pushes { PUSHED } else { SCRAPED_TOGETHER };
    let judging = format!("{metric}\njudging: {{ {}, srm_alpha: 0.000001 }}", way.judging);
    stage.release(WORST, &steps, &judging);
    let customers = Customers::come(stage.front, 200);
    let arms = [("v1", "stable"), (WORST, "canary")];
    let every = Duration::from_millis(100);
    let pusher = way.pushes.then(|| Pusher::start((customers.watcher(), stage.push, every), arms));
    let mut engine = stage.engine();
    let folder = stage.path("");
    let begun = until(&stage, &folder, "0:2000");
    let back = until(&stage, &folder, "0:0");
    let ended = engine.wait().unwrap();
    drop(pusher);
    let seen = customers.leave();
    assert_eq!((ended.code(), seen.lost), (Some(3), 0), "{seen:?} {}", stage.log());
    back - begun
}

/// Waits until HAProxy divides the traffic so.
fn until(stage: &Stage, folder: &Path, wanted: &str) -> Instant {
    let begun = Instant::now();
    while split(folder) != wanted {
        assert!(begun.elapsed() < Duration::from_secs(120), "never {wanted}: {}", stage.log());
        std::thread::sleep(Duration::from_millis(2));
    }
    Instant::now()
}

/// The metric as Prometheus reads it from HAProxy, both sides in one scrape.
const SCRAPED_TOGETHER: &str = r#"metrics: { error_rate: { query: 'haproxy_backend_http_responses_total{proxy="shop-{{arm}}",code="5xx"}', exposures: 'haproxy_backend_http_requests_total{proxy="shop-{{arm}}"}', dispersion: 1 } }"#;
