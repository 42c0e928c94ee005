//! What a source says, understood.
//!
//! Whatever comes is judged here: new flags go into the outbox, and the verdict tells the lanes
//! what it means for the connection. What differs between sources differs here and in
//! [`source`](super::source), nowhere else.

use std::time::Duration;

use self::configcat::ConfigCat;
use self::documents::Documents;
use self::flagkit::FlagKit;
use self::flagsmith::Flagsmith;
use self::held::Receipt as FlagsReceipt;
use self::launchdarkly::LaunchDarkly;
use self::unleash::Unleash;
use super::event::{Problem, ProblemKind};
use super::outbox::Outbox;
use super::source::{Source, SourceKind};
use super::sse;

mod configcat;
mod documents;
mod flagkit;
mod flagsmith;
mod held;
mod launchdarkly;
mod raw;
mod unleash;

/// What is held of a source, and how it is spoken with.
#[derive(Debug)]
pub(super) enum Feed {
    FlagKit(FlagKit),
    Unleash(Unleash),
    LaunchDarkly(LaunchDarkly),
    Flagsmith(Flagsmith),
    ConfigCat(ConfigCat),
    /// Sources that just serve a document.
    Documents(Documents),
}

/// What an event of a stream means for the connection.
#[derive(Debug, Eq, PartialEq)]
pub(super) enum Heard {
    /// Nothing that is known.
    Nothing,
    /// What is held is what the source has.
    Current,
    /// The source lives; whether what is held is current will be seen.
    Alive,
    /// The source is at an older state than what is held.
    Older(Problem),
    /// Something is missing. The stream has to begin again: where it was, or with everything.
    /// It is no problem after what was refused.
    Missing(Option<Problem>),
    MissingAll(Problem),
    /// What came is of no use.
    Broken(Problem),
    /// The source closes; come back after a random part of this time.
    Leaving(Duration),
    /// The source wants to be polled.
    PollInstead(Problem),
}

/// What a body means.
#[derive(Debug, Eq, PartialEq)]
pub(super) enum Read {
    /// What is held is what the source has.
    Current,
    /// The source is at an older state than what is held.
    Older(Problem),
    /// What came is of no use.
    Broken(Problem),
    /// The document goes on at this address.
    Continued(String),
    /// The document is at this address, also from now on.
    Moved(String),
}

/// A body and what its head said of it.
#[derive(Debug)]
pub(super) struct Body {
    /// Where it came from.
    pub(super) url: String,
    pub(super) bytes: Vec<u8>,
    pub(super) etag: Option<String>,
    pub(super) link: Option<String>,
}

/// What was offered, for the case that it is refused.
#[derive(Debug)]
pub(super) enum Receipt {
    Flags(FlagsReceipt),
    Document,
}

/// What has to happen after flags were refused.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Refusal {
    /// Nothing: the next state will come by itself.
    Wait,
    /// Others that built on them were dropped, and have to come again.
    Missing,
}

impl Feed {
    pub(super) fn of(source: &Source) -> Self {
        match source.kind {
            SourceKind::FlagKit => Self::FlagKit(FlagKit::default()),
            SourceKind::Unleash => Self::Unleash(Unleash::default()),
            SourceKind::LaunchDarkly => Self::LaunchDarkly(LaunchDarkly::default()),
            SourceKind::Flagsmith => Self::Flagsmith(Flagsmith::new(source.bytes_max)),
            SourceKind::ConfigCat => Self::ConfigCat(ConfigCat::default()),
            SourceKind::GrowthBook | SourceKind::Eppo | SourceKind::Address => {
                Self::Documents(Documents::default())
            }
        }
    }

    /// Takes an event of a stream.
    pub(super) fn hear(&mut self, event: &sse::Event, outbox: &mut Outbox) -> Heard {
        match self {
            Self::FlagKit(feed) => feed.hear(event, outbox),
            Self::Unleash(feed) => feed.hear(event),
            Self::LaunchDarkly(feed) => feed.hear(event),
            Self::Flagsmith(_) | Self::ConfigCat(_) | Self::Documents(_) => Heard::Nothing,
        }
    }

    /// Offers what the events since the last call have changed, all at once.
    pub(super) fn end_of_piece(&mut self, outbox: &mut Outbox) {
        match self {
            Self::Unleash(feed) => feed.end_of_piece(outbox),
            Self::LaunchDarkly(feed) => feed.end_of_piece(outbox),
            Self::FlagKit(_) | Self::Flagsmith(_) | Self::ConfigCat(_) | Self::Documents(_) => {}
        }
    }

    /// Takes the body of a poll.
    pub(super) fn read(&mut self, body: Body, outbox: &mut Outbox) -> Read {
        match self {
            Self::FlagKit(feed) => feed.read(&body, outbox),
            Self::Unleash(feed) => feed.read(body, outbox),
            Self::LaunchDarkly(feed) => feed.read(body, outbox),
            Self::Flagsmith(feed) => feed.read(body, outbox),
            Self::ConfigCat(feed) => feed.read(body, outbox),
            Self::Documents(feed) => feed.read(body, outbox),
        }
    }

    /// The flags that were offered and fetched last are not taken.
    pub(super) fn refuse(&mut self, receipt: Receipt, outbox: &mut Outbox) -> Refusal {
        match (self, receipt) {
            (Self::FlagKit(feed), Receipt::Flags(receipt)) => feed.refuse(receipt, outbox),
            (feed, _) => {
                if let Some(documents) = feed.documents() {
                    documents.refuse();
                }
                Refusal::Wait
            }
        }
    }

    /// The change that was offered and fetched last cannot be made by itself.
    pub(super) fn undo(&mut self, receipt: Receipt, outbox: &mut Outbox) {
        if let (Self::FlagKit(feed), Receipt::Flags(receipt)) = (self, receipt) {
            feed.undo(receipt, outbox);
        }
    }

    /// Takes over what a cache holds of our server; false if that is no document.
    pub(super) fn resume_snapshot(
        &mut self,
        version: flagkit_protocol::Version,
        text: &str,
    ) -> bool {
        match self {
            Self::FlagKit(feed) => feed.held.resume(version, text),
            _ => false,
        }
    }

    /// Takes over what a cache holds of another source.
    pub(super) fn resume_document(&mut self, text: &str, etag: Option<&str>) {
        if let Some(documents) = self.documents() {
            documents.resume(text, etag);
        }
    }

    /// What to ask a stream for that goes on where the last one was.
    pub(super) fn last_event_id(&self) -> Option<String> {
        match self {
            Self::FlagKit(feed) => feed.held.last_event_id(),
            Self::Unleash(feed) => feed.last_event_id(),
            _ => None,
        }
    }

    /// What to ask with whether what is held is current.
    pub(super) fn etag(&self) -> Option<&str> {
        match self {
            Self::FlagKit(feed) => feed.etag.as_deref(),
            Self::Unleash(feed) => feed.documents.etag(),
            Self::LaunchDarkly(feed) => feed.documents.etag(),
            Self::Flagsmith(feed) => feed.documents.etag(),
            Self::ConfigCat(feed) => feed.documents.etag(),
            Self::Documents(feed) => feed.etag(),
        }
    }

    /// Does not ask whether what is held is current: another address or key may see other flags.
    pub(super) fn forget_questions(&mut self) {
        match self {
            // Its versions belong to one environment.
            Self::FlagKit(feed) => feed.etag = None,
            Self::Unleash(feed) => feed.forget_stream(),
            Self::LaunchDarkly(_)
            | Self::Flagsmith(_)
            | Self::ConfigCat(_)
            | Self::Documents(_) => {}
        }
        self.documents().into_iter().for_each(Documents::forget_etag);
    }

    /// A document is asked for from its beginning.
    pub(super) fn begin_document(&mut self) {
        if let Self::Flagsmith(feed) = self {
            feed.restart();
        }
    }

    /// How long from one heartbeat to the next, if the last event announced that.
    pub(super) fn take_heartbeat(&mut self) -> Option<Duration> {
        match self {
            Self::FlagKit(feed) => feed.heartbeat.take(),
            _ => None,
        }
    }

    /// The version of what is held.
    pub(super) fn version(&self) -> Option<&flagkit_protocol::Version> {
        match self {
            Self::FlagKit(feed) => feed.held.version(),
            _ => None,
        }
    }

    fn documents(&mut self) -> Option<&mut Documents> {
        match self {
            Self::FlagKit(_) => None,
            Self::Unleash(feed) => Some(&mut feed.documents),
            Self::LaunchDarkly(feed) => Some(&mut feed.documents),
            Self::Flagsmith(feed) => Some(&mut feed.documents),
            Self::ConfigCat(feed) => Some(&mut feed.documents),
            Self::Documents(feed) => Some(feed),
        }
    }
}

/// What came is not what was expected.
fn malformed(what: &str, error: &dyn std::fmt::Display) -> Problem {
    ProblemKind::Malformed.because(format!("{what} cannot be read: {error}"))
}
