//! HAProxy and Prometheus, as they are installed.

use std::fs::{self, File};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use flagkit_deploy::driver::haproxy::{Sticky, configuration};

/// A program that ends with its test.
#[derive(Debug)]
pub(crate) struct Guarded(Child);

impl Guarded {
    /// Starts a program and waits until it takes connections.
    pub(crate) fn start(command: &mut Command, (log, port): (&Path, u16)) -> Self {
        let file = File::create(log).unwrap();
        command.stdin(Stdio::null()).stdout(file.try_clone().unwrap()).stderr(file);
        let mut started = Self(command.spawn().unwrap());
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            let ended = started.0.try_wait().unwrap();
            if ended.is_some() || begun.elapsed() > Duration::from_secs(60) {
                let said = fs::read_to_string(log).unwrap_or_default();
                panic!("{command:?} does not listen ({ended:?}): {said}");
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        started
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// Where a program is: in the search path, or where systems put servers.
pub(crate) fn found(name: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    folders.push("/usr/sbin".into());
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    folders.push(root.join("target/tools").join(name).join("venv/bin"));
    let found = folders.iter().map(|folder| folder.join(name)).find(|path| path.is_file());
    found.unwrap_or_else(|| panic!("`{name}` is missing: run `cargo xtask setup`"))
}

/// Ports that nobody uses now; all are held until the last one is known.
pub(crate) fn free_ports<const N: usize>() -> [u16; N] {
    let held = [(); N].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    held.each_ref().map(|listener| listener.local_addr().unwrap().port())
}

/// HAProxy that puts users on the sides by a map, `split.map` in the folder; its socket is
/// `haproxy.sock`, and its own port has the counters of both sides.
pub(crate) fn haproxy(
    folder: &Path,
    (front, own): (u16, u16),
    sides: &[(&str, Vec<u16>)],
) -> Guarded {
    let map = folder.join("split.map");
    fs::write(&map, "shop 0:0\n").unwrap();
    let lines = configuration(&Sticky {
        route: "shop".to_owned(),
        arms: sides.iter().map(|(arm, _)| (*arm).to_owned()).collect(),
        map: map.display().to_string(),
        user: "req.fhdr(x-user)".to_owned(),
        salt: "shop:release:variant:".to_owned(),
        buckets: 10_000,
        headers: vec!["x-canary".to_owned()],
    });
    let backends = sides.iter().map(|(arm, ports)| {
        let servers = ports.iter().map(|port| {
            format!("    server {arm}-{port} 127.0.0.1:{port} check inter 1s fastinter 200ms downinter 200ms fall 3 rise 1\n")
        });
        format!(
            "backend shop-{arm}\n    option httpchk GET /healthz\n    option redispatch\n    \
             retry-on conn-failure empty-response\n{}",
            servers.collect::<String>()
        )
    });
    let text = format!(
        "global\n    log stdout format timed local0\n    maxconn 2000\n    nbthread 1\n    stats socket {socket} mode 600 level admin\n\
         defaults\n    log global\n    mode http\n    option httplog\n    option dontlog-normal\n    timeout connect 5s\n    timeout client 30s\n    timeout server 30s\n    timeout check 5s\n    retries 3\n\
         frontend metrics\n    bind 127.0.0.1:{own}\n    http-request use-service prometheus-exporter if {{ path /metrics }}\n\
         frontend shop\n    bind 127.0.0.1:{front}\n{lines}{}",
        backends.collect::<String>(),
        socket = folder.join("haproxy.sock").display(),
    );
    let file = folder.join("haproxy.cfg");
    fs::write(&file, text).unwrap();
    let mut command = Command::new(found("haproxy"));
    command.arg("-db").arg("-f").arg(file);
    Guarded::start(&mut command, (&folder.join("haproxy.log"), front))
}

/// Prometheus that scrapes these ports of this machine.
pub(crate) fn prometheus(folder: &Path, (port, every_ms): (u16, u32), scraped: &[u16]) -> Guarded {
    let targets: Vec<String> = scraped.iter().map(|port| format!("127.0.0.1:{port}")).collect();
    let text = serde_json::json!({
        "global": { "scrape_interval": format!("{every_ms}ms"), "scrape_timeout": format!("{every_ms}ms") },
        "scrape_configs": [{ "job_name": "shop", "static_configs": [{ "targets": targets }] }],
    });
    let file = folder.join("prometheus.yml");
    fs::write(&file, text.to_string()).unwrap();
    let mut command = Command::new(found("prometheus"));
    command
        .arg(format!("--config.file={}", file.display()))
        .arg(format!("--storage.tsdb.path={}", folder.join("prometheus").display()))
        .arg(format!("--web.listen-address=127.0.0.1:{port}"))
        .arg("--log.level=warn");
    Guarded::start(&mut command, (&folder.join("prometheus.log"), port))
}

/// What HAProxy's map says about the route now: `0:1000`.
#[cfg(unix)]
pub(crate) fn split(folder: &Path) -> String {
    use std::io::{Read, Write};
    let mut socket = std::os::unix::net::UnixStream::connect(folder.join("haproxy.sock")).unwrap();
    let map = folder.join("split.map");
    socket.write_all(format!("show map {}\n", map.display()).as_bytes()).unwrap();
    let mut text = String::new();
    socket.read_to_string(&mut text).unwrap();
    text.split_whitespace().nth(2).unwrap_or_default().to_owned()
}
