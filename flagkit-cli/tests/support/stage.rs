//! A shop with real servers: HAProxy in front of two versions, Prometheus behind them, customers,
//! and somebody who wants to be told.

pub(crate) mod customers;
pub(crate) mod killing;
pub(crate) mod ledger;
pub(crate) mod pusher;
pub(crate) mod random;
pub(crate) mod servers;
pub(crate) mod told;

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

use servers::{Guarded, free_ports};

/// The shop before a release.
#[derive(Debug)]
pub(crate) struct Stage {
    pub(crate) front: u16,
    pub(crate) push: u16,
    pub(crate) prometheus_port: u16,
    pub(crate) prometheus: Option<Guarded>,
    pub(crate) told: told::Told,
    /// Where HAProxy has its own counters.
    own: u16,
    stable: u16,
    canary: [u16; 2],
    _servers: [Guarded; 2],
    // Last, so that it is removed when nothing uses it any more.
    folder: TempDir,
}

impl Stage {
    /// HAProxy with a map, the version `v1`, and a Prometheus that scrapes every so many milliseconds.
    pub(crate) fn set(scrape_ms: u32) -> Self {
        let folder = tempfile::Builder::new().prefix("flagkit-stage-").tempdir().unwrap();
        let [front, own, push, prometheus_port, stable, one, two] = free_ports();
        let canary = [one, two];
        let service = Guarded::start(
            Command::new(program())
                .args(["rollout", "demo-service", "--version", "v1"])
                .args(["--listen".to_owned(), format!("127.0.0.1:{stable}")]),
            (&folder.path().join("service.log"), stable),
        );
        let sides = [("stable", vec![stable]), ("canary", canary.to_vec())];
        let haproxy = servers::haproxy(folder.path(), (front, own), &sides);
        let scraped = [own, stable, one, two, push];
        let prometheus = servers::prometheus(folder.path(), (prometheus_port, scrape_ms), &scraped);
        Self {
            front,
            push,
            prometheus_port,
            prometheus: Some(prometheus),
            told: told::Told::listen(),
            own,
            stable,
            canary,
            _servers: [service, haproxy],
            folder,
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Starts Prometheus again, with what it has written down.
    pub(crate) fn restart_prometheus(&mut self, scrape_ms: u32) {
        let scraped = [self.own, self.stable, self.canary[0], self.canary[1], self.push];
        let at = (self.prometheus_port, scrape_ms);
        self.prometheus = Some(servers::prometheus(self.folder.path(), at, &scraped));
    }

    /// Writes the release file of a version with these steps, and `more` of the top level.
    pub(crate) fn release(&self, version: &str, steps: &str, more: &str) -> PathBuf {
        let shown = |name: &str| self.path(name).display().to_string();
        let text = RELEASE
            .replace("STEPS", steps)
            .replace("MORE\n", &format!("{more}\n"))
            .replace("VERSION", version)
            .replace("WORST", WORST)
            .replace("SOCKET", &shown("haproxy.sock"))
            .replace("MAP", &shown("split.map"))
            .replace("STARTS", &shown("starts"))
            .replace("PROGRAM", program())
            .replace("PUSH", &self.push.to_string())
            .replace("PROMETHEUS", &self.prometheus_port.to_string())
            .replace("TOLD", &self.told.port.to_string())
            .replace("PORTS", &format!("{}, {}", self.canary[0], self.canary[1]));
        let path = self.path("release.yaml");
        fs::write(&path, text).unwrap();
        path
    }

    /// An engine in a process of its own; what it says goes to a file.
    pub(crate) fn engine(&self) -> std::process::Child {
        let log = fs::OpenOptions::new().create(true).append(true).open(self.path("engine.log"));
        let log = log.unwrap();
        let mut command = Command::new(program());
        command.args(["rollout", "run", "--plain", "--as", "ada"]);
        command.arg(self.path("release.yaml")).arg("--state").arg(self.path("state"));
        command.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
        command.spawn().unwrap()
    }

    /// What the engine said so far.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.path("engine.log")).unwrap_or_default()
    }

    /// What HAProxy said of its servers, and the requests that failed or were tried again.
    pub(crate) fn proxy_log(&self) -> String {
        fs::read_to_string(self.path("haproxy.log")).unwrap_or_default()
    }

    /// A command about the release.
    pub(crate) fn ask(&self, words: &[&str]) -> Output {
        let mut command = Command::new(program());
        command.arg("rollout").args(words).arg("--state").arg(self.path("state"));
        command.stdin(Stdio::null()).output().unwrap()
    }

    /// What the journal has about the newest release.
    pub(crate) fn history(&self) -> String {
        String::from_utf8_lossy(&self.ask(&["history"]).stdout).into_owned()
    }

    /// How often instances were started.
    pub(crate) fn starts(&self) -> usize {
        fs::read_to_string(self.path("starts")).unwrap_or_default().lines().count()
    }

    /// Ends the instances that the engine has started; they outlive it.
    fn strike(&self) {
        let folder = self.path("state/processes/shop/canary");
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let text = fs::read_to_string(entry.path()).unwrap_or_default();
            let found: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
            if let Some(pid) = found["process"][0].as_u64() {
                drop(Command::new("kill").args(["-9", &pid.to_string()]).output());
            }
        }
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.strike();
    }
}

/// The program that is tested.
pub(crate) fn program() -> &'static str {
    env!("CARGO_BIN_EXE_flagkit")
}

/// The metric as Prometheus reads it from the shop.
pub(crate) const SCRAPED: &str = r#"metrics: { error_rate: { query: 'shop_failures_total{version="{{version}}"}', exposures: 'shop_requests_total{version="{{version}}"}', dispersion: 1 } }"#;
/// The metric as it is pushed.
pub(crate) const PUSHED: &str = "metrics: { error_rate: { dispersion: 1 } }";
/// The version that fails half of its requests.
pub(crate) const WORST: &str = "v2-worst";
/// Looks every second.
pub(crate) const JUDGING: &str = "judging: { look: 1s, lag: 1s }";

/// The release, with names where ports and paths go.
const RELEASE: &str = r#"
schema: flagkit-release/1
target: shop
arms: { stable: v1, canary: { version: VERSION, workload: shop } }
strategy: { steps: STEPS }
MORE
rollback: { keep: 1s }
channels: { ops: { kind: webhook, url: "http://127.0.0.1:TOLD/" } }
prometheus: "http://127.0.0.1:PROMETHEUS"
drivers:
  haproxy: { socket: SOCKET, by: map, map: MAP, buckets: 10000, headers: [x-canary] }
  push: { listen: "127.0.0.1:PUSH" }
  processes:
    shop:
      command: [sh, -c, 'echo {{port}} >> STARTS; exec PROGRAM rollout demo-service --listen 127.0.0.1:{{port}} --version {{version}} $(test {{version}} = WORST && echo --failing 500000)']
      ports: { canary: [PORTS] }
      health: "http://127.0.0.1:{{port}}/healthz"
"#;
