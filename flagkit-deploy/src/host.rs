//! The host: runs an executor with a real clock, a journal and drivers, on tokio.
//!
//! One task has the executor, and one thread has the journal. What comes in while a batch is
//! written is written with the next one, so a slow disk makes batches larger and not the queue longer.
//!
//! Only one host of a journal leads. The others ask for the lead every second; a host whose
//! fence is no longer the greatest stops acting and asks again.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{broadcast, mpsc, oneshot, watch};
use tokio::task::JoinHandle;

use crate::driver::Driver;
use crate::event::{Actor, Command, What};
use crate::executor::{Batch, ExecutorError};
use crate::journal::{Head, Journal, JournalError, Stored};
use crate::judge::Evidence;
use crate::order::{Fence, ReleaseId};
use crate::plan::Plan;
use crate::record::{Decision, Entry};
use crate::release::{Release, State, Status};
use crate::time::Time;

mod agenda;
mod clock;
mod engine;
mod keeper;
mod metrics;
mod work;

use engine::Engine;
use keeper::{Ask, Keeper};
pub use metrics::Metrics;

/// Facts that follow from the time alone, such as calendars: what holds at a time, and when that
/// changes next.
pub type Almanac =
    dyn Fn(&Plan, Time) -> (BTreeMap<String, serde_json::Value>, Option<Time>) + Send + Sync;

/// How a host runs.
#[derive(Clone)]
#[non_exhaustive]
pub struct Options {
    /// Facts that follow from the time; none without.
    pub almanac: Option<Arc<Almanac>>,
    /// How often a host that does not lead asks for the lead, and up to a quarter more by chance. One
    /// second by default.
    pub ask_every: Duration,
    /// How many calls may wait. More are told that the host is busy. 10,000 by default.
    pub calls_max: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { almanac: None, ask_every: Duration::from_secs(1), calls_max: 10_000 }
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = formatter.debug_struct("Options");
        debug.field("ask_every", &self.ask_every).field("calls_max", &self.calls_max);
        debug.finish_non_exhaustive()
    }
}

/// Whether a host acts.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Leadership {
    /// Another one leads, or nobody yet.
    Standby,
    /// This one leads.
    Leading(Fence),
    /// It will not act any more.
    Stopped(String),
}

/// A running engine. Clones speak to the same one; it runs until [`stop`](Self::stop), or until the last of
/// them is dropped.
#[derive(Clone, Debug)]
pub struct Host {
    calls: mpsc::Sender<Call>,
    keeper: Keeper,
    leadership: watch::Receiver<Leadership>,
    batches: broadcast::Sender<Arc<Batch>>,
    notices: broadcast::Sender<String>,
    ended: Arc<tokio::sync::Mutex<Option<JoinHandle<()>>>>,
}

/// What a release looks like now.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct View {
    /// Its name.
    pub id: ReleaseId,
    /// Its plan.
    pub plan: Plan,
    /// Who planned it.
    pub author: Actor,
    /// Its state.
    pub state: State,
    /// What the judge knows.
    pub evidence: Vec<Evidence>,
    /// When it is told the time next.
    pub wake_at: Option<Time>,
}

/// What the engine is asked by others.
enum Call {
    Plan { id: String, plan: Box<Plan>, author: Actor, reply: Answer<Vec<Decision>> },
    Tell { id: String, what: What, reply: Answer<Vec<Decision>> },
    View { id: String, reply: oneshot::Sender<Option<Box<View>>> },
    List { reply: oneshot::Sender<Vec<(ReleaseId, Status)>> },
    Stop,
}

/// Where an answer goes, once what it says is durable.
type Answer<T> = oneshot::Sender<Result<T, HostError>>;

impl Host {
    /// Starts an engine on the runtime of the caller. It acts as soon as it leads.
    ///
    /// # Errors
    ///
    /// If the thread of the journal cannot be started.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime with time.
    pub fn start(
        journal: Box<dyn Journal>,
        drivers: Vec<Arc<dyn Driver>>,
        options: Options,
    ) -> std::io::Result<Self> {
        let keeper = Keeper::start(journal)?;
        let (calls, todo) = mpsc::channel(options.calls_max.max(1));
        let (leads, leadership) = watch::channel(Leadership::Standby);
        let (batches, _) = broadcast::channel(1024);
        let (notices, _) = broadcast::channel(256);
        let engine = Engine {
            keeper: keeper.clone(),
            drivers,
            options,
            calls: todo,
            leads,
            batches: batches.clone(),
            notices: notices.clone(),
        };
        let task = tokio::spawn(engine.run());
        let ended = Arc::new(tokio::sync::Mutex::new(Some(task)));
        Ok(Self { calls, keeper, leadership, batches, notices, ended })
    }

    /// Takes a plan. The release waits for [`Command::Start`].
    ///
    /// # Errors
    ///
    /// A name that was ever used, a busy target, or every reason why the plan cannot run.
    pub async fn plan(&self, id: &str, plan: Plan, author: Actor) -> Result<(), HostError> {
        let id = id.to_owned();
        let plan = Box::new(plan);
        self.ask(|reply| Call::Plan { id, plan, author, reply }).await??;
        Ok(())
    }

    /// Says something to a release; what it decided is durable when this returns.
    ///
    /// # Errors
    ///
    /// No such release, or something beyond the limits. A command that makes no sense now is no
    /// error: it is among the decisions as [`Decision::Ignored`].
    pub async fn command(
        &self,
        id: &str,
        by: Actor,
        command: Command,
    ) -> Result<Vec<Decision>, HostError> {
        self.tell(id, What::Command { by, command }).await
    }

    /// Tells a release facts that conditions may ask for. Null takes one away.
    ///
    /// # Errors
    ///
    /// As [`command`](Self::command).
    pub async fn facts(
        &self,
        id: &str,
        facts: BTreeMap<String, serde_json::Value>,
    ) -> Result<Vec<Decision>, HostError> {
        self.tell(id, What::Facts(facts)).await
    }

    /// What a release looks like, also one that is over.
    ///
    /// # Errors
    ///
    /// No such release.
    pub async fn status(&self, id: &str) -> Result<View, HostError> {
        let name = id.to_owned();
        if let Some(view) = self.ask(|reply| Call::View { id: name, reply }).await? {
            return Ok(*view);
        }
        let unknown = || HostError::Refused(ExecutorError::Unknown(id.to_owned()));
        let name = id.to_owned();
        let kept = self.keeper.ask(|reply| Ask::Kept(name, reply)).await?.ok_or_else(unknown)?;
        let mut records = self.history(id).await?.into_iter();
        let first = records.next().map(|stored| stored.record.entry);
        let Some(Entry::Planned { now, author, plan }) = first else { return Err(unknown()) };
        past_view(&kept.release, (*plan, author, now), &kept.state)
    }

    /// The releases that are not over, in the order of names.
    ///
    /// # Errors
    ///
    /// If the engine has ended.
    pub async fn releases(&self) -> Result<Vec<(ReleaseId, Status)>, HostError> {
        self.ask(|reply| Call::List { reply }).await
    }

    /// The names of all releases there ever were, and whether they are over.
    ///
    /// # Errors
    ///
    /// If the journal fails.
    pub async fn all_releases(&self) -> Result<Vec<(ReleaseId, bool)>, HostError> {
        Ok(self.keeper.ask(Ask::Releases).await?)
    }

    /// The records of a release, in order.
    ///
    /// # Errors
    ///
    /// If the journal fails.
    pub async fn history(&self, id: &str) -> Result<Vec<Stored>, HostError> {
        let id = Some(id.to_owned());
        Ok(self.keeper.ask(|reply| Ask::Records(id, reply)).await?)
    }

    /// Computes every hash of the journal again. Nothing else is written meanwhile.
    ///
    /// # Errors
    ///
    /// At the first record that is not what was written.
    pub async fn verify(&self) -> Result<Head, HostError> {
        Ok(self.keeper.ask(Ask::Verify).await?)
    }

    /// What is written from now on, batch by batch, once it is durable. Whoever reads too slowly
    /// misses batches and is told how many.
    pub fn watch(&self) -> broadcast::Receiver<Arc<Batch>> {
        self.batches.subscribe()
    }

    /// What people should know about the engine itself: clocks, failures of the journal, releases that
    /// cannot go on.
    pub fn notices(&self) -> broadcast::Receiver<String> {
        self.notices.subscribe()
    }

    /// Whether it leads, and how that changes.
    pub fn leadership(&self) -> watch::Receiver<Leadership> {
        self.leadership.clone()
    }

    /// Stops acting, once what was begun to be written is written. Drivers are not waited for: the next
    /// start looks what became of their work.
    pub async fn stop(&self) {
        drop(self.calls.send(Call::Stop).await);
        if let Some(task) = self.ended.lock().await.take() {
            drop(task.await);
        }
    }

    async fn tell(&self, id: &str, what: What) -> Result<Vec<Decision>, HostError> {
        let id = id.to_owned();
        self.ask(|reply| Call::Tell { id, what, reply }).await?
    }

    async fn ask<T>(&self, call: impl FnOnce(oneshot::Sender<T>) -> Call) -> Result<T, HostError> {
        let (reply, answer) = oneshot::channel();
        let ended = || match &*self.leadership.borrow() {
            Leadership::Stopped(why) => HostError::Stopped(why.clone()),
            _ => HostError::NotLeading,
        };
        self.calls.try_send(call(reply)).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => HostError::Busy,
            mpsc::error::TrySendError::Closed(_) => ended(),
        })?;
        answer.await.map_err(|_| ended())
    }
}

/// A release that is over, from its records.
fn past_view(
    id: &ReleaseId,
    (plan, author, now): (Plan, Actor, Time),
    state: &[u8],
) -> Result<View, HostError> {
    let unreadable = |why: String| {
        let why = format!("release `{id}` cannot be read by this version: {why}");
        HostError::Journal(JournalError::Store(why))
    };
    let release = Release::new(Arc::clone(id), plan, author, now);
    let (release, _) = release.map_err(|refusals| {
        unreadable(refusals.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))
    })?;
    let state = serde_json::from_slice(state).map_err(|error| unreadable(error.to_string()))?;
    Ok(View::of(&release, &state))
}

impl View {
    fn of(release: &Release, state: &State) -> Self {
        Self {
            id: Arc::clone(release.id()),
            plan: release.plan().clone(),
            author: release.author().clone(),
            evidence: release.evidence(state),
            wake_at: release.wake_at(state),
            state: state.clone(),
        }
    }
}

/// Why a host does not do something.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum HostError {
    /// The executor refuses it.
    Refused(ExecutorError),
    /// Another engine leads, or nobody yet.
    NotLeading,
    /// Too many calls wait.
    Busy,
    /// The engine has stopped.
    Stopped(String),
    /// The journal cannot answer.
    Journal(JournalError),
}

impl fmt::Display for HostError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(error) => error.fmt(formatter),
            Self::NotLeading => formatter.write_str(
                "this engine does not lead; ask the one that does, or wait until it ends",
            ),
            Self::Busy => formatter.write_str("too many calls wait already; try again in a moment"),
            Self::Stopped(why) => write!(formatter, "the engine has stopped: {why}"),
            Self::Journal(error) => error.fmt(formatter),
        }
    }
}

impl std::error::Error for HostError {}

impl From<JournalError> for HostError {
    fn from(error: JournalError) -> Self {
        Self::Journal(error)
    }
}

#[cfg(test)]
mod tests;
