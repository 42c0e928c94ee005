//! The driver: a thread that gives the machine of [`sync`](crate::sync) sockets and a clock.
//!
//! One plain thread, called `flagkit`, with a small runtime of its own inside: the application needs
//! none, and if it has one, neither disturbs the other. Whatever the machine decides happens here:
//! requests are sent, flags go to the publisher and into the cache file, and what is known of the
//! source into the status.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, Weak};
use std::time::{Duration, Instant};

use tokio::runtime;
use tokio::sync::{Notify, mpsc};
use tokio::task::AbortHandle;
use tokio::time::timeout_at;

use crate::background::{Background, Signal, shielded};
use crate::cache::Cache;
use crate::config::Config;
use crate::error::Error;
use crate::file::Look;
use crate::fork::{Inherit, PerProcess, lock, lock_inherited};
use crate::log::Voice;
use crate::publisher::{Offer, Origin, Publisher, Strictness, Supply};
use crate::source::Source;
use crate::sync::{Delta, Document, Event, Head, Machine, Request, RequestId, Snapshot};
use crate::transport::Transport;
use crate::updater::{cache, warm};
use crate::usage::report::{PostId, Sent};

mod delivery;
mod exchange;
mod exit;

use delivery::{Delivery, Flush};
use exchange::exchange;

/// A source that is followed, in this process and in its children.
#[derive(Debug)]
pub(crate) struct Supplied {
    running: PerProcess<Running>,
}

/// The thread of this process, and what another one has to know.
#[derive(Debug)]
struct Running {
    order: Arc<Order>,
    /// None after it was closed.
    thread: Mutex<Option<Background>>,
    refresh: Arc<Notify>,
    flush: Arc<Flush>,
}

/// What is to be followed, and for whom.
#[derive(Debug)]
struct Order {
    publisher: Weak<Publisher>,
    config: Config,
    source: Source,
}

impl Supplied {
    /// Publishes what an earlier process left, and begins to follow the source.
    pub(crate) fn begin(
        publisher: &Arc<Publisher>,
        config: &Config,
        source: Source,
    ) -> Result<Arc<Self>, Error> {
        let (config, weak) = (config.clone(), Arc::downgrade(publisher));
        let order = Arc::new(Order { publisher: weak, config, source });
        let (refresh, flush) = (Arc::new(Notify::new()), Arc::<Flush>::default());
        let driver = Driver::new(publisher.clone(), &order, flush.clone())?;
        let told = refresh.clone();
        let thread = spawn(move |stop| driver.run(stop, told))
            .map_err(|error| Error::configuration(format!("cannot start a thread: {error}")))?;
        let thread = Mutex::new(Some(thread));
        let running = PerProcess::new(Running { order, thread, refresh, flush });
        let supplied = Arc::new(Self { running });
        let supply: Arc<dyn Supply> = supplied.clone();
        publisher.set_supply(Arc::downgrade(&supply));
        if publisher.usage().is_some() {
            exit::deliver_at_exit(&supplied);
        }
        Ok(supplied)
    }

    /// Asks the source at once, with the key of this moment.
    pub(crate) fn refresh(&self) {
        self.running.get().refresh.notify_one();
    }

    /// Ends the thread and waits for that, two seconds at most.
    pub(crate) fn close(&self) {
        // A child that has not begun has nothing to end.
        let thread = self.running.current().and_then(|running| lock(&running.thread).take());
        drop(thread);
    }
}

impl Supply for Supplied {
    fn begin_in_child(&self) {
        self.running.get();
    }

    fn flush(&self, limit: Duration) {
        // A child that has not begun has counted nothing.
        if let Some(running) = self.running.current() {
            running.flush.wait(limit);
        }
    }
}

impl Inherit for Running {
    fn inherit(&self) -> Self {
        // Closed by the parent, it stays closed. If that cannot be seen, it was not.
        let was_open = lock_inherited(&self.thread).is_none_or(|thread| thread.is_some());
        let (refresh, flush) = (Arc::new(Notify::new()), Arc::<Flush>::default());
        let order = self.order.clone();
        let publisher = order.publisher.upgrade().filter(|_| was_open);
        let thread = publisher.and_then(|publisher| {
            publisher.disconnected();
            let (order, told, delivery) = (order.clone(), refresh.clone(), flush.clone());
            // All of it there: whoever evaluates waits neither for files nor for certificates.
            let work = move |stop| match Driver::new(publisher.clone(), &order, delivery.clone()) {
                Ok(driver) => driver.run(stop, told),
                Err(error) => {
                    delivery.end();
                    publisher.troubled(error.to_string());
                }
            };
            // Without a thread, the child goes on with the flags that it has.
            spawn(work).ok()
        });
        if thread.is_none() {
            // Nobody delivers here, so nobody must wait for that.
            flush.end();
        }
        Self { order, thread: Mutex::new(thread), refresh, flush }
    }
}

fn spawn(work: impl FnOnce(Arc<Signal>) + Send + 'static) -> std::io::Result<Background> {
    Background::spawn("flagkit", work)
}

/// Everything that the thread works with.
struct Driver {
    publisher: Arc<Publisher>,
    source: Source,
    environment: Option<String>,
    voice: Voice,
    machine: Machine,
    transport: Transport,
    cache: Option<Cache>,
    /// When the cache file is written at the latest.
    flush_at: Option<Instant>,
    /// What the key's file looked like when it was read.
    key_look: Option<Look>,
    start: Instant,
    exchanges: HashMap<RequestId, AbortHandle>,
    /// Whether what the source offered last is what is held.
    is_current: bool,
    is_connected: bool,
    delivery: Option<Delivery>,
}

/// What arrives from the tasks that speak with the source.
enum Input {
    Stop,
    Refresh,
    Head(RequestId, Head),
    Piece(RequestId, Vec<u8>),
    End(RequestId),
    Failed(RequestId, String),
    Posted(PostId, Result<Head, (Sent, String)>),
    Flush,
}

impl Driver {
    fn new(publisher: Arc<Publisher>, order: &Order, flush: Arc<Flush>) -> Result<Self, Error> {
        let Order { config, source, .. } = order;
        let voice = config.voice.clone();
        let key_look = source.key_file().and_then(|path| Look::at(path));
        let transport = Transport::new(&config.network, source)?;
        let mut machine = Machine::new(source.to_machine()?, random());
        let cache = cache(config, source)?;
        let is_current = warm(&publisher, cache.as_ref(), &voice).is_some_and(|entry| {
            let Some(version) = entry.version else {
                machine.resume_document(&entry.text, entry.etag.as_deref());
                return true;
            };
            machine.resume_snapshot(version, &entry.text)
        });
        let delivery = Delivery::begin(&publisher, (source, config), flush);
        Ok(Self {
            publisher,
            source: source.clone(),
            environment: config.environment.clone(),
            voice,
            machine,
            transport,
            cache,
            flush_at: None,
            key_look,
            start: Instant::now(),
            exchanges: HashMap::new(),
            is_current,
            is_connected: false,
            delivery,
        })
    }

    fn run(self, stop: Arc<Signal>, refresh: Arc<Notify>) {
        let runtime = runtime::Builder::new_current_thread()
            .enable_io()
            .enable_time()
            // Names of hosts are looked up there, by calls of the system that nobody can end.
            .max_blocking_threads(1)
            .thread_keep_alive(Duration::from_secs(1))
            .thread_name("flagkit")
            .build();
        let runtime = match runtime {
            Ok(runtime) => runtime,
            Err(error) => {
                let text = format!("nothing follows the source: {error}");
                self.voice.warn(&text);
                return self.publisher.troubled(text);
            }
        };
        runtime.block_on(self.drive(stop, refresh));
        runtime.shutdown_background();
    }

    async fn drive(mut self, stop: Arc<Signal>, refresh: Arc<Notify>) {
        // Bounded: a source that sends faster than flags are compiled has to wait.
        let (sender, mut inbox) = mpsc::channel(INBOX);
        let told = sender.clone();
        tokio::spawn(async move {
            stop.happened().await;
            // Nobody to tell is told already.
            let _ = told.send(Input::Stop).await;
        });
        let told = sender.clone();
        tokio::spawn(async move {
            loop {
                refresh.notified().await;
                if told.send(Input::Refresh).await.is_err() {
                    return;
                }
            }
        });
        if let Some(delivery) = &self.delivery {
            delivery.listen(sender.clone());
        }
        loop {
            self.settle(&sender);
            match timeout_at(self.wake_at().into(), inbox.recv()).await {
                Ok(None | Some(Input::Stop)) => break,
                Ok(Some(input)) => self.take(input),
                Err(_) => self.time_passed(),
            }
        }
        self.publisher.disconnected();
        self.flush();
        self.deliver_rest(&sender, &mut inbox).await;
    }

    fn now(&self) -> Duration {
        self.start.elapsed()
    }

    fn take(&mut self, input: Input) {
        let now = self.now();
        match input {
            Input::Stop => {}
            Input::Refresh => self.ask_again(),
            Input::Head(id, head) => self.machine.handle_response(id, &head, now),
            Input::Piece(id, bytes) => self.machine.handle_bytes(id, &bytes, now),
            Input::End(id) => {
                self.exchanges.remove(&id);
                self.machine.handle_end(id, now);
            }
            Input::Failed(id, problem) => {
                self.exchanges.remove(&id);
                self.machine.handle_error(id, &problem, now);
            }
            Input::Posted(id, answer) => self.posted(id, answer),
            Input::Flush => self.flush_usage(),
        }
    }

    /// Does what the machine wants done by now.
    fn settle(&mut self, sender: &mpsc::Sender<Input>) {
        while let Some(event) = self.machine.poll_event() {
            self.heed(event);
        }
        while let Some(request) = self.machine.poll_request(self.now()) {
            self.send(request, sender);
        }
        let machine = &self.machine;
        self.exchanges.retain(|id, task| {
            let is_wanted = machine.is_wanted(*id);
            if !is_wanted {
                task.abort();
            }
            is_wanted
        });
        if let Some(at) = self.machine.confirmed_at().filter(|_| self.is_current) {
            self.publisher.confirmed(self.start + at);
        }
        self.deliver(sender);
    }

    fn send(&mut self, request: Request, sender: &mpsc::Sender<Input>) {
        let (transport, sender, id) = (self.transport.clone(), sender.clone(), request.id);
        let task = tokio::spawn(async move {
            let last = match exchange(&transport, &request, &sender).await {
                Ok(()) => Input::End(id),
                Err(problem) => Input::Failed(id, problem),
            };
            // The driver is gone, or will be: then nobody has to know.
            let _ = sender.send(last).await;
        });
        self.exchanges.insert(id, task.abort_handle());
    }

    fn heed(&mut self, event: Event) {
        match event {
            Event::Snapshot(snapshot) => self.publish_snapshot(snapshot),
            Event::Delta(delta) => self.publish_delta(delta),
            Event::Document(document) => self.publish_document(document),
            Event::Connected(transport) => {
                if self.is_current {
                    self.publisher.connected(transport);
                }
                let text = format!("flags arrive from {} ({transport})", self.machine_origin());
                self.tell_connected(&text);
            }
            Event::Disconnected(problem) => {
                self.is_connected = false;
                self.publisher.disconnected();
                self.troubled(&problem.message);
            }
            Event::Problem(problem) => self.troubled(&problem.message),
        }
    }

    fn tell_connected(&mut self, text: &str) {
        let had_trouble = self.publisher.status().last_error.is_some();
        if had_trouble && !self.is_connected {
            self.voice.warn(text);
        } else {
            self.voice.inform(text);
        }
        self.is_connected = true;
    }

    fn troubled(&mut self, problem: &str) {
        self.publisher.troubled(problem.to_owned());
        self.voice.warn(&format!("{}: {problem}", self.machine_origin()));
    }

    fn machine_origin(&self) -> String {
        self.source.origin()
    }

    fn publish_snapshot(&mut self, snapshot: Snapshot) {
        let publisher = self.publisher.clone();
        let done = shielded(|| publisher.publish_snapshot(&snapshot).map(drop));
        if self.judge(done)
            && let Some(cache) = &mut self.cache
        {
            let Snapshot { version, environment, document } = snapshot;
            let entry = cache.entry(document);
            let (version, environment) = (Some(version), Some(environment));
            cache.keep(crate::Entry { version, environment, ..entry });
            self.flush_soon();
        }
    }

    fn publish_delta(&mut self, delta: Delta) {
        let publisher = self.publisher.clone();
        let done = shielded(|| publisher.publish_delta(&delta).map(drop));
        if self.judge(done)
            && let Some(cache) = &mut self.cache
        {
            cache.follow(delta);
            self.flush_soon();
        }
    }

    fn publish_document(&mut self, document: Document) {
        let publisher = self.publisher.clone();
        let offer = Offer {
            bytes: document.text.as_bytes(),
            dialect: self.source.known_dialect(),
            origin: Origin::Live,
            version: None,
            environment: None,
            strictness: Strictness::Keep,
        };
        let done = shielded(|| publisher.publish(&offer).map(drop));
        if self.judge(done)
            && let Some(cache) = &mut self.cache
        {
            let entry = cache.entry(document.text);
            cache.keep(crate::Entry { etag: document.etag, ..entry });
            self.flush_soon();
        }
    }

    /// Whether flags were taken; a listener that panicked was told of them.
    fn judge(&mut self, done: Option<Result<(), Error>>) -> bool {
        let refused = done.and_then(Result::err);
        self.is_current = refused.is_none();
        if let Some(error) = &refused {
            // What only has to be asked for as a whole is no news to anybody.
            if error.needs_snapshot() {
                self.machine.handle_unfit(self.now());
            } else {
                self.publisher.refused(error);
                self.machine.handle_refused(self.now());
            }
        }
        self.is_current
    }

    fn flush_soon(&mut self) {
        self.flush_at.get_or_insert_with(|| Instant::now() + FLUSH_DELAY);
    }

    fn flush(&mut self) {
        self.flush_at = None;
        if let Some(Err(problem)) = self.cache.as_mut().map(Cache::flush) {
            self.voice.warn(&problem);
        }
    }

    /// When there is something to do, whatever arrives.
    fn wake_at(&self) -> Instant {
        let machine = self.start.checked_add(self.machine.poll_timeout());
        let key = self.key_look.is_some().then(|| Instant::now() + KEY_PERIOD);
        let delivery =
            self.delivery.as_ref().and_then(|delivery| self.start.checked_add(delivery.next()));
        let all = [machine, key, self.flush_at, delivery].into_iter().flatten();
        all.min().unwrap_or_else(|| Instant::now() + FAR_AWAY)
    }

    fn time_passed(&mut self) {
        if self.flush_at.is_some_and(|at| at <= Instant::now()) {
            self.flush();
        }
        self.look_at_key();
        // Harmless before its time.
        self.machine.handle_timeout(self.now());
        self.delivery_timeout();
    }

    /// Another key is used at once.
    fn look_at_key(&mut self) {
        let Some(path) = self.source.key_file() else { return };
        let look = Look::at(path);
        if look.is_none() || look == self.key_look {
            return;
        }
        self.key_look = look;
        self.ask_again();
    }

    /// Asks at once, with the key of this moment.
    fn ask_again(&mut self) {
        match self.source.to_machine() {
            Ok(source) => {
                self.flush();
                self.machine.handle_source(source, self.now());
                let folder = self.cache.take().map(Cache::into_folder);
                let owner = self.source.owner(self.environment.as_deref()).ok();
                self.cache = folder.zip(owner).map(|(folder, owner)| Cache::new(&folder, owner));
            }
            Err(error) => self.troubled(&error.to_string()),
        }
    }
}

/// A number that no other process or thread has, also after a fork.
fn random() -> u64 {
    RandomState::new().hash_one(std::process::id())
}

/// How many pieces wait for the driver, each of a few hundred kilobytes at most.
const INBOX: usize = 16;
/// Several changes are written together.
const FLUSH_DELAY: Duration = Duration::from_secs(2);
/// How often the file of a key is looked at.
const KEY_PERIOD: Duration = Duration::from_secs(1);
const FAR_AWAY: Duration = Duration::from_secs(24 * 60 * 60);
