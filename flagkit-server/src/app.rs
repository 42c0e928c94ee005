//! What every request can reach.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Semaphore, watch};

use crate::auth::Keys;
use crate::config::Config;
use crate::environments::Environments;
use crate::evaluations::Evaluations;
use crate::limits::{Places, Rate};
use crate::metrics::Metrics;
use crate::unleash::Sides;

/// The server behind its routes.
#[derive(Debug)]
pub(crate) struct App {
    /// What it was told.
    pub(crate) config: Config,
    /// Everything that is served.
    pub(crate) environments: Arc<Environments>,
    /// Who may ask.
    pub(crate) keys: Arc<Keys>,
    /// Requests of each key.
    pub(crate) requests: Rate,
    /// Changes of each key.
    pub(crate) changes: Rate,
    /// Streams of each key.
    pub(crate) streams: Places,
    /// What is counted.
    pub(crate) metrics: Metrics,
    /// What was evaluated and is not stored yet.
    pub(crate) evaluations: Evaluations,
    /// What Unleash's SDKs get.
    pub(crate) unleash: Sides,
    /// A permit for each connection that there may be.
    pub(crate) connections: Arc<Semaphore>,
    /// Whether the server is about to stop.
    pub(crate) stopping: watch::Sender<bool>,
}

impl App {
    /// A server of these environments for these keys.
    pub(crate) fn new(config: Config, environments: Arc<Environments>, keys: Arc<Keys>) -> Self {
        let limits = &config.limits;
        Self {
            requests: Rate::new("requests", limits.requests_per_second, Duration::from_secs(1)),
            changes: Rate::new("changes", limits.changes_per_minute, Duration::from_secs(60)),
            streams: Places::new(limits.streams_per_key),
            metrics: Metrics::default(),
            evaluations: Evaluations::default(),
            unleash: Sides::default(),
            connections: Arc::new(Semaphore::new(limits.connections)),
            stopping: watch::Sender::new(false),
            environments,
            keys,
            config,
        }
    }
    /// How many connections there are.
    pub(crate) fn connections(&self) -> usize {
        self.config.limits.connections.saturating_sub(self.connections.available_permits())
    }

    /// Whether the server is about to stop.
    pub(crate) fn is_stopping(&self) -> bool {
        *self.stopping.borrow()
    }
}
