//! The stage: a proxy, a monitoring system, and the version that serves at the beginning.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use flagkit_deploy::driver::Driver;
use flagkit_deploy::driver::haproxy::{Sticky, configuration};
use flagkit_deploy::driver::http::Http;
use flagkit_deploy::driver::process::{Processes, Workload};
use flagkit_deploy::order::{Order, Wanted};
use flagkit_deploy::plan::{Arm, Plan};
use flagkit_deploy::{Fence, OrderId};
use tempfile::TempDir;
use tokio::net::TcpStream;

use super::processes::{Guarded, find, free_ports};
use super::splitter::{self, Places};
use crate::failure::Failure;

/// Everything that stands before the first release begins.
#[derive(Debug)]
pub(super) struct Stage {
    ports: Ports,
    program: PathBuf,
    instances: Processes,
    /// HAProxy and Prometheus; none if the splitter stands in for them.
    servers: Option<[Guarded; 2]>,
    // Last, so that it is removed when nothing uses it any more.
    folder: TempDir,
}

/// Whether real servers are wanted.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Real {
    /// Where they are installed.
    IfInstalled,
    /// Never.
    Never,
}

/// Ports of this machine.
#[derive(Clone, Copy, Debug)]
struct Ports {
    front: u16,
    /// Prometheus, or the engine's receiver.
    metrics: u16,
    stable: [u16; 2],
    canary: [u16; 2],
}

impl Stage {
    /// Starts everything. Where HAProxy or Prometheus is not installed, or nobody wants them, the
    /// splitter stands in for both.
    pub(super) async fn set(real: Real) -> Result<Self, Failure> {
        let folder = tempfile::Builder::new().prefix("flagkit-demo-").tempdir()?;
        let [front, metrics, a, b, c, d] = free_ports()?;
        let ports = Ports { front, metrics, stable: [a, b], canary: [c, d] };
        let program = std::env::current_exe()?;
        let instances = instances(folder.path(), &program, ports)?;
        let programs = (find("haproxy"), find("prometheus"));
        let servers = match programs {
            (Some(haproxy), Some(prometheus)) if real == Real::IfInstalled => {
                let proxy = start_haproxy(&haproxy, folder.path(), ports)?;
                let monitor = start_prometheus(&prometheus, folder.path(), ports)?;
                let mut servers = [proxy, monitor];
                for (server, port) in servers.iter_mut().zip([front, metrics]) {
                    until_open(server, port, folder.path()).await?;
                }
                Some(servers)
            }
            _ => {
                let sides = [ports.stable[0], ports.canary[0]];
                let places = Places { front, sides, metrics };
                splitter::start(places, &folder.path().join(FLAGS))?;
                None
            }
        };
        let stage = Self { ports, program, instances, servers, folder };
        stage.scale("stable", "v1", 2).await?;
        Ok(stage)
    }

    /// Whether HAProxy and Prometheus play along.
    pub(super) fn is_real(&self) -> bool {
        self.servers.is_some()
    }

    /// Where customers come in.
    pub(super) fn front(&self) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], self.ports.front))
    }

    /// A folder that the demo removes.
    pub(super) fn folder(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The release file of a version.
    pub(super) fn release_file(&self, version: &str) -> String {
        let path = |name: &str| self.folder.path().join(name).display().to_string();
        let ports = |ports: [u16; 2]| format!("{}, {}", ports[0], ports[1]);
        let (metric, drivers) = match self.servers {
            Some(_) => (SCRAPED, REAL),
            None => (PUSHED, INSIDE),
        };
        RELEASE
            .replace("METRIC\n", &format!("{metric}\n"))
            .replace("DRIVERS", drivers)
            .replace("VERSION", version)
            .replace("SOCKET", &path(SOCKET))
            .replace("MAP", &path(MAP))
            .replace("FLAGS", &path(FLAGS))
            .replace("METRICS", &self.ports.metrics.to_string())
            .replace("PROGRAM", &self.program.display().to_string())
            .replace("STABLE", &ports(self.ports.stable))
            .replace("CANARY", &ports(self.ports.canary))
    }

    /// Ends every instance of the shop.
    pub(super) async fn strike(&self) -> Result<(), Failure> {
        for arm in ["stable", "canary"] {
            self.scale(arm, "", 0).await?;
        }
        Ok(())
    }

    /// Gives an arm so many instances, outside of a release.
    async fn scale(&self, arm: &str, version: &str, replicas: u32) -> Result<(), Failure> {
        let plan = Plan::of("shop", vec![Arm::of("stable", "v1"), Arm::of("canary", "")]);
        let id = OrderId { release: "demo".into(), number: 1 };
        let (arm, version) = (arm.to_owned(), version.to_owned());
        let wanted = Wanted::Scale { workload: "shop".to_owned(), arm, version, replicas };
        let order = Order { id, fence: Fence(0), wanted };
        self.instances.apply(&order, &plan).await.map_err(Failure::input)?;
        Ok(())
    }
}

/// What runs the shop before the first release and ends it after the last.
fn instances(folder: &Path, program: &Path, ports: Ports) -> Result<Processes, Failure> {
    let words =
        ["rollout", "demo-service", "--listen", "127.0.0.1:{{port}}", "--version", "{{version}}"];
    let mut command = vec![program.display().to_string()];
    command.extend(words.map(str::to_owned));
    let mut shop = Workload::new(command);
    shop.health = Some("http://127.0.0.1:{{port}}/healthz".to_owned());
    shop.ports.insert("stable".to_owned(), ports.stable.to_vec());
    shop.ports.insert("canary".to_owned(), ports.canary.to_vec());
    let workloads = BTreeMap::from([("shop".to_owned(), shop)]);
    let http = Http::new().map_err(Failure::input)?;
    // The folder in which the engine of each release looks, too.
    Ok(Processes::new(http, folder.join("engine").join("processes"), workloads))
}

/// Starts the proxy, with the lines that put customers into the buckets of a flag.
fn start_haproxy(program: &Path, folder: &Path, ports: Ports) -> Result<Guarded, Failure> {
    let map = folder.join(MAP);
    std::fs::write(&map, "shop 0:0\n")?;
    let lines = configuration(&Sticky {
        route: "shop".to_owned(),
        arms: vec!["stable".to_owned(), "canary".to_owned()],
        map: map.display().to_string(),
        user: "req.fhdr(x-user)".to_owned(),
        salt: "shop:release:variant:".to_owned(),
        buckets: 10_000,
        headers: Vec::new(),
    });
    let backend = |arm: &str, ports: [u16; 2]| {
        let servers = ports.iter().enumerate().map(|(at, port)| {
            format!("    server {arm}-{at} 127.0.0.1:{port} check inter 1s fastinter 200ms downinter 200ms fall 3 rise 1\n")
        });
        format!(
            "backend shop-{arm}\n    option httpchk GET /healthz\n    option redispatch\n    retry-on conn-failure empty-response\n{}",
            servers.collect::<String>()
        )
    };
    let text = format!(
        "global\n    maxconn 2000\n    stats socket {socket} mode 600 level admin\n\
         defaults\n    mode http\n    timeout connect 5s\n    timeout client 30s\n    timeout server 30s\n    timeout check 5s\n    retries 3\n\
         frontend shop\n    bind 127.0.0.1:{front}\n{lines}\n{stable}\n{canary}",
        socket = folder.join(SOCKET).display(),
        front = ports.front,
        stable = backend("stable", ports.stable),
        canary = backend("canary", ports.canary),
    );
    let file = folder.join("haproxy.cfg");
    std::fs::write(&file, text)?;
    let mut command = Command::new(program);
    command.arg("-db").arg("-f").arg(&file);
    Ok(Guarded::start(&mut command, &folder.join("haproxy.log"))?)
}

/// Starts the monitoring system, which reads the counters of every instance once a second.
fn start_prometheus(program: &Path, folder: &Path, ports: Ports) -> Result<Guarded, Failure> {
    let targets = ports.stable.iter().chain(&ports.canary);
    let targets: Vec<String> = targets.map(|port| format!("'127.0.0.1:{port}'")).collect();
    let text = format!(
        "global: {{ scrape_interval: 1s, scrape_timeout: 900ms }}\n\
         scrape_configs:\n  - job_name: shop\n    static_configs:\n      - targets: [{}]\n",
        targets.join(", ")
    );
    let file = folder.join("prometheus.yml");
    std::fs::write(&file, text)?;
    let mut command = Command::new(program);
    command
        .arg(format!("--config.file={}", file.display()))
        .arg(format!("--storage.tsdb.path={}", folder.join("prometheus").display()))
        .arg(format!("--web.listen-address=127.0.0.1:{}", ports.metrics))
        .arg("--log.level=warn");
    Ok(Guarded::start(&mut command, &folder.join("prometheus.log"))?)
}

/// Waits until a server takes connections.
async fn until_open(server: &mut Guarded, port: u16, folder: &Path) -> Result<(), Failure> {
    let begun = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
        if !server.runs() || begun.elapsed() > OPENS_WITHIN {
            let said = ["haproxy.log", "prometheus.log"].map(|name| folder.join(name));
            let said = said.iter().map(|file| std::fs::read_to_string(file).unwrap_or_default());
            let said: Vec<String> = said.collect();
            return Err(Failure::input(format_args!(
                "a server of the demo does not start: {}",
                said.join(" ").trim()
            )));
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}

/// The file of the releases, with names where ports and paths go.
const RELEASE: &str = include_str!("release.yaml");
const SCRAPED: &str = include_str!("release/scraped.yaml");
const PUSHED: &str = include_str!("release/pushed.yaml");
const REAL: &str = include_str!("release/real.yaml");
const INSIDE: &str = include_str!("release/inside.yaml");
const FLAGS: &str = "flags.json";
const SOCKET: &str = "haproxy.sock";
const MAP: &str = "split.map";
const OPENS_WITHIN: Duration = Duration::from_secs(20);
