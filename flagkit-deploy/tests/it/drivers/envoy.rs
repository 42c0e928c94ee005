//! Envoy by its administration interface, and by a file of RTDS.

mod headers;

use std::collections::BTreeMap;
use std::fs;

use flagkit_deploy::driver::envoy::{
    Destination, Envoy, header_route, layered_runtime, mirror, routes,
};
use flagkit_deploy::driver::http::Http;
use flagkit_deploy::order::{FailureKind, Wanted};
use flagkit_deploy::{Split, Weight};
use serde_json::json;

use super::real::{Client, Running, listens, port};
use super::{carried_out, order, plan, split, wait};

const ARMS: [&str; 3] = ["stable", "canary", "other"];

/// An Envoy that answers with the name of the arm; its administration interface, and its door.
fn envoy(rtds: bool) -> (Running, u16, u16) {
    envoy_with(rtds, &[])
}

/// The same with routes by headers to `canary`.
fn envoy_with(rtds: bool, rules: &[BTreeMap<String, String>]) -> (Running, u16, u16) {
    let (admin, door) = (port(), port());
    let mut running = Running::start("envoy", |folder| {
        let address =
            |port: u16| json!({ "socket_address": { "address": "127.0.0.1", "port_value": port } });
        let typed = |name: &str| format!("type.googleapis.com/envoy.extensions.filters.{name}");
        let to = |arm: &str| Destination {
            arm: arm.to_owned(),
            action: json!({ "direct_response": { "status": 200, "body": { "inline_string": arm } } }),
        };
        let file = folder.join("rtds.json");
        fs::write(&file, r#"{"resources":[{"@type":"type.googleapis.com/envoy.service.runtime.v3.Runtime","name":"flagkit","layer":{"kept":1}}]}"#).unwrap();
        let file = file.display().to_string();
        let mut all: Vec<_> =
            rules.iter().map(|headers| header_route("shop", &to("canary"), headers)).collect();
        all.extend(routes("shop", &ARMS.map(to)).as_array().unwrap().iter().cloned());
        let router = json!({ "name": "router", "typed_config": { "@type": typed("http.router.v3.Router") } });
        let manager = json!({
            "@type": typed("network.http_connection_manager.v3.HttpConnectionManager"),
            "stat_prefix": "shop", "http_filters": [router],
            "route_config": { "virtual_hosts": [{ "name": "shop", "domains": ["*"], "routes": all }] },
        });
        let configuration = json!({
            "node": { "id": "a", "cluster": "b" },
            "admin": { "address": address(admin) },
            "layered_runtime": layered_runtime(rtds.then_some(file.as_str())),
            "static_resources": { "listeners": [{ "name": "shop", "address": address(door),
                "filter_chains": [{ "filters": [{ "name": "http", "typed_config": manager }] }] }] },
        });
        fs::write(folder.join("cfg.json"), configuration.to_string()).unwrap();
        ["-c", "cfg.json", "--concurrency", "1", "--disable-hot-restart"]
            .map(str::to_owned)
            .to_vec()
    });
    running.until("Envoy listens", |_| listens(admin) && listens(door));
    (running, admin, door)
}

/// How many of a thousand requests each arm gets.
fn counts(door: u16) -> [usize; 3] {
    let mut client = Client::new(door);
    let answers: Vec<(u16, String)> = (0..1000).map(|_| client.get("")).collect();
    assert!(answers.iter().all(|(status, _)| *status == 200));
    ARMS.map(|arm| answers.iter().filter(|(_, body)| body == arm).count())
}

fn divided(driver: &Envoy, door: u16) {
    let plan = plan(json!({}));
    let weights = [500_000, 200_000, 300_000].map(|ppm| Weight::from_ppm(ppm).unwrap());
    let three = order(Wanted::Split {
        route: "shop".to_owned(),
        arms: ARMS.map(str::to_owned).to_vec(),
        split: Split::new(weights.to_vec()).unwrap(),
    });
    wait(carried_out(driver, &three, &plan)).unwrap();
    // Six standard deviations of a thousand draws are at most 95.
    for (count, expected) in counts(door).into_iter().zip([500_usize, 200, 300]) {
        assert!(count.abs_diff(expected) < 95, "{count} of {expected}");
    }
    let all = order(Wanted::Split {
        route: "shop".to_owned(),
        arms: ARMS.map(str::to_owned).to_vec(),
        split: Split::all_to(2, 3),
    });
    wait(carried_out(driver, &all, &plan)).unwrap();
    assert_eq!(counts(door), [0, 0, 1000]);
    let none = order(Wanted::Split {
        route: "shop".to_owned(),
        arms: ARMS.map(str::to_owned).to_vec(),
        split: Split::all_to(0, 3),
    });
    wait(carried_out(driver, &none, &plan)).unwrap();
    assert_eq!(counts(door), [1000, 0, 0]);
}

#[test]
fn requests_are_divided_over_the_administration_interface() {
    let (running, admin, door) = envoy(false);
    let driver = Envoy::new(Http::new().unwrap(), format!("http://127.0.0.1:{admin}"));
    divided(&driver, door);
    drop(running);
    let failure = wait(async {
        use flagkit_deploy::driver::Driver;
        driver.apply(&split(1), &plan(json!({}))).await.unwrap_err()
    });
    assert_eq!(failure.kind, FailureKind::Transient);
}

#[test]
fn requests_are_copied_and_a_copy_changes_no_answer() {
    // The copies go to a listener of the same Envoy, which answers in its own way.
    let shadow = port();
    let counted = std::net::TcpListener::bind(("127.0.0.1", shadow)).unwrap();
    let copies = std::sync::Arc::new(std::sync::Mutex::new(0));
    let count = std::sync::Arc::clone(&copies);
    std::thread::spawn(move || {
        for mut stream in counted.incoming().flatten() {
            use std::io::{Read, Write};
            let count = std::sync::Arc::clone(&count);
            std::thread::spawn(move || {
                while let Ok(1..) = stream.read(&mut [0; 4096]) {
                    *count.lock().unwrap() += 1;
                    let _ = stream.write_all(b"HTTP/1.1 500 Oops\r\ncontent-length: 0\r\n\r\n");
                }
            });
        }
    });
    let (_running, admin, door) = mirroring(shadow);
    let driver = Envoy::new(Http::new().unwrap(), format!("http://127.0.0.1:{admin}"));
    let copied = |share: u32| {
        let (route, arm) = ("shop".to_owned(), "canary".to_owned());
        order(Wanted::Mirror { route, arm, share: Weight::from_ppm(share).unwrap() })
    };
    let plan = plan(json!({}));
    let mut client = Client::new(door);
    assert_eq!(client.get(""), (200, "stable".to_owned()));
    assert_eq!(*copies.lock().unwrap(), 0);
    wait(carried_out(&driver, &copied(1_000_000), &plan)).unwrap();
    for _ in 0..20 {
        assert_eq!(client.get(""), (200, "stable".to_owned()));
    }
    let begun = std::time::Instant::now();
    while *copies.lock().unwrap() < 20 {
        assert!(begun.elapsed() < std::time::Duration::from_secs(20), "{copies:?}");
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    wait(carried_out(&driver, &copied(0), &plan)).unwrap();
    for _ in 0..20 {
        assert_eq!(client.get(""), (200, "stable".to_owned()));
    }
    assert_eq!(*copies.lock().unwrap(), 20);
}

/// An Envoy in front of a shop, which is another listener of it, with copies to a port.
fn mirroring(shadow: u16) -> (Running, u16, u16) {
    let (admin, door, shop) = (port(), port(), port());
    let mut running = Running::start("envoy", |folder| {
        let address =
            |port: u16| json!({ "socket_address": { "address": "127.0.0.1", "port_value": port } });
        let typed = |name: &str| format!("type.googleapis.com/envoy.extensions.filters.{name}");
        let listener = |name: &str, port: u16, routes: serde_json::Value| {
            let router = json!({ "name": "router", "typed_config": { "@type": typed("http.router.v3.Router") } });
            let manager = json!({
                "@type": typed("network.http_connection_manager.v3.HttpConnectionManager"),
                "stat_prefix": name, "http_filters": [router],
                "route_config": { "virtual_hosts": [{ "name": name, "domains": ["*"], "routes": routes }] },
            });
            json!({ "name": name, "address": address(port),
                "filter_chains": [{ "filters": [{ "name": "http", "typed_config": manager }] }] })
        };
        let cluster = |name: &str, port: u16| {
            let endpoint = json!({ "endpoint": { "address": address(port) } });
            json!({ "name": name, "connect_timeout": "1s", "load_assignment": {
                "cluster_name": name, "endpoints": [{ "lb_endpoints": [endpoint] }] } })
        };
        let action = json!({ "route": {
            "cluster": "stable", "request_mirror_policies": [mirror("shop", "canary", "canary")] } });
        let to = Destination { arm: "stable".to_owned(), action };
        let answer = json!([{ "match": { "prefix": "/" },
            "direct_response": { "status": 200, "body": { "inline_string": "stable" } } }]);
        let configuration = json!({
            "node": { "id": "a", "cluster": "b" },
            "admin": { "address": address(admin) },
            "layered_runtime": layered_runtime(None),
            "static_resources": {
                "listeners": [listener("door", door, routes("shop", &[to])), listener("shop", shop, answer)],
                "clusters": [cluster("stable", shop), cluster("canary", shadow)],
            },
        });
        fs::write(folder.join("cfg.json"), configuration.to_string()).unwrap();
        ["-c", "cfg.json", "--concurrency", "1", "--disable-hot-restart"]
            .map(str::to_owned)
            .to_vec()
    });
    running.until("Envoy listens", |_| listens(admin) && listens(door) && listens(shop));
    (running, admin, door)
}

#[test]
fn requests_are_divided_by_a_file_that_is_watched() {
    let (running, admin, door) = envoy(true);
    let file = running.folder.path().join("rtds.json");
    let mut driver = Envoy::new(Http::new().unwrap(), format!("http://127.0.0.1:{admin}"));
    driver.file = Some(file.clone());
    driver.timeout = std::time::Duration::from_secs(10);
    divided(&driver, door);
    let written = fs::read_to_string(file).unwrap();
    assert!(written.contains("\"kept\":1"), "{written}");
}
