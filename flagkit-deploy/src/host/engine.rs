//! The task that has the executor.

use std::collections::VecDeque;
use std::future::pending;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{broadcast, mpsc, watch};
use tokio::task::{JoinSet, spawn_blocking};
use tokio::time::sleep;

use crate::driver::{self, Driver};
use crate::executor::{Batch, Executor, ExecutorError, Told};
use crate::host::agenda::Agenda;
use crate::host::clock::Clock;
use crate::host::keeper::{Ask, Keeper};
use crate::host::work::{Said, Works};
use crate::host::{Answer, Call, HostError, Leadership, Options, View};
use crate::journal::{JournalError, Kept, Unfinished};
use crate::neighbours::{Neighbours, Past};
use crate::order::{Fence, ReleaseId};
use crate::record::Decision;
use crate::release::Release;
use crate::time::Time;

/// All that lives as long as the host.
pub(super) struct Engine {
    pub(super) keeper: Keeper,
    pub(super) drivers: Vec<Arc<dyn Driver>>,
    pub(super) options: Options,
    pub(super) calls: mpsc::Receiver<Call>,
    pub(super) leads: watch::Sender<Leadership>,
    pub(super) batches: broadcast::Sender<Arc<Batch>>,
    pub(super) notices: broadcast::Sender<String>,
}

/// How a time of leading ended.
enum End {
    /// Somebody wanted it.
    Stopped,
    /// Another engine leads.
    Fenced(String),
    /// There is no going on.
    Broken(String),
}

/// Something that the journal does, and what it is for.
type Pending<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// A batch, and whether it is written.
type Written = (Arc<Batch>, Result<(), JournalError>);

impl Engine {
    /// Waits for the lead, leads, and so on.
    pub(super) async fn run(mut self) {
        let why = loop {
            let (fence, kept) = match self.lead().await {
                Ok(Some(lead)) => lead,
                Ok(None) => break None,
                Err(error) => break Some(format!("the lead cannot be taken: {error}")),
            };
            let end = match Leading::new(&mut self, fence, kept).await {
                Some(leading) => leading.run().await,
                None => End::Broken("the releases of the journal could not be read".to_owned()),
            };
            match end {
                End::Stopped => break None,
                End::Broken(why) => break Some(why),
                End::Fenced(why) => {
                    self.notice(why);
                    self.leads.send_replace(Leadership::Standby);
                }
            }
        };
        let why = why.unwrap_or_else(|| "somebody stopped it".to_owned());
        self.leads.send_replace(Leadership::Stopped(why));
    }

    /// Asks for the lead until it is there; none if somebody stops the host meanwhile. A journal that
    /// is broken, or of a newer version, is not asked again.
    async fn lead(&mut self) -> Result<Option<(Fence, Vec<Unfinished>)>, JournalError> {
        let mut told = None;
        loop {
            match self.keeper.ask(Ask::Lead).await {
                Ok(Some(lead)) => return Ok(Some(lead)),
                Ok(None) => {}
                Err(error) if !error.is_transient() => return Err(error),
                Err(error) => {
                    let error = error.to_string();
                    if told.as_ref() != Some(&error) {
                        self.notice(format!("the lead cannot be taken: {error}"));
                    }
                    told = Some(error);
                }
            }
            let wait = sleep(with_jitter(self.options.ask_every));
            tokio::pin!(wait);
            loop {
                tokio::select! {
                    () = &mut wait => break,
                    call = self.calls.recv() => match call {
                        None | Some(Call::Stop) => return Ok(None),
                        Some(call) => not_leading(call),
                    },
                }
            }
        }
    }

    fn notice(&self, words: String) {
        // Nobody may be listening.
        drop(self.notices.send(words));
    }
}

/// A little more, so that many who wait for the same do not ask at once.
fn with_jitter(every: Duration) -> Duration {
    // Its keys are random, which is all that is wanted here.
    let random = RandomState::new().build_hasher().finish() % 256;
    every + every / 1024 * u32::try_from(random).unwrap_or_default()
}

/// Answers a call while another engine leads.
fn not_leading(call: Call) {
    match call {
        Call::Plan { reply, .. } | Call::Tell { reply, .. } => {
            drop(reply.send(Err(HostError::NotLeading)));
        }
        Call::View { reply, .. } => drop(reply.send(None)),
        Call::List { reply } => drop(reply.send(Vec::new())),
        Call::Stop => {}
    }
}

/// One time of leading.
struct Leading<'a> {
    engine: &'a mut Engine,
    executor: Executor<Release>,
    clock: Clock,
    works: Works,
    agenda: Agenda,
    neighbours: Neighbours,
    /// What the journal knows of releases that are over, while it is read.
    past: Option<Pending<Result<Past, JournalError>>>,
    /// The batch that is being written.
    append: Option<Pending<Written>>,
    failures: u32,
    /// Answers that are true once so many batches are written.
    answers: VecDeque<(u64, Answer<Vec<Decision>>, Vec<Decision>)>,
    /// Plans whose names are being looked up.
    checks: JoinSet<(Call, Result<Option<Kept>, JournalError>)>,
}

impl<'a> Leading<'a> {
    /// Goes on where the journal ends. None if reading it panicked, which is a mistake of ours.
    async fn new(engine: &'a mut Engine, fence: Fence, kept: Vec<Unfinished>) -> Option<Self> {
        let mut clock = Clock::new();
        let now = clock.now().0;
        let ids: Vec<ReleaseId> = kept.iter().map(|one| Arc::clone(&one.release)).collect();
        // A hundred thousand plans take seconds: not on the threads that serve others.
        let recover = spawn_blocking(move || Executor::recover(fence, &kept, now));
        let (executor, left_out) = recover.await.ok()?;
        for one in left_out {
            engine.notice(one.to_string());
        }
        engine.leads.send_replace(Leadership::Leading(fence));
        let mut leading = Self {
            engine,
            neighbours: Neighbours::recovered(&executor),
            executor,
            clock,
            works: Works::default(),
            agenda: Agenda::default(),
            past: None,
            append: None,
            failures: 0,
            answers: VecDeque::new(),
            checks: JoinSet::new(),
        };
        for id in ids {
            leading.begin(&id);
            leading.almanac(&id, now);
            leading.neighbours.greet(&id, &mut leading.executor, now);
        }
        Some(leading)
    }

    async fn run(mut self) -> End {
        loop {
            self.give_out();
            if let Some(why) = self.executor.stopped() {
                return end(why);
            }
            let wait = self.wait();
            tokio::select! {
                call = self.engine.calls.recv() => {
                    let Some(call) = call else { return self.finish().await };
                    if self.take(call).is_err() {
                        return self.finish().await;
                    }
                }
                (batch, written) = ready(&mut self.append) => self.written(batch, written),
                past = ready(&mut self.past) => self.learn(past),
                (id, said) = self.works.next() => {
                    let now = self.now();
                    match said {
                        Said::Observed(seen) => self.executor.observed(&id, seen, now),
                        Said::Came(outcome) => self.executor.came(&id, outcome, now),
                    }
                }
                Some(checked) = self.checks.join_next() => {
                    if let Ok((call, kept)) = checked {
                        self.plan(call, kept);
                    }
                }
                () = sleep(wait) => self.pass(),
            }
        }
    }

    /// Gives out what there is: a batch to the journal, jobs to drivers.
    fn give_out(&mut self) {
        if self.append.is_none()
            && let Some(batch) = self.executor.batch()
        {
            self.write(batch, Duration::ZERO);
        }
        if self.past.is_none() && self.neighbours.wants_past() {
            self.past = Some(self.engine.keeper.ask(Ask::Past));
        }
        while let Some(job) = self.executor.job() {
            self.works.start(&self.engine.drivers, job);
        }
        while let Some(id) = self.executor.cancelled() {
            self.works.cancel(&id);
        }
    }

    /// What the journal knows of releases that are over.
    fn learn(&mut self, past: Result<Past, JournalError>) {
        self.past = None;
        let past = past.unwrap_or_else(|error| {
            self.engine.notice(format!("releases that are over are not known: {error}"));
            Past::default()
        });
        let now = self.now();
        self.neighbours.learn(past, &mut self.executor, now);
    }

    fn write(&mut self, batch: Arc<Batch>, delay: Duration) {
        let keeper = self.engine.keeper.clone();
        self.append = Some(Box::pin(async move {
            if !delay.is_zero() {
                sleep(delay).await;
            }
            let given = Arc::clone(&batch);
            let written = keeper.ask(|reply| Ask::Append(given, reply)).await;
            (batch, written)
        }));
    }

    /// A batch is written, or is not.
    fn written(&mut self, batch: Arc<Batch>, written: Result<(), JournalError>) {
        self.append = None;
        let error = match written {
            Ok(()) => {
                if self.failures > 0 {
                    self.engine.notice("the journal can be written again".to_owned());
                }
                self.failures = 0;
                self.executor.committed();
                let now = self.now();
                self.neighbours.written(&batch, &mut self.executor, now);
                drop(self.engine.batches.send(batch));
                return self.answer();
            }
            Err(error) => error,
        };
        if error.is_transient() && self.failures.is_multiple_of(60) {
            let held = "no release goes on until it can be written";
            self.engine.notice(format!("{error}; {held}"));
        }
        self.failures += 1;
        self.executor.not_committed(error);
        let delay = Duration::from_millis(100) * self.failures.min(50);
        if let Some(batch) = self.executor.batch() {
            self.write(batch, delay);
        }
    }

    /// Gives the answers that are true by now.
    fn answer(&mut self) {
        let written = self.executor.written();
        while self.answers.front().is_some_and(|(batch, ..)| *batch <= written)
            && let Some((_, answer, decisions)) = self.answers.pop_front()
        {
            drop(answer.send(Ok(decisions)));
        }
    }

    /// Takes a call. An error if the host is to stop.
    fn take(&mut self, call: Call) -> Result<(), ()> {
        match call {
            Call::Stop => return Err(()),
            Call::View { id, reply } => {
                let view = self.executor.release(&id);
                drop(reply.send(view.map(|(release, state)| Box::new(View::of(release, state)))));
            }
            Call::List { reply } => {
                let releases = self.executor.releases();
                let mut list: Vec<_> =
                    releases.map(|(id, _, state)| (Arc::clone(id), state.status())).collect();
                list.sort_by(|one, other| one.0.cmp(&other.0));
                drop(reply.send(list));
            }
            Call::Tell { id, what, reply } => {
                let now = self.now();
                let told = self.executor.tell(&id, what, now);
                self.reply(told, reply);
            }
            Call::Plan { ref id, .. } => {
                // A name is never used twice, and releases that are over are only in the journal.
                let id = id.clone();
                let kept = self.engine.keeper.ask(|reply| Ask::Kept(id, reply));
                self.checks.spawn(async move { (call, kept.await) });
            }
        }
        Ok(())
    }

    /// Takes a plan whose name was looked up.
    fn plan(&mut self, call: Call, kept: Result<Option<Kept>, JournalError>) {
        let Call::Plan { id, plan, author, reply } = call else { return };
        let now = self.now();
        let refusals = driver::refusals(&plan, &self.engine.drivers);
        let told = match kept {
            Err(error) => return drop(reply.send(Err(error.into()))),
            Ok(Some(_)) => Err(ExecutorError::Taken(id.clone())),
            Ok(None) if !refusals.is_empty() => Err(ExecutorError::Refused(refusals)),
            Ok(None) => self.executor.plan(&id, *plan, author, now),
        };
        if told.is_ok() {
            self.begin(&id);
            self.almanac(&id, now);
            self.neighbours.greet(&id, &mut self.executor, now);
        }
        self.reply(told, reply);
    }

    /// Tells drivers that a release is theirs to serve from now on.
    fn begin(&self, id: &str) {
        if let Some((release, _)) = self.executor.release(id) {
            self.engine.drivers.iter().for_each(|driver| driver.begin(release.plan()));
        }
    }

    fn reply(&mut self, told: Result<Told, ExecutorError>, reply: Answer<Vec<Decision>>) {
        match told {
            Err(error) => drop(reply.send(Err(HostError::Refused(error)))),
            Ok(told) => {
                self.answers.push_back((told.batch, reply, told.decisions));
                self.answer();
            }
        }
    }

    /// Time has passed.
    fn pass(&mut self) {
        let now = self.now();
        if let Some(almanac) = self.engine.options.almanac.clone() {
            self.agenda.pass(&*almanac, &mut self.executor, now);
        }
        self.executor.pass(now);
    }

    fn almanac(&mut self, id: &str, now: Time) {
        if let Some(almanac) = self.engine.options.almanac.clone() {
            self.agenda.tell(&*almanac, &mut self.executor, id, now);
        }
    }

    /// The time; says so if the system's clock was set.
    fn now(&mut self) -> Time {
        let (now, told) = self.clock.now();
        if let Some(words) = told {
            self.engine.notice(words);
        }
        now
    }

    /// How long there is nothing to do. At most a second, so that a clock that was set is noticed.
    fn wait(&mut self) -> Duration {
        let second = Duration::from_secs(1);
        let wakes = [self.executor.wake_at(), self.agenda.wake_at()];
        let Some(wake) = wakes.into_iter().flatten().min() else { return second };
        Duration::from(wake - self.now()).min(second)
    }

    /// Writes what was begun; the rest was promised to nobody.
    async fn finish(mut self) -> End {
        if let Some(append) = self.append.take() {
            let (batch, written) = append.await;
            self.written(batch, written);
        }
        End::Stopped
    }
}

/// How the time of leading ended, by the reason why the executor stopped.
fn end(why: &ExecutorError) -> End {
    if why.is_fenced() { End::Fenced(why.to_string()) } else { End::Broken(why.to_string()) }
}

/// What is being written, or nothing for ever.
async fn ready<T>(pending_one: &mut Option<Pending<T>>) -> T {
    match pending_one {
        Some(one) => one.await,
        None => pending().await,
    }
}
