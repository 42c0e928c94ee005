//! LaunchDarkly: a document when polled, and on a stream all of it once, then part by part with
//! versions.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use super::super::event::ProblemKind;
use super::super::outbox::Outbox;
use super::super::sse;
use super::documents::Documents;
use super::raw::{self, Object};
use super::{Body, Heard, Read, malformed};

/// What is held of LaunchDarkly.
#[derive(Debug, Default)]
pub(in super::super) struct LaunchDarkly {
    pub(super) documents: Documents,
    /// What the stream has told; none before it told everything.
    streamed: Option<Streamed>,
    /// Whether it changed since it was offered.
    is_changed: bool,
}

#[derive(Debug, Default)]
struct Streamed {
    flags: BTreeMap<String, Versioned>,
    segments: BTreeMap<String, Versioned>,
}

#[derive(Debug)]
struct Versioned {
    version: u64,
    /// None for what was deleted: an older change must not bring it back.
    json: Option<Box<RawValue>>,
}

impl LaunchDarkly {
    pub(super) fn hear(&mut self, event: &sse::Event) -> Heard {
        if !matches!(&*event.kind, "put" | "patch" | "delete") {
            return Heard::Nothing;
        }
        let message: Object<'_> = match serde_json::from_str(&event.data) {
            Ok(message) => message,
            Err(error) => return broken(&error),
        };
        match &*event.kind {
            "put" => self.put(&message),
            _ => self.change(&message),
        }
    }

    fn put(&mut self, message: &Object<'_>) -> Heard {
        // Some relays send the flags without an envelope.
        let all = match message.get("data").copied().map(raw::object) {
            None => message.clone(),
            Some(Ok(all)) => all,
            Some(Err(error)) => return broken(&error),
        };
        if !all.contains_key("flags") {
            return broken(&"it has no `flags`");
        }
        match (parts(&all, "flags"), parts(&all, "segments")) {
            (Ok(flags), Ok(segments)) => {
                self.streamed = Some(Streamed { flags, segments });
                self.is_changed = true;
                Heard::Current
            }
            (Err(error), _) | (_, Err(error)) => broken(&error),
        }
    }

    /// A patch, or with no data a delete.
    fn change(&mut self, message: &Object<'_>) -> Heard {
        let Some(path) = raw::text(message, "path") else { return broken(&"it has no `path`") };
        let Some(streamed) = &mut self.streamed else {
            let message = "a change came before the flags that it changes";
            return Heard::MissingAll(ProblemKind::Mismatch.because(message));
        };
        let (parts, key) = match (path.strip_prefix("/flags/"), path.strip_prefix("/segments/")) {
            (Some(key), _) => (&mut streamed.flags, key),
            (_, Some(key)) => (&mut streamed.segments, key),
            // Of a kind that does not exist yet.
            _ => return Heard::Current,
        };
        let part = match message.get("data").copied() {
            Some(data) => match raw::object(data) {
                Ok(part) => Versioned { version: version(&part), json: Some(data.to_owned()) },
                Err(error) => return broken(&error),
            },
            None => Versioned { version: version(message), json: None },
        };
        if parts.get(key).is_none_or(|held| held.version < part.version) {
            parts.insert(key.to_owned(), part);
            self.is_changed = true;
        }
        Heard::Current
    }

    pub(super) fn end_of_piece(&mut self, outbox: &mut Outbox) {
        if let Some(streamed) = self.streamed.as_ref().filter(|_| self.is_changed) {
            let (flags, segments) = (members(&streamed.flags), members(&streamed.segments));
            let text = format!(r#"{{"flags":{{{flags}}},"segments":{{{segments}}}}}"#);
            self.documents.offer(text, None, outbox);
        }
        self.is_changed = false;
    }

    pub(super) fn read(&mut self, body: Body, outbox: &mut Outbox) -> Read {
        self.documents.read(body, outbox)
    }
}

fn parts(all: &Object<'_>, key: &str) -> serde_json::Result<BTreeMap<String, Versioned>> {
    let Some(json) = all.get(key) else { return Ok(BTreeMap::new()) };
    let each = |(key, json): (String, &RawValue)| {
        let version = version(&raw::object(json)?);
        Ok((key, Versioned { version, json: Some(json.to_owned()) }))
    };
    raw::object(json)?.into_iter().map(each).collect()
}

/// Without one it is the first.
fn version(part: &Object<'_>) -> u64 {
    raw::number(part, "version").unwrap_or_default()
}

fn members(parts: &BTreeMap<String, Versioned>) -> String {
    raw::members(parts.iter().filter_map(|(key, part)| Some((key, part.json.as_ref()?.get()))))
}

fn broken(error: &dyn std::fmt::Display) -> Heard {
    Heard::Broken(malformed("an event", error))
}
