//! What to ask a source for and when, without any IO.
//!
//! Bytes, errors and the time go in; requests, a time to come back and events come out. Whoever
//! drives it owns sockets, threads and the clock, and a test owns them all. Times are durations
//! since any fixed moment.
//!
//! ```text
//! Machine::new(Source, seed: u64)           the first request is due at once
//! resume_snapshot(Version, document: &str) -> bool       what a cache holds, of our server
//! resume_document(text: &str, etag: Option<&str>)        the same of any other source
//!
//! handle_response(RequestId, &Head, now)    status and headers came
//! handle_bytes(RequestId, &[u8], now)       a piece of the body came
//! handle_end(RequestId, now)                the body ended
//! handle_error(RequestId, &str, now)        no connection, or it broke; a message without keys
//! handle_timeout(now)                       the time of poll_timeout has come
//! handle_refused(now)                       the flags told last cannot be used
//! handle_source(Source, now)                another key or address: begin again at once
//!
//! poll_event() -> Option<Event>             until there is none, after each of the above
//! poll_request(now) -> Option<Request>      until there is none, then
//! poll_timeout() -> Option<Duration>        when to call handle_timeout at the latest
//! is_wanted(RequestId) -> bool              drop the connections of requests that are not
//! version() -> Option<&Version>             of what is held, from our server
//! confirmed_at() -> Option<Duration>        when the source last said that this is current
//! ```

#[expect(dead_code, reason = "the machine comes with its own change")]
mod event;
#[expect(dead_code, reason = "the machine comes with its own change")]
mod request;
mod source;
pub mod sse;

pub use event::{Delta, Document, Event, Problem, ProblemKind, Snapshot, Transport};
pub use request::{Expects, Head, Request, RequestId};
pub use source::{Source, SourceKind};
