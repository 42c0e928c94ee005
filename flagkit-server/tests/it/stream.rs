//! Streams: everything, then every change; coming back; the end.

use std::time::Duration;

use flagkit_protocol::{Delta, Document, Snapshot};
use serde_json::json;

use crate::server::{FLAGS, TestServer};

#[test]
fn a_stream_begins_with_everything_and_goes_on_with_changes() {
    let server = TestServer::start();
    server.put("beta", &json!({ "enabled": true }));
    let mut events = server.client("server").events("/stream", &[]);
    let event = events.expect("snapshot");
    let snapshot: Snapshot<'_> = serde_json::from_str(&event.data).unwrap();
    assert_eq!(
        (event.id.as_str(), &*snapshot.environment),
        (&*snapshot.version.to_string(), "production")
    );
    let document = snapshot.document().unwrap();
    assert_eq!(document.checksum(), snapshot.checksum);
    assert_eq!(document.flags["beta"].get(), r#"{"enabled":true}"#);

    server.put("beta", &json!({ "enabled": false }));
    let event = events.expect("delta");
    let delta: Delta<'_> = serde_json::from_str(&event.data).unwrap();
    assert!(delta.version.follows(&snapshot.version));
    assert_eq!(delta.document().unwrap().flags["beta"].get(), r#"{"enabled":false}"#);

    server.admin.ask("DELETE", &format!("{FLAGS}/beta"), &[], b"").is(200);
    let event = events.expect("delta");
    let delta: Delta<'_> = serde_json::from_str(&event.data).unwrap();
    assert_eq!(delta.removed.flags, ["beta"]);
}

/// From every version that there was, a client gets to the same flags with the same checksum.
#[test]
fn a_client_comes_back_from_any_version() {
    let server = TestServer::start();
    let client = server.client("server");
    let mut versions = Vec::new();
    for number in 0..30 {
        let flag = format!("f{}", number % 7);
        if number % 5 == 4 {
            server.admin.ask("DELETE", &format!("{FLAGS}/{flag}"), &[], b"");
        } else {
            server.put(&flag, &json!({ "enabled": true, "rollout_percentage": number }));
        }
        let whole = client.get("/api/v1/snapshot").is(200);
        versions.push(whole.text().to_owned());
    }
    let last: Snapshot<'_> = serde_json::from_str(versions.last().unwrap()).unwrap();
    for old in &versions {
        let old: Snapshot<'_> = serde_json::from_str(old).unwrap();
        let id = old.version.to_string();
        let mut events = client.events("/stream", &[("last-event-id", &id)]);
        let mut held = Held::of(&old.document().unwrap());
        loop {
            let event = events.next().unwrap();
            match event.name.as_str() {
                "snapshot" => {
                    let all: Snapshot<'_> = serde_json::from_str(&event.data).unwrap();
                    held = Held::of(&all.document().unwrap());
                }
                "delta" => held.apply(&serde_json::from_str(&event.data).unwrap()),
                other => assert_eq!(
                    (other, &*old.version.to_string()),
                    ("heartbeat", &*last.version.to_string())
                ),
            }
            if event.name == "heartbeat" || event.id == last.version.to_string() {
                break;
            }
        }
        assert_eq!(held, Held::of(&last.document().unwrap()), "from {id}");
    }
}

/// The parts that a client holds.
#[derive(Debug, Default, PartialEq)]
struct Held(std::collections::BTreeMap<(String, String), String>);

impl Held {
    fn of(document: &Document<'_>) -> Self {
        let mut held = Self::default();
        held.put(document);
        held
    }

    fn put(&mut self, document: &Document<'_>) {
        for (part, key, json) in document.parts() {
            self.0.insert((format!("{part:?}"), key.to_owned()), json.to_owned());
        }
    }

    fn apply(&mut self, delta: &Delta<'_>) {
        self.put(&delta.document().unwrap());
        for flag in &delta.removed.flags {
            assert!(self.0.remove(&("Flag".to_owned(), flag.to_string())).is_some(), "{flag}");
        }
        let mut sum = flagkit_protocol::Checksum::default();
        for ((part, key), json) in &self.0 {
            let part = match part.as_str() {
                "Flag" => flagkit_protocol::Part::Flag,
                "Segment" => flagkit_protocol::Part::Segment,
                _ => flagkit_protocol::Part::Setting,
            };
            sum.insert(part, key, json);
        }
        assert_eq!(sum, delta.checksum);
    }
}

#[test]
fn strange_ids_get_everything() {
    let server = TestServer::start();
    let client = server.client("server");
    for id in ["", "12", "other:1", "<script>", "a:18446744073709551615"] {
        client.events("/stream", &[("last-event-id", id)]).expect("snapshot");
    }
}

#[test]
fn a_silent_stream_has_a_heart() {
    let server = TestServer::with(&[("heartbeat", "100ms")]);
    let mut events = server.client("server").events("/stream", &[]);
    events.expect("snapshot");
    for _ in 0..3 {
        assert_eq!(events.expect("heartbeat").json()["every_ms"], 100);
    }
}

#[test]
fn a_server_that_stops_says_goodbye_and_lets_requests_end() {
    let mut server = TestServer::start();
    let client = server.client("server");
    let mut events = client.events("/stream", &[]);
    events.expect("snapshot");
    let running = server.running.take().unwrap();
    running.drain(Duration::from_millis(1_234));
    assert_eq!(events.expect("goodbye").json()["spread_ms"], 1_234);
    assert!(events.next().is_none());
    assert!(std::net::TcpStream::connect(client.address).is_err());
}

#[test]
fn an_environment_that_is_deleted_ends_its_streams() {
    let server = TestServer::start();
    let mut events = server.client("server").events("/stream", &[]);
    events.expect("snapshot");
    server.admin.ask("DELETE", crate::server::PRODUCTION, &[], b"").is(204);
    events.expect("goodbye");
    assert!(events.next().is_none());
}

#[test]
fn a_snapshot_has_a_tag_and_is_packed_for_those_who_like() {
    let server = TestServer::start();
    let client = server.client("server");
    for number in 0..50 {
        server.put(&format!("flag-{number}"), &json!({ "enabled": true }));
    }
    let plain = client.get("/api/v1/snapshot").is(200);
    let tag = plain.header("etag").to_owned();
    for header in [tag.clone(), format!("W/{tag}"), format!("\"x\", {tag}")] {
        let same = client.get_with("/api/v1/snapshot", &[("if-none-match", &header)]).is(304);
        assert_eq!((same.body.len(), same.header("etag")), (0, tag.as_str()));
    }
    let packed = client.get_with("/api/v1/snapshot", &[("accept-encoding", "gzip")]).is(200);
    assert_eq!(packed.header("content-encoding"), "gzip");
    assert!(packed.body.len() < plain.body.len() / 2);
    server.put("flag-1", &json!({ "enabled": false }));
    let changed = client.get_with("/api/v1/snapshot", &[("if-none-match", &tag)]).is(200);
    assert_ne!(changed.header("etag"), tag);
}
