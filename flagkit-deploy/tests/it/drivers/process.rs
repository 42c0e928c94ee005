//! Real processes as instances, over restarts of the engine.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

use flagkit_deploy::driver::http::Http;
use flagkit_deploy::driver::process::{Processes, Workload};
use flagkit_deploy::driver::{Driver, Seen};
use flagkit_deploy::order::{Order, Outcome, Wanted};
use serde_json::json;

use super::real::port;
use super::{carried_out, order, plan, wait};

/// A small web server that says its version, and writes down that it was started.
const SERVER: &str = "
import http.server, os, sys
port, version, started = int(sys.argv[1]), sys.argv[2], sys.argv[3]
open(started, 'a').write(version + '\\n')
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers(); self.wfile.write(version.encode())
    def do_POST(self):
        open(started, 'a').write('drained\\n'); self.do_GET()
    def log_message(self, *_): pass
http.server.HTTPServer(('127.0.0.1', port), Handler).serve_forever()
";

fn workload(folder: &Path, ports: Vec<u16>) -> Workload {
    let started = folder.join("started").display().to_string();
    let words = ["python3", "-c", SERVER, "{{port}}", "{{version}}", &started];
    let mut workload = Workload::new(words.map(str::to_owned).to_vec());
    workload.ports = [("canary".to_owned(), ports)].into();
    workload.health = Some("http://127.0.0.1:{{port}}/".to_owned());
    workload.stop_within = Duration::from_secs(5);
    workload
}

/// As a new engine would make it: it knows nothing but the folder.
fn engine(folder: &Path, workload: &Workload) -> Processes {
    let workloads: BTreeMap<String, Workload> = [("app".to_owned(), workload.clone())].into();
    Processes::new(Http::new().unwrap(), folder.join("state"), workloads)
}

fn scale(version: &str, replicas: u32) -> Order {
    order(Wanted::Scale {
        workload: "app".to_owned(),
        arm: "canary".to_owned(),
        version: version.to_owned(),
        replicas,
    })
}

fn started(folder: &Path) -> Vec<String> {
    fs::read_to_string(folder.join("started"))
        .unwrap_or_default()
        .lines()
        .map(str::to_owned)
        .collect()
}

#[test]
fn instances_start_change_their_version_and_end() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let mut workload = workload(folder, vec![port(), port()]);
    workload.drain = Some("http://127.0.0.1:{{port}}/drain".to_owned());
    let (driver, plan) = (engine(folder, &workload), plan(json!({})));
    wait(async {
        carried_out(&driver, &scale("1", 2), &plan).await.unwrap();
        carried_out(&driver, &scale("2", 1), &plan).await.unwrap();
        carried_out(&driver, &scale("2", 0), &plan).await.unwrap();
    });
    assert_eq!(started(folder), ["1", "1", "drained", "2", "drained", "drained"]);
    assert_eq!(fs::read_dir(folder.join("state/app/canary")).unwrap().count(), 2, "the two logs");
}

#[test]
fn a_new_engine_takes_over_what_runs_and_starts_nothing_twice() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let workload = workload(folder, vec![port()]);
    let plan = plan(json!({}));
    wait(async {
        let first = engine(folder, &workload);
        first.apply(&scale("1", 1), &plan).await.unwrap();
    });
    let second = engine(folder, &workload);
    wait(async {
        assert_eq!(second.observe(&scale("1", 1), &plan).await.unwrap(), Seen::InPlace);
        assert_eq!(
            second.apply(&scale("1", 1), &plan).await.unwrap(),
            Outcome::Done { already: true }
        );
    });
    // As if the engine had died between starting it and writing its number down.
    let record = fs::read_dir(folder.join("state/app/canary")).unwrap();
    let record = record
        .flatten()
        .map(|entry| entry.path())
        .find(|path| path.extension().is_some_and(|end| end == "json"));
    let record = record.unwrap();
    let mut written: serde_json::Value =
        serde_json::from_slice(&fs::read(&record).unwrap()).unwrap();
    written["process"] = json!(null);
    fs::write(&record, written.to_string()).unwrap();
    let third = engine(folder, &workload);
    wait(async {
        assert_eq!(
            third.apply(&scale("1", 1), &plan).await.unwrap(),
            Outcome::Done { already: true }
        );
        assert_eq!(started(folder), ["1"]);
        carried_out(&third, &scale("1", 0), &plan).await.unwrap();
    });
    assert!(!record.exists());
}

#[test]
fn a_number_that_belongs_to_another_process_now_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let at = port();
    let workload = workload(folder, vec![at]);
    let state = folder.join("state/app/canary");
    fs::create_dir_all(&state).unwrap();
    // The number of this test, with another beginning.
    let process = json!([std::process::id(), { "boot": "another", "tick": 1 }]);
    fs::write(
        state.join(format!("{at}.json")),
        json!({ "port": at, "version": "1", "process": process }).to_string(),
    )
    .unwrap();
    let driver = engine(folder, &workload);
    wait(async {
        assert_eq!(driver.observe(&scale("1", 0), &plan(json!({}))).await.unwrap(), Seen::InPlace);
        carried_out(&driver, &scale("1", 1), &plan(json!({}))).await.unwrap();
        carried_out(&driver, &scale("1", 0), &plan(json!({}))).await.unwrap();
    });
}

#[test]
fn what_ends_at_once_or_does_not_end_is_dealt_with() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let plan = plan(json!({}));
    let mut short = workload(folder, vec![port()]);
    short.command = ["sh", "-c", "echo no database; exit 3"].map(str::to_owned).to_vec();
    let failure = wait(engine(folder, &short).apply(&scale("1", 1), &plan)).unwrap_err();
    assert!(failure.message.contains("no database"), "{failure}");
    let mut deaf = workload(folder, vec![port()]);
    deaf.command =
        ["sh", "-c", "trap '' TERM; while true; do sleep 0.1; done"].map(str::to_owned).to_vec();
    (deaf.health, deaf.stop_within) = (None, Duration::from_millis(200));
    let driver = engine(folder, &deaf);
    wait(async {
        carried_out(&driver, &scale("1", 1), &plan).await.unwrap();
        carried_out(&driver, &scale("1", 0), &plan).await.unwrap();
    });
    let failure = wait(driver.apply(&scale("1", 2), &plan)).unwrap_err();
    assert!(failure.message.contains("1 are configured"), "{failure}");
}
