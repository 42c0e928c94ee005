//! The section `drivers`: what the engine works with. Data, which a host makes drivers of.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::finding::Findings;
use crate::time::Span;

/// The drivers of an engine; those that are not named are not there.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(default)]
pub struct Drivers {
    /// Divides the traffic of HAProxy.
    pub haproxy: Option<Haproxy>,
    /// Divides the traffic of Envoy.
    pub envoy: Option<Envoy>,
    /// Divides users by a flag.
    pub flags: Option<Flags>,
    /// Programs of this machine, by the names of their workloads.
    pub processes: BTreeMap<String, Process>,
    /// Answers the queries of metrics.
    pub prometheus: Option<Prometheus>,
    /// Receives metrics and alerts.
    pub push: Option<Push>,
}

/// One HAProxy, or several that shall be alike.
#[derive(Clone, Debug, Deserialize, PartialEq)]
pub struct Haproxy {
    /// Paths of runtime sockets, or `host:port`; at least one.
    #[serde(rename = "socket")]
    pub sockets: Vec<String>,
    /// How traffic is divided.
    pub by: By,
    /// The map, as HAProxy's configuration names it.
    pub map: Option<String>,
    /// The file of the map.
    pub file: Option<String>,
    /// Into how many buckets a map divides users: 100 to 1,000,000.
    pub buckets: u32,
    /// The headers by which requests may be sent to an arm.
    pub headers: Vec<String>,
    /// The routes that it takes; all of them if empty.
    pub routes: Vec<String>,
    /// How long a socket may take to answer.
    pub timeout: Span,
}

/// How HAProxy divides traffic.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum By {
    /// By the weights of servers.
    Weights,
    /// By an entry of a map, so that users stay where they are.
    Map,
}

/// One Envoy, or several that shall be alike.
#[derive(Clone, Debug, Deserialize, PartialEq)]
pub struct Envoy {
    /// Administration interfaces, at least one.
    #[serde(rename = "admin")]
    pub admins: Vec<String>,
    /// A file of RTDS that all of them watch.
    pub file: Option<String>,
    /// The routes that it takes; all of them if empty.
    pub routes: Vec<String>,
    /// How long an Envoy may take.
    pub timeout: Span,
}

/// Where flags are: in a file, or on a server.
#[derive(Clone, Debug, Deserialize, PartialEq)]
pub struct Flags {
    /// A flag file.
    pub file: Option<String>,
    /// A flag server.
    pub server: Option<String>,
    /// The server's project.
    pub project: String,
    /// The server's environment.
    pub environment: Option<String>,
    /// The server's key, as `${NAME}`.
    pub key: Option<String>,
    /// The rule of the flag that serves the split.
    pub rule: Option<String>,
    /// The routes, which are keys of flags, that it takes; all of them if empty.
    pub routes: Vec<String>,
}

/// A program and how its instances are run.
#[derive(Clone, Debug, Deserialize, PartialEq)]
pub struct Process {
    /// The program and its arguments.
    pub command: Vec<String>,
    /// Further variables of its environment.
    pub environment: BTreeMap<String, String>,
    /// The ports of each arm, each for one instance.
    pub ports: BTreeMap<String, Vec<u16>>,
    /// What answers once an instance is healthy.
    pub health: Option<String>,
    /// How long that may take.
    pub ready_within: Span,
    /// What is called before an instance is ended.
    pub drain: Option<String>,
    /// How long it goes on after that.
    pub drain_for: Span,
    /// How long it may take to end before it is killed.
    pub stop_within: Span,
}

/// A Prometheus.
#[derive(Clone, Debug, Deserialize, PartialEq)]
pub struct Prometheus {
    /// Where it is.
    pub url: String,
    /// Headers of every query.
    pub headers: BTreeMap<String, String>,
    /// How long a query may take.
    pub timeout: Span,
}

/// Where metrics and alerts are received.
#[derive(Clone, Debug, Deserialize, PartialEq)]
pub struct Push {
    /// Address and port: `127.0.0.1:9099`.
    pub listen: String,
    /// What senders must know, as `${NAME}`.
    pub key: Option<String>,
}

impl Drivers {
    /// What no single value shows.
    pub(super) fn check(&self, findings: &mut Findings) {
        if let Some(haproxy) = &self.haproxy {
            haproxy.check(findings);
        }
        if let Some(envoy) = &self.envoy
            && envoy.admins.is_empty()
        {
            findings.add("drivers.envoy.admin", "the list is empty", "name at least one Envoy");
        }
        if let Some(flags) = &self.flags {
            flags.check(findings);
        }
        for (name, process) in &self.processes {
            let path = format!("drivers.processes.{name}");
            if process.command.is_empty() {
                findings.add(&format!("{path}.command"), "the command is empty", "name a program");
            }
            process.check_ports(&path, findings);
        }
        let listen = self.push.as_ref().map(|push| push.listen.as_str());
        if listen.is_some_and(|listen| listen.parse::<std::net::SocketAddr>().is_err()) {
            let mend = "write it like `127.0.0.1:9099`";
            findings.add("drivers.push.listen", "this is no address with a port", mend);
        }
        let keys = [
            ("drivers.push.key", self.push.as_ref().and_then(|push| push.key.as_ref())),
            ("drivers.flags.key", self.flags.as_ref().and_then(|flags| flags.key.as_ref())),
        ];
        for (path, key) in keys {
            if key.is_some_and(|key| !(key.starts_with("${") && key.ends_with('}'))) {
                let mend = "write `${NAME}`, and put the key into that variable";
                findings.add(path, "a key is no text for a file", mend);
            }
        }
    }
}

impl Haproxy {
    fn check(&self, findings: &mut Findings) {
        if self.sockets.is_empty() {
            findings.add("drivers.haproxy.socket", "the list is empty", "name at least one socket");
        }
        match (self.by, &self.map) {
            (By::Map, None) => {
                let mend = "write `map:` with its path, as HAProxy's configuration has it";
                findings.add("drivers.haproxy", "it divides by a map, and no map is named", mend);
            }
            (By::Weights, None) if !self.headers.is_empty() => {
                let problem = "it divides by weights, and looks at no headers";
                findings.add("drivers.haproxy.headers", problem, "write `by: map`, or remove it");
            }
            (By::Weights, Some(_)) => {
                let mend = "write `by: map`, or remove it";
                findings.add("drivers.haproxy.map", "it divides by weights, not by a map", mend);
            }
            _ => {}
        }
    }
}

impl Flags {
    fn check(&self, findings: &mut Findings) {
        let count = usize::from(self.file.is_some()) + usize::from(self.server.is_some());
        if count != 1 {
            let problem = format!("{count} of `file` and `server` are there");
            findings.add("drivers.flags", problem, "write exactly one of them");
        }
    }
}

impl Process {
    /// A port is one instance's.
    fn check_ports(&self, path: &str, findings: &mut Findings) {
        let mut seen = std::collections::BTreeSet::new();
        for (arm, ports) in &self.ports {
            let twice = ports.iter().find(|port| !seen.insert(**port));
            if let Some(port) = twice {
                let problem = format!("port {port} is there twice");
                findings.add(&format!("{path}.ports.{arm}"), problem, "give each instance its own");
            }
        }
    }
}
