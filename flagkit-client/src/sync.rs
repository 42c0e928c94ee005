//! What to ask a source for and when, without any IO.
//!
//! Bytes, errors and the time go in; requests, a time to come back and events come out. Whoever
//! drives it owns sockets, threads and the clock, and a test owns them all.

use std::time::Duration;

use flagkit_protocol::Version;

mod backoff;
mod elapsed;
mod event;
mod failure;
mod feed;
mod outbox;
mod poll;
mod random;
mod request;
mod source;
pub mod sse;
mod stream;

pub use event::{Delta, Document, Event, Problem, ProblemKind, Snapshot, Transport};
pub use request::{Expects, Head, Request, RequestId};
pub use source::{Source, SourceKind};

pub(crate) use backoff::{Backoff, retry_after};
pub(crate) use random::Random;

use elapsed::Elapsed;
use feed::{Feed, Refusal};
use outbox::Outbox;
use poll::Poll;
use stream::Stream;

/// Keeps up with a source, whatever happens: nothing that a source or a network does is final.
///
/// Everything that happens is told by a `handle_` function. After each, everything that `poll_event`
/// and `poll_request` have is fetched and done, connections of requests that are not
/// [wanted](Self::is_wanted) any more are dropped, and [`handle_timeout`](Self::handle_timeout) is
/// called at the time of [`poll_timeout`](Self::poll_timeout), if nothing else happens before. At
/// most two requests are under way: a stream, and a poll while the stream is not of use.
///
/// Times are durations since any fixed moment. Only steps forward count, so a clock that is set
/// back stops nothing.
///
/// ```
/// use std::time::Duration;
/// use flagkit_client::sync::{Event, Head, Machine, Source};
///
/// let source = Source::address("https://example.com/flags.json");
/// let mut machine = Machine::new(source, 42);
/// let now = Duration::ZERO;
///
/// let request = machine.poll_request(now).expect("the first request is due at once");
/// machine.handle_response(request.id, &Head::new(200), now);
/// machine.handle_bytes(request.id, br#"{"flags":{}}"#, now);
/// machine.handle_end(request.id, now);
///
/// assert!(matches!(machine.poll_event(), Some(Event::Document(_))));
/// assert!(matches!(machine.poll_event(), Some(Event::Connected(_))));
/// assert!(machine.poll_timeout() >= now + Duration::from_secs(60));
/// ```
#[derive(Debug)]
pub struct Machine {
    source: Source,
    feed: Feed,
    /// None where there is no stream, or none is wanted.
    stream: Option<Stream>,
    poll: Poll,
    outbox: Outbox,
    /// How flags arrive.
    connected: Option<Transport>,
    /// When the source last said that what is held is current.
    confirmed: Option<Duration>,
    elapsed: Elapsed,
    random: Random,
    requests: u64,
}

impl Machine {
    /// A machine that holds nothing, whose first request is due at once.
    ///
    /// The seed decides all chance, which spreads clients over time: give each process another.
    #[must_use]
    pub fn new(source: Source, seed: u64) -> Self {
        let mut machine = Self {
            feed: Feed::of(&source),
            stream: None,
            poll: Poll::new(source.poll_interval),
            outbox: Outbox::default(),
            connected: None,
            confirmed: None,
            elapsed: Elapsed::default(),
            random: Random::new(seed),
            requests: 0,
            source,
        };
        machine.begin(Duration::ZERO);
        machine
    }

    /// Takes over what a cache holds of our server, the document byte for byte as it was told or
    /// put together of such parts; then only what changed is asked for. False for other sources,
    /// and for a text that is no document.
    pub fn resume_snapshot(&mut self, version: Version, document: &str) -> bool {
        self.feed.resume_snapshot(version, document)
    }

    /// Takes over what a cache holds of any other source: it is not told again.
    pub fn resume_document(&mut self, text: &str, etag: Option<&str>) {
        self.feed.resume_document(text, etag);
    }

    /// The head of an answer came.
    pub fn handle_response(&mut self, id: RequestId, head: &Head, now: Duration) {
        let now = self.elapsed.advance(now);
        match self.transport_of(id) {
            Some(Transport::Stream) => self.stream_answered(head, now),
            Some(Transport::Poll) => self.poll_answered(head, now),
            None => {}
        }
    }

    /// A piece of a body came.
    pub fn handle_bytes(&mut self, id: RequestId, piece: &[u8], now: Duration) {
        let now = self.elapsed.advance(now);
        match self.transport_of(id) {
            Some(Transport::Stream) => self.stream_said(piece, now),
            Some(Transport::Poll) => self.poll_said(piece, now),
            None => {}
        }
    }

    /// A body ended as it should.
    pub fn handle_end(&mut self, id: RequestId, now: Duration) {
        let now = self.elapsed.advance(now);
        match self.transport_of(id) {
            Some(Transport::Stream) => self.stream_cut("it ended", now),
            Some(Transport::Poll) => self.poll_ended(now),
            None => {}
        }
    }

    /// There is no connection, or it broke. The message is for people and holds no key.
    pub fn handle_error(&mut self, id: RequestId, message: &str, now: Duration) {
        let now = self.elapsed.advance(now);
        match self.transport_of(id) {
            Some(Transport::Stream) => self.stream_cut(message, now),
            Some(Transport::Poll) => self.poll_cut(message, now),
            None => {}
        }
    }

    /// Time has passed.
    pub fn handle_timeout(&mut self, now: Duration) {
        let now = self.elapsed.advance(now);
        self.stream_timeout(now);
        self.poll_timed_out(now);
    }

    /// The flags that [`poll_event`](Self::poll_event) gave last cannot be used; to be called
    /// before its next call. They are not told again. The next state that the source has is.
    pub fn handle_refused(&mut self, now: Duration) {
        let now = self.elapsed.advance(now);
        let Some(receipt) = self.outbox.take_fetched() else { return };
        if self.feed.refuse(receipt, &mut self.outbox) == Refusal::Missing {
            self.stream_begins_again(None, now);
        }
    }

    /// The change that [`poll_event`](Self::poll_event) gave last cannot be made without all other
    /// flags; to be called before its next call. All flags are asked for.
    pub fn handle_unfit(&mut self, now: Duration) {
        let now = self.elapsed.advance(now);
        let Some(receipt) = self.outbox.take_fetched() else { return };
        self.feed.undo(receipt, &mut self.outbox);
        if let Some(stream) = &mut self.stream {
            stream.is_all_wanted = true;
            self.stream_begins_again(None, now);
        }
    }

    /// The address or the key is another, or may work again: all is asked at once. What is held
    /// stays until something else comes.
    pub fn handle_source(&mut self, source: Source, now: Duration) {
        let now = self.elapsed.advance(now);
        if source.kind == self.source.kind {
            self.feed.forget_questions();
        } else {
            self.feed = Feed::of(&source);
        }
        self.source = source;
        self.begin(now);
    }

    /// The next news.
    #[must_use = "what is not published is not told again"]
    pub fn poll_event(&mut self) -> Option<Event> {
        self.outbox.fetch()
    }

    /// The next request that is due.
    #[must_use = "a request that is not sent is given up after ten seconds"]
    pub fn poll_request(&mut self, now: Duration) -> Option<Request> {
        let now = self.elapsed.advance(now);
        self.stream_request(now).or_else(|| self.document_request(now))
    }

    /// When to call [`handle_timeout`](Self::handle_timeout) or
    /// [`poll_request`](Self::poll_request), unless something happens before.
    #[must_use]
    pub fn poll_timeout(&self) -> Duration {
        let stream = self.stream.as_ref().map(Stream::deadline);
        let next = stream.into_iter().chain(self.poll.deadline()).min();
        self.elapsed.for_caller(next.unwrap_or(Duration::MAX))
    }

    /// Whether the answer to a request still matters.
    #[must_use]
    pub fn is_wanted(&self, id: RequestId) -> bool {
        self.transport_of(id).is_some()
    }

    /// The version of what was told last, from our server.
    #[must_use]
    pub fn version(&self) -> Option<&Version> {
        self.feed.version()
    }

    /// When the source last said that what was told last is current.
    #[must_use]
    pub fn confirmed_at(&self) -> Option<Duration> {
        self.confirmed.map(|at| self.elapsed.for_caller(at))
    }

    /// Begins to ask.
    fn begin(&mut self, now: Duration) {
        self.poll = Poll::new(self.source.poll_interval);
        self.stream = self.source.stream.is_some().then(|| Stream::new(now));
        if self.stream.is_none() {
            self.poll.start(now, None);
        }
    }

    fn transport_of(&self, id: RequestId) -> Option<Transport> {
        if self.stream.as_ref().and_then(Stream::id) == Some(id) {
            return Some(Transport::Stream);
        }
        (self.poll.id() == Some(id)).then_some(Transport::Poll)
    }

    /// Flags arrive.
    fn connect(&mut self, by: Transport) {
        if self.connected != Some(by) {
            self.connected = Some(by);
            self.outbox.tell(Event::Connected(by));
        }
    }

    /// A way for flags is closed: they do not arrive, unless there is another.
    fn tell(&mut self, by: Transport, problem: Problem) {
        let is_open = match self.connected {
            None => true,
            Some(Transport::Stream) => self.stream.as_ref().is_some_and(Stream::is_open),
            Some(Transport::Poll) => by == Transport::Stream,
        };
        if is_open {
            return self.note(by, problem);
        }
        *self.told(by) = Some(problem.kind);
        self.connected = None;
        self.outbox.tell(Event::Disconnected(problem));
    }

    /// Tells a problem, unless it is the one that was told last.
    fn note(&mut self, by: Transport, problem: Problem) {
        if self.told(by).replace(problem.kind) != Some(problem.kind) {
            self.outbox.tell(Event::Problem(problem));
        }
    }

    fn told(&mut self, by: Transport) -> &mut Option<ProblemKind> {
        match (by, &mut self.stream) {
            (Transport::Stream, Some(stream)) => &mut stream.told,
            _ => &mut self.poll.told,
        }
    }
}

#[cfg(test)]
mod tests;
