//! Clients that are slow on purpose, or not there any more.
//!
//! A request has to arrive within a time from its first byte; a connection may wait longer for
//! the next request. What is sent has to go on being taken: a client that takes nothing for the
//! same time is disconnected, and whatever waited for it is dropped.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use parking_lot::Mutex;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

/// What a connection is doing.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Phase {
    /// Waiting for a request.
    Waiting,
    /// Working on the answer, which may read the request's body.
    Answering,
    /// Sending what does not end.
    Streaming,
}

/// The phase, known to both ends of a connection.
#[derive(Clone, Debug)]
pub(super) struct SharedPhase(Arc<Mutex<Phase>>);

impl SharedPhase {
    pub(super) fn set(&self, phase: Phase) {
        *self.0.lock() = phase;
    }
}

/// A transport that does not wait for ever.
#[derive(Debug)]
pub(super) struct Paced<T> {
    inner: T,
    phase: SharedPhase,
    /// For a request to arrive, and for a client to take something.
    time: Duration,
    /// When the next bytes must be there at the latest.
    read: Option<Pin<Box<Sleep>>>,
    /// Whether a request has begun to arrive.
    has_begun: bool,
    /// When the client must have taken something at the latest.
    write: Option<Pin<Box<Sleep>>>,
}

impl<T> Paced<T> {
    pub(super) fn new(inner: T, time: Duration) -> (Self, SharedPhase) {
        let phase = SharedPhase(Arc::new(Mutex::new(Phase::Waiting)));
        let shared = phase.clone();
        (Self { inner, phase, time, read: None, has_begun: false, write: None }, shared)
    }

    fn has_waited_too_long(&mut self, cx: &mut Context<'_>) -> bool {
        if *self.phase.0.lock() != Phase::Waiting {
            self.read = None;
            self.has_begun = false;
            return false;
        }
        let time = if self.has_begun { self.time } else { self.time.max(IDLE) };
        let sleep = self.read.get_or_insert_with(|| Box::pin(sleep(time)));
        sleep.as_mut().poll(cx).is_ready()
    }

    /// A request begins with the first bytes after an answer.
    fn note_arrival(&mut self) {
        if !self.has_begun && *self.phase.0.lock() == Phase::Waiting {
            self.has_begun = true;
            self.read = Some(Box::pin(sleep(self.time)));
        }
    }

    /// What came of an attempt to send something.
    fn note_sent<R>(
        &mut self,
        sent: Poll<io::Result<R>>,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<R>> {
        if sent.is_ready() {
            self.write = None;
            if !self.has_begun {
                self.read = None;
            }
            return sent;
        }
        let time = self.time;
        let sleep = self.write.get_or_insert_with(|| Box::pin(sleep(time)));
        if sleep.as_mut().poll(cx).is_ready() {
            let problem = "the client takes nothing";
            return Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, problem)));
        }
        sent
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for Paced<T> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        let read = Pin::new(&mut this.inner).poll_read(cx, buffer);
        if read.is_ready() && buffer.filled().len() > before {
            this.note_arrival();
        }
        if read.is_pending() && this.has_waited_too_long(cx) {
            let problem = "no request arrived in time";
            return Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, problem)));
        }
        read
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Paced<T> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let sent = Pin::new(&mut this.inner).poll_write(cx, bytes);
        this.note_sent(sent, cx)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let sent = Pin::new(&mut this.inner).poll_write_vectored(cx, bytes);
        this.note_sent(sent, cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let flushed = Pin::new(&mut this.inner).poll_flush(cx);
        this.note_sent(flushed, cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let shut = Pin::new(&mut this.inner).poll_shutdown(cx);
        this.note_sent(shut, cx)
    }
}

/// How long a connection may wait for the next request: longer than clients that ask every
/// minute.
const IDLE: Duration = Duration::from_secs(75);

#[cfg(test)]
mod tests;
