//! A server from its start to its end.

use std::error::Error;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio::time::{interval, sleep};

use crate::app::App;
use crate::auth::Keys;
use crate::config::Config;
use crate::environments::{Environments, follow};
use crate::http::{Listener, tls};
use crate::keys::SecretKey;
use crate::model::{Author, Scope};
use crate::open_files;
use crate::routes::{Port, router};
use crate::store::{self, Store};
use crate::world::now_ms;

/// Starts servers.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Server;

/// A server that answers, on threads of its own, until it is drained or dropped.
#[derive(Debug)]
pub struct RunningServer {
    runtime: Option<Runtime>,
    app: Arc<App>,
    store: Arc<dyn Store>,
    address: SocketAddr,
    admin_address: Option<SocketAddr>,
    first_key: Option<SecretKey>,
}

impl Server {
    /// Starts a server: opens the database, reads everything and listens.
    ///
    /// Neither needs nor disturbs a runtime of the caller. A port 0 is any free one.
    ///
    /// # Errors
    ///
    /// A database that cannot be opened, an address that is taken, a certificate that is none.
    pub fn start(config: Config) -> Result<RunningServer, StartError> {
        open_files::allow_most();
        let runtime = Builder::new_multi_thread()
            .enable_all()
            .thread_name("flagkit-server")
            .build()
            .map_err(|error| StartError::new("threads could not be started", error))?;
        // Also where the caller is on a thread of another runtime, which may not wait.
        let handle = runtime.handle().clone();
        let started =
            std::thread::scope(|scope| scope.spawn(|| handle.block_on(start(config))).join());
        match started {
            Ok(Ok(mut started)) => {
                started.runtime = Some(runtime);
                Ok(started)
            }
            Ok(Err(error)) => {
                runtime.shutdown_background();
                Err(error)
            }
            Err(_) => Err(StartError::new("the server stopped while it started", Stopped)),
        }
    }
}

async fn start(config: Config) -> Result<RunningServer, StartError> {
    let tls = match &config.tls {
        Some(files) => Some(tls::acceptor(files).map_err(|error| StartError::new("", error))?),
        None => None,
    };
    let tcp = listen(config.listen).await?;
    let admin_tcp = match config.admin_listen {
        Some(address) => Some(listen(address).await?),
        None => None,
    };
    let store = store::open(&config.database).await;
    let store =
        store.map_err(|error| StartError::new("the database could not be opened", error))?;
    let failed = |error| StartError::new("the database could not be read", error);
    let first_key = first_key(&*store).await?;
    if config.restored {
        store.renew_epochs(own_author("the database was restored")).await.map_err(failed)?;
    }
    let environments = Environments::load(store.clone(), config.streams.history);
    let environments = Arc::new(environments.await.map_err(failed)?);
    let keys = Arc::new(Keys::default());
    keys.refresh(&*store).await.map_err(failed)?;
    let app = Arc::new(App::new(config, environments.clone(), keys.clone()));
    let address = local_address(&tcp)?;
    let admin_address = admin_tcp.as_ref().map(local_address).transpose()?;
    let port = if admin_tcp.is_some() { Port::Applications } else { Port::Everything };
    let listener = |tcp, port| Listener {
        tcp,
        tls: tls.clone(),
        router: router(&app, port),
        app: app.clone(),
    };
    tokio::spawn(listener(tcp, port).run());
    if let Some(tcp) = admin_tcp {
        tokio::spawn(listener(tcp, Port::Everything).run());
    }
    tokio::spawn(follow(environments, keys));
    tokio::spawn(keep_house(app.clone()));
    let admin = admin_address.unwrap_or(address);
    tracing::info!(%address, %admin, database = %app.config.database, "listening");
    Ok(RunningServer { runtime: None, app, store, address, admin_address, first_key })
}

impl RunningServer {
    /// Where applications connect.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where administrators connect.
    #[must_use]
    pub fn admin_address(&self) -> SocketAddr {
        self.admin_address.unwrap_or(self.address)
    }

    /// How to reach the server from this machine: `http://127.0.0.1:4290`.
    #[must_use]
    pub fn url(&self) -> String {
        let scheme = if self.app.config.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", self.address)
    }

    /// The key that may do everything, made because the database had none. It is told here once;
    /// later nobody knows it.
    #[must_use]
    pub fn first_key(&self) -> Option<&SecretKey> {
        self.first_key.as_ref()
    }

    /// The database, for programs that fill it before somebody asks.
    #[must_use]
    pub fn store(&self) -> Arc<dyn Store> {
        self.store.clone()
    }

    /// Stops: takes no connection any more, asks streams to come back within this time, lets
    /// requests end for as long as the configuration allows, and closes the database.
    pub fn drain(mut self, spread: Duration) {
        let patience = self.app.config.drain;
        self.stop(spread, patience);
    }

    fn stop(&mut self, spread: Duration, patience: Duration) {
        let Some(runtime) = self.runtime.take() else { return };
        let (app, store) = (self.app.clone(), self.store.clone());
        let drained = async move {
            drain(&app, spread, patience).await;
            app.evaluations.store(&*store).await;
            store.close().await;
        };
        let handle = runtime.handle();
        std::thread::scope(|scope| scope.spawn(|| handle.block_on(drained)).join().ok());
        runtime.shutdown_background();
    }
}

/// Drops everything at once; streams are asked to come back.
impl Drop for RunningServer {
    fn drop(&mut self) {
        self.stop(Duration::ZERO, Duration::ZERO);
    }
}

async fn drain(app: &App, spread: Duration, patience: Duration) {
    let spread_ms = u64::try_from(spread.as_millis()).unwrap_or(u64::MAX);
    app.stopping.send_replace(true);
    for live in app.environments.all() {
        live.say_goodbye(spread_ms);
    }
    let began = Instant::now();
    while app.connections() > 0 && began.elapsed() < patience {
        sleep(LOOK_AGAIN).await;
    }
}

/// A key that may do everything, if the database has never had one.
async fn first_key(store: &dyn Store) -> Result<Option<SecretKey>, StartError> {
    let secret = SecretKey::random(Scope::Admin)
        .map_err(|error| StartError::new("there is no randomness", error))?;
    let author = own_author("the first start");
    let new = secret.to_new(Scope::Admin, None, "first admin key");
    let is_first = store.create_first_key(new, author).await;
    let is_first = is_first.map_err(|error| StartError::new("no key could be stored", error))?;
    Ok(is_first.then_some(secret))
}

/// Who does what is done before anyone can ask.
fn own_author(reason: &str) -> Author {
    Author { actor: "flagkit serve".to_owned(), reason: Some(reason.to_owned()), at_ms: now_ms() }
}

/// What is done now and then.
async fn keep_house(app: Arc<App>) {
    let mut ticks = interval(HOUSE);
    let mut stopping = app.stopping.subscribe();
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            _ = stopping.wait_for(|is_stopping| *is_stopping) => return,
        }
        let store = app.environments.store();
        app.evaluations.store(store).await;
        app.unleash.keep(|id| app.environments.by_id(id).is_some());
        let uses = app.keys.take_uses();
        let noted = if uses.is_empty() { Ok(()) } else { store.note_key_uses(uses).await };
        if let Err(error) = noted.and(store.sweep(now_ms()).await) {
            tracing::debug!(%error, "housekeeping waits for the database");
        }
    }
}

async fn listen(address: SocketAddr) -> Result<TcpListener, StartError> {
    let listener = TcpListener::bind(address).await;
    listener.map_err(|error| StartError::new(format!("cannot listen at {address}"), error))
}

fn local_address(listener: &TcpListener) -> Result<SocketAddr, StartError> {
    listener.local_addr().map_err(|error| StartError::new("the address is not known", error))
}

/// Why a server did not start.
#[derive(Debug)]
pub struct StartError {
    what: String,
    source: Box<dyn Error + Send + Sync>,
}

impl StartError {
    #[cold]
    fn new(what: impl Into<String>, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { what: what.into(), source: source.into() }
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.what.is_empty() {
            return write!(f, "{}", self.source);
        }
        write!(f, "{}: {}", self.what, self.source)
    }
}

impl Error for StartError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.source)
    }
}

/// A thread ended that should not have.
#[derive(Debug)]
struct Stopped;

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a thread ended")
    }
}

impl Error for Stopped {}

impl From<io::Error> for StartError {
    fn from(error: io::Error) -> Self {
        Self::new("the system refused", error)
    }
}

const LOOK_AGAIN: Duration = Duration::from_millis(10);
const HOUSE: Duration = Duration::from_secs(60);
