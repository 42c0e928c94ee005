//! The stream: one connection over which changes arrive.

use std::collections::VecDeque;
use std::time::Duration;

use super::Machine;
use super::backoff::Backoff;
use super::event::{Problem, ProblemKind, Transport};
use super::failure::Failure;
use super::feed::Heard;
use super::random::Random;
use super::request::{Expects, HEAD_TIMEOUT, Head, Request, RequestId};
use super::sse::{Item, Parser};

/// Where the stream is, and how it did lately.
#[derive(Debug)]
pub(super) struct Stream {
    pub(super) state: State,
    quick: Backoff,
    slow: Backoff,
    /// When the last failures were.
    failures: VecDeque<Duration>,
    /// The kind of problem that was told and still holds.
    pub(super) told: Option<ProblemKind>,
    /// How long nobody should come back, as the stream itself said.
    retry: Duration,
    /// Whether to ask for everything, not for what changed.
    pub(super) is_all_wanted: bool,
}

#[derive(Debug)]
pub(super) enum State {
    /// For the time of the next request.
    Waiting(Duration),
    /// For the answer to a request.
    Asked { id: RequestId, at: Duration },
    /// For what is said.
    Open(Box<Open>),
}

/// A stream that was answered.
#[derive(Debug)]
pub(super) struct Open {
    id: RequestId,
    parser: Parser,
    /// When the last byte came.
    heard_at: Duration,
    /// When an event began that has not ended.
    began_at: Option<Duration>,
    /// When something true was said first.
    healthy_since: Option<Duration>,
    /// After how long without a byte it is lost.
    silence: Duration,
    /// When to leave it, after a goodbye.
    leave_at: Option<Duration>,
}

/// What something that was said shows.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Sign {
    /// The source lives.
    Alive,
    /// What is held is current.
    Current,
}

/// Why a stream is not read any further.
#[derive(Debug)]
enum End {
    Failed(Problem),
    /// It is as good as before, but has to begin again.
    Again(Option<Problem>),
    PollInstead(Problem),
}

/// What comes after an end.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Next {
    Stream,
    Poll,
}

impl Stream {
    /// A stream whose first request is due at this time.
    pub(super) fn new(due: Duration) -> Self {
        Self {
            state: State::Waiting(due),
            quick: Backoff::quick(Duration::ZERO),
            slow: Backoff::slow(),
            failures: VecDeque::new(),
            told: None,
            retry: Duration::ZERO,
            is_all_wanted: false,
        }
    }

    /// The request that is under way.
    pub(super) fn id(&self) -> Option<RequestId> {
        match &self.state {
            State::Waiting(_) => None,
            State::Asked { id, .. } => Some(*id),
            State::Open(open) => Some(open.id),
        }
    }

    pub(super) fn is_open(&self) -> bool {
        matches!(self.state, State::Open(_))
    }

    /// When something has to happen.
    pub(super) fn deadline(&self) -> Duration {
        match &self.state {
            State::Waiting(due) => *due,
            State::Asked { at, .. } => at.saturating_add(HEAD_TIMEOUT),
            State::Open(open) => open.deadline(),
        }
    }

    /// Makes the next attempt no later than this.
    pub(super) fn hurry(&mut self, by: Duration) {
        if let State::Waiting(due) = &mut self.state {
            *due = by.min(*due);
        }
    }

    fn open(&mut self) -> Option<&mut Open> {
        match &mut self.state {
            State::Open(open) => Some(open),
            State::Waiting(_) | State::Asked { .. } => None,
        }
    }

    /// How long the connection was of use.
    fn health(&self, now: Duration) -> Option<Duration> {
        match &self.state {
            State::Open(open) => Some(now.saturating_sub(open.healthy_since?)),
            State::Waiting(_) | State::Asked { .. } => None,
        }
    }

    /// Begins to count failures anew if the connection was healthy for long enough.
    fn forgive(&mut self, now: Duration) {
        if self.health(now).is_some_and(|health| health >= HEALTHY) {
            self.quick.reset();
            self.failures.clear();
        }
    }

    /// Counts a failure and says whether it is better to poll.
    fn count(&mut self, failure: &Failure, now: Duration) -> Next {
        let was_mute = self.is_open() && self.health(now).is_none();
        // Something on the way keeps the events until the stream ends, which it does not.
        let is_held_back = was_mute && failure.problem.kind == ProblemKind::Silent;
        if failure.is_lasting() {
            return Next::Stream;
        }
        self.failures.push_back(now);
        self.failures.retain(|at| now.saturating_sub(*at) <= FAILURES_WITHIN);
        if is_held_back || self.failures.len() >= FAILURES_MAX { Next::Poll } else { Next::Stream }
    }

    /// Waits for the next attempt.
    fn wait(&mut self, failure: &Failure, now: Duration, random: &mut Random) {
        let wait = if failure.is_lasting() {
            self.slow.next_spread(random).max(failure.retry_after)
        } else {
            let least = failure.retry_after.max(self.retry);
            self.quick.next_jittered(random).saturating_add(least)
        };
        self.state = State::Waiting(now.saturating_add(wait));
    }

    /// Waits until polling has gone on for a while.
    fn rest(&mut self, failure: &Failure, now: Duration, random: &mut Random) {
        self.quick.reset();
        self.failures.clear();
        let wait = random.spread(STREAM_AGAIN).max(failure.retry_after);
        self.state = State::Waiting(now.saturating_add(wait));
    }
}

impl Open {
    fn deadline(&self) -> Duration {
        let silent = self.heard_at.saturating_add(self.silence);
        let endless = self.began_at.map(|began| began.saturating_add(EVENT_TIMEOUT));
        [endless, self.leave_at].into_iter().flatten().fold(silent, Duration::min)
    }

    /// Remembers since when an event is not complete.
    fn note_progress(&mut self, now: Duration) {
        if self.parser.is_between_events() {
            self.began_at = None;
        } else {
            self.began_at.get_or_insert(now);
        }
    }
}

impl Machine {
    /// The request for a stream, if it is due.
    pub(super) fn stream_request(&mut self, now: Duration) -> Option<Request> {
        let stream = self.stream.as_mut()?;
        if !matches!(stream.state, State::Waiting(due) if due <= now) {
            return None;
        }
        let mut to = self.source.stream.clone()?;
        if !stream.is_all_wanted
            && let Some(id) = self.feed.last_event_id()
        {
            to.set("last-event-id", &id);
        }
        self.requests += 1;
        let id = RequestId(self.requests);
        stream.state = State::Asked { id, at: now };
        Some(to.request(id, Expects::Stream))
    }

    pub(super) fn stream_answered(&mut self, head: &Head, now: Duration) {
        let Some(stream) = &mut self.stream else { return };
        let State::Asked { id, .. } = stream.state else { return };
        if head.status() != 200 {
            return self.stream_failed(&Failure::of_head(head, self.source.origin()), now);
        }
        if let Some(problem) = self.source.is_no_stream(head) {
            return self.stream_failed(&problem.into(), now);
        }
        stream.state = State::Open(Box::new(Open {
            id,
            parser: Parser::new(self.source.bytes_max),
            heard_at: now,
            began_at: None,
            healthy_since: None,
            silence: self.source.silence,
            leave_at: None,
        }));
    }

    pub(super) fn stream_said(&mut self, mut piece: &[u8], now: Duration) {
        let mut end = None;
        while let Some(open) = self.stream.as_mut().and_then(Stream::open) {
            open.heard_at = now;
            let item = open.parser.next(&mut piece);
            open.note_progress(now);
            let result = match item {
                Ok(None) => break,
                Ok(Some(item)) => self.take(item, now),
                Err(_) => Err(End::Failed(self.source.is_too_large())),
            };
            match result {
                Ok(None) => {}
                Ok(Some(sign)) => self.stream_shows(sign, now),
                Err(reason) => {
                    end = Some(reason);
                    break;
                }
            }
        }
        self.feed.end_of_piece(&mut self.outbox);
        match end {
            Some(End::Failed(problem)) => self.stream_failed(&problem.into(), now),
            Some(End::Again(problem)) => self.stream_begins_again(problem, now),
            Some(End::PollInstead(problem)) => {
                self.tell_end_of_stream(problem.clone(), now);
                self.poll_instead(&problem.into(), now);
            }
            None => {}
        }
    }

    /// Takes one item; what it shows of the connection, if anything.
    fn take(&mut self, item: Item, now: Duration) -> Result<Option<Sign>, End> {
        let Some(stream) = &mut self.stream else { return Ok(None) };
        let event = match item {
            Item::Comment => return Ok(None),
            Item::Retry(wait) => {
                stream.retry = wait.min(RETRY_MAX);
                return Ok(None);
            }
            Item::Event(event) => event,
        };
        let heard = self.feed.hear(&event, &mut self.outbox);
        if let (Some(every), Some(open)) = (self.feed.take_heartbeat(), stream.open()) {
            let (least, most) = HEARTBEAT_BOUNDS;
            open.silence = every.clamp(least, most) * HEARTBEATS;
        }
        match heard {
            Heard::Nothing => Ok(None),
            Heard::Current => Ok(Some(Sign::Current)),
            Heard::Alive => Ok(Some(Sign::Alive)),
            Heard::Older(problem) => {
                self.stream_shows(Sign::Alive, now);
                self.note(Transport::Stream, problem);
                Ok(None)
            }
            Heard::Leaving(spread) => {
                self.stream_leaves(spread, now);
                Ok(Some(Sign::Alive))
            }
            Heard::Missing(problem) => Err(End::Again(problem)),
            Heard::MissingAll(problem) => {
                stream.is_all_wanted = true;
                Err(End::Again(Some(problem)))
            }
            Heard::Broken(problem) => Err(End::Failed(problem)),
            Heard::PollInstead(problem) => Err(End::PollInstead(problem)),
        }
    }

    /// The stream is of use: there is no need to poll.
    fn stream_shows(&mut self, sign: Sign, now: Duration) {
        let Some(stream) = &mut self.stream else { return };
        stream.slow.reset();
        if let Some(open) = stream.open() {
            open.healthy_since.get_or_insert(now);
        }
        if sign == Sign::Current {
            stream.told = None;
            stream.is_all_wanted = false;
            self.confirmed = Some(now);
        }
        self.poll.stop();
        if self.connected != Some(Transport::Stream) {
            // Flags are told before the connection that brought them.
            self.feed.end_of_piece(&mut self.outbox);
            self.connect(Transport::Stream);
        }
    }

    /// After a goodbye: somewhere within the time that the source gives, and later if it said
    /// goodbye soon after the last time.
    fn stream_leaves(&mut self, spread: Duration, now: Duration) {
        let Some(stream) = &mut self.stream else { return };
        let mut wait = self.random.part_of(spread.min(SPREAD_MAX));
        if stream.health(now).is_none_or(|health| health < HEALTHY) {
            wait += stream.quick.next_jittered(&mut self.random);
        }
        if let Some(open) = stream.open() {
            open.leave_at.get_or_insert(now.saturating_add(wait));
        }
    }

    /// The body of the stream ended, or the connection broke.
    pub(super) fn stream_cut(&mut self, message: &str, now: Duration) {
        let Some(stream) = &mut self.stream else { return };
        let (is_open, origin) = (stream.is_open(), self.source.origin());
        if let Some(until) = stream.open().and_then(|open| open.leave_at) {
            stream.forgive(now);
            let message = format!("{origin} closed the stream as announced");
            return self.tell_end_of_stream(ProblemKind::Leaving.because(message), until);
        }
        let kind = if is_open { ProblemKind::Closed } else { ProblemKind::Unreachable };
        let what = if is_open { "the stream of" } else { "no answer from" };
        let problem = kind.because(format!("{what} {origin}: {message}"));
        self.stream_failed(&problem.into(), now);
    }

    /// What has to happen at this time.
    pub(super) fn stream_timeout(&mut self, now: Duration) {
        let Some(stream) = self.stream.as_mut().filter(|stream| stream.deadline() <= now) else {
            return;
        };
        let origin = self.source.origin();
        match &stream.state {
            State::Waiting(_) => {}
            State::Asked { .. } => {
                let message = format!("no answer from {origin} within {HEAD_TIMEOUT:?}");
                self.stream_failed(&ProblemKind::Unreachable.because(message).into(), now);
            }
            State::Open(open) if open.leave_at.is_some_and(|at| at <= now) => {
                stream.forgive(now);
                stream.state = State::Waiting(now);
            }
            State::Open(open) => {
                let silence = open.silence;
                let message = if now.saturating_sub(open.heard_at) >= silence {
                    format!("{origin} was silent for {silence:?} on an open stream")
                } else {
                    format!("{origin} did not end an event within {EVENT_TIMEOUT:?}")
                };
                self.stream_failed(&ProblemKind::Silent.because(message).into(), now);
            }
        }
    }

    fn stream_failed(&mut self, failure: &Failure, now: Duration) {
        let Some(stream) = &mut self.stream else { return };
        stream.forgive(now);
        let says_so = failure.status.is_some_and(|status| self.source.polls_after(status));
        let next = if says_so { Next::Poll } else { stream.count(failure, now) };
        self.tell_end_of_stream(failure.problem.clone(), now);
        self.stream_next(next, failure, now);
    }

    fn tell_end_of_stream(&mut self, problem: Problem, next: Duration) {
        if let Some(stream) = &mut self.stream {
            stream.state = State::Waiting(next);
        }
        self.tell(Transport::Stream, problem);
    }

    /// The connection is given up for a better one, without a word unless there is a problem.
    pub(super) fn stream_begins_again(&mut self, problem: Option<Problem>, now: Duration) {
        let Some(stream) = self.stream.as_mut().filter(|stream| stream.is_open()) else { return };
        stream.forgive(now);
        let quiet = ProblemKind::Mismatch.because("");
        let failure = Failure::from(problem.clone().unwrap_or(quiet));
        let next = stream.count(&failure, now);
        if let Some(problem) = problem {
            self.note(Transport::Stream, problem);
        }
        self.stream_next(next, &failure, now);
    }

    fn stream_next(&mut self, next: Next, failure: &Failure, now: Duration) {
        let Some(stream) = &mut self.stream else { return };
        if next == Next::Poll || self.poll.is_on() {
            self.poll_instead(failure, now);
        } else {
            stream.wait(failure, now, &mut self.random);
        }
    }

    fn poll_instead(&mut self, failure: &Failure, now: Duration) {
        let Some(stream) = &mut self.stream else { return };
        stream.rest(failure, now, &mut self.random);
        if !self.poll.is_on() {
            self.poll.start(now, stream.told);
        }
    }
}

const HEARTBEATS: u32 = 3;
const HEARTBEAT_BOUNDS: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(300));
/// An event that trickles in for longer never ends.
const EVENT_TIMEOUT: Duration = Duration::from_secs(300);
/// A connection that was of use for so long makes up for the failures before.
const HEALTHY: Duration = Duration::from_secs(60);
const FAILURES_MAX: usize = 5;
const FAILURES_WITHIN: Duration = Duration::from_secs(60);
/// How long to poll before the stream gets another chance.
const STREAM_AGAIN: Duration = Duration::from_secs(300);
/// The longest spread of a goodbye, whatever the source says.
const SPREAD_MAX: Duration = Duration::from_secs(300);
/// The longest wait that a stream may ask for in its own field.
const RETRY_MAX: Duration = Duration::from_secs(30);
