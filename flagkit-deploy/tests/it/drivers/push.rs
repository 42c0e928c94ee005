//! Metrics and alerts that come over HTTP.

use std::sync::Arc;

use flagkit_deploy::Time;
use flagkit_deploy::driver::Driver;
use flagkit_deploy::driver::http::Http;
use flagkit_deploy::driver::measure::Metrics;
use flagkit_deploy::driver::push::{Alarm, Collector, Limits, Page, Receiver};
use flagkit_deploy::event::Command;
use flagkit_deploy::order::{Outcome, Wanted};
use flagkit_deploy::sample::Numbers;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use super::{order, plan, wait};

/// Posts text, with or without a key; the status and the answer.
async fn post(port: u16, (path, key): (&str, &str), body: String) -> (u16, Value) {
    let mut request =
        reqwest::Client::new().post(format!("http://127.0.0.1:{port}{path}")).body(body);
    if !key.is_empty() {
        request = request.bearer_auth(key);
    }
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    (status, serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap())
}

async fn receiver(collector: &Collector, key: Option<&str>) -> (u16, mpsc::Receiver<Alarm>) {
    // The library wants a provider of TLS also where there is none.
    let _ = Http::new().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (sender, alarms) = mpsc::channel(2);
    let key = key.map(str::to_owned);
    let page: Page = Arc::new(|| Box::pin(async { "releases_total 1\n".to_owned() }));
    let collector = collector.clone();
    let receiver = Receiver { collector, alerts: Some(sender), page: Some(page), key };
    tokio::spawn(receiver.serve(listener));
    (port, alarms)
}

#[test]
fn lines_are_taken_one_by_one_and_come_back_as_samples() {
    wait(async {
        let collector = Collector::new(Limits::default());
        let (port, _alarms) = receiver(&collector, Some("secret")).await;
        let plan = plan(json!({ "judging": { "look": 1000 }, "metrics": [
            { "name": "errors", "measure": { "kind": "events" }, "source": { "from": "push" } },
        ] }));
        collector.open(&plan);
        let record = |arm: &str, sequence: u64| {
            json!({ "target": "shop", "metric": "errors", "arm": arm, "exposures": 10, "events": 1,
                "series": "app", "sequence": sequence })
            .to_string()
        };
        let body = [
            record("canary", 1),
            "no json".to_owned(),
            String::new(),
            record("green", 2),
            record("canary", 1),
        ]
        .join("\n");
        assert_eq!(post(port, ("/v1/metrics", ""), body.clone()).await.0, 401);
        let (status, answer) = post(port, ("/v1/metrics", "secret"), body).await;
        assert_eq!(
            (status, &answer["taken"], &answer["duplicates"], &answer["refused"]),
            (200, &json!(1), &json!(1), &json!(2))
        );
        assert_eq!(
            answer["first_refused"][1],
            json!({ "line": 4, "why": "the release of `shop` has no arm `green`" })
        );
        assert_eq!(post(port, ("/v1/metrics", "secret"), "[]".to_owned()).await.0, 422);
        let until = Time::from_unix_ms(u64::MAX / 4);
        let wanted =
            Wanted::Measure { metrics: vec!["errors".to_owned()], after: Time::default(), until };
        let metrics = Metrics { prometheus: None, pushed: Some(collector) };
        // The window is the one of this second, which is far before the last thousand that are asked for.
        let Outcome::Measured(samples) = metrics.apply(&order(wanted), &plan).await.unwrap() else {
            panic!()
        };
        assert!(samples.is_empty());
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        let now = u64::try_from(now.as_millis()).unwrap();
        let (after, until) = (Time::from_unix_ms(now - 60_000), Time::from_unix_ms(now + 60_000));
        let wanted = Wanted::Measure { metrics: vec!["errors".to_owned()], after, until };
        let Outcome::Measured(samples) = metrics.apply(&order(wanted), &plan).await.unwrap() else {
            panic!()
        };
        let [sample] = samples.as_slice() else { panic!("{samples:?}") };
        assert_eq!(
            (sample.arm, &sample.numbers),
            (1, &Numbers::Events { exposures: 10, events: 1 })
        );
    });
}

#[test]
fn alerts_that_fire_and_name_a_target_become_commands() {
    wait(async {
        let (port, mut alarms) = receiver(&Collector::new(Limits::default()), None).await;
        let alert = |status: &str, target: &str| {
            json!({ "status": status, "labels": { "alertname": "Slow", "flagkit_target": target },
                "annotations": { "summary": "p95 above 1 s" } })
        };
        let unnamed = json!({ "status": "firing", "labels": { "alertname": "Other" } });
        let message = json!({ "version": "4", "status": "firing",
            "alerts": [alert("resolved", "a"), unnamed, alert("firing", "shop")] });
        assert_eq!(
            post(port, ("/v1/alerts", ""), message.to_string()).await,
            (200, json!({ "alerts": 1 }))
        );
        let command = Command::Alert { what: "Slow: p95 above 1 s".to_owned() };
        assert_eq!(alarms.recv().await, Some(Alarm { target: "shop".to_owned(), command }));
        // Two are waiting; the third is asked to come again.
        for expected in [200, 200, 503] {
            assert_eq!(post(port, ("/v1/alerts", ""), message.to_string()).await.0, expected);
        }
        assert_eq!(post(port, ("/v1/alerts", ""), "{}".to_owned()).await.0, 400);
    });
}

#[test]
fn connections_end_with_their_receiver() {
    wait(async {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let page: Page = Arc::new(|| Box::pin(async { "releases_total 1\n".to_owned() }));
        let collector = Collector::new(Limits::default());
        let receiver = Receiver { collector, alerts: None, page: Some(page), key: None };
        let serving = tokio::spawn(receiver.serve(listener));
        let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
        stream.write_all(b"GET /metrics HTTP/1.1\r\nhost: engine\r\n\r\n").await.unwrap();
        let mut answer = Vec::new();
        while !answer.ends_with(b"releases_total 1\n") {
            assert!(stream.read_buf(&mut answer).await.unwrap() > 0);
        }
        assert!(String::from_utf8(answer).unwrap().contains("text/plain; version=0.0.4"));
        // The connection would be kept alive, but whoever would answer is gone.
        serving.abort();
        assert!(matches!(stream.read(&mut [0]).await, Ok(0) | Err(_)));
    });
}
