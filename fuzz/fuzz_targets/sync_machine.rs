//! A machine to which anything happens: it never panics, asks in vain or for too much, and what it
//! tells of our server never gets older.
#![no_main]

use std::time::Duration;

use flagkit_client::sync::{Event, Expects, Head, Machine, RequestId, Source};
use flagkit_protocol::{Document, Version};
use flagkit_testkit::Choices;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut choices = Choices::from_bytes(bytes);
    let mut world = World {
        machine: Machine::new(source(&mut choices), 1),
        now: Duration::ZERO,
        open: Vec::new(),
        version: None,
        requests: 0,
    };
    let mut steps = 0;
    while !choices.is_exhausted() && steps < 500 {
        world.step(&mut choices);
        world.drive(&mut choices);
        steps += 1;
    }
    // Each thing that happens leads to one request at most, and the first is due at once.
    assert!(world.requests <= 2 * (steps + 1), "{} requests in {steps} steps", world.requests);
});

struct World {
    machine: Machine,
    now: Duration,
    /// Requests that were not answered yet.
    open: Vec<(RequestId, Expects)>,
    version: Option<Version>,
    requests: usize,
}

impl World {
    fn step(&mut self, choices: &mut Choices) {
        if choices.chance(30) || self.open.is_empty() {
            let timeout = self.machine.poll_timeout();
            let some = Duration::from_millis(choices.below(100_000) as u64);
            self.now = if choices.chance(70) { self.now.max(timeout) } else { self.now + some };
            return self.machine.handle_timeout(self.now);
        }
        let index = choices.below(self.open.len());
        let (id, expects) = self.open[index];
        match choices.below(8) {
            0 | 1 => self.machine.handle_response(id, &head(choices, expects), self.now),
            2 => self.machine.handle_end(id, self.now),
            3 => self.machine.handle_error(id, "reset", self.now),
            4 => self.machine.handle_refused(self.now),
            _ => self.machine.handle_bytes(id, &piece(choices, expects), self.now),
        }
    }

    fn drive(&mut self, choices: &mut Choices) {
        while let Some(event) = self.machine.poll_event() {
            let version = match event {
                Event::Snapshot(snapshot) => snapshot.version,
                Event::Delta(delta) => {
                    assert_eq!(self.version.as_ref(), Some(&delta.from));
                    delta.version
                }
                _ => continue,
            };
            let is_older = self.version.as_ref().is_some_and(|held| version.is_before(held));
            assert!(!is_older, "{version} after {:?}", self.version);
            if choices.chance(20) {
                self.machine.handle_refused(self.now);
            } else {
                self.version = Some(version);
            }
        }
        while let Some(request) = self.machine.poll_request(self.now) {
            self.requests += 1;
            self.open.push((request.id, request.expects));
        }
        let machine = &self.machine;
        self.open.retain(|(id, _)| machine.is_wanted(*id));
        assert!(self.open.len() <= 2, "{:?}", self.open);
        // With everything done there is something to wait for, or something is under way.
        assert!(machine.poll_timeout() > self.now || !self.open.is_empty());
    }
}

fn source(choices: &mut Choices) -> Source {
    let url = "https://f.test";
    match choices.below(8) {
        0 => Source::unleash(url, "k"),
        1 => Source::launchdarkly("k"),
        2 => Source::flagsmith(url, "k"),
        3 => Source::configcat("https://cdn-global.configcat.com", "k"),
        4 => Source::address(url),
        5 => Source::flagkit(url, "k").polled(),
        _ => Source::flagkit(url, "k"),
    }
}

fn head(choices: &mut Choices, expects: Expects) -> Head {
    if choices.chance(60) {
        let media_type = match expects {
            Expects::Stream => "text/event-stream",
            _ => "application/json",
        };
        return Head::new(200)
            .header("content-type", media_type)
            .header("etag", choices.pick::<&str>(&["\"1\"", "\"2\""]))
            .header("link", choices.pick::<&str>(&["", "</x>; rel=\"next\""]));
    }
    let status = *choices.pick(&[200, 204, 301, 304, 400, 401, 404, 405, 429, 500, 501, 503]);
    Head::new(status)
        .header("retry-after", choices.pick::<&str>(&["", "5", "999999999999", "soon"]))
}

fn piece(choices: &mut Choices, expects: Expects) -> Vec<u8> {
    let data = match choices.below(4) {
        0 => snapshot(choices),
        1 => delta(choices),
        _ => (*choices.pick(&TEXTS)).to_owned(),
    };
    let mut text = data.clone();
    if expects == Expects::Stream {
        let kind = choices.pick(&KINDS);
        text = format!("event: {kind}\ndata: {data}\n\n");
    }
    let mut bytes = text.into_bytes();
    if choices.chance(20) {
        bytes.truncate(choices.below(bytes.len() + 1));
    }
    bytes
}

fn flags(choices: &mut Choices) -> String {
    let json = |choices: &mut Choices, key| format!("{key:?}:{}", choices.below(3));
    let (a, b) = (json(choices, "a"), json(choices, "b"));
    choices.pick(&[String::new(), a.clone(), format!("{a},{b}")]).clone()
}

fn version(choices: &mut Choices) -> String {
    format!("{}:{}", choices.pick(&["e1", "e2"]), choices.below(6))
}

fn snapshot(choices: &mut Choices) -> String {
    let document = format!(r#"{{"schema":"flagkit/1","flags":{{{}}}}}"#, flags(choices));
    let checksum = Document::parse(&document).expect("a document").checksum();
    let version = version(choices);
    format!(
        r#"{{"version":"{version}","environment":"e","checksum":"{checksum}","document":{document}}}"#
    )
}

/// A change to a state that says what it is; whether it fits is another matter.
fn delta(choices: &mut Choices) -> String {
    let whole = format!(r#"{{"schema":"flagkit/1","flags":{{{}}}}}"#, flags(choices));
    let checksum = Document::parse(&whole).expect("a document").checksum();
    let (from, version) = (choices.below(6), version(choices));
    let gone = choices.pick(&["", r#""a""#, r#""a","b""#]);
    format!(
        r#"{{"from":{from},"version":"{version}","checksum":"{checksum}","document":{whole},"removed":{{"flags":[{gone}]}}}}"#
    )
}

const KINDS: [&str; 11] = [
    "snapshot",
    "snapshot",
    "delta",
    "delta",
    "heartbeat",
    "goodbye",
    "put",
    "patch",
    "delete",
    "unleash-connected",
    "unleash-updated",
];

const TEXTS: [&str; 13] = [
    "",
    "{}",
    r#"{"every_ms":5000,"version":"e1:3"}"#,
    r#"{"spread_ms":1000}"#,
    r#"{"data":{"flags":{"a":{"version":1}}}}"#,
    r#"{"path":"/flags/a","data":{"version":2}}"#,
    r#"{"path":"/flags/a","version":3}"#,
    r#"{"events":[{"type":"hydration","eventId":1,"features":[{"name":"a"}]}]}"#,
    r#"{"events":[{"type":"feature-updated","eventId":2,"feature":{"name":"b"}}]}"#,
    r#"{"events":[{"type":"segment-removed","eventId":3,"segmentId":1}]}"#,
    r#"{"p":{"u":"https://cdn-eu.configcat.com","r":2},"f":{}}"#,
    r#"{"identity_overrides":[{"a":1}]}"#,
    r#"{"api_key":"k","name":"n","feature_states":[],"project":{"segments":[{"id":1,"name":"s","rules":[]}]}}"#,
];
