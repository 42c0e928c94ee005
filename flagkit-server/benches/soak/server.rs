//! A server in a process of its own, and an environment in it.

use std::io::{BufRead, BufReader, Read};
use std::net::{SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};

use flagkit_server::config::Config;
use serde_json::json;

use crate::http::Connection;

/// What a process does that [`Server::start`] started: serve until nobody is left who wants it.
pub(crate) fn serve() {
    let config = Config::read([], std::env::vars()).unwrap();
    let server = flagkit_server::Server::start(config).unwrap();
    let key = server.first_key().map(|key| key.reveal().to_owned());
    println!("ready {}", key.unwrap_or_default());
    std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
}

/// A server, killed when this is dropped.
pub(crate) struct Server {
    process: Child,
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// A key that may do everything.
    pub(crate) key: String,
}

impl Server {
    /// Starts one over a database: a path or a URL.
    pub(crate) fn start(database: &str) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        let (process, key) = start(database, address);
        Self { process, address, key }
    }

    /// Kills it, as `kill -9` does, and starts another one in its place.
    pub(crate) fn kill_and_start(&mut self, database: &str) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
        (self.process, _) = start(database, self.address);
    }

    /// Memory that it uses now, in KiB.
    pub(crate) fn memory_kib(&self) -> f64 {
        let status =
            std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }

    /// A connection with the key that may do everything.
    pub(crate) fn admin(&self) -> Connection {
        Connection::new(self.address, &self.key)
    }

    /// Makes an environment with flags and gives a key for backends.
    pub(crate) fn environment(&self, flags: usize) -> String {
        let mut admin = self.admin();
        let mut post = |path: &str, body: serde_json::Value| {
            admin.ask("POST", path, &body.to_string()).unwrap().json()
        };
        post("/api/v1/projects", json!({ "key": "shop", "name": "Shop" }));
        let environment = json!({ "key": "live", "name": "Live" });
        post("/api/v1/projects/shop/environments", environment);
        let scope = json!({
            "scope": "server", "name": "soak", "project": "shop", "environment": "live",
        });
        let key = post("/api/v1/keys", scope)["secret"].as_str().unwrap().to_owned();
        for number in 0..flags {
            admin.ask("PUT", &flag_path(&format!("flag-{number}")), FLAG).unwrap().json();
        }
        key
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

fn start(database: &str, address: SocketAddr) -> (Child, String) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.arg("serve").env("FLAGKIT_SERVER_LISTEN", address.to_string());
    command.env("FLAGKIT_SERVER_DATABASE", database);
    command.env("FLAGKIT_SERVER_CHANGES_PER_MINUTE_MAX", "0");
    let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut said = String::new();
    BufReader::new(process.stdout.as_mut().unwrap()).read_line(&mut said).unwrap();
    let key = said.strip_prefix("ready ").expect("the server does not start").trim_end();
    (process, key.to_owned())
}

/// Where a flag of the environment is.
pub(crate) fn flag_path(flag: &str) -> String {
    format!("/api/v1/projects/shop/environments/live/flags/{flag}")
}

/// A flag as they are: a rule, a percentage, two variants.
pub(crate) const FLAG: &str = r#"{
    "enabled": true,
    "rollout_percentage": 50,
    "targeting_rules": [{"id": "pro", "when": "plan == \"pro\" and country in [\"DE\", \"FR\"]"}],
    "variants": {"a": {"value": "red", "weight": 1}, "b": {"value": "blue", "weight": 1}},
    "default": "green"
}"#;
