//! From a verdict to the new split: an engine with a journal on the disk, and a proxy under load.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use flagkit_deploy::Status;
use flagkit_deploy::config::{self, Overrides};
use flagkit_deploy::driver::envoy::{Destination, Envoy, layered_runtime, routes};
use flagkit_deploy::driver::haproxy::{Haproxy, Socket};
use flagkit_deploy::driver::http::Http;
use flagkit_deploy::driver::{Driver, Seen, Work};
use flagkit_deploy::event::{Actor, Command as Said};
use flagkit_deploy::host::{Host, Options};
use flagkit_deploy::journal::embedded::Embedded;
use flagkit_deploy::order::{Order, Outcome};
use flagkit_deploy::plan::Plan;
use serde_json::json;

use crate::Effort;
use crate::report::{Percentiles, Row};
use crate::stage::servers::{Guarded, found, free_ports};

/// HAProxy by weights.
pub(crate) fn haproxy(effort: &Effort) -> Vec<Row> {
    let folder = tempfile::tempdir().unwrap();
    let [front, stable, canary] = free_ports();
    let socket = folder.path().join("socket");
    let side = |name: &str, port: u16| {
        format!(
            "listen {name}\n    bind 127.0.0.1:{port}\n    http-request return status 200 content-type text/plain string {name}\n"
        )
    };
    let text = format!(
        "global\n    maxconn 4000\n    nbthread 1\n    stats socket {} mode 600 level admin\n\
         defaults\n    mode http\n    timeout client 30s\n    timeout server 30s\n    timeout connect 1s\n\
         frontend shop\n    bind 127.0.0.1:{front}\n    default_backend shop\n\
         backend shop\n    balance roundrobin\n    server stable 127.0.0.1:{stable}\n    server canary 127.0.0.1:{canary} weight 0\n{}{}",
        socket.display(),
        side("one", stable),
        side("two", canary),
    );
    fs::write(folder.path().join("haproxy.cfg"), text).unwrap();
    let mut command = Command::new(found("haproxy"));
    command.arg("-db").arg("-f").arg(folder.path().join("haproxy.cfg"));
    let _running = Guarded::start(&mut command, (&folder.path().join("log"), front));
    measure(effort, ("HAProxy", front), Arc::new(Haproxy::new(Socket::Unix(socket))))
}

/// Envoy over its administration interface.
pub(crate) fn envoy(effort: &Effort) -> Vec<Row> {
    let folder = tempfile::tempdir().unwrap();
    let [front, admin] = free_ports();
    let address =
        |port: u16| json!({ "socket_address": { "address": "127.0.0.1", "port_value": port } });
    let typed = |name: &str| format!("type.googleapis.com/envoy.extensions.filters.{name}");
    let to = |arm: &str| Destination {
        arm: arm.to_owned(),
        action: json!({ "direct_response": { "status": 200, "body": { "inline_string": arm } } }),
    };
    let router =
        json!({ "name": "router", "typed_config": { "@type": typed("http.router.v3.Router") } });
    let manager = json!({
        "@type": typed("network.http_connection_manager.v3.HttpConnectionManager"),
        "stat_prefix": "shop", "http_filters": [router],
        "route_config": { "virtual_hosts": [
            { "name": "shop", "domains": ["*"], "routes": routes("shop", &["stable", "canary"].map(to)) },
        ] },
    });
    let configuration = json!({
        "node": { "id": "a", "cluster": "b" }, "admin": { "address": address(admin) },
        "layered_runtime": layered_runtime(None),
        "static_resources": { "listeners": [{ "name": "shop", "address": address(front),
            "filter_chains": [{ "filters": [{ "name": "http", "typed_config": manager }] }] }] },
    });
    let file = folder.path().join("envoy.json");
    fs::write(&file, configuration.to_string()).unwrap();
    let mut command = Command::new(found("envoy"));
    command.arg("-c").arg(file).args(["--concurrency", "1", "--disable-hot-restart"]);
    let _running = Guarded::start(&mut command, (&folder.path().join("log"), front));
    let envoy = Envoy::new(Http::new().unwrap(), format!("http://127.0.0.1:{admin}"));
    measure(effort, ("Envoy", front), Arc::new(envoy))
}

/// Rollbacks under load.
fn measure(effort: &Effort, (name, front): (&str, u16), driver: Arc<dyn Driver>) -> Vec<Row> {
    let folder = tempfile::tempdir().unwrap();
    let timed = Arc::new(Timed { driver, applied: Mutex::new(None) });
    let load = Load::start(folder.path(), front);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let times = runtime.block_on(rollbacks(effort.splits, folder.path(), &timed));
    let load = load.end();
    vec![Row {
        what: format!(
            "{name}: from the word to roll back until the new split is in effect, the journal on the disk and {:.0} \
             requests a second meanwhile",
            load.rate
        ),
        goal: "p99 ≤ 10 ms, no request fails",
        measured: format!(
            "{}; {} of {} requests failed",
            Percentiles::of(times),
            load.failed,
            load.requests
        ),
    }]
}

async fn rollbacks(count: usize, folder: &Path, timed: &Arc<Timed>) -> Vec<Duration> {
    let journal = Embedded::new(folder.join("journal"));
    let drivers: Vec<Arc<dyn Driver>> = vec![Arc::clone(timed) as Arc<dyn Driver>];
    let host = Host::start(Box::new(journal), drivers, Options::default()).unwrap();
    let configuration = config::read(RELEASE, "release.yaml").unwrap();
    let plan = configuration.plan(&Overrides::default()).unwrap();
    let mut times = Vec::new();
    while times.len() < count {
        let id = format!("shop-{}", times.len());
        if let Err(error) = host.plan(&id, plan.clone(), Actor::default()).await {
            assert!(times.is_empty(), "{error}");
            // It does not lead yet.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        }
        host.command(&id, Actor::default(), Said::Start).await.unwrap();
        until(&host, &id, Status::Paused).await;
        *timed.applied.lock().unwrap() = None;
        let begun = Instant::now();
        host.command(&id, Actor::default(), Said::Abort { why: "it is bad".to_owned() })
            .await
            .unwrap();
        until(&host, &id, Status::RolledBack).await;
        times.push(timed.applied.lock().unwrap().expect("a split was applied") - begun);
    }
    host.stop().await;
    times
}

async fn until(host: &Host, id: &str, status: Status) {
    let begun = Instant::now();
    while host.status(id).await.unwrap().state.status() != status {
        assert!(begun.elapsed() < Duration::from_secs(30), "never {status}");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// A driver that remembers when its first order since somebody asked was in effect.
struct Timed {
    driver: Arc<dyn Driver>,
    applied: Mutex<Option<Instant>>,
}

impl Driver for Timed {
    fn takes(&self, order: &Order, plan: &Plan) -> bool {
        self.driver.takes(order, plan)
    }

    fn observe<'a>(&'a self, order: &'a Order, plan: &'a Plan) -> Work<'a, Seen> {
        self.driver.observe(order, plan)
    }

    fn apply<'a>(&'a self, order: &'a Order, plan: &'a Plan) -> Work<'a, Outcome> {
        Box::pin(async move {
            let outcome = self.driver.apply(order, plan).await?;
            self.applied.lock().unwrap().get_or_insert_with(Instant::now);
            Ok(outcome)
        })
    }
}

/// `wrk`, at about 10,000 requests a second at most: each of 100 connections waits 10 ms between two.
struct Load(Child);

struct Loaded {
    rate: f64,
    requests: u64,
    failed: u64,
}

impl Load {
    fn start(folder: &Path, front: u16) -> Self {
        let script = folder.join("pace.lua");
        fs::write(&script, "function delay() return 10 end\n").unwrap();
        let mut wrk = Command::new(found("wrk"));
        wrk.args(["-t1", "-c100", "-d1h", "-s"])
            .arg(script)
            .arg(format!("http://127.0.0.1:{front}/"));
        let child = wrk.stdout(Stdio::piped()).spawn().expect("`cargo xtask setup` installs `wrk`");
        std::thread::sleep(Duration::from_secs(1));
        Self(child)
    }

    /// Stops it as Ctrl-C does, so that it says what it has seen.
    fn end(self) -> Loaded {
        let number = self.0.id().to_string();
        assert!(Command::new("kill").args(["-INT", &number]).status().unwrap().success());
        let said = String::from_utf8(self.0.wait_with_output().unwrap().stdout).unwrap();
        let behind = |what: &str| said.lines().find_map(|line| line.trim().strip_prefix(what));
        let rate = behind("Requests/sec:").expect("a rate").trim().parse().unwrap();
        let requests = said.lines().find_map(|line| line.trim().split_once(" requests in "));
        let requests = requests.expect("a number of requests").0.parse().unwrap();
        let digits = |text: &str| -> u64 {
            let words = text.split(|c: char| !c.is_ascii_digit());
            words.filter_map(|word| word.parse::<u64>().ok()).sum()
        };
        let failed = ["Socket errors:", "Non-2xx or 3xx responses:"];
        let failed = failed.iter().filter_map(|what| behind(what)).map(digits).sum();
        Loaded { rate, requests, failed }
    }
}

const RELEASE: &str = "
schema: flagkit-release/1
target: shop
arms: { stable: v1, canary: v2 }
strategy: { steps: [{split: {canary: 50%}}, {hold: true}, {split: {canary: 100%}}] }
rollback: { keep: 0s }
";
