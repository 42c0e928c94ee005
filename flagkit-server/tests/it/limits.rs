//! Who may ask, how often, how much, and how slowly.

use std::io::{BufReader, Read, Write};
use std::time::Duration;

use serde_json::json;

use crate::client::{Client, connect, read_head};
use crate::server::{FLAGS, PRODUCTION, TestServer};

#[test]
fn each_scope_may_what_it_is_for() {
    let server = TestServer::start();
    server.put("beta", &json!({ "enabled": true }));
    let evaluate = format!("{PRODUCTION}/evaluate");
    let cases: [(&str, &str, [u16; 4]); 5] = [
        // server, client, admin, readonly
        ("GET", FLAGS, [403, 403, 200, 200]),
        ("PUT", "/api/v1/projects/shop/environments/production/flags/x", [403, 403, 201, 403]),
        ("GET", "/api/v1/snapshot", [200, 403, 200, 200]),
        ("POST", &evaluate, [200, 200, 200, 200]),
        ("GET", "/api/v1/keys", [403, 403, 200, 200]),
    ];
    for (place, scope) in ["server", "client", "admin", "readonly"].into_iter().enumerate() {
        let client = server.client(scope);
        for (method, path, wanted) in &cases {
            let answer = client.send(method, path, &json!({}));
            assert_eq!(answer.status, wanted[place], "{scope} {method} {path}: {}", answer.text());
            if answer.status == 403 {
                assert_eq!(answer.code(), "forbidden");
            }
        }
    }
}

#[test]
fn a_key_of_one_environment_is_good_nowhere_else() {
    let server = TestServer::start();
    let staging = server.client_of("admin", "staging");
    assert_eq!(staging.get(FLAGS).is(403).code(), "forbidden");
    assert_eq!(
        staging.get("/api/v1/projects/shop/environments/none/flags").is(403).code(),
        "forbidden"
    );
    staging.get("/api/v1/projects/shop/environments/staging/flags").is(200);
    staging.send("POST", "/api/v1/projects", &json!({ "key": "x" })).is(403);
    assert_eq!(
        staging.get("/api/v1/projects").json()["items"][0]["environments"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    let keys = staging.get("/api/v1/keys").json();
    assert_eq!(keys["items"].as_array().unwrap().len(), 1);
    let snapshot = server.admin.get("/api/v1/snapshot").is(400);
    assert!(snapshot.json()["hint"].as_str().unwrap().contains("?project="));
    server.admin.get("/api/v1/snapshot?project=shop&environment=staging").is(200);
}

#[test]
fn keys_come_in_three_ways_and_bad_ones_are_refused() {
    let server = TestServer::start();
    let key = server.client("server").key.unwrap();
    let nobody = Client { key: None, ..server.admin.clone() };
    for (name, value) in [
        ("authorization", format!("Bearer {key}")),
        ("authorization", key.clone()),
        ("x-api-key", key.clone()),
    ] {
        nobody.get_with("/api/v1/snapshot", &[(name, &value)]).is(200);
    }
    let wrong = format!("{}x", &key[..key.len() - 1]);
    for headers in [
        vec![],
        vec![("authorization", "Bearer "), ("x-api-key", "")],
        vec![("x-api-key", &*wrong)],
    ] {
        let refused = nobody.get_with("/api/v1/snapshot", &headers).is(401);
        assert_eq!(
            (refused.code().as_str(), refused.header("www-authenticate")),
            ("unauthorized", "Bearer")
        );
        assert!(!refused.text().contains(&wrong));
    }
}

#[test]
fn a_key_is_rotated_with_overlap_and_revoked() {
    let server = TestServer::start();
    let old = server.client("server");
    let keys = server.admin.get("/api/v1/keys").json();
    let id = keys["items"].as_array().unwrap().last().unwrap()["id"].clone();
    let rotated = server.admin.send(
        "POST",
        &format!("/api/v1/keys/{id}/rotate"),
        &json!({ "overlap_seconds": 60 }),
    );
    let rotated = rotated.is(201).json();
    let key = rotated["secret"].as_str().map(str::to_owned);
    let new = Client { key, address: old.address };
    new.get("/api/v1/snapshot").is(200);
    old.get("/api/v1/snapshot").is(200);
    server.admin.ask("DELETE", &format!("/api/v1/keys/{id}"), &[], b"").is(200);
    assert_eq!(old.get("/api/v1/snapshot").is(401).json()["message"], "the key was revoked");
    new.get("/api/v1/snapshot").is(200);
    server.admin.send("POST", "/api/v1/keys/999/rotate", &json!({})).is(404);
    for bad in [
        json!({ "scope": "servr", "name": "x", "project": "shop", "environment": "staging" }),
        json!({ "scope": "server", "name": "x" }),
        json!({ "scope": "admin", "name": "" }),
        json!({ "scope": "admin", "name": "x", "project": "shop" }),
        json!({ "scope": "admin", "name": "x", "scop": 1 }),
    ] {
        assert_eq!(
            server.admin.send("POST", "/api/v1/keys", &bad).is(400).code(),
            "invalid_request"
        );
    }
}

#[test]
fn requests_and_changes_have_rates() {
    let server =
        TestServer::with(&[("requests-per-second-max", "50"), ("changes-per-minute-max", "10")]);
    let client = server.client("readonly");
    let statuses: Vec<u16> = (0..200).map(|_| client.get(FLAGS).status).collect();
    assert!(statuses.contains(&200) && statuses.contains(&429), "{statuses:?}");
    let admin = server.client("admin");
    let mut refused = None;
    for number in 0..20 {
        let answer = admin.send("PUT", &format!("{FLAGS}/f{number}"), &json!({}));
        if answer.status == 429 {
            refused = Some(answer);
        }
    }
    let refused = refused.expect("ten a minute are fewer than twenty");
    assert_eq!(refused.code(), "too_many_requests");
    assert!(refused.header("retry-after").parse::<u64>().unwrap() >= 1);
}

#[test]
fn streams_of_a_key_are_counted_and_given_back() {
    let server = TestServer::with(&[("streams-per-key-max", "2")]);
    let client = server.client("server");
    let streams = [client.events("/stream", &[]), client.events("/stream", &[])];
    assert_eq!(client.get("/stream").is(429).code(), "too_many_requests");
    server.client("server").events("/stream", &[]).expect("snapshot");
    drop(streams);
    let mut tries = 0..200;
    let is_free = tries.any(|_| {
        std::thread::sleep(Duration::from_millis(20));
        server.admin.get("/metrics").text().contains("flagkit_streams 0\n")
    });
    assert!(is_free);
}

#[test]
fn there_are_only_so_many_connections() {
    let server = TestServer::with(&[("connections-max", "3")]);
    let address = server.admin.address;
    let hold = || {
        let mut stream = connect(address);
        let _ = stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: t\r\n\r\n");
        let head = read_head(&mut BufReader::new(stream.try_clone().unwrap()));
        (stream, head)
    };
    let mut held = Vec::new();
    let refused = (0..200).find_map(|_| {
        let (stream, head) = hold();
        match head {
            Some((200, _)) => {
                held.push(stream);
                None
            }
            refused => refused,
        }
    });
    let (status, headers) = refused.expect("two hundred are more than three");
    assert_eq!((status, headers["retry-after"].as_str()), (503, "5"));
    assert!(held.len() <= 3);
    drop(held);
    let is_free = (0..500).any(|_| {
        std::thread::sleep(Duration::from_millis(20));
        matches!(hold().1, Some((200, _)))
    });
    assert!(is_free);
}

#[test]
fn bodies_and_headers_are_bounded() {
    let server = TestServer::with(&[("body-bytes-max", "2048"), ("header-bytes-max", "8192")]);
    let beta = format!("{FLAGS}/beta");
    let large = format!("{{\"description\":\"{}\"}}", "x".repeat(4_096));
    assert_eq!(server.admin.ask("PUT", &beta, &[], large.as_bytes()).is(413).code(), "too_large");
    let header = "x".repeat(20_000);
    assert_eq!(server.admin.get_with("/healthz", &[("x-long", &header)]).status, 431);
}

#[test]
fn a_request_that_does_not_arrive_is_not_waited_for() {
    let server = TestServer::with(&[("request-timeout", "1s")]);
    let mut half = connect(server.admin.address);
    half.write_all(b"GET /healthz HTTP/1.1\r\nhost:").unwrap();
    let mut rest = Vec::new();
    let _ = half.read_to_end(&mut rest);
    let mut body = connect(server.admin.address);
    let key = server.admin.key.clone().unwrap();
    let head = format!(
        "PUT {FLAGS}/beta HTTP/1.1\r\nhost: t\r\nauthorization: {key}\r\ncontent-length: 10\r\n\r\n{{"
    );
    body.write_all(head.as_bytes()).unwrap();
    let (status, _) = read_head(&mut BufReader::new(body)).unwrap();
    assert_eq!(status, 408);
}

/// A client that takes nothing is disconnected, and what waited for it is gone.
#[test]
fn a_slow_reader_is_cut_and_comes_back() {
    let server = TestServer::with(&[
        ("request-timeout", "1s"),
        ("stream-backlog-bytes-max", "16384"),
        ("heartbeat", "10m"),
        ("changes-per-minute-max", "0"),
    ]);
    let client = server.client("server");
    let stream = client.open("GET", "/stream", &[], b"");
    let text = "x".repeat(200_000);
    for number in 0..40 {
        server.put("beta", &json!({ "enabled": true, "description": format!("{number}{text}") }));
    }
    let mut is_cut = false;
    for _ in 0..600 {
        if server.admin.get("/metrics").text().contains("flagkit_streams 0\n") {
            is_cut = true;
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(is_cut);
    drop(stream);
    client.events("/stream", &[]).expect("snapshot");
}

#[test]
fn web_pages_may_use_client_keys_and_nothing_else() {
    let server = TestServer::with(&[("cors-origins", "https://shop.example")]);
    let nobody = Client { key: None, ..server.admin.clone() };
    let from = [
        ("origin", "https://shop.example"),
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "authorization,content-type"),
    ];
    let allowed = nobody.ask("OPTIONS", "/api/v1/evaluate", &from, b"");
    assert!(matches!(allowed.status, 200 | 204), "{}", allowed.status);
    assert_eq!(allowed.header("access-control-allow-origin"), "https://shop.example");
    assert_eq!(allowed.header("access-control-allow-headers"), "authorization,content-type");
    let client = server.client("client");
    let answer = client
        .ask("POST", "/api/v1/evaluate", &[("origin", "https://shop.example")], b"{}")
        .is(200);
    assert_eq!(answer.header("access-control-allow-origin"), "https://shop.example");
    let other = client
        .ask("POST", "/api/v1/evaluate", &[("origin", "https://other.example")], b"{}")
        .is(200);
    assert_eq!(other.header("access-control-allow-origin"), "");
    for path in [FLAGS, "/api/v1/snapshot", "/api/v1/keys"] {
        let refused = nobody.ask("OPTIONS", path, &from, b"");
        assert_eq!(
            (refused.status, refused.header("access-control-allow-origin")),
            (405, ""),
            "{path}"
        );
    }
}

#[test]
fn administrators_can_have_a_port_of_their_own() {
    let server = TestServer::with(&[("admin-listen", "127.0.0.1:0")]);
    let running = server.running.as_ref().unwrap();
    assert_ne!(running.address(), running.admin_address());
    let outside = Client { address: running.address(), ..server.admin.clone() };
    let refused = outside.get(FLAGS).is(404).json();
    assert!(refused["hint"].as_str().unwrap().contains("--admin-listen"), "{refused}");
    outside.get("/api/v1/keys").is(404);
    outside.get("/healthz").is(200);
    server.client("server").get("/api/v1/snapshot").is(200);
    server.admin.get(FLAGS).is(200);
    let mut changes = server.admin.events("/stream?project=shop&environment=production", &[]);
    changes.expect("snapshot");
}

#[test]
fn a_request_has_a_number() {
    let server = TestServer::start();
    let given = server.admin.get_with("/healthz", &[("x-request-id", "abc-1")]).is(200);
    assert_eq!(given.header("x-request-id"), "abc-1");
    let made = server.admin.get_with("/healthz", &[("x-request-id", "a b")]).is(200);
    assert_eq!(made.header("x-request-id").len(), 16);
}
