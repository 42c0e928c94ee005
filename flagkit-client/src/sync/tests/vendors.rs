//! Streams of flag management systems.

use std::time::Duration;

use super::pair::in_words;
use super::server::header;
use crate::sync::{Expects, Head, Machine, Request, RequestId, Source};

/// A machine and what it told, for a test that is the server.
struct Client {
    machine: Machine,
    now: Duration,
    told: Vec<String>,
    stream: Option<RequestId>,
}

impl Client {
    /// With an open stream.
    fn streaming(source: Source) -> Self {
        let mut client = Self {
            machine: Machine::new(source, 5),
            now: Duration::ZERO,
            told: vec![],
            stream: None,
        };
        client.open();
        client
    }

    /// The next request, whenever it is due.
    fn request(&mut self) -> Request {
        for _ in 0..10 {
            if let Some(request) = self.machine.poll_request(self.now) {
                return request;
            }
            self.now = self.now.max(self.machine.poll_timeout());
            self.machine.handle_timeout(self.now);
            self.listen();
        }
        panic!("no request");
    }

    /// Opens the stream; what it asked to go on from.
    fn open(&mut self) -> Option<String> {
        let request = self.request();
        assert_eq!(request.expects, Expects::Stream);
        let head = Head::new(200).header("content-type", "text/event-stream");
        self.machine.handle_response(request.id, &head, self.now);
        self.stream = Some(request.id);
        header(&request, "last-event-id").map(str::to_owned)
    }

    fn say(&mut self, text: &str) -> Vec<String> {
        let id = self.stream.expect("open");
        self.machine.handle_bytes(id, text.as_bytes(), self.now);
        self.listen();
        std::mem::take(&mut self.told)
    }

    fn close(&mut self) {
        self.machine.handle_end(self.stream.expect("open"), self.now);
        self.listen();
    }

    fn listen(&mut self) {
        while let Some(event) = self.machine.poll_event() {
            self.told.push(in_words(&event));
        }
    }
}

fn launchdarkly() -> Client {
    let mut client = Client::streaming(Source::launchdarkly("sdk-key"));
    let put = r#"{"path":"/","data":{"flags":{"a":{"version":3}},"segments":{"s":{"version":1}}}}"#;
    assert_eq!(
        client.say(&format!("event: put\ndata: {put}\n\n")),
        [
            r#"document {"flags":{"a":{"version":3}},"segments":{"s":{"version":1}}}"#,
            "connected by stream"
        ]
    );
    client
}

#[test]
fn launchdarkly_sends_everything_and_then_parts_by_version() {
    let mut client = launchdarkly();
    let mut say = |kind: &str, data: &str| client.say(&format!("event: {kind}\ndata: {data}\n\n"));
    assert_eq!(
        say("patch", r#"{"path":"/flags/b/c","data":{"version":1}}"#),
        [
            r#"document {"flags":{"a":{"version":3},"b/c":{"version":1}},"segments":{"s":{"version":1}}}"#
        ]
    );
    // Older and equal versions are no news.
    assert_eq!(say("patch", r#"{"path":"/flags/a","data":{"version":3,"x":1}}"#), [""; 0]);
    assert_eq!(say("delete", r#"{"path":"/flags/a","version":2}"#), [""; 0]);
    assert_eq!(
        say("delete", r#"{"path":"/flags/a","version":4}"#),
        [r#"document {"flags":{"b/c":{"version":1}},"segments":{"s":{"version":1}}}"#]
    );
    // What was deleted does not come back by an older change.
    assert_eq!(say("patch", r#"{"path":"/flags/a","data":{"version":4}}"#), [""; 0]);
    assert_eq!(
        say("patch", r#"{"path":"/segments/s","data":{"version":2}}"#),
        [r#"document {"flags":{"b/c":{"version":1}},"segments":{"s":{"version":2}}}"#]
    );
    assert_eq!(say("patch", r#"{"path":"/other/s","data":{"version":2}}"#), [""; 0]);
    assert_eq!(say("ping", "x"), [""; 0]);
}

#[test]
fn what_comes_in_one_piece_is_told_in_one_document() {
    let mut client = launchdarkly();
    let patch = |key: &str| {
        format!("event: patch\ndata: {{\"path\":\"/flags/{key}\",\"data\":{{\"version\":9}}}}\n\n")
    };
    assert_eq!(
        client.say(&(patch("x") + &patch("y"))),
        [
            r#"document {"flags":{"a":{"version":3},"x":{"version":9},"y":{"version":9}},"segments":{"s":{"version":1}}}"#
        ]
    );
}

#[test]
fn launchdarkly_begins_again_with_everything() {
    let mut client = launchdarkly();
    client.close();
    assert_eq!(client.open(), None);
    // Only what is new is told, though everything came again.
    assert_eq!(client.say("event: put\ndata: {\"data\":{\"flags\":{\"a\":{\"version\":3}},\"segments\":{\"s\":{\"version\":1}}}}\n\n"), [
        "disconnected: closed",
        "connected by stream",
    ]);
}

#[test]
fn launchdarkly_is_lost_after_five_minutes_of_silence() {
    let mut client = launchdarkly();
    for _ in 0..20 {
        client.now += Duration::from_secs(299);
        client.machine.handle_timeout(client.now);
        assert_eq!(client.say(":\n"), [""; 0]);
    }
    client.now += Duration::from_secs(300);
    client.machine.handle_timeout(client.now);
    client.listen();
    assert_eq!(client.told, ["disconnected: silent"]);
}

#[test]
fn launchdarkly_garbage_changes_nothing() {
    let garbage = [
        ("put", "{}"),
        ("put", r#"{"data":[]}"#),
        ("put", r#"{"data":{"flags":[]}}"#),
        ("patch", r#"{"data":{}}"#),
        ("patch", r#"{"path":"/flags/a","data":7}"#),
        ("delete", "x"),
    ];
    for (kind, data) in garbage {
        let mut client = launchdarkly();
        let told = client.say(&format!("event: {kind}\ndata: {data}\n\n"));
        assert_eq!(told, ["disconnected: malformed"], "{kind} {data}");
    }
    let mut client = Client::streaming(Source::launchdarkly("sdk-key"));
    assert_eq!(
        client.say("event: delete\ndata: {\"path\":\"/flags/a\",\"version\":2}\n\n"),
        ["problem: mismatch"]
    );
}

const HYDRATION: &str = r#"{"events":[{"type":"hydration","eventId":7,"features":[{"name":"b"},{"name":"a"}],"segments":[{"id":1}]}]}"#;

fn unleash() -> Client {
    let mut client = Client::streaming(Source::unleash("https://f.test/api", "token"));
    assert_eq!(
        client.say(&format!("event: unleash-connected\ndata: {HYDRATION}\n\n")),
        [
            r#"document {"version":2,"features":[{"name":"a"},{"name":"b"}],"segments":[{"id":1}]}"#,
            "connected by stream"
        ]
    );
    client
}

#[test]
fn unleash_sends_everything_and_then_events() {
    let mut client = unleash();
    let mut say = |events: &str| {
        client.say(&format!("event: unleash-updated\ndata: {{\"events\":[{events}]}}\n\n"))
    };
    assert_eq!(
        say(
            r#"{"type":"feature-updated","eventId":8,"feature":{"name":"c"}},{"type":"feature-removed","eventId":9,"featureName":"a"}"#
        ),
        [r#"document {"version":2,"features":[{"name":"b"},{"name":"c"}],"segments":[{"id":1}]}"#]
    );
    assert_eq!(
        say(
            r#"{"type":"segment-updated","eventId":10,"segment":{"id":2}},{"type":"segment-removed","eventId":11,"segmentId":1}"#
        ),
        [r#"document {"version":2,"features":[{"name":"b"},{"name":"c"}],"segments":[{"id":2}]}"#]
    );
    // What is older is no news, and neither is what nobody knows.
    assert_eq!(say(r#"{"type":"feature-removed","eventId":9,"featureName":"b"}"#), [""; 0]);
    assert_eq!(say(r#"{"type":"weather","eventId":12}"#), [""; 0]);
    assert_eq!(say(""), [""; 0]);
}

#[test]
fn unleash_goes_on_after_the_last_event() {
    let mut client = unleash();
    client.say("event: unleash-updated\ndata: {\"events\":[{\"type\":\"feature-removed\",\"eventId\":12,\"featureName\":\"a\"}]}\n\n");
    client.close();
    assert_eq!(client.open().as_deref(), Some("12"));
    // A server may send everything all the same; its numbers may have begun anew.
    assert_eq!(
        client.say(&format!("event: unleash-connected\ndata: {HYDRATION}\n\n")),
        [
            "disconnected: closed",
            r#"document {"version":2,"features":[{"name":"a"},{"name":"b"}],"segments":[{"id":1}]}"#,
            "connected by stream"
        ]
    );
}

#[test]
fn unleash_may_ask_to_be_polled() {
    let mut client = unleash();
    assert_eq!(client.say("event: fetch-mode\ndata: polling\n\n"), ["disconnected: leaving"]);
    let request = client.request();
    assert_eq!(
        (request.url.as_str(), request.expects),
        ("https://f.test/api/client/features", Expects::Body)
    );
}

#[test]
fn unleash_without_streams_is_polled_and_asked_for_everything_later() {
    for status in [401, 403, 404] {
        let mut client = unleash();
        client.close();
        let request = client.request();
        client.machine.handle_response(request.id, &Head::new(status), client.now);
        let request = client.request();
        assert_eq!(request.expects, Expects::Body, "{status}");
        client.machine.handle_response(request.id, &Head::new(200), client.now);
        client.machine.handle_bytes(request.id, b"polled", client.now);
        client.machine.handle_end(request.id, client.now);
        client.listen();
        assert_eq!(client.told.last().map(String::as_str), Some("connected by poll"), "{status}");
        // The stream has not seen what the poll has.
        let request = std::iter::repeat_with(|| {
            let request = client.request();
            client.machine.handle_error(request.id, "cut", client.now);
            request
        })
        .find(|request| request.expects == Expects::Stream)
        .expect("in five minutes");
        assert_eq!(header(&request, "last-event-id"), None);
    }
}

#[test]
fn unleash_garbage_changes_nothing() {
    let events = [
        "7",
        "{}",
        r#"{"type":"feature-updated","eventId":9}"#,
        r#"{"type":"feature-updated","feature":{"name":"x"}}"#,
        r#"{"type":"feature-updated","eventId":9,"feature":{}}"#,
        r#"{"type":"feature-updated","eventId":9,"feature":[]}"#,
        r#"{"type":"feature-removed","eventId":9}"#,
        r#"{"type":"segment-removed","eventId":9}"#,
        r#"{"type":"hydration","features":[]}"#,
        r#"{"type":"hydration","eventId":9,"features":{}}"#,
    ];
    for event in events {
        let mut client = unleash();
        // All or nothing: what came before the bad one is not taken either.
        let good = r#"{"type":"feature-removed","eventId":8,"featureName":"a"}"#;
        let told = client
            .say(&format!("event: unleash-updated\ndata: {{\"events\":[{good},{event}]}}\n\n"));
        assert_eq!(told, ["disconnected: malformed"], "{event}");
    }
    let mut client = unleash();
    assert_eq!(client.say("event: unleash-updated\ndata: {}\n\n"), ["disconnected: malformed"]);
    let mut client = Client::streaming(Source::unleash("https://f.test/api", "token"));
    let update = r#"{"events":[{"type":"feature-removed","eventId":8,"featureName":"a"}]}"#;
    assert_eq!(
        client.say(&format!("event: unleash-updated\ndata: {update}\n\n")),
        ["problem: mismatch"]
    );
}
