//! Sources that are polled.

use std::time::Duration;

use super::pair::in_words;
use super::server::header;
use crate::sync::{Expects, Head, Machine, Request, Source};

/// Serves what the test says, request after request, for a machine that polls.
struct Polled {
    machine: Machine,
    now: Duration,
    told: Vec<String>,
}

impl Polled {
    fn new(source: Source) -> Self {
        Self { machine: Machine::new(source, 5), now: Duration::ZERO, told: Vec::new() }
    }

    /// The next request, whenever it is due.
    fn request(&mut self) -> Request {
        self.now = self.now.max(self.machine.poll_timeout());
        self.machine.handle_timeout(self.now);
        let request = self.machine.poll_request(self.now).expect("due");
        assert_eq!(request.expects, Expects::Body);
        request
    }

    /// Answers the next request; its address.
    fn answer(&mut self, head: &Head, body: &str) -> String {
        let request = self.request();
        self.machine.handle_response(request.id, head, self.now);
        for piece in body.as_bytes().chunks(7) {
            self.machine.handle_bytes(request.id, piece, self.now);
        }
        self.machine.handle_end(request.id, self.now);
        while let Some(event) = self.machine.poll_event() {
            self.told.push(in_words(&event));
        }
        request.url
    }

    fn take_told(&mut self) -> Vec<String> {
        std::mem::take(&mut self.told)
    }
}

fn ok() -> Head {
    Head::new(200)
}

#[test]
fn a_document_is_told_when_it_differs() {
    let mut polled = Polled::new(Source::address("https://f.test/doc"));
    for (body, expected) in [
        ("one", &["document one", "connected by poll"][..]),
        ("one", &[]),
        ("two", &["document two"]),
        ("one", &["document one"]),
    ] {
        polled.answer(&ok(), body);
        assert_eq!(polled.take_told(), expected);
    }
}

#[test]
fn polls_come_at_their_interval_with_jitter() {
    let sources = [
        (Source::unleash("https://f.test", "k").polled(), 15.0),
        (Source::launchdarkly("k").polled(), 30.0),
        (Source::flagsmith("https://f.test", "k"), 60.0),
        (Source::configcat("https://f.test", "k"), 60.0),
        (Source::growthbook("https://f.test", "k"), 60.0),
        (Source::eppo("https://f.test", "k"), 30.0),
        (Source::address("https://f.test"), 60.0),
        (Source::address("https://f.test").poll_interval(Duration::from_secs(5)), 5.0),
    ];
    for (source, interval) in sources {
        let mut polled = Polled::new(source.clone());
        polled.answer(&ok(), "{}");
        let mut waits = Vec::new();
        for _ in 0..20 {
            let before = polled.now;
            polled.answer(&ok(), "{}");
            waits.push(polled.now.saturating_sub(before).as_secs_f64());
        }
        assert!(waits.iter().all(|wait| (interval..interval * 1.1).contains(wait)), "{waits:?}");
        assert!(waits.windows(2).any(|pair| pair[0] != pair[1]), "{waits:?}");
    }
}

#[test]
fn what_is_known_is_asked_for_by_its_tag() {
    let mut polled = Polled::new(Source::address("https://f.test/doc"));
    polled.machine.resume_document("cached", Some("W/\"7\""));
    let request = polled.request();
    assert_eq!(header(&request, "if-none-match"), Some("W/\"7\""));
    polled.machine.handle_response(request.id, &Head::new(304), polled.now);
    assert!(!polled.machine.is_wanted(request.id));
    assert_eq!(
        polled.machine.poll_event().as_ref().map(in_words).as_deref(),
        Some("connected by poll")
    );
    assert_eq!(polled.machine.confirmed_at(), Some(polled.now));
}

#[test]
fn nothing_new_is_no_answer_to_a_question_that_was_not_asked() {
    let mut polled = Polled::new(Source::address("https://f.test/doc"));
    polled.answer(&Head::new(304), "");
    assert_eq!(polled.take_told(), ["problem: status"]);
}

#[test]
fn what_is_no_document_changes_nothing_and_is_fetched_again() {
    let mut polled = Polled::new(Source::address("https://f.test/doc"));
    polled.answer(&ok().header("etag", "\"1\""), "good");
    polled.take_told();
    let html = ok().header("content-type", "text/html; charset=utf-8");
    let cases = [(ok().header("etag", "\"2\""), " \n"), (html, "<html>"), (ok(), "")];
    for (head, body) in cases {
        polled.answer(&head, body);
        let request = polled.request();
        assert_eq!(header(&request, "if-none-match"), Some("\"1\""), "{body:?}");
        polled.machine.handle_error(request.id, "cut", polled.now);
    }
    // Told when flags stop to arrive, and when the reason is another.
    let mut expected = vec!["disconnected: malformed"];
    expected.extend(["problem: unreachable", "problem: malformed"].repeat(2));
    assert_eq!(polled.take_told(), expected);
    polled.answer(&ok(), "good");
    assert_eq!(polled.take_told(), ["problem: unreachable", "connected by poll"]);
}

#[test]
fn bytes_that_are_no_text_change_nothing() {
    let mut polled = Polled::new(Source::address("https://f.test/doc"));
    let request = polled.request();
    polled.machine.handle_response(request.id, &ok(), polled.now);
    polled.machine.handle_bytes(request.id, b"\xFF\xFE", polled.now);
    polled.machine.handle_end(request.id, polled.now);
    let told = polled.machine.poll_event();
    assert_eq!(told.as_ref().map(in_words).as_deref(), Some("problem: malformed"));
}

#[test]
fn a_document_beyond_the_limit_is_given_up_while_it_comes() {
    let mut polled = Polled::new(Source::address("https://f.test/doc").bytes_max(10));
    polled.answer(&ok(), "0123456789");
    assert_eq!(polled.take_told(), ["document 0123456789", "connected by poll"]);
    polled.answer(&ok(), "01234567890");
    assert_eq!(polled.take_told(), ["disconnected: too_large"]);
}

#[test]
fn failures_of_polls_wait_as_those_of_streams() {
    let mut polled = Polled::new(Source::address("https://f.test/doc"));
    let mut bounds = Vec::new();
    for bound in [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0] {
        let request = polled.request();
        polled.machine.handle_error(request.id, "refused", polled.now);
        let wait = polled.machine.poll_timeout().saturating_sub(polled.now);
        bounds.push((wait.as_secs_f64(), bound));
    }
    assert!(bounds.iter().all(|(wait, bound)| wait < bound), "{bounds:?}");
    for least in [60.0, 120.0, 240.0, 480.0, 900.0, 900.0] {
        polled.answer(&Head::new(404), "");
        let wait = polled.machine.poll_timeout().saturating_sub(polled.now).as_secs_f64();
        assert!((least..least * 1.1).contains(&wait), "{wait}");
    }
    polled.answer(&ok(), "good");
    assert_eq!(
        polled.take_told(),
        ["problem: unreachable", "problem: not_found", "document good", "connected by poll"]
    );
    // Success makes up for all of it.
    polled.answer(&Head::new(500), "");
    assert!(polled.machine.poll_timeout().saturating_sub(polled.now).as_secs_f64() < 0.5);
    polled.answer(&Head::new(404), "");
    assert!(polled.machine.poll_timeout().saturating_sub(polled.now).as_secs_f64() < 66.0);
}

/// A page of an environment of Flagsmith's in which these identities override a feature.
fn page(identities: &[&str]) -> String {
    let state = r#"{"featurestate_uuid":"u","enabled":true,"feature_state_value":1,"feature":{"id":7,"name":"f"}}"#;
    let identity = |id: &&str| format!(r#"{{"identifier":"{id}","identity_features":[{state}]}}"#);
    let identities: Vec<String> = identities.iter().map(identity).collect();
    format!(
        r#"{{"api_key":"k","name":"n","feature_states":[],"project":{{"segments":[]}},"identity_overrides":[{}]}}"#,
        identities.join(",")
    )
}

/// Who overrides a feature in each document that was told, and what else was told.
fn overriding(told: Vec<String>) -> Vec<String> {
    let each = |told: String| match told.split_once(r#""operator":"IN","value":["#) {
        Some((_, rest)) => rest.split(']').next().unwrap_or_default().replace('"', ""),
        None => told,
    };
    told.into_iter().map(each).collect()
}

const PAGES: &str = "https://f.test/api/v1/environment-document/";

#[test]
fn pages_of_flagsmith_become_one_document() {
    let mut polled = Polled::new(Source::flagsmith("https://f.test", "k"));
    let next = |url: &str| ok().header("link", &format!("<{url}>; rel=\"next\""));
    let second = format!("{PAGES}?page_id=2");
    assert_eq!(polled.answer(&next(&second), &page(&["a", "b"])), PAGES);
    let relative = "/api/v1/environment-document/?page_id=3";
    assert_eq!(polled.answer(&next(relative), &page(&["c"])), second);
    assert_eq!(polled.answer(&ok(), &page(&[])), format!("https://f.test{relative}"));
    assert_eq!(overriding(polled.take_told()), ["a,b,c", "connected by poll"]);
    polled.answer(&ok(), &page(&["d"]));
    assert_eq!(overriding(polled.take_told()), ["d"]);
    // What a proxy has translated already is told as it came.
    let context = r#"{ "environment": {}, "features": {} }"#;
    polled.answer(&ok(), context);
    assert_eq!(polled.take_told(), [format!("document {context}")]);
}

#[test]
fn pages_that_break_off_begin_anew_and_lead_to_nobody_else() {
    let mut polled = Polled::new(Source::flagsmith("https://f.test", "k"));
    let second = format!("{PAGES}?page_id=2");
    let next = ok().header("link", &format!("<{second}>; rel=\"next\""));
    polled.answer(&next, &page(&["a"]));
    assert_eq!(polled.answer(&Head::new(500), ""), second);
    assert_eq!(polled.answer(&next, &page(&["b"])), PAGES);
    assert_eq!(polled.answer(&ok(), &page(&["c"])), second);
    assert_eq!(overriding(polled.take_told()), ["problem: status", "b,c", "connected by poll"]);
    assert_eq!(polled.answer(&next, &page(&["d"])), PAGES);
    assert_eq!(polled.answer(&next, "{"), second);
    assert_eq!(polled.answer(&ok(), &page(&["e"])), PAGES);
    let expected = ["disconnected: malformed", "e", "connected by poll"];
    assert_eq!(overriding(polled.take_told()), expected);
    // Another host does not get the key.
    let elsewhere = ok().header("link", "<https://evil.test/?page_id=2>; rel=\"next\"");
    polled.answer(&elsewhere, &page(&["f"]));
    assert_eq!(overriding(polled.take_told()), ["f"]);
}

#[test]
fn pages_without_end_are_given_up() {
    let bytes_max = 400 * page(&[]).len();
    let mut polled = Polled::new(Source::flagsmith("https://f.test", "k").bytes_max(bytes_max));
    let next = ok().header("link", "</api/v1/environment-document/?page_id=2>; rel=\"next\"");
    let mut pages = 0;
    while polled.told.is_empty() {
        polled.answer(&next, &page(&[]));
        pages += 1;
    }
    assert_eq!((pages, polled.take_told()), (401, vec!["problem: too_large".to_owned()]));
}

#[test]
fn configcat_sends_on_to_its_own_servers() {
    let path = "/configuration-files/key/config_v6.json";
    let (global, eu) = ("https://cdn-global.configcat.com", "https://cdn-eu.configcat.com");
    let custom = "https://f.test";
    let moved = |to: &str, how: u32| format!(r#"{{"p":{{"u":"{to}","r":{how}}},"f":{{}}}}"#);
    // From, to, how; whether the next request goes there.
    let cases = [
        (global, eu, 0, false),
        (global, eu, 1, true),
        (global, eu, 2, true),
        (global, global, 1, false),
        (custom, eu, 1, false),
        (custom, eu, 2, true),
        (global, "http://cdn-eu.configcat.com", 2, false),
        (global, "https://cdn-eu.configcat.com/evil?", 2, false),
    ];
    for (from, to, how, follows) in cases {
        let mut polled = Polled::new(Source::configcat(from, "key"));
        assert_eq!(polled.answer(&ok(), &moved(to, how)), format!("{from}{path}"));
        let case = format!("{from} to {to} by {how}");
        assert_eq!(polled.take_told().is_empty(), follows, "{case}");
        let before = polled.now;
        let next = polled.answer(&ok(), &moved(to, 0));
        assert_eq!(next, format!("{}{path}", if follows { to } else { from }), "{case}");
        assert_eq!(polled.now == before, follows, "{case}: at once");
    }
}

#[test]
fn configcat_addresses_that_send_to_one_another_end() {
    let (a, b) = ("https://cdn-global.configcat.com", "https://cdn-eu.configcat.com");
    let mut polled = Polled::new(Source::configcat(a, "key"));
    let begun = polled.now;
    let mut requests = 0;
    while polled.told.is_empty() {
        let request = polled.request();
        let to = if request.url.starts_with(a) { b } else { a };
        let body = format!(r#"{{"p":{{"u":"{to}","r":2}}}}"#);
        polled.machine.handle_response(request.id, &ok(), polled.now);
        polled.machine.handle_bytes(request.id, body.as_bytes(), polled.now);
        polled.machine.handle_end(request.id, polled.now);
        polled.told.extend(polled.machine.poll_event().as_ref().map(in_words));
        requests += 1;
    }
    assert_eq!(
        (requests, polled.now, polled.take_told()),
        (4, begun, vec!["problem: malformed".to_owned()])
    );
}
