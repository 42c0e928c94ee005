//! From the section `drivers` of a release file to drivers.

use std::path::Path;
use std::sync::Arc;

use flagkit_deploy::config::{self, Drivers};
use flagkit_deploy::driver::Driver;
use flagkit_deploy::driver::envoy::Envoy;
use flagkit_deploy::driver::flags::{Flags, Place, Server};
use flagkit_deploy::driver::haproxy::{By, Haproxy, Socket};
use flagkit_deploy::driver::http::Http;
use flagkit_deploy::driver::measure::Metrics;
use flagkit_deploy::driver::notify::Notifier;
use flagkit_deploy::driver::probe::Probes;
use flagkit_deploy::driver::process::{Processes, Workload};
use flagkit_deploy::driver::prometheus::Prometheus;
use flagkit_deploy::driver::push::Collector;

use crate::failure::Failure;

/// All drivers, those of the file and those that every engine has.
pub(super) fn of(
    drivers: &Drivers,
    (folder, environment): (&Path, &str),
    collector: &Collector,
) -> Result<Vec<Arc<dyn Driver>>, Failure> {
    let http = Http::new().map_err(Failure::input)?;
    let mut all: Vec<Arc<dyn Driver>> = Vec::new();
    if let Some(haproxy) = &drivers.haproxy {
        all.push(Arc::new(haproxy_of(haproxy)));
    }
    if let Some(envoy) = &drivers.envoy {
        all.push(Arc::new(Envoy {
            http: http.clone(),
            admins: envoy.admins.clone(),
            file: envoy.file.as_ref().map(Into::into),
            routes: envoy.routes.clone(),
            timeout: envoy.timeout.into(),
        }));
    }
    if let Some(flags) = &drivers.flags {
        all.push(Arc::new(flags_of(flags, &http, environment)?));
    }
    if !drivers.processes.is_empty() {
        let workloads = drivers.processes.iter();
        let workloads = workloads.map(|(name, process)| (name.clone(), workload(process)));
        let folder = folder.join("processes");
        all.push(Arc::new(Processes::new(http.clone(), folder, workloads.collect())));
    }
    all.push(Arc::new(Metrics {
        prometheus: Some(prometheus(&http, drivers.prometheus.as_ref())),
        pushed: Some(collector.clone()),
    }));
    all.push(Arc::new(Probes { http: http.clone() }));
    all.push(Arc::new(Notifier::new(http)));
    Ok(all)
}

fn haproxy_of(section: &config::Haproxy) -> Haproxy {
    let by = match (section.by, &section.map) {
        (config::By::Map, Some(map)) => By::Map {
            map: map.clone(),
            file: section.file.as_ref().map(Into::into),
            buckets: section.buckets,
            headers: section.headers.clone(),
        },
        _ => By::Weights,
    };
    Haproxy {
        sockets: section.sockets.iter().map(|socket| Socket::parse(socket)).collect(),
        by,
        routes: section.routes.clone(),
        timeout: section.timeout.into(),
    }
}

/// Flags; the environment of the release unless the file names one.
fn flags_of(section: &config::Flags, http: &Http, environment: &str) -> Result<Flags, Failure> {
    let place = match (&section.file, &section.server) {
        (Some(file), _) => Place::File(file.into()),
        (None, server) => Place::Server(Server {
            http: http.clone(),
            url: server.clone().unwrap_or_default(),
            key: section.key.clone().ok_or_else(|| {
                Failure::input("drivers.flags: a server wants a key; write `key: ${NAME}`")
            })?,
            project: section.project.clone(),
            environment: section.environment.clone().unwrap_or_else(|| environment.to_owned()),
            timeout: FLAGS_WITHIN,
        }),
    };
    let mut flags = Flags::new(place);
    flags.routes.clone_from(&section.routes);
    if let Some(rule) = &section.rule {
        flags.rule.clone_from(rule);
    }
    Ok(flags)
}

fn workload(section: &config::Process) -> Workload {
    Workload {
        environment: section.environment.clone(),
        ports: section.ports.clone(),
        health: section.health.clone(),
        ready_within: section.ready_within.into(),
        drain: section.drain.clone(),
        drain_for: section.drain_for.into(),
        stop_within: section.stop_within.into(),
        ..Workload::new(section.command.clone())
    }
}

/// The Prometheus of the file. Metrics may name one of their own, so there is always one to ask.
fn prometheus(http: &Http, section: Option<&config::Prometheus>) -> Prometheus {
    let Some(section) = section else { return Prometheus::new(http.clone(), "") };
    let headers = section.headers.iter();
    Prometheus {
        http: http.clone(),
        url: section.url.clone(),
        headers: headers.map(|(name, value)| (name.clone(), value.clone())).collect(),
        timeout: section.timeout.into(),
    }
}

/// What stands in the variable of a text like `${NAME}`.
pub(super) fn secret(text: &str) -> Result<String, Failure> {
    let name = text.strip_prefix("${").and_then(|text| text.strip_suffix('}'));
    let Some(name) = name else {
        return Err(Failure::input("a key is written as `${NAME}`, never as itself"));
    };
    std::env::var(name).map_err(|_| {
        Failure::input(format_args!("the variable `{name}` is not set; it should hold a key"))
    })
}

/// How long a flag server may take to answer.
const FLAGS_WITHIN: std::time::Duration = std::time::Duration::from_secs(10);
