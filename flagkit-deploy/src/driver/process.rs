//! Local processes as instances: started, asked whether they are healthy, drained and stopped.
//!
//! Each arm of a workload has ports of its own, and an instance has one of them. What runs is
//! written down in a folder, a file for each port, before and after it is started. A new engine reads the
//! folder and takes over what still runs: a process is the one that was written down if it began in
//! the same clock tick of the same boot, so a number that the system gave to another process
//! is never taken for it. If the engine died between starting and writing, the process is found by a
//! variable in its environment. So nothing is started twice.
//!
//! An order is done once exactly so many healthy instances of the version run, and no others. New ones
//! are started first where the arm has free ports, otherwise an old one makes room. To end an instance,
//! its drain is called, then it gets SIGTERM, and SIGKILL if it does not end in time; each instance
//! leads a process group, and the whole group gets both. Two orders for one workload are not
//! carried out at the same time.
//!
//! It knows processes by `/proc`, so it works on Linux. What instances say goes to a file beside
//! their record, which begins anew with each start and is not limited in size.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::driver::http::{Call, Http};
use crate::driver::template::{Names, with_environment};
use crate::driver::{Driver, Seen, Work};
use crate::order::{Failure, Order, Outcome, Wanted};
use crate::plan::Plan;

mod instance;
mod running;

use instance::Instance;

/// A program and how its instances are run.
#[derive(Clone, Debug)]
pub struct Workload {
    /// The program and its arguments. `{{port}}`, `{{version}}`, `{{arm}}` and `{{target}}` are replaced.
    pub command: Vec<String>,
    /// Further variables of its environment; the same names are replaced, and `${NAME}`.
    pub environment: BTreeMap<String, String>,
    /// The ports of each arm: the most instances that it can have. With one more than its instances, a
    /// new version starts before the old one ends.
    pub ports: BTreeMap<String, Vec<u16>>,
    /// What answers with a status below 400 once an instance is healthy:
    /// `http://127.0.0.1:{{port}}/health`. Without it, one that runs is.
    pub health: Option<String>,
    /// How long an instance may take to become healthy.
    pub ready_within: Duration,
    /// What is called (POST) before an instance is ended, so that it takes no new work.
    pub drain: Option<String>,
    /// How long it goes on after that.
    pub drain_for: Duration,
    /// How long it may take to end before it is killed.
    pub stop_within: Duration,
}

impl Workload {
    /// This program, with ten seconds to become healthy and to end, and nothing to drain.
    pub fn new(command: Vec<String>) -> Self {
        Self {
            command,
            environment: BTreeMap::new(),
            ports: BTreeMap::new(),
            health: None,
            ready_within: Duration::from_secs(10),
            drain: None,
            drain_for: Duration::ZERO,
            stop_within: Duration::from_secs(10),
        }
    }
}

/// Runs workloads as processes of this host.
#[derive(Clone, Debug)]
pub struct Processes {
    http: Http,
    folder: PathBuf,
    workloads: Arc<BTreeMap<String, (Workload, Mutex<()>)>>,
}

/// What is wanted of one arm.
#[derive(Clone, Copy)]
struct Scale<'a> {
    workload: &'a Workload,
    name: &'a str,
    arm: &'a str,
    version: &'a str,
    replicas: usize,
    target: &'a str,
}

impl Processes {
    /// These workloads, by their names, with what runs written down in this folder. One folder belongs
    /// to one engine at a time, and to the engines that come after it.
    pub fn new(http: Http, folder: PathBuf, workloads: BTreeMap<String, Workload>) -> Self {
        let workloads =
            workloads.into_iter().map(|(name, workload)| (name, (workload, Mutex::new(()))));
        Self { http, folder, workloads: Arc::new(workloads.collect()) }
    }

    fn scale<'a>(
        &'a self,
        order: &'a Order,
        plan: &'a Plan,
    ) -> Result<(Scale<'a>, &'a Mutex<()>), Failure> {
        let Wanted::Scale { workload: name, arm, version, replicas } = &order.wanted else {
            return Err(Failure::permanent("processes are started and ended, and nothing else"));
        };
        let Some((workload, lock)) = self.workloads.get(name) else {
            return Err(Failure::permanent(format!("no workload `{name}` is configured")));
        };
        let replicas = usize::try_from(*replicas).unwrap_or(usize::MAX);
        let ports = workload.ports.get(arm).map_or(0, Vec::len);
        if replicas > ports {
            return Err(Failure::permanent(format!(
                "{replicas} instances of `{name}` for `{arm}` need as many ports; {ports} are configured"
            )));
        }
        let target = plan.target.as_str();
        Ok((Scale { workload, name, arm, version, replicas, target }, lock))
    }

    /// The instances of an arm that run.
    async fn instances(&self, scale: Scale<'_>) -> Result<Vec<Instance>, Failure> {
        let ports = scale.workload.ports.get(scale.arm).map_or(&[][..], Vec::as_slice);
        let mut instances = Vec::new();
        for &port in ports {
            instances.extend(Instance::find(&self.place(scale, port)).await?);
        }
        Ok(instances)
    }

    async fn is_so(&self, scale: Scale<'_>) -> Result<bool, Failure> {
        let instances = self.instances(scale).await?;
        if instances.len() != scale.replicas {
            return Ok(false);
        }
        for instance in &instances {
            if instance.version != scale.version || !self.is_healthy(scale, instance.port).await? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    async fn make_so(&self, scale: Scale<'_>) -> Result<(), Failure> {
        let instances = self.instances(scale).await?;
        let (mut right, mut wrong): (Vec<Instance>, Vec<Instance>) =
            instances.into_iter().partition(|instance| instance.version == scale.version);
        while right.len() > scale.replicas {
            let Some(surplus) = right.pop() else { break };
            self.end(scale, surplus).await?;
        }
        for instance in &right {
            self.wait_until_healthy(scale, instance).await?;
        }
        while right.len() < scale.replicas {
            let taken: Vec<u16> =
                right.iter().chain(&wrong).map(|instance| instance.port).collect();
            let ports = scale.workload.ports.get(scale.arm).into_iter().flatten();
            let free = ports.copied().find(|port| !taken.contains(port));
            let port = if let Some(port) = free {
                port
            } else {
                let Some(old) = wrong.pop() else { return Err(no_port(scale)) };
                let port = old.port;
                self.end(scale, old).await?;
                port
            };
            right.push(self.start(scale, port).await?);
        }
        for old in wrong {
            self.end(scale, old).await?;
        }
        Ok(())
    }

    async fn start(&self, scale: Scale<'_>, port: u16) -> Result<Instance, Failure> {
        let names = names(scale, port);
        let command: Result<Vec<String>, Failure> =
            scale.workload.command.iter().map(|word| names.fill(word)).collect();
        let mut environment = Vec::new();
        for (name, value) in &scale.workload.environment {
            environment.push((name.clone(), with_environment(&names.fill(value)?)?));
        }
        let place = self.place(scale, port);
        let instance = Instance::start(&place, scale.version, (&command?, &environment)).await?;
        if let Err(failure) = self.wait_until_healthy(scale, &instance).await {
            // What never became healthy is not to be in the way of the next try.
            instance.stop(Duration::ZERO).await?;
            return Err(failure);
        }
        Ok(instance)
    }

    async fn end(&self, scale: Scale<'_>, instance: Instance) -> Result<(), Failure> {
        if let Some(drain) = &scale.workload.drain {
            let url = names(scale, instance.port).fill(drain)?;
            let call = Call { method: "POST", ..Call::get(url, ASK) };
            // One that cannot be drained is ended all the same.
            let _ = self.http.ask(call).await;
        }
        tokio::time::sleep(scale.workload.drain_for).await;
        instance.stop(scale.workload.stop_within).await
    }

    async fn wait_until_healthy(
        &self,
        scale: Scale<'_>,
        instance: &Instance,
    ) -> Result<(), Failure> {
        let until = Instant::now() + scale.workload.ready_within;
        loop {
            if !instance.is_running() {
                let said = instance.last_words().await;
                return Err(Failure::transient(format!(
                    "{instance} ended before it was healthy; {said}"
                )));
            }
            if self.is_healthy(scale, instance.port).await? {
                return Ok(());
            }
            if Instant::now() >= until {
                let within = scale.workload.ready_within;
                return Err(Failure::transient(format!(
                    "{instance} was not healthy within {within:?}"
                )));
            }
            tokio::time::sleep(POLL).await;
        }
    }

    async fn is_healthy(&self, scale: Scale<'_>, port: u16) -> Result<bool, Failure> {
        let Some(health) = &scale.workload.health else { return Ok(true) };
        let url = names(scale, port).fill(health)?;
        Ok(self.http.ask(Call::get(url, ASK)).await.is_ok_and(|answer| answer.status < 400))
    }

    fn place(&self, scale: Scale<'_>, port: u16) -> instance::Place {
        instance::Place::new(&self.folder, (scale.name, scale.arm), port)
    }
}

impl Driver for Processes {
    fn takes(&self, order: &Order, _plan: &Plan) -> bool {
        matches!(&order.wanted, Wanted::Scale { workload, .. } if self.workloads.contains_key(workload))
    }

    fn observe<'a>(&'a self, order: &'a Order, plan: &'a Plan) -> Work<'a, Seen> {
        Box::pin(async move {
            let (scale, _) = self.scale(order, plan)?;
            Ok(if self.is_so(scale).await? { Seen::InPlace } else { Seen::NotInPlace })
        })
    }

    fn apply<'a>(&'a self, order: &'a Order, plan: &'a Plan) -> Work<'a, Outcome> {
        Box::pin(async move {
            let (scale, lock) = self.scale(order, plan)?;
            let _alone = lock.lock().await;
            if self.is_so(scale).await? {
                return Ok(Outcome::Done { already: true });
            }
            self.make_so(scale).await?;
            Ok(Outcome::Done { already: false })
        })
    }
}

fn names(scale: Scale<'_>, port: u16) -> Names {
    Names::default()
        .with("port", &port.to_string())
        .with("version", scale.version)
        .with("arm", scale.arm)
        .with("target", scale.target)
}

#[cold]
fn no_port(scale: Scale<'_>) -> Failure {
    Failure::permanent(format!("no port is left for `{}` of `{}`", scale.arm, scale.name))
}

/// How long one question about health may take.
const ASK: Duration = Duration::from_secs(2);

/// Between two questions about health.
const POLL: Duration = Duration::from_millis(20);
