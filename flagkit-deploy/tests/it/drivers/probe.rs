//! Checks and hooks against servers and programs.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use flagkit_deploy::driver::http::Http;
use flagkit_deploy::driver::probe::Probes;
use flagkit_deploy::driver::{Driver, Seen};
use flagkit_deploy::order::{Failure, FailureKind, Outcome, Wanted};
use serde_json::{Value, json};

use super::real::port;
use super::{order, plan, wait};

/// A server that gives one answer to everything, and what it was asked.
pub(super) fn server(answer: &'static str) -> (u16, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&asked);
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let request = read_request(&mut stream);
            seen.lock().unwrap().push(request);
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    (port, asked)
}

fn read_request(stream: &mut impl Read) -> String {
    let mut request = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let count = stream.read(&mut piece).unwrap_or(0);
        request.extend_from_slice(&piece[..count]);
        let text = String::from_utf8_lossy(&request).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            if count == 0 {
                return text;
            }
            continue;
        };
        let length = head
            .lines()
            .find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
        if count == 0 || body.len() >= length.unwrap_or(0) {
            return text;
        }
    }
}

fn check(probe: Value) -> Result<Outcome, Failure> {
    let plan = plan(
        json!({ "checks": { "look": { "probe": probe, "expect": "status == 200", "timeout": 5000 } } }),
    );
    let order = order(Wanted::Verify { check: "look".to_owned(), arm: "canary".to_owned() });
    let probes = Probes { http: Http::new().unwrap() };
    assert!(probes.takes(&order, &plan));
    wait(probes.apply(&order, &plan))
}

fn found(probe: Value) -> std::collections::BTreeMap<String, Value> {
    match check(probe).unwrap() {
        Outcome::Found(finding) => finding.attributes,
        other => panic!("{other:?}"),
    }
}

fn hook(hook: Value) -> Result<Outcome, Failure> {
    let plan = plan(json!({ "hooks": { "tell": hook } }));
    let order = order(Wanted::Hook { hook: "tell".to_owned(), moment: "before_step 1".to_owned() });
    let probes = Probes { http: Http::new().unwrap() };
    assert_eq!(wait(probes.observe(&order, &plan)).unwrap(), Seen::Unknown);
    wait(probes.apply(&order, &plan))
}

#[test]
fn http_checks_find_status_headers_and_json() {
    let (port, asked) = server(
        "HTTP/1.1 503 Busy\r\nX-Build: 9\r\nContent-Length: 15\r\nConnection: close\r\n\r\n{\"status\":\"up\"}",
    );
    let found = found(
        json!({ "kind": "http", "url": format!("http://127.0.0.1:{port}/{{{{arm}}}}/{{{{version}}}}"),
        "method": "post", "body": "for {{target}}" }),
    );
    assert_eq!(
        (&found["status"], &found["body"], &found["header.x-build"]),
        (&json!(503), &json!({ "status": "up" }), &json!("9"))
    );
    assert!(found["latency_ms"].as_f64().unwrap() > 0.0);
    let asked = asked.lock().unwrap();
    assert!(
        asked[0].starts_with("POST /canary/2 HTTP/1.1\r\n") && asked[0].ends_with("for shop"),
        "{asked:?}"
    );
}

#[test]
fn what_cannot_be_reached_is_found_too() {
    let nowhere = port();
    let http = found(json!({ "kind": "http", "url": format!("http://127.0.0.1:{nowhere}/") }));
    assert!(
        http["error"].as_str().unwrap().contains("cannot be reached")
            && !http.contains_key("status")
    );
    let tcp = found(json!({ "kind": "tcp", "address": format!("127.0.0.1:{nowhere}") }));
    assert_eq!(tcp["connected"], json!(false));
    let (port, _) = server("");
    assert_eq!(
        found(json!({ "kind": "tcp", "address": format!("127.0.0.1:{port}") }))["connected"],
        json!(true)
    );
}

#[test]
fn commands_find_how_they_ended_and_what_they_said() {
    let found = found(
        json!({ "kind": "command", "command": ["sh", "-c", "echo '{\"lag_s\": 2}'; exit 3"] }),
    );
    assert_eq!((&found["exit_code"], &found["output"]), (&json!(3), &json!({ "lag_s": 2 })));
    let failure = check(json!({ "kind": "command", "command": ["/no/such/program"] })).unwrap_err();
    assert_eq!(failure.kind, FailureKind::Permanent);
}

#[test]
fn a_secret_that_is_not_set_is_named_and_nothing_is_asked() {
    let (port, asked) = server("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    let failure = check(json!({ "kind": "http", "url": format!("http://127.0.0.1:{port}/"),
        "headers": { "authorization": "Bearer ${FLAGKIT_TEST_NOT_SET}" } }))
    .unwrap_err();
    assert!(failure.message.contains("`FLAGKIT_TEST_NOT_SET` is not set"), "{failure}");
    assert!(asked.lock().unwrap().is_empty());
}

#[test]
fn hooks_carry_their_order_as_a_key() {
    let (port, asked) = server("HTTP/1.1 204 Done\r\nConnection: close\r\n\r\n");
    let probe = json!({ "kind": "http", "method": "POST", "url": format!("http://127.0.0.1:{port}/"), "body": "{{order}} {{moment}}" });
    assert_eq!(hook(json!({ "probe": probe })).unwrap(), Outcome::Done { already: false });
    let asked = asked.lock().unwrap()[0].clone();
    assert!(
        asked.contains("idempotency-key: \"shop-42#7\"\r\n")
            && asked.ends_with("shop-42#7 before_step 1"),
        "{asked}"
    );
    let command = json!({ "kind": "command", "command": ["sh", "-c", "test \"$FLAGKIT_ORDER\" = 'shop-42#7'"] });
    assert_eq!(hook(json!({ "probe": command })).unwrap(), Outcome::Done { already: false });
}

#[test]
fn hooks_that_fail_say_whether_to_try_again() {
    let kind = |answer: &'static str| {
        let (port, _) = server(answer);
        hook(json!({ "probe": { "kind": "http", "url": format!("http://127.0.0.1:{port}/") } }))
            .unwrap_err()
            .kind
    };
    assert_eq!(kind("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"), FailureKind::Transient);
    assert_eq!(kind("HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n"), FailureKind::Permanent);
    let command = |code: &str| {
        hook(json!({ "probe": { "kind": "command", "command": ["sh", "-c", code] } }))
            .unwrap_err()
            .kind
    };
    assert_eq!(
        (command("exit 75"), command("exit 1")),
        (FailureKind::Transient, FailureKind::Permanent)
    );
    let slow =
        hook(json!({ "timeout": 100, "probe": { "kind": "command", "command": ["sleep", "60"] } }))
            .unwrap_err();
    assert_eq!((slow.kind, slow.message.contains("did not end")), (FailureKind::Transient, true));
}
