//! A server and an application that follows it, in one process: how long a change takes from the
//! command to the evaluation.
//!
//! All of it is real: the server stores each change on disk before it acknowledges it, and the
//! command and the application speak with it through sockets.

use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use flagkit_client::{Config as ClientConfig, Log, Options, Publisher, Subscription, Updater};
use flagkit_core::Fixed;
use flagkit_server::config::Config;
use flagkit_server::{RunningServer, Server};
use serde_json::json;
use tempfile::TempDir;
use tokio::runtime::Builder;

use crate::demo::users::User;
use crate::demo::world;
use crate::failure::Failure;
use crate::remote::connection::{Connection, Request, Url};
use crate::serve::first_start::{FirstStart, Newborn};

/// What happened.
#[derive(Debug)]
pub(super) struct Followed {
    /// Where the server was.
    pub(super) url: String,
    /// From the application's start to its first flags.
    pub(super) connected: Duration,
    /// One after the other.
    pub(super) flips: Vec<Flip>,
    /// What the application answers after the server has gone.
    pub(super) is_on_alone: bool,
}

/// One change of the flag.
#[derive(Clone, Copy, Debug)]
pub(super) struct Flip {
    /// What the flag became.
    pub(super) is_on: bool,
    /// From the command to the server's word that the change is on disk.
    pub(super) stored: Duration,
    /// From the command to the application's new flags.
    pub(super) arrived: Duration,
    /// What the application answered then.
    pub(super) answered: bool,
}

/// Starts both, flips the flag, and stops the server.
pub(super) fn run() -> Result<Followed, Failure> {
    let stage = Stage::set()?;
    let url = stage.server.url();
    let application = Application::start(&url, &stage.server_key)?;
    let console = Console::new(&url, &stage.admin_key)?;
    let mut flips = Vec::new();
    for flip in 0..FLIPS {
        flips.push(application.follow(&console, flip % 2 == 1)?);
    }
    stage.server.drain(Duration::ZERO);
    let is_on_alone = application.is_on();
    Ok(Followed { url, connected: application.connected, flips, is_on_alone })
}

/// A server with sample flags.
struct Stage {
    server: RunningServer,
    admin_key: String,
    server_key: String,
    _folder: TempDir,
}

impl Stage {
    fn set() -> Result<Self, Failure> {
        let folder = tempfile::Builder::new().prefix("flagkit-demo-").tempdir();
        let folder = folder.map_err(|error| {
            Failure::input(format_args!("no temporary folder can be made: {error}"))
        })?;
        let database = folder.path().join("flagkit.db").to_string_lossy().into_owned();
        let options = [("listen", "127.0.0.1:0"), ("database", &database), ("log", "off")];
        let options = options.map(|(name, text)| (name.to_owned(), text.to_owned()));
        let config = Config::read(options, []).map_err(Failure::input)?;
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime
            .map_err(|error| Failure::input(format_args!("no server can run here: {error}")))?;
        let first = runtime.block_on(FirstStart::make(&config, Newborn::Sample))?;
        let keys = first.as_ref().and_then(FirstStart::with_sample);
        let (first, sample) = keys.ok_or_else(|| Failure::input("the new database was not new"))?;
        Ok(Self {
            admin_key: first.admin.reveal().to_owned(),
            server_key: sample.server.reveal().to_owned(),
            server: Server::start(config).map_err(Failure::input)?,
            _folder: folder,
        })
    }
}

/// Whoever changes flags.
struct Console {
    connection: Connection,
}

impl Console {
    fn new(url: &str, key: &str) -> Result<Self, Failure> {
        let url = Url::parse(url).map_err(Failure::input)?;
        Ok(Self { connection: Connection::new(url, Some(key), PATIENCE, None)? })
    }

    fn flip(&self, is_on: bool) -> Result<(), Failure> {
        let request = Request::patch(PATH).json(MERGE_PATCH, &json!({ "enabled": is_on }))?;
        self.connection.ask(request).map(drop)
    }
}

/// Whoever asks for flags.
struct Application {
    publisher: Arc<Publisher>,
    connected: Duration,
    changes: Receiver<Instant>,
    user: User,
    world: Fixed,
    _subscription: Subscription,
    _updater: Updater,
}

impl Application {
    fn start(url: &str, key: &str) -> Result<Self, Failure> {
        let options = Options::new()
            .server(url, key)
            .start_wait(PATIENCE)
            .without_events()
            .proxy("off")
            .log(Log::Off);
        // Whatever the environment says is for the applications that run in it.
        let config = ClientConfig::new(options, []).map_err(Failure::input)?;
        let publisher = Publisher::new();
        let started = Instant::now();
        let updater = Updater::open(&publisher, &config).map_err(Failure::input)?;
        let connected = started.elapsed();
        if !publisher.is_ready() {
            return Err(Failure::input(format_args!("no flags came from {url}")));
        }
        let (sender, changes) = mpsc::channel();
        let subscription = publisher.subscribe(move |_| {
            // Nobody listens any more after the last flip.
            let _ = sender.send(Instant::now());
        });
        let user = User::generate(0);
        Ok(Self {
            publisher,
            connected,
            changes,
            user,
            world: world(),
            _subscription: subscription,
            _updater: updater,
        })
    }

    /// Has the flag flipped, and waits for it.
    fn follow(&self, console: &Console, is_on: bool) -> Result<Flip, Failure> {
        let began = Instant::now();
        console.flip(is_on)?;
        let stored = began.elapsed();
        let arrived = self.changes.recv_timeout(PATIENCE).map_err(|_| {
            Failure::input("a change was stored and did not come to the application")
        })?;
        let arrived = arrived.duration_since(began);
        Ok(Flip { is_on, stored, arrived, answered: self.is_on() })
    }

    fn is_on(&self) -> bool {
        self.publisher.with(|snapshot| {
            let found = snapshot.resolve(FLAG, &self.user, &self.world, &mut ());
            found.is_ok_and(|found| found.is_enabled())
        })
    }
}

/// On for everyone in the sample.
pub(super) const FLAG: &str = "dark-mode";
const PATH: [&str; 8] =
    ["api", "v1", "projects", "default", "environments", "production", "flags", FLAG];
const FLIPS: usize = 40;
/// A guard: it is a matter of milliseconds.
const PATIENCE: Duration = Duration::from_secs(20);
const MERGE_PATCH: &str = "application/merge-patch+json";
