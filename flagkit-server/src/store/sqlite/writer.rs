//! The thread that writes.

use std::thread::JoinHandle;

use parking_lot::Mutex;
use rusqlite::Connection;
use tokio::sync::{broadcast, mpsc, oneshot};

use super::failure::{closed, failure, of_transaction, too_busy};
use super::file::LockedFile;
use super::transaction::Transaction;
use crate::store::session::Operation;
use crate::store::{ErrorKind, Notice, PATIENCE, Result, StoreError};

/// The way to the thread that writes.
#[derive(Debug)]
pub(super) struct Writer {
    /// None after the end.
    queue: Mutex<Option<mpsc::Sender<Box<dyn Task>>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Writer {
    /// Starts the thread.
    pub(super) fn start(file: LockedFile, notices: broadcast::Sender<Notice>) -> Result<Self> {
        let (queue, tasks) = mpsc::channel(QUEUE_MAX);
        let thread = std::thread::Builder::new()
            .name("flagkit-sqlite".to_owned())
            .spawn(move || write_all(file, tasks, &notices))
            .map_err(|error| {
                let message = "the system gives no thread to write with";
                StoreError::new(ErrorKind::Broken, message).caused_by(error)
            })?;
        Ok(Self { queue: Mutex::new(Some(queue)), thread: Mutex::new(Some(thread)) })
    }

    /// Has an operation run and kept.
    pub(super) async fn run<O: Operation>(&self, operation: O) -> Result<O::Answer> {
        let queue = self.queue.lock().clone().ok_or_else(closed)?;
        let (answer, wait) = oneshot::channel();
        let task = Box::new(Pending { operation, result: None, answer });
        match queue.send_timeout(task, PATIENCE).await {
            Ok(()) => wait.await.map_err(|_| closed())?,
            Err(mpsc::error::SendTimeoutError::Timeout(_)) => Err(too_busy()),
            Err(mpsc::error::SendTimeoutError::Closed(_)) => Err(closed()),
        }
    }

    /// Waits until everything that waits is written.
    pub(super) async fn close(&self) {
        self.queue.lock().take();
        let Some(thread) = self.thread.lock().take() else { return };
        // A thread that panicked has nothing left to write.
        let _: std::result::Result<_, _> =
            tokio::task::spawn_blocking(move || thread.join().is_ok()).await;
    }
}

/// An operation that waits for its turn, of whatever kind.
trait Task: Send {
    /// Runs it and remembers what came of it; says whether it is to be kept.
    fn run(&mut self, transaction: &mut Transaction<'_>) -> bool;

    /// Says what came of it, after it is on disk, or that it is not.
    fn answer(self: Box<Self>, is_kept: std::result::Result<(), &StoreError>);
}

struct Pending<O: Operation> {
    operation: O,
    result: Option<Result<O::Answer>>,
    answer: oneshot::Sender<Result<O::Answer>>,
}

impl<O: Operation> Task for Pending<O> {
    fn run(&mut self, transaction: &mut Transaction<'_>) -> bool {
        let result = transaction.run(&self.operation);
        self.result.insert(result).is_ok()
    }

    fn answer(self: Box<Self>, is_kept: std::result::Result<(), &StoreError>) {
        let result = match (self.result, is_kept) {
            (Some(Ok(_)) | None, Err(error)) => Err(of_transaction(error)),
            (Some(result), _) => result,
            (None, Ok(())) => Err(closed()),
        };
        // Who asked may be gone: a connection was closed. What was written stays.
        let _: std::result::Result<_, _> = self.answer.send(result);
    }
}

/// Writes until nobody can ask any more.
fn write_all(
    mut file: LockedFile,
    mut tasks: mpsc::Receiver<Box<dyn Task>>,
    notices: &broadcast::Sender<Notice>,
) {
    while let Some(first) = tasks.blocking_recv() {
        let mut batch = vec![first];
        while batch.len() < BATCH_MAX {
            let Ok(next) = tasks.try_recv() else { break };
            batch.push(next);
        }
        let written = write(&mut file.connection, &mut batch);
        for task in batch {
            task.answer(written.as_ref().map(drop));
        }
        for notice in written.unwrap_or_default() {
            // Nobody may be listening.
            drop(notices.send(notice));
        }
    }
}

/// Writes a batch as one transaction, each task in a savepoint, and gives the notices of those
/// that worked.
fn write(connection: &mut Connection, batch: &mut [Box<dyn Task>]) -> Result<Vec<Notice>> {
    connection.execute_batch("BEGIN IMMEDIATE").map_err(failure)?;
    let mut news = Vec::new();
    let mut written = Ok(());
    for task in batch {
        written = written.and_then(|()| write_one(connection, task.as_mut(), &mut news));
    }
    let kept = written.and_then(|()| connection.execute_batch("COMMIT").map_err(failure));
    if let Err(error) = kept {
        // A commit that failed for good has ended the transaction already.
        if !connection.is_autocommit() {
            connection.execute_batch("ROLLBACK").map_err(failure)?;
        }
        return Err(error);
    }
    Ok(news)
}

/// # Errors
///
/// Where the savepoint itself fails, which spoils the whole transaction.
fn write_one(
    connection: &mut Connection,
    task: &mut dyn Task,
    news: &mut Vec<Notice>,
) -> Result<()> {
    connection.execute_batch("SAVEPOINT task").map_err(failure)?;
    let mut transaction = Transaction { connection, notices: Vec::new() };
    if task.run(&mut transaction) {
        let notices = transaction.notices;
        connection.execute_batch("RELEASE task").map_err(failure)?;
        news.extend(notices);
        return Ok(());
    }
    // A full disk makes SQLite undo the whole transaction by itself.
    if connection.is_autocommit() {
        return Err(StoreError::new(ErrorKind::Unavailable, "the database undid the transaction"));
    }
    connection.execute_batch("ROLLBACK TO task; RELEASE task").map_err(failure)
}

/// How much may wait. A thousand changes take a few milliseconds each at worst.
const QUEUE_MAX: usize = 1024;
/// How much is written at once, so that the first one does not wait for all others.
const BATCH_MAX: usize = 256;
