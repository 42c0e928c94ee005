//! Polling: the whole document, again and again, if it is another one.

use std::time::Duration;

use super::Machine;
use super::backoff::Backoff;
use super::event::{ProblemKind, Transport};
use super::failure::Failure;
use super::feed::{Body, Read};
use super::request::{Expects, HEAD_TIMEOUT, Head, Request, RequestId};

/// Where polling is.
#[derive(Debug)]
pub(super) struct Poll {
    pub(super) state: State,
    quick: Backoff,
    slow: Backoff,
    /// The kind of problem that was told and still holds.
    pub(super) told: Option<ProblemKind>,
    /// Whether the last attempt failed.
    has_failed: bool,
    /// Where the document goes on.
    pub(super) continued: Option<String>,
}

#[derive(Debug)]
pub(super) enum State {
    /// There is no need.
    Off,
    /// For the time of the next request.
    Waiting(Duration),
    /// For the answer to a request; with an `ETag` it may be that nothing is new.
    Asked { id: RequestId, at: Duration, has_etag: bool },
    /// For the rest of a body.
    Reading(Box<Reading>),
}

#[derive(Debug)]
pub(super) struct Reading {
    id: RequestId,
    began_at: Duration,
    /// When the last byte came.
    heard_at: Duration,
    body: Body,
}

impl Poll {
    /// Not polling; the bound of waits after failures is that between polls.
    pub(super) fn new(interval: Duration) -> Self {
        Self {
            state: State::Off,
            quick: Backoff::quick(interval),
            slow: Backoff::slow(),
            told: None,
            has_failed: false,
            continued: None,
        }
    }

    /// Begins at once; a problem that was told already is not told again.
    pub(super) fn start(&mut self, now: Duration, told: Option<ProblemKind>) {
        self.state = State::Waiting(now);
        self.told = told;
    }

    pub(super) fn stop(&mut self) {
        if self.is_on() {
            self.state = State::Off;
            self.quick.reset();
            self.slow.reset();
            self.has_failed = false;
            self.continued = None;
        }
    }

    pub(super) fn is_on(&self) -> bool {
        !matches!(self.state, State::Off)
    }

    /// The request that is under way.
    pub(super) fn id(&self) -> Option<RequestId> {
        match &self.state {
            State::Off | State::Waiting(_) => None,
            State::Asked { id, .. } => Some(*id),
            State::Reading(reading) => Some(reading.id),
        }
    }

    /// When something has to happen.
    pub(super) fn deadline(&self) -> Option<Duration> {
        match &self.state {
            State::Off => None,
            State::Waiting(due) => Some(*due),
            State::Asked { at, .. } => Some(at.saturating_add(HEAD_TIMEOUT)),
            State::Reading(reading) => {
                let silent = reading.heard_at.saturating_add(SILENCE);
                Some(silent.min(reading.began_at.saturating_add(BODY_TIMEOUT)))
            }
        }
    }
}

impl Machine {
    /// The request for a document, if it is due.
    pub(super) fn document_request(&mut self, now: Duration) -> Option<Request> {
        if !matches!(self.poll.state, State::Waiting(due) if due <= now) {
            return None;
        }
        let mut to = self.source.poll.clone();
        let mut has_etag = false;
        if let Some(url) = &self.poll.continued {
            to.url.clone_from(url);
        } else {
            self.feed.begin_document();
            if let Some(etag) = self.feed.etag() {
                to.set("if-none-match", etag);
                has_etag = true;
            }
        }
        self.requests += 1;
        let id = RequestId(self.requests);
        self.poll.state = State::Asked { id, at: now, has_etag };
        Some(to.request(id, Expects::Body))
    }

    pub(super) fn poll_answered(&mut self, head: &Head, now: Duration) {
        let State::Asked { id, has_etag, .. } = self.poll.state else { return };
        match head.status() {
            200 => {}
            304 if has_etag => return self.poll_is_current(now),
            _ => return self.poll_failed(Failure::of_head(head, self.source.origin()), now),
        }
        if let Some(problem) = self.source.is_no_document(head) {
            return self.poll_failed(problem.into(), now);
        }
        let url = self.poll.continued.take().unwrap_or_else(|| self.source.poll.url.clone());
        let (etag, link) = (head.etag().map(str::to_owned), head.link().map(str::to_owned));
        let body = Body { url, bytes: Vec::new(), etag, link };
        let reading = Reading { id, began_at: now, heard_at: now, body };
        self.poll.state = State::Reading(Box::new(reading));
    }

    pub(super) fn poll_said(&mut self, piece: &[u8], now: Duration) {
        let State::Reading(reading) = &mut self.poll.state else { return };
        reading.heard_at = now;
        let bytes = &mut reading.body.bytes;
        if piece.len() > self.source.bytes_max.saturating_sub(bytes.len()) {
            return self.poll_failed(self.source.is_too_large().into(), now);
        }
        bytes.extend_from_slice(piece);
    }

    pub(super) fn poll_ended(&mut self, now: Duration) {
        match std::mem::replace(&mut self.poll.state, State::Waiting(now)) {
            State::Reading(reading) => self.poll_read(reading.body, now),
            State::Off => self.poll.state = State::Off,
            State::Waiting(_) => {}
            State::Asked { .. } => self.poll_cut("it closed the connection", now),
        }
    }

    fn poll_read(&mut self, body: Body, now: Duration) {
        match self.feed.read(body, &mut self.outbox) {
            Read::Current => self.poll_is_current(now),
            Read::Older(problem) => {
                self.poll_is_good(now);
                self.note(Transport::Poll, problem);
            }
            Read::Broken(problem) => self.poll_failed(problem.into(), now),
            Read::Continued(url) => self.poll.continued = Some(url),
            Read::Moved(url) => {
                self.source.poll.url = url;
                self.feed.forget_questions();
            }
        }
    }

    /// The connection could not be made, or broke.
    pub(super) fn poll_cut(&mut self, message: &str, now: Duration) {
        let message = format!("no answer from {}: {message}", self.source.origin());
        self.poll_failed(ProblemKind::Unreachable.because(message).into(), now);
    }

    /// What has to happen at this time.
    pub(super) fn poll_timed_out(&mut self, now: Duration) {
        if self.poll.deadline().is_none_or(|deadline| deadline > now) {
            return;
        }
        let origin = self.source.origin();
        match &self.poll.state {
            State::Off | State::Waiting(_) => {}
            State::Asked { .. } => {
                let message = format!("no answer from {origin} within {HEAD_TIMEOUT:?}");
                self.poll_failed(ProblemKind::Unreachable.because(message).into(), now);
            }
            State::Reading(_) => {
                let message = format!(
                    "the answer of {origin} did not end: nothing for {SILENCE:?}, or too slow for \
                     {BODY_TIMEOUT:?}"
                );
                self.poll_failed(ProblemKind::Silent.because(message).into(), now);
            }
        }
    }

    fn poll_is_current(&mut self, now: Duration) {
        self.poll.told = None;
        self.confirmed = Some(now);
        self.poll_is_good(now);
    }

    fn poll_is_good(&mut self, now: Duration) {
        self.poll.quick.reset();
        self.poll.slow.reset();
        let wait = self.random.spread(self.source.poll_interval);
        self.poll.state = State::Waiting(now.saturating_add(wait));
        if std::mem::take(&mut self.poll.has_failed)
            && let Some(stream) = &mut self.stream
        {
            // What kept polls from arriving may have been what kept the stream.
            stream.hurry(now.saturating_add(self.random.part_of(STREAM_HURRY)));
        }
        self.connect(Transport::Poll);
    }

    fn poll_failed(&mut self, failure: Failure, now: Duration) {
        self.poll.has_failed = true;
        self.poll.continued = None;
        let wait = if failure.is_lasting() {
            self.poll.slow.next_spread(&mut self.random).max(failure.retry_after)
        } else {
            let wait = self.poll.quick.next_jittered(&mut self.random);
            wait.saturating_add(failure.retry_after)
        };
        self.poll.state = State::Waiting(now.saturating_add(wait));
        self.tell(Transport::Poll, failure.problem);
    }
}

/// A body that says nothing for so long is lost.
const SILENCE: Duration = Duration::from_secs(30);
/// A body that takes longer never ends.
const BODY_TIMEOUT: Duration = Duration::from_secs(300);
/// How soon the stream gets another chance once polls arrive again.
const STREAM_HURRY: Duration = Duration::from_secs(5);
