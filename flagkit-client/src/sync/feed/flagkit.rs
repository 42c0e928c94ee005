//! Our own server's protocol.

use std::time::Duration;

use flagkit_protocol::{
    EVENT_DELTA, EVENT_GOODBYE, EVENT_HEARTBEAT, EVENT_SNAPSHOT, Goodbye, Heartbeat, Version,
};

use super::super::event::ProblemKind;
use super::super::outbox::Outbox;
use super::super::sse;
use super::held::{self, Held, Taken};
use super::{Body, Heard, Read, Receipt, Refusal, malformed};

/// What is held of a FlagKit server.
#[derive(Debug, Default)]
pub(in super::super) struct FlagKit {
    pub(super) held: Held,
    pub(super) etag: Option<String>,
    /// What the last event announced.
    pub(super) heartbeat: Option<Duration>,
    pace: Pace,
}

/// Whether everything arrives of which heartbeats know.
#[derive(Debug, Default, Eq, PartialEq)]
enum Pace {
    #[default]
    UpToDate,
    /// The last heartbeat named another version than this, which is held.
    Behind(Option<Version>),
}

impl FlagKit {
    pub(super) fn hear(&mut self, event: &sse::Event, outbox: &mut Outbox) -> Heard {
        let taken = match &*event.kind {
            EVENT_SNAPSHOT => self.held.take_snapshot(&event.data, outbox),
            EVENT_DELTA => self.held.take_delta(&event.data, outbox),
            EVENT_HEARTBEAT => return self.beat(&event.data),
            EVENT_GOODBYE => return goodbye(&event.data),
            _ => return Heard::Nothing,
        };
        match taken {
            Taken::Current => Heard::Current,
            Taken::Older(problem) => Heard::Older(problem),
            Taken::Missing(problem) => Heard::Missing(problem),
            Taken::MissingAll(problem) => Heard::MissingAll(problem),
            Taken::Broken(problem) => Heard::Broken(problem),
        }
    }

    /// A heartbeat names the current version. If that is not here at the next one either, it got
    /// lost; once may be a change that is about to come.
    fn beat(&mut self, json: &str) -> Heard {
        let Heartbeat { every_ms, version } = match serde_json::from_str(json) {
            Ok(heartbeat) => heartbeat,
            Err(error) => return Heard::Broken(malformed("the heartbeat", &error)),
        };
        self.heartbeat = Some(Duration::from_millis(every_ms));
        let pace = std::mem::take(&mut self.pace);
        if self.held.knows(&version) {
            return Heard::Current;
        }
        if let Some(problem) = self.held.is_ahead_of(&version) {
            return Heard::Older(problem);
        }
        self.pace = Pace::Behind(self.held.version().cloned());
        if self.pace == pace {
            let message = format!("the server is at version {version}, which did not arrive");
            return Heard::Missing(Some(ProblemKind::Mismatch.because(message)));
        }
        Heard::Alive
    }

    pub(super) fn read(&mut self, body: &Body, outbox: &mut Outbox) -> Read {
        let taken = match std::str::from_utf8(&body.bytes) {
            Ok(text) => self.held.take_snapshot(text, outbox),
            Err(error) => Taken::Broken(malformed("the snapshot", &error)),
        };
        // What is of no use is fetched again, whatever the server calls it.
        self.etag = None;
        match taken {
            Taken::Current => {
                self.etag.clone_from(&body.etag);
                Read::Current
            }
            Taken::Older(problem) => {
                self.etag.clone_from(&body.etag);
                Read::Older(problem)
            }
            Taken::MissingAll(problem) | Taken::Broken(problem) => Read::Broken(problem),
            // Only of changes, which are not polled.
            Taken::Missing(_) => Read::Current,
        }
    }

    pub(super) fn refuse(&mut self, receipt: held::Receipt, outbox: &mut Outbox) -> Refusal {
        let refusal = self.withdraw(outbox);
        self.held.refuse(receipt);
        refusal
    }

    /// Goes back to what was before flags that were offered, which may come again.
    pub(super) fn undo(&mut self, receipt: held::Receipt, outbox: &mut Outbox) {
        self.withdraw(outbox);
        self.held.undo(receipt);
    }

    /// Drops what was offered later and nobody has fetched.
    fn withdraw(&mut self, outbox: &mut Outbox) -> Refusal {
        let mut refusal = Refusal::Wait;
        for receipt in outbox.withdraw() {
            if let Receipt::Flags(receipt) = receipt {
                self.held.undo(receipt);
            }
            // It would hide what was dropped.
            self.etag = None;
            refusal = Refusal::Missing;
        }
        refusal
    }
}

fn goodbye(json: &str) -> Heard {
    match serde_json::from_str(json) {
        Ok(Goodbye { spread_ms }) => Heard::Leaving(Duration::from_millis(spread_ms)),
        Err(error) => Heard::Broken(malformed("the goodbye", &error)),
    }
}
