//! What an answer that is no success means.

use std::time::Duration;

use super::backoff::retry_after;
use super::event::{Problem, ProblemKind};
use super::request::Head;
use super::source::{Source, SourceKind};

/// Something failed, and how urgent another attempt is.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) problem: Problem,
    /// None where nobody answered, or where the status was a success.
    pub(super) status: Option<u16>,
    /// How long the source asks to wait.
    pub(super) retry_after: Duration,
}

impl Failure {
    /// From the head of an answer.
    pub(super) fn of_head(head: &Head, origin: &str) -> Self {
        let status = head.status();
        let (kind, meaning) = match status {
            401 | 403 => (
                ProblemKind::Unauthorized,
                "the key is missing, wrong or not allowed here; check the key",
            ),
            404 | 410 => (
                ProblemKind::NotFound,
                "there is nothing at this address; check the URL and the key",
            ),
            408 | 425 | 429 | 503 => (ProblemKind::Busy, "it asks for patience"),
            500.. => (ProblemKind::Status, "the fault is on its side"),
            _ => (ProblemKind::Status, "flags come with 200; check the URL"),
        };
        Self {
            problem: kind.because(format!("{origin} answers {status}: {meaning}")),
            status: Some(status),
            retry_after: retry_after(head).unwrap_or_default(),
        }
    }

    /// Whether somebody has to mend something before another attempt makes sense.
    pub(super) fn is_lasting(&self) -> bool {
        matches!(self.problem.kind, ProblemKind::Unauthorized | ProblemKind::NotFound)
    }
}

impl Source {
    /// Whether an answer of this status to the request for a stream says that there is none.
    pub(super) fn polls_after(&self, status: u16) -> bool {
        match status {
            404 | 405 | 501 => true,
            // Servers of some editions refuse streams to keys that may poll.
            401..=403 => self.kind == SourceKind::Unleash,
            _ => false,
        }
    }

    /// The problem of an answer that is no stream.
    pub(super) fn is_no_stream(&self, head: &Head) -> Option<Problem> {
        let media_type = head.media_type().unwrap_or_default();
        (media_type != "text/event-stream").then(|| self.is_other(&media_type, "an event stream"))
    }

    /// The problem of an answer that is no document; a page for people is what a login or a
    /// network's own portal sends.
    pub(super) fn is_no_document(&self, head: &Head) -> Option<Problem> {
        let media_type = head.media_type().unwrap_or_default();
        (media_type == "text/html").then(|| self.is_other(&media_type, "a document"))
    }

    fn is_other(&self, media_type: &str, expected: &str) -> Problem {
        let origin = self.origin();
        ProblemKind::Malformed.because(format!(
            "{origin} sends `{media_type}` where {expected} is expected; is something else at this \
             address, or a proxy on the way?"
        ))
    }

    /// The problem of what is larger than it may be.
    pub(super) fn is_too_large(&self) -> Problem {
        let (origin, bytes) = (self.origin(), self.bytes_max);
        let message = format!("{origin} sends more than the {bytes} bytes that are read at once");
        ProblemKind::TooLarge.because(message)
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self { problem, status: None, retry_after: Duration::ZERO }
    }
}
