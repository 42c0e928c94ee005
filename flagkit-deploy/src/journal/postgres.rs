//! A journal in a PostgreSQL database, for several engines of which one leads.
//!
//! The lead is two things. A *lock* of the session says who may ask for it: the server frees it when
//! the session ends, however that came. An *epoch* in the database says who may write: whoever takes
//! the lead makes it greater, and every append looks at it in its own transaction. A leader whose
//! session was lost writes on with its epoch over a new session, and takes the lock back if it is
//! free; if another engine has led meanwhile, the epoch is a greater one and the answer
//! [`JournalError::Fenced`]. The lock alone would not do: a session can end without its
//! leader knowing.
//!
//! Everything is in one schema of the database, so that one database can hold several journals. It is
//! made with the first lead; reading changes nothing. The database speaks UTF-8, and a proxy that
//! shares sessions (transaction pooling) must not be in between: it would share the lock, too.

use std::fmt;
use std::thread;
use std::time::{Duration, Instant};

use flagkit_postgres::{Place, shown, take_parameter};
use tokio::runtime::{Builder, Runtime};

use crate::journal::chain::{Head, Stored};
use crate::journal::{Journal, JournalError, Keep, Kept, Unfinished};
use crate::order::{Fence, ReleaseId};
use crate::record::Record;

mod append;
mod read;
mod session;
mod tables;

use session::Session;
use tables::Tables;

/// A journal in a schema of a database.
pub struct Postgres {
    place: Place,
    tables: Tables,
    shown: String,
    /// None before it is needed.
    runtime: Option<Runtime>,
    /// None before it is needed, and after it was lost.
    session: Option<Session>,
    /// How long to wait before the next session, from when on; grows while none can be had.
    pause: Option<(Instant, Duration)>,
    /// Where the chain stood before and after an append of which nobody knows whether it was written.
    unsure: Option<(Head, Head)>,
}

impl Postgres {
    /// The journal of this URL: `postgres://user:password@host:5432/database?schema=NAME`. Without a
    /// schema it is `flagkit`. `sslmode=require` or `sslrootcert=FILE` ask for TLS with a checked
    /// certificate. Nobody is asked anything before the journal is used.
    ///
    /// # Errors
    ///
    /// [`JournalError::Store`] for a URL that cannot be read, without its password.
    pub fn new(url: &str) -> Result<Self, JournalError> {
        let (place, schema) = take_parameter(url, "schema");
        let refused = |error: &dyn fmt::Display| JournalError::Store(format!("journal: {error}"));
        let tables = Tables::of(schema.as_deref().unwrap_or("flagkit"))?;
        let place = Place::of(&place, TIME_LIMITS).map_err(|error| refused(&error))?;
        Ok(Self {
            place,
            shown: format!("{}?schema={}", shown(url), tables.schema()),
            tables,
            runtime: None,
            session: None,
            pause: None,
            unsure: None,
        })
    }

    /// Whether an engine leads now: this one, or another.
    ///
    /// # Errors
    ///
    /// [`JournalError::Store`] if the database does not answer.
    pub fn is_led(&mut self) -> Result<bool, JournalError> {
        self.run(async |session| session.is_led().await)
    }

    /// Does something over a session. One that was lost since the last call is replaced once.
    fn run<T: Send>(
        &mut self,
        mut work: impl AsyncFnMut(&mut Session) -> Result<T, JournalError> + Send,
    ) -> Result<T, JournalError> {
        let was_there = self.session.is_some();
        match self.attempt(&mut work) {
            Err(error) if was_there && error.is_transient() && self.session.is_none() => {
                self.attempt(&mut work)
            }
            done => done,
        }
    }

    /// The same once. It has a thread of its own: whoever calls may be a task of a runtime, which
    /// must not wait inside another one.
    fn attempt<T: Send>(
        &mut self,
        work: &mut (impl AsyncFnMut(&mut Session) -> Result<T, JournalError> + Send),
    ) -> Result<T, JournalError> {
        let broken = |error: std::io::Error| JournalError::store("starting to speak", error);
        let runtime = match self.runtime.take() {
            Some(runtime) => runtime,
            None => Builder::new_current_thread().enable_all().build().map_err(broken)?,
        };
        let runtime = self.runtime.insert(runtime);
        let (place, tables, slot) = (&self.place, &self.tables, &mut self.session);
        let pause = &mut self.pause;
        let conversation = || {
            runtime.block_on(async {
                let session = match slot.take() {
                    Some(session) => session,
                    None => connected(place, tables, pause).await?,
                };
                let session = slot.insert(session);
                let done = work(session).await;
                session.settle().await;
                if session.is_lost() {
                    *slot = None;
                }
                done
            })
        };
        thread::scope(|scope| {
            let name = "flagkit-journal-db".to_owned();
            let thread = thread::Builder::new().name(name).spawn_scoped(scope, conversation);
            let done = thread.map_err(broken)?.join();
            done.unwrap_or_else(|_| Err(JournalError::Store("a conversation panicked".to_owned())))
        })
    }
}

/// A new session, not before the pause after the last failure is over.
async fn connected(
    place: &Place,
    tables: &Tables,
    pause: &mut Option<(Instant, Duration)>,
) -> Result<Session, JournalError> {
    let last = *pause;
    if let Some((since, length)) = last {
        tokio::time::sleep(length.saturating_sub(since.elapsed())).await;
    }
    let session = Session::open(place, tables).await;
    let next = last.map_or(PAUSE_MIN, |(_, length)| (length * 2).min(PAUSE_MAX));
    *pause = session.is_err().then(|| (Instant::now(), next));
    session
}

impl Journal for Postgres {
    fn lead(&mut self) -> Result<Option<Fence>, JournalError> {
        // Whoever leads anew reads how far things are; what was unsure before is settled by that.
        self.unsure = None;
        self.run(async |session| session.lead().await)
    }

    fn append(
        &mut self,
        fence: Fence,
        records: &[Record],
        states: &[Keep],
    ) -> Result<(), JournalError> {
        let mut unsure = self.unsure;
        let written = self.run(async |session| {
            let mut tried = None;
            let addition = (records, states);
            let written = session.append(fence, addition, unsure, &mut tried).await;
            unsure = if written.is_ok() { None } else { tried.or(unsure) };
            written
        });
        self.unsure = unsure;
        written
    }

    fn unfinished(&mut self) -> Result<Vec<Unfinished>, JournalError> {
        self.run(async |session| session.unfinished().await)
    }

    fn kept(&mut self, release: &str) -> Result<Option<Kept>, JournalError> {
        self.run(async |session| session.kept(release).await)
    }

    fn planned(&mut self, release: &str) -> Result<Option<Stored>, JournalError> {
        self.run(async |session| session.planned(release).await)
    }

    fn releases(&mut self) -> Result<Vec<(ReleaseId, bool)>, JournalError> {
        self.run(async |session| session.releases().await)
    }

    fn records(&mut self, release: Option<&str>) -> Result<Vec<Stored>, JournalError> {
        self.run(async |session| match release {
            Some(release) => session.records_of(release).await,
            None => session.all_records().await,
        })
    }

    fn verify(&mut self) -> Result<Head, JournalError> {
        self.run(async |session| session.verify().await)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // Without a word the lock would be free once the server sees the end of the connection.
        if self.session.as_ref().is_some_and(Session::has_lock) {
            drop(self.attempt(&mut async |session: &mut Session| session.unlock().await));
        }
        self.session = None;
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// Without user and password.
impl fmt::Debug for Postgres {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Postgres").field(&self.shown).finish()
    }
}

/// Without user and password: `postgres://host:5432/database?schema=flagkit`.
impl fmt::Display for Postgres {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.shown)
    }
}

/// In milliseconds, and of keepalives in seconds. A dead engine's session is noticed after about
/// twenty seconds, and then its lock is free.
const TIME_LIMITS: &str = "-c statement_timeout=15000 -c lock_timeout=5000 \
    -c idle_in_transaction_session_timeout=10000 -c tcp_keepalives_idle=10 \
    -c tcp_keepalives_interval=3 -c tcp_keepalives_count=3";
const PAUSE_MIN: Duration = Duration::from_millis(100);
const PAUSE_MAX: Duration = Duration::from_secs(2);

#[cfg(test)]
#[cfg(unix)]
mod tests;
