//! A server of the protocol, in a few lines and without IO.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use flagkit_protocol::{Checksum, Delta, Document, Goodbye, Heartbeat, Removed, Snapshot, Version};
use serde_json::value::RawValue;

use crate::sync::{Expects, Head, Request, RequestId};

/// What reaches the client.
#[derive(Clone, Debug)]
pub(super) enum Delivery {
    Head(Head),
    Bytes(Vec<u8>),
    End,
    Error(&'static str),
}

pub(super) type Flags = BTreeMap<String, String>;

/// One environment, all its states, and what is wrong with the server at the moment.
#[derive(Debug)]
pub(super) struct Server {
    pub(super) epoch: String,
    /// State number `n` is at `n - 1`.
    pub(super) states: Vec<Flags>,
    pub(super) heartbeat: Duration,
    /// Answers to requests for streams, unless it is well.
    pub(super) stream_head: Option<Head>,
    /// Answers to requests for documents, unless it is well.
    pub(super) poll_head: Option<Head>,
    /// Connections are refused.
    pub(super) is_down: bool,
    /// Connections are accepted, and nothing ever comes.
    pub(super) is_mute: bool,
    /// Streams open, and nothing comes over them.
    pub(super) is_silent: bool,
    /// By how many states a replica is behind.
    pub(super) lag: usize,
    /// How many events from now on are spoilt.
    pub(super) spoils: usize,
    pub(super) streams: BTreeMap<u64, Subscriber>,
}

#[derive(Clone, Debug)]
pub(super) struct Subscriber {
    id: RequestId,
    /// The number that it has.
    at: u64,
    pub(super) beats_at: Duration,
    is_silent: bool,
}

impl Server {
    pub(super) fn new() -> Self {
        Self {
            epoch: "e1".into(),
            states: vec![Flags::from([("a".into(), "{}".into()), ("b".into(), "{}".into())])],
            heartbeat: Duration::from_secs(15),
            stream_head: None,
            poll_head: None,
            is_down: false,
            is_mute: false,
            is_silent: false,
            lag: 0,
            spoils: 0,
            streams: BTreeMap::new(),
        }
    }

    /// A change: this flag has another value, or is gone.
    pub(super) fn publish(
        &mut self,
        key: &str,
        json: Option<&str>,
        now: Duration,
    ) -> Vec<(RequestId, Delivery)> {
        let mut flags = self.states.last().cloned().unwrap_or_default();
        match json {
            Some(json) => flags.insert(key.into(), json.into()),
            None => flags.remove(key),
        };
        self.states.push(flags);
        self.fan_out(now)
    }

    /// Brings all streams to the current state.
    fn fan_out(&mut self, now: Duration) -> Vec<(RequestId, Delivery)> {
        let mut streams = std::mem::take(&mut self.streams);
        let current = self.current();
        let mut sent = Vec::new();
        for stream in streams.values_mut().filter(|stream| stream.at < current) {
            let bytes = self.delta(stream.at, current);
            stream.at = current;
            stream.beats_at = now + self.heartbeat;
            if !stream.is_silent {
                sent.push((stream.id, Delivery::Bytes(bytes)));
            }
        }
        self.streams = streams;
        sent
    }

    pub(super) fn beat(&mut self, now: Duration) -> Vec<(RequestId, Delivery)> {
        let (every, version) = (self.heartbeat, self.version(self.current()));
        let due = self.streams.values_mut().filter(|stream| stream.beats_at <= now);
        due.map(|stream| {
            stream.beats_at = now + every;
            (stream.id, stream.is_silent)
        })
        .collect::<Vec<_>>()
        .into_iter()
        .filter(|(_, is_silent)| !is_silent)
        .map(|(id, _)| (id, Delivery::Bytes(heartbeat(every, &version))))
        .collect()
    }

    pub(super) fn answer(&mut self, request: &Request, now: Duration) -> Vec<Delivery> {
        if self.is_down {
            return vec![Delivery::Error("connection refused")];
        }
        if self.is_mute {
            return vec![];
        }
        match request.expects {
            Expects::Stream => self.answer_stream(request, now),
            Expects::Body => self.answer_poll(request),
        }
    }

    fn answer_stream(&mut self, request: &Request, now: Duration) -> Vec<Delivery> {
        assert_eq!(request.url, "https://f.test/stream");
        if let Some(head) = &self.stream_head {
            return vec![Delivery::Head(head.clone()), Delivery::End];
        }
        let current = self.current();
        let has =
            header(request, "last-event-id").map(|id| id.parse::<Version>().expect("a version"));
        let known = has.filter(|has| has.epoch == self.epoch && has.number <= current);
        let beats_at = now + self.heartbeat;
        let stream =
            Subscriber { id: request.id, at: current, beats_at, is_silent: self.is_silent };
        self.streams.insert(request.id.0, stream);
        let head = Delivery::Head(Head::new(200).header("content-type", "text/event-stream"));
        let first = match known {
            _ if self.is_silent => return vec![head],
            Some(has) if has.number == current => heartbeat(self.heartbeat, &has),
            Some(has) => self.delta(has.number, current),
            None => self.event("snapshot", &self.version(current), &self.snapshot(current)),
        };
        vec![head, Delivery::Bytes(first)]
    }

    fn answer_poll(&mut self, request: &Request) -> Vec<Delivery> {
        assert_eq!(request.url, "https://f.test/api/v1/snapshot");
        if let Some(head) = &self.poll_head {
            return vec![Delivery::Head(head.clone()), Delivery::End];
        }
        let current = self.current();
        let etag = format!("\"{}\"", self.version(current));
        if header(request, "if-none-match") == Some(&etag) {
            return vec![Delivery::Head(Head::new(304).header("etag", &etag)), Delivery::End];
        }
        let head = Head::new(200).header("etag", &etag).header("content-type", "application/json");
        let body = self.spoilt(self.snapshot(current));
        vec![Delivery::Head(head), Delivery::Bytes(body.into_bytes()), Delivery::End]
    }

    /// Says goodbye on all streams and closes none.
    pub(super) fn say_goodbye(&mut self, spread: Duration) -> Vec<(RequestId, Delivery)> {
        let spread_ms = u64::try_from(spread.as_millis()).expect("short");
        let data = serde_json::to_string(&Goodbye { spread_ms }).expect("JSON");
        let bytes = format!("event: goodbye\ndata: {data}\n\n").into_bytes();
        self.streams.values().map(|stream| (stream.id, Delivery::Bytes(bytes.clone()))).collect()
    }

    /// Closes all streams.
    pub(super) fn close(&mut self, how: &Delivery) -> Vec<(RequestId, Delivery)> {
        let streams = std::mem::take(&mut self.streams);
        streams.into_values().map(|stream| (stream.id, how.clone())).collect()
    }

    /// Sends bytes over all streams.
    pub(super) fn send(&self, bytes: &[u8]) -> Vec<(RequestId, Delivery)> {
        self.streams.values().map(|stream| (stream.id, Delivery::Bytes(bytes.to_vec()))).collect()
    }

    /// Everything goes silent, and stays open.
    pub(super) fn hush(&mut self) {
        self.streams.values_mut().for_each(|stream| stream.is_silent = true);
    }

    /// The number of the state that it serves.
    pub(super) fn current(&self) -> u64 {
        self.states.len().saturating_sub(self.lag).max(1) as u64
    }

    pub(super) fn version(&self, number: u64) -> Version {
        Version { epoch: self.epoch.clone(), number }
    }

    pub(super) fn flags(&self, number: u64) -> &Flags {
        &self.states[usize::try_from(number).expect("small") - 1]
    }

    pub(super) fn snapshot(&self, number: u64) -> String {
        let text = document(self.flags(number));
        serde_json::to_string(&Snapshot {
            version: self.version(number),
            environment: "production".into(),
            checksum: checksum(&text),
            document: raw(&text),
        })
        .expect("JSON")
    }

    pub(super) fn delta(&mut self, from: u64, to: u64) -> Vec<u8> {
        let (old, new) = (self.flags(from), self.flags(to));
        let changed = new.iter().filter(|(key, json)| old.get(*key) != Some(json));
        let text = document(&changed.map(|(key, json)| (key.clone(), json.clone())).collect());
        let gone: BTreeSet<&String> = old.keys().filter(|key| !new.contains_key(*key)).collect();
        let delta = Delta {
            from,
            version: self.version(to),
            checksum: checksum(&document(new)),
            document: raw(&text),
            removed: Removed {
                flags: gone.into_iter().map(|key| key.clone().into()).collect(),
                segments: vec![],
            },
        };
        let data = serde_json::to_string(&delta).expect("JSON");
        self.event("delta", &self.version(to), &data)
    }

    pub(super) fn event(&mut self, kind: &str, version: &Version, data: &str) -> Vec<u8> {
        let data = self.spoilt(data.to_owned());
        format!("event: {kind}\nid: {version}\ndata: {data}\n\n").into_bytes()
    }

    /// The text, or while events are spoilt one that is well-formed and wrong.
    fn spoilt(&mut self, text: String) -> String {
        if self.spoils == 0 {
            return text;
        }
        self.spoils -= 1;
        let (before, after) = text.split_once("\"checksum\":\"").expect("a checksum");
        // Differently each time, as a bad line does.
        format!("{before}\"checksum\":\"{:016x}{}", self.spoils, &after[16..])
    }
}

pub(super) fn heartbeat(every: Duration, version: &Version) -> Vec<u8> {
    let every_ms = u64::try_from(every.as_millis()).expect("short");
    let data = serde_json::to_string(&Heartbeat { every_ms, version: version.clone() });
    format!("event: heartbeat\ndata: {}\n\n", data.expect("JSON")).into_bytes()
}

pub(super) fn document(flags: &Flags) -> String {
    let flags: Vec<String> = flags.iter().map(|(key, json)| format!("{key:?}:{json}")).collect();
    format!(r#"{{"schema":"flagkit/1","flags":{{{}}}}}"#, flags.join(","))
}

pub(super) fn checksum(document: &str) -> Checksum {
    Document::parse(document).expect("a document").checksum()
}

fn raw(json: &str) -> &RawValue {
    serde_json::from_str(json).expect("JSON")
}

pub(super) fn header<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    request.headers.iter().find(|(known, _)| known == name).map(|(_, value)| &**value)
}
