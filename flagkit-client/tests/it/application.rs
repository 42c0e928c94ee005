//! An application that follows a server.

use std::sync::Arc;
use std::time::{Duration, Instant};

use flagkit_client::{Config, Error, Log, Options, Publisher, Updater};

use crate::server::Server;

pub(crate) const ON: &str = r#"{"enabled":true,"rollout_percentage":100}"#;
pub(crate) const OFF: &str = r#"{"enabled":false}"#;

pub(crate) struct Application {
    pub(crate) publisher: Arc<Publisher>,
    pub(crate) updater: Updater,
}

impl Application {
    pub(crate) fn of(server: &Server) -> Self {
        Self::with(options(server))
    }

    pub(crate) fn with(options: Options) -> Self {
        Self::open(options).unwrap()
    }

    pub(crate) fn open(options: Options) -> Result<Self, Error> {
        let publisher = Publisher::new();
        let updater = Updater::open(&publisher, &Config::new(options, [])?)?;
        Ok(Self { publisher, updater })
    }

    pub(crate) fn is_on(&self, flag: &str) -> bool {
        is_on(&self.publisher, flag)
    }
}

pub(crate) fn options(server: &Server) -> Options {
    Options::new().server(server.url(), "key").proxy("off").log(Log::Off)
}

pub(crate) fn is_on(publisher: &Publisher, flag: &str) -> bool {
    let world = flagkit_core::Fixed::at(flagkit_core::Timestamp::EPOCH);
    publisher.with(|snapshot| snapshot.is_enabled(flag, &(), &world))
}

/// Whether something becomes true, given enough time for a busy machine.
pub(crate) fn becomes(is_true: impl Fn() -> bool) -> bool {
    within(Duration::from_secs(30), is_true)
}

pub(crate) fn within(limit: Duration, is_true: impl Fn() -> bool) -> bool {
    let start = Instant::now();
    while start.elapsed() < limit {
        if is_true() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    is_true()
}
