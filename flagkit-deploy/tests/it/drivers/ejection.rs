//! Instances that fail are left out by the field that leaves them out.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::time::{Duration, Instant};

use flagkit_deploy::Span;
use flagkit_deploy::driver::envoy::{Protection, protection};
use serde_json::{Value, json};

use super::real::{Client, Running, found, listens, port};

/// A listener whose only route does this.
fn listener(name: &str, port: u16, action: &Value) -> Value {
    let typed = |name: &str| format!("type.googleapis.com/envoy.extensions.filters.{name}");
    let mut route = json!({ "match": { "prefix": "/" } });
    route.as_object_mut().unwrap().extend(action.as_object().unwrap().clone());
    let router =
        json!({ "name": "router", "typed_config": { "@type": typed("http.router.v3.Router") } });
    let manager = json!({
        "@type": typed("network.http_connection_manager.v3.HttpConnectionManager"),
        "stat_prefix": name, "http_filters": [router],
        "route_config": { "virtual_hosts": [{ "name": name, "domains": ["*"], "routes": [route] }] },
    });
    let address = json!({ "socket_address": { "address": "127.0.0.1", "port_value": port } });
    json!({ "name": name, "address": address,
        "filter_chains": [{ "filters": [{ "name": "http", "typed_config": manager }] }] })
}

/// An Envoy in front of itself: the door leads to a cluster whose two instances answer 503.
fn configuration(ports: [u16; 4], protection: impl IntoIterator<Item = (String, Value)>) -> Value {
    let [admin, door, ill, other] = ports;
    let address =
        |port: u16| json!({ "socket_address": { "address": "127.0.0.1", "port_value": port } });
    let endpoint = |port| json!({ "endpoint": { "address": address(port) } });
    let endpoints = [endpoint(ill), endpoint(other)];
    let mut cluster = json!({
        "name": "green", "connect_timeout": "1s",
        "load_assignment": { "cluster_name": "green", "endpoints": [{ "lb_endpoints": endpoints }] },
    });
    cluster.as_object_mut().unwrap().extend(protection);
    json!({
        "node": { "id": "a", "cluster": "b" },
        "admin": { "address": address(admin) },
        "static_resources": {
            "clusters": [cluster],
            "listeners": [
                listener("door", door, &json!({ "route": { "cluster": "green" } })),
                listener("ill", ill, &json!({ "direct_response": { "status": 503 } })),
                listener("other", other, &json!({ "direct_response": { "status": 503 } })),
            ],
        },
    })
}

const LIMITS: Protection = Protection {
    connections_max: 100,
    pending_max: 50,
    errors: 3,
    interval: Span::from_ms(100),
    ejected_for: Span::from_secs(30),
    ejected_max: 50,
};

#[test]
fn b16_outliers_are_left_out_by_outlier_detection() {
    let ports = [port(), port(), port(), port()];
    let [admin, door, ..] = ports;
    let mut envoy = Running::start("envoy", |folder| {
        let text = configuration(ports, protection(&LIMITS)).to_string();
        fs::write(folder.join("cfg.json"), text).unwrap();
        ["-c", "cfg.json", "--concurrency", "1", "--disable-hot-restart"]
            .map(str::to_owned)
            .to_vec()
    });
    envoy.until("Envoy listens", |_| ports.into_iter().all(listens));
    let mut client = Client::new(door);
    // Half of the instances may be left out: one of the two, after three each.
    for _ in 0..6 {
        assert_eq!(client.get("").0, 503);
    }
    let begin = Instant::now();
    let ejected = || {
        // A connection of its own, which ends with the answer; its chunks do not matter to a search.
        let mut stream = TcpStream::connect(("127.0.0.1", admin)).unwrap();
        let statistic = "cluster.green.outlier_detection.ejections_active";
        let request = format!(
            "GET /stats?filter={statistic} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer.contains(&format!("{statistic}: 1"))
    };
    while !ejected() {
        assert!(begin.elapsed() < Duration::from_secs(20), "nobody was left out");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// The field of that name that circulates in examples is none of a cluster's.
#[test]
fn b16_a_circuit_breaker_that_is_no_field_is_refused_by_envoy() {
    let ports = [port(), port(), port(), port()];
    let folder = tempfile::tempdir().unwrap();
    let valid = |name: &str, fields: Vec<(String, Value)>| {
        let file = folder.path().join(name);
        fs::write(&file, configuration(ports, fields).to_string()).unwrap();
        let mut command = Command::new(found("envoy"));
        let run = command.args(["--mode", "validate", "--disable-hot-restart", "-c"]).arg(file);
        run.output().unwrap()
    };
    let good = valid("good.json", protection(&LIMITS).into_iter().collect());
    assert!(good.status.success(), "{}", String::from_utf8_lossy(&good.stderr));
    let wrong = json!({ "consecutiveErrors": 3, "interval": "30s" });
    let bad = valid("bad.json", vec![("circuitBreaker".to_owned(), wrong)]);
    let said = String::from_utf8_lossy(&bad.stderr);
    assert!(!bad.status.success() && said.contains("circuitBreaker"), "{said}");
}
