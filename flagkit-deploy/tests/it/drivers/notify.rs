//! What people's systems get.

use flagkit_deploy::driver::http::Http;
use flagkit_deploy::driver::notify::Notifier;
use flagkit_deploy::driver::{Driver, Seen};
use flagkit_deploy::order::{Failure, Outcome, Severity, Wanted};
use flagkit_deploy::plan::Plan;
use serde_json::{Value, json};

use super::probe::server;
use super::{order, plan, wait};

const OK: &str = "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

fn told(plan: &Plan, severity: Severity) -> Result<Outcome, Failure> {
    let order = order(Wanted::Notify {
        channel: "team".to_owned(),
        severity,
        title: "shop was rolled back".to_owned(),
        text: "errors <5 %> & more".to_owned(),
        dedup: "shop-42".to_owned(),
    });
    let notifier = Notifier::new(Http::new().unwrap());
    assert!(notifier.takes(&order, plan));
    assert_eq!(wait(notifier.observe(&order, plan)).unwrap(), Seen::Unknown);
    wait(notifier.apply(&order, plan))
}

/// What a receiver of this kind gets: the path, the body, and whether both tries had the same key.
fn sent(kind: &str, severity: Severity) -> (String, Value) {
    let (port, asked) = server(OK);
    let key = (kind == "pagerduty").then_some("R0UTING");
    let plan = plan(
        json!({ "channels": { "team": { "kind": kind, "url": format!("http://127.0.0.1:{port}"), "key": key } } }),
    );
    // Twice, as after a crash.
    for _ in 0..2 {
        assert_eq!(told(&plan, severity).unwrap(), Outcome::Done { already: false });
    }
    let asked = asked.lock().unwrap();
    let keys =
        asked.iter().filter(|request| request.contains("idempotency-key: \"shop-42#7\"\r\n"));
    assert_eq!((asked.len(), keys.count()), (2, 2));
    assert_eq!(asked[0], asked[1], "a receiver can tell that it is the same");
    let path = asked[0].split(' ').nth(1).unwrap().to_owned();
    let (_, body) = asked[0].split_once("\r\n\r\n").unwrap();
    (path, serde_json::from_str(body).unwrap())
}

#[test]
fn a_webhook_gets_everything() {
    let (path, body) = sent("webhook", Severity::Page);
    assert_eq!(
        (path.as_str(), &body["id"], &body["severity"]),
        ("/", &json!("shop-42#7"), &json!("page"))
    );
    assert_eq!((&body["target"], &body["dedup"]), (&json!("shop"), &json!("shop-42")));
}

#[test]
fn slack_gets_text_in_which_nothing_is_markup() {
    let (_, body) = sent("slack", Severity::Warning);
    assert_eq!(body["text"], json!(":warning: shop was rolled back"));
    assert!(
        body["blocks"][0]["text"]["text"]
            .as_str()
            .unwrap()
            .ends_with("errors &lt;5 %&gt; &amp; more")
    );
}

#[test]
fn pagerduty_gets_one_incident_that_is_opened_and_resolved() {
    let (_, opened) = sent("pagerduty", Severity::Page);
    assert_eq!(
        (&opened["event_action"], &opened["payload"]["severity"]),
        (&json!("trigger"), &json!("critical"))
    );
    let (_, resolved) = sent("pagerduty", Severity::Info);
    assert_eq!(resolved["event_action"], json!("resolve"));
    assert_eq!(
        (&opened["dedup_key"], &opened["routing_key"]),
        (&resolved["dedup_key"], &json!("R0UTING"))
    );
}

#[test]
fn alertmanager_gets_one_alert_that_begins_and_ends() {
    let (path, begins) = sent("alertmanager", Severity::Page);
    let (_, ends) = sent("alertmanager", Severity::Info);
    assert_eq!(path, "/api/v2/alerts");
    assert_eq!(begins[0]["labels"], ends[0]["labels"]);
    assert!(begins[0].get("endsAt").is_none() && ends[0].get("endsAt").is_some());
}

#[test]
fn failures_name_the_channel_and_no_secret() {
    let (port, _) = server(
        "HTTP/1.1 403 Forbidden\r\nContent-Length: 13\r\nConnection: close\r\n\r\ninvalid_token",
    );
    let url = format!("http://127.0.0.1:{port}/services/S3CRET");
    let plan = plan(json!({ "channels": { "team": { "kind": "slack", "url": url } } }));
    let failure = told(&plan, Severity::Info).unwrap_err();
    assert_eq!(failure.message, "channel `team` answered 403: invalid_token");
}
