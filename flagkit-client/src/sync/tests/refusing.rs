//! Flags that the application refuses.

use std::time::Duration;

use super::pair::{Pair, in_words};
use super::server::{Delivery, Server};
use crate::sync::{Head, Machine, Source, Transport};

fn number(pair: &Pair) -> Option<u64> {
    pair.held.as_ref().map(|(version, _)| version.number)
}

#[test]
fn a_refused_state_is_not_asked_for_again_and_the_next_one_comes() {
    let mut pair = Pair::connected();
    pair.refuses.insert(2);
    pair.change("a", "1");
    pair.run(3600.0);
    assert_eq!(pair.take_events(), ["delta e1:2"]);
    assert_eq!(pair.take_requests().len(), 1, "the connection stays");
    assert_eq!((number(&pair), pair.connected), (Some(1), Some(Transport::Stream)));
    pair.change("a", "2");
    pair.run(1.0);
    // From what is held, over what was refused, to the next one.
    assert_eq!(pair.take_events(), ["delta e1:3"]);
    assert_eq!(pair.take_requests()[0].1, "/stream e1:1");
    assert!(pair.is_up_to_date());
}

#[test]
fn a_refused_first_state_leaves_nothing_and_the_next_one_comes() {
    let mut pair = Pair::new();
    pair.refuses.insert(1);
    pair.run(3600.0);
    assert_eq!(pair.take_events(), ["snapshot e1:1", "connected by stream"]);
    assert_eq!((number(&pair), pair.take_requests().len()), (None, 1));
    pair.change("a", "2");
    pair.run(1.0);
    assert!(pair.is_up_to_date());
}

#[test]
fn a_refused_state_that_comes_again_is_not_told_again() {
    let mut pair = Pair::connected();
    pair.refuses.insert(2);
    pair.change("a", "1");
    pair.run(100.0);
    pair.take_events();
    pair.close();
    pair.run(1.0);
    assert_eq!(pair.take_events(), ["disconnected: closed", "connected by stream"]);
    assert_eq!(number(&pair), Some(1));
}

#[test]
fn what_built_on_a_refused_state_comes_again() {
    let mut pair = Pair::connected();
    pair.refuses.insert(2);
    let mut sent = pair.server.publish("a", Some("1"), pair.now);
    sent.extend(pair.server.publish("b", Some("1"), pair.now));
    // Both in one piece: the second is understood before the first is refused.
    let id = sent[0].0;
    let bytes = |sent: &Delivery| match sent {
        Delivery::Bytes(bytes) => bytes.clone(),
        other => panic!("{other:?}"),
    };
    let both = [bytes(&sent[0].1), bytes(&sent[1].1)].concat();
    pair.put_under_way(vec![(id, Delivery::Bytes(both))]);
    pair.run(1.0);
    assert_eq!(pair.take_events(), ["delta e1:2", "delta e1:3"]);
    assert!(pair.is_up_to_date());
}

#[test]
fn versions_that_are_all_refused_cost_a_bounded_number_of_requests() {
    let mut pair = Pair::connected();
    pair.refuses.extend(2..1000);
    for _ in 0..600 {
        pair.change("a", "1");
        pair.run(1.0);
    }
    let count = pair.take_requests().len();
    assert!(count < 120, "{count} requests in 10 minutes");
    assert_eq!(number(&pair), Some(1));
    pair.refuses.clear();
    pair.change("a", "2");
    pair.run(340.0);
    assert!(pair.is_up_to_date());
}

#[test]
fn a_refused_state_that_is_polled_is_answered_with_not_modified() {
    let mut pair = Pair::with(Source::flagkit("https://f.test", "key").polled(), 1);
    pair.run(0.0);
    pair.refuses.insert(2);
    pair.change("a", "1");
    pair.run(100.0);
    assert_eq!(pair.take_events(), ["snapshot e1:1", "connected by poll", "snapshot e1:2"]);
    let requests = pair.take_requests();
    assert_eq!(requests.last().map(|(_, to)| &**to), Some("/api/v1/snapshot \"e1:2\""));
    pair.change("a", "2");
    pair.run(20.0);
    assert_eq!(pair.take_events(), ["snapshot e1:3"]);
    assert!(pair.is_up_to_date());
}

#[test]
fn a_refusal_without_flags_means_nothing() {
    let mut pair = Pair::connected();
    pair.machine.handle_refused(pair.now);
    pair.close();
    pair.run(1.0);
    pair.machine.handle_refused(pair.now);
    assert_eq!(pair.machine.version(), Some(&pair.server.version(1)));
}

#[test]
fn a_change_that_cannot_be_made_by_itself_is_met_by_everything() {
    let mut pair = Pair::connected();
    pair.unfit.insert(2);
    pair.change("a", "1");
    pair.run(1.0);
    assert_eq!(pair.take_events(), ["delta e1:2", "snapshot e1:2"]);
    assert_eq!(pair.take_requests()[1].1, "/stream");
    assert!(pair.is_up_to_date());
    pair.change("a", "2");
    pair.run(0.0);
    assert_eq!(pair.take_events(), ["delta e1:3"]);
    assert!(pair.is_up_to_date());
}

#[test]
fn everything_after_a_change_that_cannot_be_made_may_be_refused() {
    let mut pair = Pair::connected();
    pair.unfit.insert(2);
    pair.refuses.insert(2);
    pair.change("a", "1");
    pair.run(3600.0);
    assert_eq!(pair.take_events(), ["delta e1:2", "snapshot e1:2"]);
    assert_eq!((pair.take_requests().len(), number(&pair)), (2, Some(1)));
    pair.change("a", "2");
    pair.run(1.0);
    assert!(pair.is_up_to_date());
}

#[test]
fn changes_that_can_never_be_made_by_themselves_do_not_make_a_client_hot() {
    let mut pair = Pair::connected();
    pair.unfit.extend(2..1000);
    for _ in 0..600 {
        pair.change("a", "1");
        pair.run(1.0);
    }
    let count = pair.take_requests().len();
    assert!(count < 120, "{count} requests in 10 minutes");
    pair.run(40.0);
    assert!(pair.is_up_to_date());
}

#[test]
fn a_refusal_that_comes_late_means_nothing() {
    let mut pair = Pair::connected();
    pair.change("a", "1");
    pair.run(0.0);
    pair.machine.handle_refused(pair.now);
    pair.machine.handle_unfit(pair.now);
    assert_eq!(pair.machine.version(), Some(&pair.server.version(2)));
}

#[test]
fn polled_flags_that_were_dropped_with_refused_ones_are_asked_for_again() {
    let mut machine = Machine::new(Source::flagkit("https://f.test", "key").polled(), 1);
    let mut server = Server::new();
    let mut now = Duration::ZERO;
    let mut poll = |machine: &mut Machine, server: &mut Server| {
        now = machine.poll_timeout();
        let request = machine.poll_request(now).expect("due");
        for delivery in server.answer(&request, now) {
            match delivery {
                Delivery::Head(head) => machine.handle_response(request.id, &head, now),
                Delivery::Bytes(bytes) => machine.handle_bytes(request.id, &bytes, now),
                Delivery::End => machine.handle_end(request.id, now),
                Delivery::Error(message) => machine.handle_error(request.id, message, now),
            }
        }
        now
    };
    // Nobody fetches what two polls told.
    poll(&mut machine, &mut server);
    let _ = server.publish("a", Some("1"), Duration::ZERO);
    let now = poll(&mut machine, &mut server);
    let told = machine.poll_event();
    assert_eq!(told.as_ref().map(in_words).as_deref(), Some("snapshot e1:1"));
    machine.handle_refused(now);
    let told = machine.poll_event();
    assert_eq!(told.as_ref().map(in_words).as_deref(), Some("connected by poll"));
    assert_eq!(machine.poll_event(), None);
    poll(&mut machine, &mut server);
    let told = machine.poll_event();
    assert_eq!(told.as_ref().map(in_words).as_deref(), Some("snapshot e1:2"));
}

#[test]
fn a_refused_document_is_fetched_once_more_and_then_by_its_tag() {
    let mut pair = Pair::with(Source::address("https://f.test/doc"), 1);
    let mut asked = Vec::new();
    let mut told = Vec::new();
    for body in ["good", "spoilt", "spoilt", "spoilt", "better"] {
        let request = pair.machine.poll_request(pair.now).expect("due");
        let tag = super::server::header(&request, "if-none-match").map(str::to_owned);
        asked.push(tag.clone());
        let etag = format!("\"{body}\"");
        if tag.as_ref() == Some(&etag) {
            pair.machine.handle_response(request.id, &Head::new(304), pair.now);
        } else {
            let head = Head::new(200).header("etag", &etag);
            pair.machine.handle_response(request.id, &head, pair.now);
            pair.machine.handle_bytes(request.id, body.as_bytes(), pair.now);
            pair.machine.handle_end(request.id, pair.now);
        }
        while let Some(event) = pair.machine.poll_event() {
            told.push(in_words(&event));
            if told.last().is_some_and(|told| told == "document spoilt") {
                pair.machine.handle_refused(pair.now);
            }
        }
        pair.now = pair.machine.poll_timeout();
    }
    let tag = |text: &str| Some(format!("\"{text}\""));
    assert_eq!(asked, [None, tag("good"), None, tag("spoilt"), tag("spoilt")]);
    assert_eq!(told, ["document good", "connected by poll", "document spoilt", "document better"]);
}
