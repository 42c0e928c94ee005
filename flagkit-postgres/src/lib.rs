//! How `FlagKit` reaches a PostgreSQL database: its URL, TLS, and limits of time.
//!
//! The flag server and the journal of releases share this, so that one URL means the same to both. It
//! is an inner crate: what it gives are the driver's own types.
//!
//! No error and no [`shown`] URL contains a password.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use tokio_postgres::config::SslMode;
use tokio_postgres::{Client, Config, Connection, Socket};

mod tls;
mod url;

pub use tls::{Encrypted, Handshake, Tls};
pub use url::{shown, take_parameter};

/// Where a database is, and how to speak to it.
#[derive(Clone)]
pub struct Place {
    config: Config,
    tls: Tls,
}

impl Place {
    /// Reads a URL such as `postgres://user:password@host:5432/database`. Nobody is asked anything yet.
    ///
    /// `settings` are those of the session, as `-c name=value`; what the URL says of them comes behind
    /// and wins. A connection is given up after 3 seconds, and one whose other end does not
    /// acknowledge after 10, unless the URL says other times. TLS is on with `sslmode=require` or
    /// `sslrootcert=FILE`, and then the certificate is checked.
    ///
    /// # Errors
    ///
    /// A URL that cannot be read, and authorities that cannot be.
    pub fn of(url: &str, settings: &str) -> Result<Self, Unusable> {
        let (url, authorities) = tls::url_and_authorities(url);
        let is_url = ["postgres://", "postgresql://"].iter().any(|begin| url.starts_with(begin));
        // The driver's own words may have a part of the password in them.
        let read = || url.parse::<Config>().ok().filter(|_| is_url);
        let mut config = read().ok_or_else(|| {
            Unusable::new(
                "the URL of the database cannot be read; it looks like \
                 `postgres://user:password@host:5432/database`, with `%40` for an `@` in the password \
                 and so on",
            )
        })?;
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT_TIMEOUT);
        }
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(TCP_TIMEOUT);
        }
        if config.get_application_name().is_none() {
            config.application_name("flagkit");
        }
        let own = config.get_options().unwrap_or_default();
        let options = format!("{settings} {own}");
        config.options(options);
        let wanted = config.get_ssl_mode();
        if wanted == SslMode::Require || (wanted != SslMode::Disable && authorities.is_some()) {
            config.ssl_mode(SslMode::Require);
            return Ok(Self { config, tls: Tls::checked_by(authorities.as_deref())? });
        }
        // To try it and be content without is no protection from anybody.
        config.ssl_mode(SslMode::Disable);
        Ok(Self { config, tls: Tls::none() })
    }

    /// A connection. The second half has to be polled for the first to get answers.
    ///
    /// # Errors
    ///
    /// As the driver says.
    pub async fn connect(
        &self,
    ) -> Result<(Client, Connection<Socket, Encrypted>), tokio_postgres::Error> {
        self.config.connect(self.tls.clone()).await
    }

    /// For pools: what the driver is configured with, the password included.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// For pools.
    pub fn tls(&self) -> &Tls {
        &self.tls
    }
}

/// Without the configuration, which has a password.
impl fmt::Debug for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Place").finish_non_exhaustive()
    }
}

/// Why no database can be reached with a URL.
#[derive(Debug)]
pub struct Unusable {
    message: String,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl Unusable {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), source: None }
    }

    pub(crate) fn caused_by(self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { source: Some(source.into()), ..self }
    }
}

impl fmt::Display for Unusable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl Error for Unusable {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
const TCP_TIMEOUT: Duration = Duration::from_secs(10);
