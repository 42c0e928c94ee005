//! Unleash: a document when polled, and on a stream all of it once, then what changed.

use serde_json::value::RawValue;

use super::super::event::{Problem, ProblemKind};
use super::super::outbox::Outbox;
use super::super::sse;
use super::documents::Documents;
use super::raw::{self, Object, Parts};
use super::{Body, Heard, Read, malformed};

/// What is held of Unleash.
#[derive(Debug, Default)]
pub(in super::super) struct Unleash {
    pub(super) documents: Documents,
    /// What the stream has told; none before it told everything.
    streamed: Option<Streamed>,
    /// Whether it changed since it was offered.
    is_changed: bool,
}

#[derive(Debug, Default)]
struct Streamed {
    /// The number of the last event.
    event_id: u64,
    /// By name.
    features: Parts,
    /// By id.
    segments: Parts,
}

impl Unleash {
    pub(super) fn hear(&mut self, event: &sse::Event) -> Heard {
        match &*event.kind {
            "unleash-connected" | "unleash-updated" => match self.take(&event.data) {
                Ok(()) => Heard::Current,
                Err(heard) => heard,
            },
            "fetch-mode" if event.data.trim() == "polling" => {
                let message = "Unleash asks to be polled";
                Heard::PollInstead(ProblemKind::Leaving.because(message))
            }
            _ => Heard::Nothing,
        }
    }

    /// Takes what is in one event of the stream, all or nothing.
    fn take(&mut self, json: &str) -> Result<(), Heard> {
        let broken = |error: serde_json::Error| Heard::Broken(malformed("an event", &error));
        let message: Object<'_> = serde_json::from_str(json).map_err(broken)?;
        let events = message.get("events").copied().ok_or_else(|| lacks("an event", "events"))?;
        let mut changes = Vec::new();
        for event in raw::list(events).map_err(broken)? {
            changes.extend(Change::of(&raw::object(event).map_err(broken)?)?);
        }
        let hydrates = |change: &Change| matches!(change, Change::All(_));
        if self.streamed.is_none() && !changes.first().is_none_or(hydrates) {
            let message = "a change came before the flags that it changes";
            return Err(Heard::MissingAll(ProblemKind::Mismatch.because(message)));
        }
        for change in changes {
            self.make(change);
        }
        Ok(())
    }

    fn make(&mut self, change: Change) {
        if let Change::All(streamed) = change {
            self.streamed = Some(streamed);
            self.is_changed = true;
            return;
        }
        let Some(streamed) = &mut self.streamed else { return };
        let Change::Part { event_id, list, key, json } = change else { return };
        // What is sent twice comes in its order, too; what is older than that is no news.
        if event_id < streamed.event_id {
            return;
        }
        streamed.event_id = event_id;
        let parts = match list {
            List::Features => &mut streamed.features,
            List::Segments => &mut streamed.segments,
        };
        match json {
            Some(json) => parts.insert(key, json),
            None => parts.remove(&key),
        };
        self.is_changed = true;
    }

    pub(super) fn end_of_piece(&mut self, outbox: &mut Outbox) {
        if let Some(streamed) = self.streamed.as_ref().filter(|_| self.is_changed) {
            let of = |parts: &Parts| raw::joined(parts.values().map(|json| json.get()));
            let (features, segments) = (of(&streamed.features), of(&streamed.segments));
            let text =
                format!(r#"{{"version":2,"features":[{features}],"segments":[{segments}]}}"#);
            self.documents.offer(text, None, outbox);
        }
        self.is_changed = false;
    }

    pub(super) fn read(&mut self, body: Body, outbox: &mut Outbox) -> Read {
        // What the stream told before may be older than this.
        self.forget_stream();
        self.documents.read(body, outbox)
    }

    /// Asks the next stream for everything.
    pub(super) fn forget_stream(&mut self) {
        self.streamed = None;
        self.is_changed = false;
    }

    pub(super) fn last_event_id(&self) -> Option<String> {
        self.streamed.as_ref().map(|streamed| streamed.event_id.to_string())
    }
}

enum Change {
    All(Streamed),
    Part { event_id: u64, list: List, key: String, json: Option<Box<RawValue>> },
}

enum List {
    Features,
    Segments,
}

impl Change {
    /// None for events of a type that is not known.
    fn of(event: &Object<'_>) -> Result<Option<Self>, Heard> {
        let kind = raw::text(event, "type").ok_or_else(|| lacks("an event", "type"))?;
        let event_id = || raw::number(event, "eventId").ok_or_else(|| lacks(&kind, "eventId"));
        let part = |list, key, json| -> Result<Option<Self>, Heard> {
            Ok(Some(Self::Part { event_id: event_id()?, list, key, json }))
        };
        match &*kind {
            "hydration" => {
                let features = parts(event, "features", "name")?;
                let segments = parts(event, "segments", "id")?;
                Ok(Some(Self::All(Streamed { event_id: event_id()?, features, segments })))
            }
            "feature-updated" => {
                let feature = member(event, &kind, "feature")?;
                part(List::Features, key_of(feature, "name")?, Some(feature.to_owned()))
            }
            "segment-updated" => {
                let segment = member(event, &kind, "segment")?;
                part(List::Segments, key_of(segment, "id")?, Some(segment.to_owned()))
            }
            "feature-removed" => {
                let name = raw::text(event, "featureName");
                part(List::Features, name.ok_or_else(|| lacks(&kind, "featureName"))?, None)
            }
            "segment-removed" => {
                let id = member(event, &kind, "segmentId")?;
                part(List::Segments, id.get().to_owned(), None)
            }
            _ => Ok(None),
        }
    }
}

/// The parts in a list; a list that is absent is empty.
fn parts(event: &Object<'_>, list: &str, key: &str) -> Result<Parts, Heard> {
    let Some(list) = event.get(list) else { return Ok(Parts::new()) };
    let list = raw::list(list).map_err(|error| Heard::Broken(malformed("an event", &error)))?;
    list.into_iter().map(|part| Ok((key_of(part, key)?, part.to_owned()))).collect()
}

/// A feature's name, or a segment's id as it is written.
fn key_of(part: &RawValue, key: &str) -> Result<String, Heard> {
    let object = raw::object(part).map_err(|error| Heard::Broken(malformed("an event", &error)))?;
    match raw::text(&object, key) {
        Some(text) => Ok(text),
        None => Ok(member(&object, "a part", key)?.get().to_owned()),
    }
}

fn member<'a>(object: &Object<'a>, what: &str, key: &str) -> Result<&'a RawValue, Heard> {
    object.get(key).copied().ok_or_else(|| lacks(what, key))
}

fn lacks(what: &str, key: &str) -> Heard {
    let problem: Problem = ProblemKind::Malformed.because(format!("{what} has no `{key}`"));
    Heard::Broken(problem)
}
