//! HAProxy by its runtime socket: weights, and the same buckets as flags.

mod headers;

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use flagkit_core::{Context, Fixed, Timestamp, compile};
use flagkit_deploy::driver::Driver;
use flagkit_deploy::driver::haproxy::{By, Haproxy, Socket, Sticky, configuration};
use flagkit_deploy::order::FailureKind;
use flagkit_dialects::{Dialect, Settings, decode};
use serde_json::json;

use super::real::{Client, Running, listens, port};
use super::{carried_out, plan, split, wait};

const HEAD: &str = "global\n    stats socket FOLDER/socket mode 600 level admin\n\
    defaults\n    mode http\n    timeout client 30s\n    timeout server 30s\n    timeout connect 1s\n";

/// HAProxy with this configuration; `FOLDER` in it is its folder, `PORT` where it listens.
fn haproxy(lines: &str) -> (Running, u16) {
    let port = port();
    let mut running = Running::start("haproxy", |folder| {
        let text = format!("{HEAD}{lines}").replace("FOLDER", &folder.display().to_string());
        fs::write(folder.join("cfg"), text.replace("PORT", &port.to_string())).unwrap();
        fs::write(folder.join("map"), "shop 0:0\n").unwrap();
        vec!["-db".to_owned(), "-f".to_owned(), "cfg".to_owned()]
    });
    running.until("HAProxy listens", |folder| folder.join("socket").exists() && listens(port));
    (running, port)
}

fn socket(folder: &Path) -> Socket {
    Socket::Unix(folder.join("socket"))
}

/// Two servers, each of which HAProxy answers for itself.
fn two_servers(balance: &str) -> (Running, u16) {
    let (stable, canary) = (port(), port());
    haproxy(&format!(
        "frontend shop\n    bind 127.0.0.1:PORT\n    default_backend shop\n\
         backend shop\n    balance {balance}\n    server stable 127.0.0.1:{stable}\n    server canary 127.0.0.1:{canary} weight 0\n\
         listen one\n    bind 127.0.0.1:{stable}\n    http-request return status 200 content-type text/plain string stable\n\
         listen two\n    bind 127.0.0.1:{canary}\n    http-request return status 200 content-type text/plain string canary\n"
    ))
}

fn canaries(port: u16, requests: usize) -> usize {
    let mut client = Client::new(port);
    let answers = (0..requests).map(|_| client.get(""));
    answers
        .filter(|(status, body)| {
            assert_eq!(*status, 200);
            body == "canary"
        })
        .count()
}

#[test]
fn weights_divide_requests_and_nothing_and_all_are_exact() {
    let (running, port) = two_servers("roundrobin");
    let driver = Haproxy::new(socket(running.folder.path()));
    let plan = plan(json!({}));
    wait(async {
        assert_eq!(canaries(port, 200), 0);
        carried_out(&driver, &split(100_000), &plan).await.unwrap();
        // Round robin keeps to the weights, on each of its threads.
        assert!((98..=102).contains(&canaries(port, 1000)));
        carried_out(&driver, &split(1_000_000), &plan).await.unwrap();
        assert_eq!(canaries(port, 200), 200);
        carried_out(&driver, &split(0), &plan).await.unwrap();
        assert_eq!(canaries(port, 200), 0);
    });
}

#[test]
fn no_request_fails_while_the_split_changes() {
    let (running, port) = two_servers("random");
    let driver = Haproxy::new(socket(running.folder.path()));
    let plan = plan(json!({}));
    let load = std::thread::spawn(move || canaries(port, 3000));
    let mut times = Vec::new();
    wait(async {
        let mut at = 0;
        while !load.is_finished() {
            at += 1;
            let order = split([1_000_000, 0, 10_000, 500_000][at % 4]);
            let begin = Instant::now();
            driver.apply(&order, &plan).await.unwrap();
            times.push(begin.elapsed());
        }
    });
    assert!(load.join().unwrap() > 0);
    times.sort();
    println!(
        "{} changes of the split; the middle one took {:?}",
        times.len(),
        times[times.len() / 2]
    );
}

#[test]
fn a_new_arm_gets_traffic_once_haproxy_has_seen_it_up() {
    let canary = port();
    let (running, port) = haproxy(&format!(
        "frontend shop\n    bind 127.0.0.1:PORT\n    default_backend shop\n\
         backend shop\n    server stable 127.0.0.1:1\n    server canary 127.0.0.1:{canary} weight 0 check inter 100ms rise 1 fall 1\n"
    ));
    let timeout = Duration::from_millis(300);
    let mut driver = Haproxy { timeout, ..Haproxy::new(socket(running.folder.path())) };
    let plan = plan(json!({}));
    // Its first check is still to come, and until then HAProxy itself believes in it.
    let failure = wait(driver.apply(&split(1_000_000), &plan)).unwrap_err();
    assert_eq!(failure.kind, FailureKind::Transient);
    assert!(failure.message.contains("no server of `canary` that is up"), "{failure}");
    let listener = std::net::TcpListener::bind(("127.0.0.1", canary)).unwrap();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            use std::io::{Read, Write};
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\ncanary");
        }
    });
    driver.timeout = Duration::from_secs(20);
    wait(driver.apply(&split(1_000_000), &plan)).unwrap();
    assert_eq!(Client::new(port).get(""), (200, "canary".to_owned()));
}

#[test]
fn what_cannot_be_done_says_why() {
    let (running, _) = two_servers("roundrobin");
    let folder = running.folder.path();
    let failed = |driver: Haproxy, order| {
        let plan = plan(json!({}));
        wait(async move { driver.apply(&order, &plan).await.unwrap_err() })
    };
    let mut order = split(10);
    if let flagkit_deploy::order::Wanted::Split { route, .. } = &mut order.wanted {
        *route = "cart".to_owned();
    }
    let failure = failed(Haproxy::new(socket(folder)), order);
    assert_eq!(failure.kind, FailureKind::Permanent);
    assert!(failure.message.contains("no backend `cart`"), "{failure}");
    let failure = failed(Haproxy::new(Socket::Unix(folder.join("nowhere"))), split(10));
    assert_eq!(failure.kind, FailureKind::Transient);
    assert!(failure.message.contains("is it running"), "{failure}");
    let by =
        By::Map { map: "unknown".to_owned(), file: None, buckets: 10_000, headers: Vec::new() };
    let failure = failed(Haproxy { by, ..Haproxy::new(socket(folder)) }, split(10));
    assert!(failure.message.contains("no map `unknown`"), "{failure}");
}

/// The arm that a flag with these weights serves, by the variant of its rule `release`.
fn flag(buckets: u32, canary: u32) -> impl Fn(&str) -> String {
    let stable = 1_000_000 - canary;
    let text = json!({ "schema": "flagkit/1", "flags": { "shop": {
        "enabled": true,
        "bucketing": { "hash": "md5", "buckets": buckets },
        "variants": { "stable": {}, "canary": {} },
        "targeting_rules": [
            { "id": "release", "rollout": { "variants": { "canary": canary, "stable": stable } } },
        ],
    } } });
    let decoded = decode(Dialect::Native, &text.to_string(), &Settings::default()).unwrap();
    assert!(decoded.diagnostics.is_empty(), "{:?}", decoded.diagnostics);
    let snapshot = compile(decoded.document).snapshot;
    move |user| {
        let context = if user.is_empty() { Context::default() } else { Context::new(user) };
        let world = Fixed::at(Timestamp::parse("2026-11-21T00:00:00Z").unwrap());
        let found = snapshot.resolve("shop", &context, &world, &mut ()).unwrap();
        found.variant().unwrap().to_owned()
    }
}

/// HAProxy with these lines in front of a backend for each arm, which answers with its name.
fn two_backends(lines: &str) -> (Running, u16) {
    let answer = |arm| {
        format!(
            "backend shop-{arm}\n    http-request return status 200 content-type text/plain string {arm}\n"
        )
    };
    haproxy(&format!(
        "frontend shop\n    bind 127.0.0.1:PORT\n{lines}{}{}",
        answer("stable"),
        answer("canary")
    ))
}

fn sticky(buckets: u32) {
    let map = "FOLDER/map".to_owned();
    let lines = configuration(&Sticky {
        route: "shop".to_owned(),
        arms: vec!["stable".to_owned(), "canary".to_owned()],
        map,
        user: "req.fhdr(x-user-id)".to_owned(),
        salt: "shop:release:variant:".to_owned(),
        buckets,
        headers: Vec::new(),
    });
    let (running, port) = two_backends(&lines);
    let map = running.folder.path().join("map");
    let by = By::Map {
        map: map.display().to_string(),
        file: Some(map.clone()),
        buckets,
        headers: Vec::new(),
    };
    let driver = Haproxy { by, ..Haproxy::new(socket(running.folder.path())) };
    let plan = plan(json!({}));
    let mut users: Vec<String> = (0..1500).map(|number| format!("user-{number}")).collect();
    users.extend(["", "äöü", "a b", "\"quoted\"", "x,y:z"].map(str::to_owned));
    users.extend((0..100).map(|length| "u".repeat(length + 1)));
    for canary in [1_000_000 / buckets, 123_400, 500_000, 1_000_000, 0] {
        wait(async { carried_out(&driver, &split(canary), &plan).await.unwrap() });
        assert!(fs::read_to_string(&map).unwrap().starts_with("shop 0:"));
        let flag = flag(buckets, canary);
        let mut client = Client::new(port);
        for user in &users {
            let header = if user.is_empty() { String::new() } else { format!("X-User-Id: {user}") };
            assert_eq!(client.get(&header), (200, flag(user)), "user `{user}` at {canary} ppm");
        }
    }
}

#[test]
fn haproxy_puts_users_where_a_flag_of_ten_thousand_buckets_does() {
    sticky(10_000);
}

#[test]
fn haproxy_puts_users_where_a_flag_of_a_million_buckets_does() {
    sticky(1_000_000);
}

#[test]
fn a_change_of_the_map_is_there_for_the_next_request() {
    // Both arms answer at once, so what is measured is the order and the first request after it.
    let lines = "frontend shop\n    bind 127.0.0.1:PORT\n    \
        http-request return status 200 content-type text/plain lf-string %[str(shop),map(FOLDER/map,none)]\n";
    let (running, port) = haproxy(lines);
    let map = running.folder.path().join("map").display().to_string();
    let by = By::Map { map, file: None, buckets: 1_000_000, headers: Vec::new() };
    let driver = Haproxy { by, ..Haproxy::new(socket(running.folder.path())) };
    let plan = plan(json!({}));
    let mut client = Client::new(port);
    let mut times: Vec<Duration> = Vec::new();
    wait(async {
        for canary in 1..=200 {
            let begin = Instant::now();
            driver.apply(&split(canary), &plan).await.unwrap();
            assert_eq!(client.get(""), (200, format!("0:{canary}")));
            times.push(begin.elapsed());
        }
    });
    times.sort();
    println!(
        "order to effect: the middle one {:?}, of 200 the longest but one {:?}",
        times[100], times[198]
    );
}
