//! Reports: what was counted goes to the server, each number once, without any IO here.
//!
//! The time and what became of a request go in; requests and a time to come back come out, as in
//! [`sync`](crate::sync). Whoever drives it owns sockets, threads and clocks, and a test owns them
//! all. Times are durations since any fixed moment.
//!
//! Every half minute a report is made of what there is, and sent up to four times under the same
//! id. What a server has not taken for sure goes back to the rest, and into the next report. Where
//! nobody can know, because an answer got lost, the report stays as it is: a server counts an id
//! once, so it is sent again until somebody answers.

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use flagkit_protocol::{UsageReport, Version};
use flate2::Compression;
use flate2::write::GzEncoder;

use super::Usage;
use super::exposure::Exposed;
use super::tally::Counts;
use crate::sync::{Backoff, Head, Random, retry_after};

/// Decides when a report is sent, and again.
///
/// After each `handle_` function [`poll_post`](Self::poll_post) is asked until it has nothing, and
/// then [`handle_timeout`](Self::handle_timeout) is called at the time of
/// [`poll_timeout`](Self::poll_timeout).
#[derive(Debug)]
pub struct Reporter {
    application: Option<String>,
    instance: String,
    random: Random,
    /// How many reports were made.
    made: u64,
    /// When counting of what comes next began, in milliseconds since 1970.
    from_ms: Option<u64>,
    /// When to look whether there is something to report.
    next: Duration,
    /// When the server last took one.
    taken: Option<Duration>,
    /// After reports that nobody took.
    pause: Backoff,
    /// After refusals that somebody has to mend.
    patience: Backoff,
    report: Option<Report>,
    attempts: u64,
    is_flushing: bool,
}

/// A report on its way.
#[derive(Debug)]
struct Report {
    body: Arc<[u8]>,
    counts: Counts,
    exposed: Exposed,
    /// When it was sent first.
    since: Option<Duration>,
    /// Whether a server may have taken it without our knowing.
    is_doubtful: bool,
    /// How often it was sent since the last pause.
    tries: u32,
    wait: Backoff,
    stage: Stage,
}

/// What a report waits for.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Stage {
    /// To be sent, not before this.
    Due(Duration),
    /// For an answer, until this.
    Sent(PostId, Duration),
}

/// Names one attempt to send a report.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct PostId(u64);

/// A POST that somebody has to send to [`PATH_USAGE`](flagkit_protocol::PATH_USAGE) of the server.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Post {
    /// Names it when its answer comes.
    pub id: PostId,
    /// Names in lower case.
    pub headers: [(&'static str, &'static str); 2],
    /// JSON of a [`UsageReport`], compressed.
    pub body: Arc<[u8]>,
    /// How long the answer may take. The reporter gives up by itself then.
    pub timeout: Duration,
}

/// The time as a reporter wants to know it.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "an argument list with names")]
pub struct Moment {
    /// Since any fixed moment.
    pub now: Duration,
    /// Milliseconds since 1970, for the report.
    pub unix_ms: u64,
}

/// Whether a server can have got a request that failed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "there is nothing between these two")]
pub enum Sent {
    /// There was no connection.
    No,
    /// It may have arrived.
    Maybe,
}

impl Reporter {
    /// A reporter of an application, if that has a name, which looks for something to report in a
    /// quarter to half a minute.
    ///
    /// The seed decides all chance and names the process: give each another.
    #[must_use]
    pub fn new(application: Option<String>, seed: u64, now: Duration) -> Self {
        let mut random = Random::new(seed);
        let next = now + INTERVAL / 2 + random.part_of(INTERVAL / 2);
        Self {
            application,
            instance: format!("{seed:016x}"),
            random,
            made: 0,
            from_ms: None,
            next,
            taken: None,
            pause: Backoff::new(INTERVAL, PAUSE_MAX),
            patience: Backoff::slow(),
            report: None,
            attempts: 0,
            is_flushing: false,
        }
    }

    /// The next report to send, if one is due. `version` is what the application has now.
    #[must_use = "a report that is not sent is given up after ten seconds"]
    pub fn poll_post(
        &mut self,
        usage: &Usage,
        version: impl FnOnce() -> Option<Version>,
        moment: Moment,
    ) -> Option<Post> {
        let Moment { now, unix_ms } = moment;
        self.from_ms.get_or_insert(unix_ms);
        if self.report.is_none() && (self.is_flushing || now >= self.next) {
            self.make(usage, version, moment);
        }
        let report = self.report.as_mut()?;
        let Stage::Due(due) = report.stage else { return None };
        if now < due && !self.is_flushing {
            return None;
        }
        self.attempts += 1;
        let id = PostId(self.attempts);
        report.tries += 1;
        report.since.get_or_insert(now);
        report.stage = Stage::Sent(id, now + TIMEOUT);
        Some(Post { id, headers: HEADERS, body: report.body.clone(), timeout: TIMEOUT })
    }

    /// The head of an answer came; the body does not matter.
    pub fn handle_response(&mut self, usage: &Usage, id: PostId, head: &Head, moment: Moment) {
        if !self.is_wanted(id) {
            return;
        }
        let wait = retry_after(head);
        match head.status() {
            200..=299 => self.took(usage, moment.now),
            // Not looked at, and gladly later.
            408 | 425 | 429 => self.try_again(usage, wait, moment.now),
            // It would be refused again.
            400..=499 => self.refused(usage, moment.now),
            // Something between us and the server may say this after the server has taken it.
            _ => {
                self.doubt();
                self.try_again(usage, wait, moment.now);
            }
        }
    }

    /// There was no connection, or it broke.
    pub fn handle_error(&mut self, usage: &Usage, id: PostId, sent: Sent, now: Duration) {
        if !self.is_wanted(id) {
            return;
        }
        if sent == Sent::Maybe {
            self.doubt();
        }
        self.try_again(usage, None, now);
    }

    /// Time has passed.
    pub fn handle_timeout(&mut self, usage: &Usage, now: Duration) {
        if let Some(Report { stage: Stage::Sent(_, end), .. }) = self.report
            && now >= end
        {
            self.doubt();
            self.try_again(usage, None, now);
        }
    }

    /// When to call [`handle_timeout`](Self::handle_timeout) and [`poll_post`](Self::poll_post),
    /// unless something happens before.
    #[must_use]
    pub fn poll_timeout(&self) -> Duration {
        match &self.report {
            None => self.next,
            Some(Report { stage: Stage::Due(at) | Stage::Sent(_, at), .. }) => *at,
        }
    }

    /// Whether the answer to a request still matters.
    #[must_use]
    pub fn is_wanted(&self, id: PostId) -> bool {
        matches!(&self.report, Some(Report { stage: Stage::Sent(sent, _), .. }) if *sent == id)
    }

    /// Everything is to be sent now, without waiting: until [`is_flushed`](Self::is_flushed), or
    /// until [`end_flush`](Self::end_flush).
    pub fn flush(&mut self) {
        self.is_flushing = true;
        if let Some(report) = &mut self.report {
            report.tries = 0;
        }
    }

    /// Whether nothing is left to send of what there was, or it cannot be sent.
    #[must_use]
    pub fn is_flushed(&self) -> bool {
        !self.is_flushing
    }

    /// What could not be sent has the time it always has.
    pub fn end_flush(&mut self) {
        self.is_flushing = false;
    }

    /// Makes a report of what there is; of nothing only where the server has not heard for long
    /// which version this is.
    fn make(
        &mut self,
        usage: &Usage,
        version: impl FnOnce() -> Option<Version>,
        Moment { now, unix_ms }: Moment,
    ) {
        self.next = now + INTERVAL;
        let (counts, exposed) = (usage.tally().take(), usage.exposures().take());
        let is_nothing = counts.is_empty() && exposed.exposures.is_empty() && exposed.dropped == 0;
        let is_known = self.taken.is_some_and(|taken| now < taken + VERSION_INTERVAL);
        if is_nothing && (is_known || self.is_flushing) {
            self.is_flushing = false;
            return;
        }
        self.made += 1;
        let told = UsageReport {
            id: format!("{}-{}", self.instance, self.made),
            application: self.application.clone(),
            instance: self.instance.clone(),
            sdk: SDK.to_owned(),
            from_ms: self.from_ms.replace(unix_ms).unwrap_or(unix_ms),
            to_ms: unix_ms,
            version: version(),
            counts: counts.told(),
            exposures: exposed.exposures.clone(),
            exposures_dropped: exposed.dropped,
        };
        usage.note(|reports| reports.under_way = counts.sum());
        self.report = Some(Report {
            body: compressed(&told),
            counts,
            exposed,
            since: None,
            is_doubtful: false,
            tries: 0,
            wait: Backoff::new(RETRY, RETRY_MAX),
            stage: Stage::Due(now),
        });
    }

    /// The server has it.
    fn took(&mut self, usage: &Usage, now: Duration) {
        if let Some(report) = self.report.take() {
            usage.note(|reports| {
                reports.sent += 1;
                reports.evaluations_sent += report.counts.sum();
                reports.under_way = 0;
            });
            // A full report leaves something for the next one.
            self.next = if report.counts.is_full() { now } else { now + INTERVAL };
        }
        self.taken = Some(now);
        self.pause.reset();
        self.patience.reset();
    }

    /// The attempt came to nothing: the next one is soon, or after a pause.
    fn try_again(&mut self, usage: &Usage, wait: Option<Duration>, now: Duration) {
        usage.note(|reports| reports.failed += 1);
        let Some(report) = &mut self.report else { return };
        if report.tries < TRIES_MAX {
            let wait = wait.unwrap_or_else(|| report.wait.next_spread(&mut self.random));
            report.stage = Stage::Due(now + wait.min(PAUSE_MAX));
            return;
        }
        let pause = self.pause.next_spread(&mut self.random);
        self.give_up(usage, now, wait.unwrap_or_default().max(pause).min(PAUSE_MAX));
    }

    /// The server says no, and will say so again.
    fn refused(&mut self, usage: &Usage, now: Duration) {
        usage.note(|reports| reports.failed += 1);
        let pause = self.patience.next_spread(&mut self.random);
        self.give_up(usage, now, pause);
    }

    /// Nobody takes the report for now: what surely was not counted is for the next one.
    fn give_up(&mut self, usage: &Usage, now: Duration, pause: Duration) {
        self.is_flushing = false;
        self.next = now + pause;
        let Some(mut report) = self.report.take() else { return };
        if !report.is_doubtful {
            usage.note(|reports| reports.under_way = 0);
            usage.tally().put_back(report.counts);
            usage.exposures().put_back(report.exposed);
            return;
        }
        if report.since.is_some_and(|since| now > since + DOUBT_MAX) {
            // The server may have forgotten the id, and would count it twice.
            usage.note(|reports| {
                reports.lost += 1;
                reports.under_way = 0;
            });
            return;
        }
        report.tries = 0;
        report.wait.reset();
        report.stage = Stage::Due(self.next);
        self.report = Some(report);
    }

    fn doubt(&mut self) {
        if let Some(report) = &mut self.report {
            report.is_doubtful = true;
        }
    }
}

fn compressed(report: &UsageReport) -> Arc<[u8]> {
    let json = serde_json::to_vec(report).unwrap_or_default();
    let mut encoder = GzEncoder::new(Vec::with_capacity(json.len() / 8), Compression::fast());
    // Writing into memory does not fail.
    let _ = encoder.write_all(&json);
    encoder.finish().unwrap_or_default().into()
}

/// How often there is a report.
const INTERVAL: Duration = Duration::from_secs(30);
/// How often the server hears which version this is, if there is nothing else to tell.
const VERSION_INTERVAL: Duration = Duration::from_secs(5 * 60);
/// How long an answer may take.
const TIMEOUT: Duration = Duration::from_secs(10);
/// How often a report is sent before a pause.
const TRIES_MAX: u32 = 4;
/// The waits between, doubled each time.
const RETRY: Duration = Duration::from_secs(1);
const RETRY_MAX: Duration = Duration::from_secs(10);
/// The longest pause after a report that nobody took.
const PAUSE_MAX: Duration = Duration::from_secs(5 * 60);
/// How long a server is trusted to remember an id: it says a day.
const DOUBT_MAX: Duration = Duration::from_secs(23 * 60 * 60);
const SDK: &str = concat!("flagkit-rust/", env!("CARGO_PKG_VERSION"));
const HEADERS: [(&str, &str); 2] =
    [("content-type", "application/json"), ("content-encoding", "gzip")];

#[cfg(test)]
mod tests;
