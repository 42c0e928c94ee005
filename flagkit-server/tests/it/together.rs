//! Several servers over one database.

use std::time::{Duration, Instant};

use flagkit_server::RunningServer;
use serde_json::{Value, json};

use crate::client::{Answer, Client};
use crate::server::{FLAGS, PRODUCTION, start_over};
use crate::support::Cluster;

/// Two servers, each with a client of one key, and the project `shop` with `production`.
struct Pair {
    clients: [Client; 2],
    _servers: [RunningServer; 2],
}

impl Pair {
    fn over(database: &str) -> Self {
        let settings = [("changes-per-minute-max", "0")];
        let first = start_over(database, &settings);
        let key = first.first_key().expect("the database is new").reveal().to_owned();
        let second = start_over(database, &settings);
        assert!(second.first_key().is_none());
        let client =
            |server: &RunningServer| Client { address: server.address(), key: Some(key.clone()) };
        let clients = [client(&first), client(&second)];
        let pair = Self { clients, _servers: [first, second] };
        let [one, other] = &pair.clients;
        one.send("POST", "/api/v1/projects", &json!({ "key": "shop" })).is(201);
        let environment = json!({ "key": "production" });
        one.send("POST", "/api/v1/projects/shop/environments", &environment).is(201);
        eventually(|| other.get(PRODUCTION).status == 200);
        pair
    }

    fn eventually_same(&self, path: &str) -> Answer {
        let [one, other] = &self.clients;
        eventually(|| one.get(path).text() == other.get(path).text());
        one.get(path)
    }
}

/// Waits, with a guard against waiting for ever.
#[track_caller]
fn eventually(mut is_so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < Duration::from_secs(60), "it did not happen");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn what_one_server_changes_the_others_serve_and_stream() {
    let pair = Pair::over(&Cluster::shared().new_database());
    let [one, other] = &pair.clients;
    let stream = "/stream?project=shop&environment=production";
    let mut events = other.events(stream, &[]);
    events.expect("snapshot");
    for percentage in 1..=5 {
        let flag = json!({ "enabled": true, "rollout_percentage": percentage });
        one.send("PUT", &format!("{FLAGS}/beta"), &flag);
        let delta = events.expect("delta").json();
        assert_eq!(delta["document"]["flags"]["beta"], flag);
    }
    one.send("PUT", &format!("{FLAGS}/alpha"), &json!({ "enabled": true })).is(201);
    events.expect("delta");
    other.ask("DELETE", &format!("{FLAGS}/beta"), &[], b"").is(200);
    assert_eq!(events.expect("delta").json()["removed"]["flags"], json!(["beta"]));
    let snapshot = pair.eventually_same("/api/v1/snapshot?project=shop&environment=production");
    assert_eq!(snapshot.json()["document"]["flags"], json!({ "alpha": { "enabled": true } }));
}

#[test]
fn a_vendors_document_and_a_new_setting_reach_the_others_whole() {
    let pair = Pair::over(&Cluster::shared().new_database());
    let [one, other] = &pair.clients;
    let import = |query: &str, text: &str| {
        one.ask("POST", &format!("{PRODUCTION}/import?{query}"), &[], text.as_bytes()).is(200);
        pair.eventually_same(&format!("{PRODUCTION}/export"))
    };
    import("", "schema: flagkit/1\nhash: xxh3\nflags: { beta: { enabled: true } }\n");
    let kept = r#"{"version":2,"features":[{"name":"old","enabled":true,"strategies":[]}]}"#;
    assert_eq!(import("keep=true", kept).text(), kept);
    assert_eq!(other.get(PRODUCTION).json()["dialect"], "unleash");
    let native = import("", r#"{"schema":"flagkit/1","flags":{"gamma":{}}}"#).json();
    assert_eq!(native["flags"], json!({ "gamma": {} }));
}

/// Writers at different servers check against what is there, not against what they knew.
#[test]
fn changes_at_two_servers_at_once_are_not_lost() {
    let pair = Pair::over(&Cluster::shared().new_database());
    std::thread::scope(|scope| {
        for (place, client) in pair.clients.iter().enumerate() {
            scope.spawn(move || {
                for number in 0..15 {
                    let path = format!("{FLAGS}/f{place}-{number}");
                    client.send("PUT", &path, &json!({ "enabled": true })).is(201);
                    let shared = json!({ "metadata": { format!("m{place}-{number}"): true } });
                    let path = format!("{FLAGS}/shared");
                    client.send("PUT", &path, &json!({ "enabled": true }));
                    client.send("PATCH", &path, &shared);
                }
            });
        }
    });
    let flags = pair.eventually_same(FLAGS).json();
    assert_eq!(flags["items"].as_array().unwrap().len(), 31);
    let version = flags["version"].clone();
    let [one, other] = &pair.clients;
    let revision = one.get(&format!("{FLAGS}/f0-0")).header("etag").to_owned();
    one.send("PUT", &format!("{FLAGS}/f0-0"), &json!({ "enabled": false })).is(200);
    let headers = [("if-match", revision.as_str())];
    let refused = other.ask("PUT", &format!("{FLAGS}/f0-0"), &headers, b"{}").is(409);
    assert_eq!(refused.json()["details"]["current"], json!({ "enabled": false }));
    assert_ne!(pair.eventually_same(FLAGS).json()["version"], version);
}

#[test]
fn keys_and_environments_are_known_to_all_servers() {
    let pair = Pair::over(&Cluster::shared().new_database());
    let [one, other] = &pair.clients;
    let body =
        json!({ "scope": "server", "name": "x", "project": "shop", "environment": "production" });
    let created = one.send("POST", "/api/v1/keys", &body).is(201).json();
    let sdk = Client { address: other.address, key: created["secret"].as_str().map(str::to_owned) };
    eventually(|| sdk.get("/api/v1/snapshot").status == 200);
    let mut events = sdk.events("/stream", &[]);
    events.expect("snapshot");
    one.ask("DELETE", &format!("/api/v1/keys/{}", created["key"]["id"]), &[], b"").is(200);
    eventually(|| sdk.get("/api/v1/snapshot").status == 401);
    one.ask("DELETE", PRODUCTION, &[], b"").is(204);
    events.expect("goodbye");
    eventually(|| other.get(PRODUCTION).status == 404);
}

/// Without its database a server answers from memory, and follows again when it is back.
#[test]
fn a_database_that_goes_away_takes_nothing_with_it() {
    let cluster = Cluster::start();
    let pair = Pair::over(&cluster.new_database());
    let [one, other] = &pair.clients;
    one.send("PUT", &format!("{FLAGS}/beta"), &json!({ "enabled": true })).is(201);
    pair.eventually_same(FLAGS);
    let mut events = other.events("/stream?project=shop&environment=production", &[]);
    events.expect("snapshot");
    cluster.kill();
    let question = json!({ "flag": "beta" });
    let evaluate = "/api/v1/evaluate?project=shop&environment=production";
    for client in &pair.clients {
        let answer = client.send("POST", evaluate, &question).is(200).json();
        assert_eq!(answer["flags"][0]["enabled"], false);
        assert_eq!(client.get(FLAGS).is(200).json()["items"][0]["key"], "beta");
        assert_eq!(client.get("/readyz").is(200).json()["database"], "unavailable");
    }
    let refused = one.send("PUT", &format!("{FLAGS}/beta"), &json!({ "enabled": false })).is(503);
    assert!(!refused.header("retry-after").is_empty());
    assert_eq!(refused.code(), "unavailable");
    cluster.run();
    let flag = json!({ "enabled": true, "rollout_percentage": 100 });
    eventually(|| one.send("PUT", &format!("{FLAGS}/beta"), &flag).status == 200);
    let mut event = events.next().unwrap();
    while event.name == "heartbeat" {
        event = events.next().unwrap();
    }
    assert_eq!(event.json()["document"]["flags"]["beta"], flag);
    let flags: Value = pair.eventually_same(FLAGS).json();
    assert_eq!(flags["items"][0]["document"], flag);
}
