//! Prometheus, scraping a service that counts.

mod scrapes;

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use flagkit_deploy::Time;
use flagkit_deploy::driver::Driver;
use flagkit_deploy::driver::http::Http;
use flagkit_deploy::driver::measure::Metrics;
use flagkit_deploy::driver::prometheus::Prometheus;
use flagkit_deploy::order::{FailureKind, Outcome, Wanted};
use flagkit_deploy::plan::Plan;
use flagkit_deploy::sample::{Numbers, Sample};
use serde_json::{Value, json};

use super::real::{Client, Running, listens, port};
use super::{order, plan, wait};

/// What a service says to whoever scrapes it.
#[derive(Clone, Default)]
struct Page(Arc<Mutex<String>>);

impl Page {
    fn set(&self, text: &str) {
        text.clone_into(&mut self.0.lock().unwrap());
    }

    /// Serves the page for as long as the process runs.
    fn serve(&self) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let page = self.clone();
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let _ = stream.read(&mut [0; 4096]);
                let text = page.0.lock().unwrap().clone();
                let head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\nConnection: close";
                let _ = write!(stream, "{head}\r\nContent-Length: {}\r\n\r\n{text}", text.len());
            }
        });
        port
    }
}

fn prometheus(scraped: u16) -> (Running, u16) {
    let port = port();
    let mut running = Running::start("prometheus", |folder| {
        let configuration = json!({
            "global": { "scrape_interval": "200ms", "scrape_timeout": "200ms" },
            "scrape_configs": [{ "job_name": "app", "static_configs": [{ "targets": [format!("127.0.0.1:{scraped}")] }] }],
        });
        fs::write(folder.join("cfg.yml"), configuration.to_string()).unwrap();
        [
            "--config.file=cfg.yml".to_owned(),
            "--storage.tsdb.path=data".to_owned(),
            format!("--web.listen-address=127.0.0.1:{port}"),
        ]
        .to_vec()
    });
    running.until("Prometheus is ready", |_| {
        listens(port) && Client::new(port).ask("/-/ready", "").0 == 200
    });
    (running, port)
}

fn now() -> u64 {
    u64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap()
}

fn metric(name: &str, measure: Value, queries: Value) -> Value {
    let mut source = json!({ "from": "prometheus" });
    source.as_object_mut().unwrap().extend(queries.as_object().unwrap().clone());
    json!({ "name": name, "measure": measure, "source": source })
}

fn measured(
    driver: &Metrics,
    plan: &Plan,
    (after, until): (u64, u64),
) -> Result<Vec<Sample>, flagkit_deploy::order::Failure> {
    let metrics = plan.metrics.iter().map(|metric| metric.name.clone()).collect();
    let (after, until) = (Time::from_unix_ms(after), Time::from_unix_ms(until));
    let order = order(Wanted::Measure { metrics, after, until });
    assert!(driver.takes(&order, plan));
    match wait(driver.apply(&order, plan))? {
        Outcome::Measured(samples) => Ok(samples),
        other => panic!("{other:?}"),
    }
}

fn driver(port: u16) -> Metrics {
    let http = Http::new().unwrap();
    let prometheus = Some(Prometheus::new(http, format!("http://127.0.0.1:{port}")));
    Metrics { prometheus, pushed: None }
}

/// So many requests, errors and slow requests since the service was started.
fn counted(page: &Page, (requests, errors, slow): (u64, u64, u64)) {
    let failed = format!("requests{{arm=\"canary\",code=\"500\"}} {errors}\n");
    // A series begins with the first error.
    let failed = if errors == 0 { "" } else { &failed };
    page.set(&format!(
        "requests{{arm=\"canary\",code=\"200\"}} {requests}\n{failed}load{{arm=\"canary\"}} 0.5\nnothing NaN\n\
         took_bucket{{arm=\"canary\",le=\"0.1\"}} {}\ntook_bucket{{arm=\"canary\",le=\"+Inf\"}} {requests}\n",
        requests - slow
    ));
}

fn four_metrics() -> Plan {
    let errors = json!({
        "query": r#"requests{arm="{{arm}}",code=~"5.."}"#, "exposures": r#"requests{arm="{{arm}}"}"#,
    });
    let load = json!({ "query": r#"load{arm="{{arm}}"} * {{factor}}"#, "with": { "factor": "2" } });
    let took = json!({ "query": r#"took_bucket{arm="{{arm}}"}"# });
    plan(json!({
        "judging": { "look": 1000 },
        "metrics": [
            metric("errors", json!({ "kind": "events" }), errors),
            metric("load", json!({ "kind": "reading" }), load),
            metric("took", json!({ "kind": "quantile", "quantile": 0.95 }), took),
            metric("nan", json!({ "kind": "reading" }), json!({ "query": "nothing" })),
        ],
    }))
}

/// The numbers of one of the metrics.
fn of(samples: &[Sample], metric: u16) -> Vec<Numbers> {
    let found = samples.iter().filter(|sample| sample.metric == metric);
    found.map(|sample| sample.numbers.clone()).collect()
}

/// Exposures and events of all windows.
fn sums(samples: &[Sample]) -> (u64, u64) {
    of(samples, 0).iter().fold((0, 0), |sum, numbers| match numbers {
        Numbers::Events { exposures, events } => (sum.0 + exposures, sum.1 + events),
        other => panic!("{other:?}"),
    })
}

/// All observations of all windows, and those above 0.1.
fn bins(samples: &[Sample]) -> (u64, u64) {
    let (mut all, mut slow) = (0, 0);
    for numbers in of(samples, 2) {
        let Numbers::Histogram { base, bins, .. } = numbers else { panic!("{numbers:?}") };
        all += bins.iter().map(|(_, count)| count).sum::<u64>();
        let above = bins.iter().filter(|(bin, _)| base.powi(bin - 1) >= 0.1);
        slow += above.map(|(_, count)| count).sum::<u64>();
    }
    (all, slow)
}

#[test]
fn what_was_counted_arrives_once_and_whole() {
    let page = Page::default();
    let scraped = page.serve();
    counted(&page, (100, 0, 0));
    let (_running, port) = prometheus(scraped);
    let (driver, plan) = (driver(port), four_metrics());
    let begin = now() / 1000 * 1000;
    let until = |what: &str, is_so: &dyn Fn(&[Sample]) -> bool| {
        for _ in 0..150 {
            let samples = measured(&driver, &plan, (begin, now())).unwrap();
            if is_so(&samples) {
                return samples;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        panic!("{what}");
    };
    // Until it has been scraped, there are no samples; then requests come, then the first errors.
    until("it is scraped", &|samples| !of(samples, 1).is_empty() && !of(samples, 0).is_empty());
    counted(&page, (170, 0, 0));
    until("70 requests are seen", &|samples| sums(samples) == (70, 0));
    counted(&page, (190, 3, 7));
    let samples = until("20 more, and 3 that failed", &|samples| sums(samples) == (93, 3));
    assert!(samples.iter().all(|sample| (sample.arm, sample.stratum) == (1, 0)));
    let is_whole = |sample: &Sample| {
        let (start, end) = (sample.start.unix_ms(), sample.end.unix_ms());
        start + 1000 == end && end % 1000 == 0
    };
    assert!(samples.iter().all(is_whole));
    assert!(of(&samples, 1).iter().all(|numbers| *numbers == Numbers::Reading(1.0)));
    assert!(of(&samples, 3).is_empty(), "NaN is no sample");
    assert_eq!(bins(&samples), (90, 7));
    // The same windows again are the same samples.
    let window = (begin, samples.last().unwrap().end.unix_ms());
    assert_eq!(
        measured(&driver, &plan, window).unwrap(),
        measured(&driver, &plan, window).unwrap()
    );
}

#[test]
fn errors_of_prometheus_are_failures_of_the_order_and_say_what() {
    let page = Page::default();
    let (running, port) = prometheus(page.serve());
    let with = |query: &str| {
        plan(
            json!({ "metrics": [metric("m", json!({ "kind": "reading" }), json!({ "query": query }))] }),
        )
    };
    let failure = measured(&driver(port), &with("sum(("), (0, 100_000)).unwrap_err();
    assert_eq!(failure.kind, FailureKind::Permanent);
    assert!(
        failure.message.contains("metric `m` of `stable`")
            && failure.message.contains("parse error"),
        "{failure}"
    );
    assert_eq!(measured(&driver(port), &with("nothing_like_this"), (0, 100_000)).unwrap(), []);
    drop(running);
    let failure = measured(&driver(port), &with("up"), (0, 100_000)).unwrap_err();
    assert_eq!(failure.kind, FailureKind::Transient);
    assert!(failure.message.contains("cannot be reached"), "{failure}");
}
