//! The thread that has the journal: stores wait for disks, and the engine does not.

use std::pin::Pin;
use std::sync::Arc;
use std::thread;

use tokio::sync::{mpsc, oneshot};

use crate::executor::Batch;
use crate::journal::{Head, Journal, JournalError, Kept, Stored, Unfinished};
use crate::neighbours::Past;
use crate::order::{Fence, ReleaseId};

/// Where to send the result of something.
pub(super) type Reply<T> = oneshot::Sender<Result<T, JournalError>>;

/// What the thread is asked for.
pub(super) enum Ask {
    /// The lead, and what is to be gone on with.
    Lead(Reply<Option<(Fence, Vec<Unfinished>)>>),
    /// A batch made durable.
    Append(Arc<Batch>, Reply<()>),
    /// The state of one release.
    Kept(String, Reply<Option<Kept>>),
    /// The names of all releases.
    Releases(Reply<Vec<(ReleaseId, bool)>>),
    /// The records of one release, or of all.
    Records(Option<String>, Reply<Vec<Stored>>),
    /// The latest release of each target, of those that are over.
    Past(Reply<Past>),
    /// Every hash computed again.
    Verify(Reply<Head>),
}

/// The way to the thread. It ends, and closes the journal, when the last of these is dropped.
#[derive(Clone, Debug)]
pub(super) struct Keeper {
    asks: mpsc::UnboundedSender<Ask>,
}

impl Keeper {
    /// Starts the thread.
    pub(super) fn start(journal: Box<dyn Journal>) -> std::io::Result<Self> {
        let (asks, todo) = mpsc::unbounded_channel();
        thread::Builder::new().name("flagkit-journal".to_owned()).spawn(|| keep(journal, todo))?;
        Ok(Self { asks })
    }

    /// Asks, and does not wait.
    pub(super) fn ask<T: Send + 'static>(
        &self,
        ask: impl FnOnce(Reply<T>) -> Ask,
    ) -> Pin<Box<dyn Future<Output = Result<T, JournalError>> + Send>> {
        let (reply, answer) = oneshot::channel();
        let sent = self.asks.send(ask(reply));
        let gone = || JournalError::Store("the thread of the journal has ended".to_owned());
        Box::pin(async move {
            sent.map_err(|_| gone())?;
            answer.await.map_err(|_| gone())?
        })
    }
}

/// Does what is asked, one after another. An answer that nobody waits for is dropped.
fn keep(mut journal: Box<dyn Journal>, mut asks: mpsc::UnboundedReceiver<Ask>) {
    while let Some(ask) = asks.blocking_recv() {
        match ask {
            Ask::Lead(reply) => drop(reply.send(lead(&mut *journal))),
            Ask::Append(batch, reply) => {
                let Batch { fence, records, states, .. } = &*batch;
                drop(reply.send(journal.append(*fence, records, states)));
            }
            Ask::Kept(release, reply) => drop(reply.send(journal.kept(&release))),
            Ask::Releases(reply) => drop(reply.send(journal.releases())),
            Ask::Records(release, reply) => drop(reply.send(journal.records(release.as_deref()))),
            Ask::Past(reply) => drop(reply.send(Past::read(&mut *journal))),
            Ask::Verify(reply) => drop(reply.send(journal.verify())),
        }
    }
}

fn lead(journal: &mut dyn Journal) -> Result<Option<(Fence, Vec<Unfinished>)>, JournalError> {
    let Some(fence) = journal.lead()? else { return Ok(None) };
    Ok(Some((fence, journal.unfinished()?)))
}
