//! An engine put together: a journal, drivers, a receiver of metrics, and the host that runs them.
//!
//! Whoever runs releases uses this: `run`, and the demo. The engine lives on the runtime of its
//! caller and ends with it.

use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use flagkit_deploy::calendar::Calendars;
use flagkit_deploy::config::Drivers;
use flagkit_deploy::driver::push::{Alarm, Collector, Limits, Page, Receiver};
use flagkit_deploy::driver::{self, Driver};
use flagkit_deploy::event::{Actor, Command};
use flagkit_deploy::host::{Almanac, Host, Leadership, Metrics, Options};
use flagkit_deploy::journal::Journal;
use flagkit_deploy::plan::Plan;
use flagkit_deploy::{Refusal, Status, Time};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::AbortHandle;

use crate::failure::Failure;

mod drivers;
pub(crate) mod folder;
pub(crate) mod place;

/// What an engine is made of.
pub(crate) struct Setup {
    /// Where releases are written down.
    pub(crate) journal: Box<dyn Journal>,
    /// Whether other engines have the same journal.
    pub(crate) is_shared: bool,
    /// The folder of the engine: processes are written down there.
    pub(crate) folder: PathBuf,
    /// What it works with, as the release file says.
    pub(crate) drivers: Drivers,
    /// The environment of the releases, for flags.
    pub(crate) environment: String,
    /// Where metrics are received, whatever the file says.
    pub(crate) listen: Option<SocketAddr>,
    /// Drivers that are asked before all others.
    pub(crate) own: Vec<Arc<dyn Driver>>,
}

/// What of a plan is beyond an engine with these drivers. They are made and asked; nothing is connected,
/// and nothing outside changes.
pub(crate) fn refusals(plan: &Plan, drivers: &Drivers) -> Result<Vec<Refusal>, Failure> {
    let collector = Collector::new(Limits::default());
    // No refusal depends on the folder.
    let place = (Path::new(""), plan.environment.as_str());
    let all = drivers::of(drivers, place, &collector)?;
    Ok(driver::refusals(plan, &all))
}

/// A running engine.
pub(crate) struct Engine {
    host: Host,
    drivers: Vec<Arc<dyn Driver>>,
    is_shared: bool,
    listening: Option<SocketAddr>,
    tasks: Vec<AbortHandle>,
}

impl Engine {
    /// Puts it together and starts it. It acts as soon as it leads.
    pub(crate) async fn start(setup: Setup) -> Result<Self, Failure> {
        let collector = Collector::new(Limits::default());
        let mut all = setup.own;
        let place = (setup.folder.as_path(), setup.environment.as_str());
        all.extend(drivers::of(&setup.drivers, place, &collector)?);
        let mut options = Options::default();
        options.almanac = Some(almanac());
        let drivers = all.clone();
        let host = Host::start(setup.journal, all, options)
            .map_err(|error| Failure::input(format_args!("the engine cannot run here: {error}")))?;
        let is_shared = setup.is_shared;
        let mut engine = Self { host, drivers, is_shared, listening: None, tasks: Vec::new() };
        let push = setup.drivers.push.as_ref();
        // What cannot be parsed has been refused with the file.
        let written = push.and_then(|push| push.listen.parse().ok());
        if let Some(address) = setup.listen.or(written) {
            let key = push.and_then(|push| push.key.as_deref()).map(drivers::secret).transpose()?;
            engine.listen(address, collector, key).await?;
        }
        Ok(engine)
    }

    /// The host: releases are planned, told and watched there.
    pub(crate) fn host(&self) -> &Host {
        &self.host
    }

    /// Where metrics are received, if anywhere; with the port that was really taken.
    pub(crate) fn listening(&self) -> Option<SocketAddr> {
        self.listening
    }

    /// Waits until this engine leads. Says once if it has to wait, and what keeps it from leading.
    pub(crate) async fn until_leading(&self, mut say: impl FnMut(&str)) -> Result<(), Failure> {
        let mut leadership = self.host.leadership();
        let mut notices = self.host.notices();
        let late = tokio::time::sleep(WAITS_AFTER);
        tokio::pin!(late);
        let mut told = false;
        loop {
            match &*leadership.borrow_and_update() {
                Leadership::Leading(_) => return Ok(()),
                Leadership::Stopped(why) => {
                    return Err(Failure::input(format_args!("the engine has stopped: {why}")));
                }
                _ => {}
            }
            tokio::select! {
                changed = leadership.changed() => if changed.is_err() {
                    return Err(Failure::input("the engine has ended"));
                },
                Ok(notice) = notices.recv() => {
                    // A folder that cannot be opened is not mended by waiting; a database is back
                    // some time, and a standby is there then.
                    if !self.is_shared {
                        return Err(Failure::input(notice));
                    }
                    say(&notice);
                }
                () = &mut late, if !told => {
                    told = true;
                    say(if self.is_shared { STANDS_BY } else { WAITS });
                }
            }
        }
    }

    /// What the drivers find unwise in a plan. Whatever does not answer at once is not waited for.
    pub(crate) async fn warnings(&self, plan: &Plan) -> Vec<String> {
        let asked = async {
            let mut warnings = Vec::new();
            for driver in &self.drivers {
                warnings.extend(driver.warnings(plan).await.unwrap_or_default());
            }
            warnings
        };
        tokio::time::timeout(LOOKS_WITHIN, asked).await.unwrap_or_default()
    }

    /// What stands in the way of a plan, as things outside are. Whatever does not answer at once is not
    /// waited for: the release does that.
    pub(crate) async fn obstacles(&self, plan: &Plan) -> Vec<Refusal> {
        let looked = driver::obstacles(plan, &self.drivers);
        tokio::time::timeout(LOOKS_WITHIN, looked).await.unwrap_or_default()
    }

    /// Plans a release and starts it.
    pub(crate) async fn release(&self, id: &str, plan: Plan, by: Actor) -> Result<(), Failure> {
        self.host.plan(id, plan, by.clone()).await.map_err(Failure::input)?;
        self.host.command(id, by, Command::Start).await.map_err(Failure::input)?;
        Ok(())
    }

    /// Goes on with a release that an engine before this one has planned. If that one died before it said so, the
    /// release is started now.
    pub(crate) async fn go_on(&self, id: &str, by: Actor) -> Result<(), Failure> {
        let standing = self.host.status(id).await.map_err(Failure::input)?;
        if standing.state.status() == Status::Planned {
            self.host.command(id, by, Command::Start).await.map_err(Failure::input)?;
        }
        Ok(())
    }

    /// Stops acting. Releases stay where they are, and the next engine goes on with them.
    pub(crate) async fn stop(&self) {
        self.host.stop().await;
    }

    /// Receives metrics and alerts, and says what the engine has done.
    async fn listen(
        &mut self,
        address: SocketAddr,
        collector: Collector,
        key: Option<String>,
    ) -> Result<(), Failure> {
        let cannot = |error: std::io::Error| {
            Failure::input(format_args!("cannot listen at {address}: {error}"))
        };
        let listener = TcpListener::bind(address).await.map_err(cannot)?;
        self.listening = Some(listener.local_addr().map_err(cannot)?);
        let (alerts, alarms) = mpsc::channel(ALARMS_MAX);
        let metrics = Metrics::new(self.host.clone());
        let page: Page = Arc::new(move || {
            let metrics = metrics.clone();
            Box::pin(async move { metrics.to_text().await })
        });
        let receiver = Receiver { collector, alerts: Some(alerts), page: Some(page), key };
        let serving = tokio::spawn(async move { receiver.serve(listener).await.unwrap_or(()) });
        let telling = tokio::spawn(tell_alarms(self.host.clone(), alarms));
        self.tasks.extend([serving.abort_handle(), telling.abort_handle()]);
        Ok(())
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Engine").field("host", &self.host).finish_non_exhaustive()
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.tasks.iter().for_each(AbortHandle::abort);
    }
}

/// Says alerts to the releases that they are about.
async fn tell_alarms(host: Host, mut alarms: mpsc::Receiver<Alarm>) {
    while let Some(alarm) = alarms.recv().await {
        let Ok(releases) = host.releases().await else { continue };
        for (id, status) in releases {
            let Ok(view) = host.status(&id).await else { continue };
            if view.plan.target == alarm.target && !status.is_final() {
                let by = Actor { name: "alertmanager".to_owned(), roles: Vec::new() };
                // A release that has ended meanwhile needs no alert.
                drop(host.command(&id, by, alarm.command.clone()).await);
            }
        }
    }
}

/// What calendars say. Those that cannot be read were refused with their plan.
fn almanac() -> Arc<Almanac> {
    Arc::new(|plan, now| match Calendars::new(&plan.calendars) {
        Ok(calendars) => (calendars.facts(now), calendars.next_change(now)),
        Err(_) => (std::collections::BTreeMap::new(), None),
    })
}

/// The time of this machine.
pub(crate) fn now() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Time::from_unix_ms(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

/// Why nothing happens in a folder.
const WAITS: &str = "another engine leads; this one waits until that one ends";
/// Why nothing happens with a shared journal.
const STANDS_BY: &str =
    "another engine leads; this one stands by, and goes on when that one is gone";
/// A wait for the lead that is worth a word.
const WAITS_AFTER: std::time::Duration = std::time::Duration::from_millis(1500);
/// How long a release waits for drivers that look at what it will meet, before it begins.
const LOOKS_WITHIN: std::time::Duration = std::time::Duration::from_secs(2);
/// Alerts that wait; Alertmanager repeats what does not fit.
const ALARMS_MAX: usize = 100;
