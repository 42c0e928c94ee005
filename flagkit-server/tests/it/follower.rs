//! FlagKit's own client follows the server: what both say to each other, said by both.

use std::sync::Arc;
use std::time::{Duration, Instant};

use flagkit_client::{Config, Log, Options, Publisher, Status, Updater};
use flagkit_core::{Context, Fixed, Timestamp};
use serde_json::json;

use crate::server::{FLAGS, PRODUCTION, TestServer};

struct Follower {
    publisher: Arc<Publisher>,
    _updater: Updater,
}

impl Follower {
    fn of(server: &TestServer) -> Self {
        let client = server.client("server");
        let url = format!("http://{}", client.address);
        let options = Options::new().server(url, client.key.unwrap()).proxy("off").log(Log::Off);
        let options = options.environment("production").start_wait(Duration::from_secs(30));
        let publisher = Publisher::new();
        let updater = Updater::open(&publisher, &Config::new(options, []).unwrap()).unwrap();
        Self { publisher, _updater: updater }
    }

    fn is_on(&self, flag: &str) -> bool {
        let context = Context::new("u-1").with("plan", "pro");
        let world = Fixed::at(Timestamp::EPOCH);
        self.publisher.with(|snapshot| snapshot.is_enabled(flag, &context, &world))
    }

    fn status(&self) -> Status {
        self.publisher.status()
    }
}

fn becomes(is_true: impl Fn() -> bool) -> bool {
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(30) {
        if is_true() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    false
}

#[test]
fn every_change_arrives() {
    let server = TestServer::start();
    server.put("beta", &json!({ "enabled": true, "rollout_percentage": 0 }));
    let follower = Follower::of(&server);
    assert!(follower.publisher.is_ready() && !follower.is_on("beta"));
    server.put("beta", &json!({ "enabled": true, "rollout_percentage": 100 }));
    assert!(becomes(|| follower.is_on("beta")));
    let segment =
        json!({ "conditions": [{ "attribute": "plan", "operator": "equals", "value": "pro" }] });
    server.admin.send("PUT", &format!("{PRODUCTION}/segments/paying"), &segment);
    let rules = json!([{ "id": "paying", "when": "in_segment \"paying\"" }]);
    let gated = json!({ "enabled": true, "targeting_rules": rules, "rollout_percentage": 0 });
    let version = server.put("gated", &gated);
    assert!(becomes(|| follower.status().version.is_some_and(|found| found.number == version)));
    server.admin.ask("DELETE", &format!("{FLAGS}/beta"), &[], b"").is(200);
    assert!(becomes(|| !follower.is_on("beta")));
    let status = follower.status();
    assert!(status.connected && status.last_error.is_none() && status.last_problem.is_none());
    assert!(status.diagnostics.is_empty(), "{:?}", status.diagnostics);
}

#[test]
fn a_server_that_starts_again_is_followed_again() {
    let mut server = TestServer::start();
    server.put("beta", &json!({ "enabled": true, "rollout_percentage": 100 }));
    let follower = Follower::of(&server);
    assert!(follower.is_on("beta"));
    let address = server.running.as_ref().unwrap().address();
    drop(server.running.take());
    assert!(becomes(|| !follower.status().connected));
    assert!(follower.is_on("beta"), "what was held is still held");
    server.restart_at(address);
    server.put("beta", &json!({ "enabled": false }));
    assert!(becomes(|| !follower.is_on("beta")));
}
