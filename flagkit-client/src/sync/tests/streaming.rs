//! Streams that work: what is asked, what is told, and when a connection is given up.

use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;

use super::pair::Pair;
use super::server::heartbeat;
use crate::sync::{Event, Head, Machine, Source, Transport};

#[test]
fn the_first_request_is_a_stream_of_everything() {
    let mut pair = Pair::new();
    pair.run(0.0);
    assert_eq!(pair.take_requests(), [(0.0, "/stream".into())]);
    assert_eq!(pair.take_events(), ["snapshot e1:1", "connected by stream"]);
    assert!(pair.is_up_to_date());
}

#[test]
fn changes_arrive_one_by_one() {
    let mut pair = Pair::connected();
    pair.change("a", r#"{"enabled":true}"#);
    pair.run(0.0);
    pair.change("c", "{}");
    let sent = pair.server.publish("b", None, pair.now);
    pair.put_under_way(sent);
    pair.run(0.0);
    assert_eq!(pair.take_events(), ["delta e1:2", "delta e1:3", "delta e1:4"]);
    assert!(pair.is_up_to_date());
    assert_eq!(pair.machine.version(), Some(&pair.server.version(4)));
}

#[test]
fn a_stream_with_heartbeats_lives_for_ever() {
    let mut pair = Pair::connected();
    pair.run(86_400.0);
    assert_eq!(pair.take_events(), Vec::<String>::new());
    assert_eq!(pair.take_requests().len(), 1);
    let confirmed = pair.machine.confirmed_at().expect("confirmed");
    assert!(pair.now.saturating_sub(confirmed) <= Duration::from_secs(15), "{confirmed:?}");
}

#[test]
fn a_connection_that_comes_back_asks_for_what_changed() {
    let mut pair = Pair::connected();
    pair.close();
    pair.change("a", "1");
    pair.change("a", "2");
    pair.run(1.0);
    assert_eq!(pair.take_events(), ["disconnected: closed", "delta e1:3", "connected by stream"]);
    let requests = pair.take_requests();
    assert_eq!(requests[1].1, "/stream e1:1");
    assert!(pair.is_up_to_date());
}

#[test]
fn who_lacks_nothing_hears_a_heartbeat() {
    let mut pair = Pair::connected();
    pair.close();
    pair.run(1.0);
    assert_eq!(pair.take_events(), ["disconnected: closed", "connected by stream"]);
}

#[test]
fn a_server_that_forgot_the_version_sends_everything() {
    let mut pair = Pair::connected();
    pair.close();
    pair.server.epoch = "e2".into();
    pair.server.states.truncate(1);
    pair.change("a", "7");
    pair.run(1.0);
    assert_eq!(
        pair.take_events(),
        ["disconnected: closed", "snapshot e2:2", "connected by stream"]
    );
    assert!(pair.is_up_to_date());
}

#[test]
fn what_a_cache_holds_is_not_asked_for_again() {
    let mut pair = Pair::new();
    let text = super::server::document(pair.server.flags(1));
    assert!(!pair.machine.resume_snapshot(pair.server.version(1), "no document"));
    assert!(pair.machine.resume_snapshot(pair.server.version(1), &text));
    pair.held = Some((pair.server.version(1), pair.server.flags(1).clone()));
    pair.change("a", "1");
    pair.run(0.0);
    assert_eq!(pair.take_requests(), [(0.0, "/stream e1:1".into())]);
    assert_eq!(pair.take_events(), ["delta e1:2", "connected by stream"]);
    assert!(pair.is_up_to_date());
}

#[test]
fn a_silent_connection_is_dropped_after_three_heartbeats() {
    for (every, dropped) in [(15, 45.0), (10, 30.0), (60, 180.0)] {
        let mut pair = Pair::new();
        pair.server.heartbeat = Duration::from_secs(every);
        pair.run(0.0);
        // The first heartbeat announces; before, three of 15 seconds are waited.
        pair.run(0.1);
        let beat = heartbeat(pair.server.heartbeat, &pair.server.version(1));
        pair.send(std::str::from_utf8(&beat).expect("text"));
        pair.run(0.0);
        pair.server.hush();
        pair.take_events();
        pair.run(dropped - 0.1);
        assert_eq!(pair.take_events(), Vec::<String>::new(), "heartbeat of {every} s");
        pair.run(0.2);
        assert_eq!(pair.take_events()[0], "disconnected: silent", "heartbeat of {every} s");
    }
}

#[test]
fn before_a_heartbeat_was_announced_silence_lasts_45_seconds() {
    let mut pair = Pair::connected();
    pair.server.hush();
    pair.run(44.9);
    assert_eq!(pair.take_events(), Vec::<String>::new());
    pair.run(0.2);
    assert_eq!(pair.take_events()[0], "disconnected: silent");
    pair.run(1.0);
    assert_eq!(pair.take_events(), ["connected by stream"]);
}

#[test]
fn any_byte_is_a_sign_of_life_but_an_event_has_to_end() {
    let mut pair = Pair::connected();
    pair.server.hush();
    for _ in 0..100 {
        pair.run(40.0);
        pair.send(":\n");
    }
    pair.run(0.0);
    assert_eq!(pair.take_events(), Vec::<String>::new());
    pair.send("event: delta\n");
    for _ in 0..7 {
        pair.run(40.0);
        pair.send("data: x\n");
    }
    assert_eq!(pair.take_events(), Vec::<String>::new());
    pair.run(40.0);
    assert_eq!(pair.take_events()[0], "disconnected: silent");
}

#[test]
fn an_announced_heartbeat_is_taken_within_reason() {
    for (every_ms, silence) in [(0, 3.0), (u64::MAX, 900.0)] {
        let mut pair = Pair::connected();
        pair.server.hush();
        let version = pair.server.version(1);
        pair.send(&format!(
            "event: heartbeat\ndata: {{\"every_ms\":{every_ms},\"version\":\"{version}\"}}\n\n"
        ));
        pair.run(silence - 0.1);
        assert_eq!(pair.take_events(), Vec::<String>::new(), "{every_ms}");
        pair.run(0.2);
        assert_eq!(pair.take_events()[0], "disconnected: silent", "{every_ms}");
    }
}

#[test]
fn after_a_goodbye_the_client_comes_back_within_the_spread() {
    let mut waits = Vec::new();
    for seed in 0..40 {
        let mut pair = Pair::with(Source::flagkit("https://f.test", "key"), seed);
        pair.run(120.0);
        pair.take_events();
        pair.take_requests();
        let sent = pair.server.say_goodbye(Duration::from_secs(20));
        pair.put_under_way(sent);
        pair.run(20.0);
        let requests = pair.take_requests();
        assert_eq!(requests.len(), 1);
        assert_eq!(requests[0].1, "/stream e1:1");
        waits.push(requests[0].0 - 120.0);
        // The server had not closed the stream: nobody was without flags.
        assert_eq!(pair.take_events(), Vec::<String>::new());
    }
    assert!(waits.iter().all(|wait| (0.0..20.0).contains(wait)), "{waits:?}");
    let (early, late) = (waits.iter().filter(|wait| **wait < 10.0).count(), waits.len());
    assert!((10..30).contains(&early), "{early} of {late} come in the first half");
}

#[test]
fn a_server_that_closes_after_its_goodbye_is_left_alone_for_the_spread() {
    let mut pair = Pair::connected();
    pair.run(120.0);
    pair.take_requests();
    let sent = pair.server.say_goodbye(Duration::from_secs(20));
    pair.put_under_way(sent);
    pair.run(0.0);
    pair.close();
    pair.run(20.0);
    assert_eq!(pair.take_events(), ["disconnected: leaving", "connected by stream"]);
    assert_eq!(pair.take_requests().len(), 1);
}

#[test]
fn goodbyes_without_end_do_not_make_a_client_hot() {
    let mut pair = Pair::connected();
    for _ in 0..3000 {
        let sent = pair.server.say_goodbye(Duration::ZERO);
        pair.put_under_way(sent);
        pair.run(0.1);
    }
    let count = pair.take_requests().len();
    // Waits double up to 30 s and are half of that on average: about 20 in 5 minutes.
    assert!(count < 50, "{count} requests in 5 minutes");
}

#[test]
fn no_spread_is_without_end_and_no_goodbye_puts_another_off() {
    for (spread, most) in [(1 << 40, 300.0), (20, 20.0)] {
        for seed in 0..10 {
            let mut pair = Pair::with(Source::flagkit("https://f.test", "key"), seed);
            pair.run(120.0);
            pair.take_requests();
            for _ in 0..300 {
                let sent = pair.server.say_goodbye(Duration::from_secs(spread));
                pair.put_under_way(sent);
                pair.run(1.0);
                if !pair.requests.is_empty() {
                    break;
                }
            }
            let left = pair.take_requests()[0].0 - 120.0;
            assert!(left < most, "{left} s of {spread}");
        }
    }
}

#[test]
fn a_change_that_does_not_add_up_is_met_by_everything() {
    let mut pair = Pair::connected();
    pair.run(100.0);
    pair.server.spoils = 1;
    pair.change("a", "1");
    pair.run(1.0);
    assert_eq!(pair.take_events(), ["problem: mismatch", "snapshot e1:2"]);
    let requests = pair.take_requests();
    assert_eq!(requests[1].1, "/stream", "without the id of the last event");
    assert!(pair.is_up_to_date());
    pair.change("a", "2");
    pair.run(100.0);
    assert_eq!(pair.take_events(), ["delta e1:3"]);
    // The next time is told again, and afterwards everything is as before.
    pair.server.spoils = 1;
    pair.change("a", "3");
    pair.run(1.0);
    assert_eq!(pair.take_events(), ["problem: mismatch", "snapshot e1:4"]);
    pair.close();
    pair.take_requests();
    pair.run(2.0);
    assert_eq!(pair.take_requests()[0].1, "/stream e1:4");
}

#[test]
fn a_change_that_does_not_follow_is_asked_for_again() {
    let mut pair = Pair::connected();
    // Three changes, of which two get lost.
    let _ = pair.server.publish("a", Some("1"), pair.now);
    let _ = pair.server.publish("b", Some("1"), pair.now);
    pair.change("c", "1");
    pair.run(1.0);
    assert_eq!(pair.take_events(), ["problem: mismatch", "delta e1:4"]);
    assert_eq!(pair.take_requests()[1].1, "/stream e1:1");
    assert!(pair.is_up_to_date());
}

#[test]
fn a_change_that_builds_on_an_earlier_state_fits() {
    let mut pair = Pair::connected();
    pair.change("a", "1");
    pair.run(0.0);
    let _ = pair.server.publish("b", Some("1"), pair.now);
    let bytes = pair.server.delta(1, 3);
    pair.send(std::str::from_utf8(&bytes).expect("text"));
    pair.run(0.0);
    assert_eq!(pair.take_events(), ["delta e1:2", "delta e1:3"]);
    assert!(pair.is_up_to_date());
}

#[test]
fn changes_that_never_add_up_are_bounded() {
    let mut pair = Pair::connected();
    pair.server.spoils = usize::MAX;
    pair.change("a", "1");
    pair.run(600.0);
    let count = pair.take_requests().len();
    // Five times the stream, then a poll at each wait of up to 30 s.
    assert!(count < 70, "{count} requests in 10 minutes");
    assert_eq!(pair.held.as_ref().map(|(version, _)| version.number), Some(1));
    pair.server.spoils = 0;
    pair.run(330.0);
    assert!(pair.is_up_to_date());
}

#[test]
fn what_a_proxy_writes_anew_is_taken_whole() {
    let rewritten = |snapshot: String| snapshot.replace("\"a\":{}", "\"a\":{ }");
    let mut machine = Machine::new(Source::flagkit("https://f.test", "key").polled(), 3);
    let mut pair = Pair::new();
    let mut now = Duration::ZERO;
    let mut told = Vec::new();
    for (number, json) in [(1, "{}"), (2, "7"), (3, "{}")] {
        if number > 1 {
            let _ = pair.server.publish("c", Some(json), now);
        }
        for _ in 0..3 {
            let request = machine.poll_request(now).expect("due");
            machine.handle_response(request.id, &Head::new(200), now);
            machine.handle_bytes(
                request.id,
                rewritten(pair.server.snapshot(number)).as_bytes(),
                now,
            );
            machine.handle_end(request.id, now);
            while let Some(event) = machine.poll_event() {
                told.push(super::pair::in_words(&event));
            }
            now = machine.poll_timeout();
        }
    }
    // Once may be an accident; twice the same is none.
    let expected = [
        "problem: mismatch",
        "snapshot e1:1",
        "connected by poll",
        "disconnected: mismatch",
        "snapshot e1:2",
        "connected by poll",
        "disconnected: mismatch",
        "snapshot e1:3",
        "connected by poll",
    ];
    assert_eq!(told, expected);
}

#[test]
fn an_older_state_never_replaces_a_newer_one() {
    let mut pair = Pair::connected();
    pair.change("a", "1");
    pair.change("a", "2");
    pair.run(100.0);
    pair.take_events();
    // Back from the network comes a replica that is behind.
    pair.server.lag = 2;
    pair.close();
    pair.run(100.0);
    assert_eq!(
        pair.take_events(),
        ["disconnected: closed", "connected by stream", "problem: outdated"]
    );
    assert_eq!(pair.held.as_ref().map(|(version, _)| version.number), Some(3));
    // It catches up and goes on.
    pair.server.lag = 0;
    pair.change("a", "3");
    pair.run(0.0);
    assert_eq!(pair.take_events(), ["delta e1:4"]);
    assert!(pair.is_up_to_date());
}

#[test]
fn a_change_that_a_heartbeat_knows_and_nobody_sent_is_asked_for() {
    let mut pair = Pair::connected();
    let _ = pair.server.publish("a", Some("1"), pair.now);
    // The next heartbeats name a version that has not come.
    pair.run(31.0);
    assert_eq!(pair.take_events(), ["problem: mismatch", "delta e1:2"]);
    assert_eq!(pair.take_requests()[1].1, "/stream e1:1");
    assert!(pair.is_up_to_date());
}

#[test]
fn events_of_another_kind_mean_nothing() {
    let mut pair = Pair::connected();
    pair.send("event: weather\ndata: fine\n\ndata: 1\n\n");
    pair.run(0.0);
    assert_eq!(pair.take_events(), Vec::<String>::new());
    assert!(pair.machine.is_wanted(pair.requests[0].1.id));
}

#[test]
fn bytes_of_a_connection_that_was_given_up_mean_nothing() {
    let mut pair = Pair::connected();
    let old = pair.requests[0].1.id;
    pair.close();
    pair.run(1.0);
    pair.take_events();
    assert!(!pair.machine.is_wanted(old));
    let mut late = Pair::connected();
    let _ = late.server.publish("a", Some("1"), late.now);
    let bytes = late.server.delta(1, 2);
    pair.machine.handle_bytes(old, &bytes, pair.now);
    pair.machine.handle_response(old, &Head::new(401), pair.now);
    pair.machine.handle_error(old, "late", pair.now);
    pair.machine.handle_end(old, pair.now);
    pair.run(0.0);
    assert_eq!(pair.take_events(), Vec::<String>::new());
    assert_eq!(pair.connected, Some(Transport::Stream));
}

#[test]
fn a_jump_of_the_clock_fires_timers_and_breaks_nothing() {
    let mut pair = Pair::connected();
    pair.run(50.0);
    pair.clock_ahead = Duration::from_secs(1_000_000);
    pair.run(10.0);
    assert_eq!(pair.take_events(), ["disconnected: silent", "connected by stream"]);
    // Back to where it was: only steps forward count.
    pair.clock_ahead = Duration::ZERO;
    pair.run(1000.0);
    assert_eq!(pair.take_events(), Vec::<String>::new());
    pair.server.hush();
    pair.run(61.0);
    assert_eq!(pair.take_events()[0], "disconnected: silent");
}

#[test]
fn an_event_beyond_the_limit_ends_the_connection() {
    let mut pair = Pair::with(Source::flagkit("https://f.test", "key").bytes_max(1000), 1);
    pair.run(0.0);
    pair.take_events();
    pair.send(&format!("data: {}\n\n", "x".repeat(1000)));
    pair.run(1.0);
    assert_eq!(pair.take_events(), ["disconnected: too_large", "connected by stream"]);
}

#[test]
fn a_snapshot_says_all_that_an_application_needs() {
    let mut pair = Pair::connected();
    pair.close();
    let mut machine = Machine::new(Source::flagkit("https://f.test", "key"), 9);
    let request = machine.poll_request(Duration::ZERO).expect("due");
    let head = Head::new(200).header("content-type", "text/event-stream;charset=utf-8");
    machine.handle_response(request.id, &head, Duration::ZERO);
    let version = pair.server.version(1);
    let data = pair.server.snapshot(1);
    let bytes = pair.server.event("snapshot", &version, &data);
    machine.handle_bytes(request.id, &bytes, Duration::ZERO);
    let Some(Event::Snapshot(snapshot)) = machine.poll_event() else { panic!("no snapshot") };
    assert_eq!(snapshot.environment, "production");
    assert_eq!(snapshot.document, r#"{"schema":"flagkit/1","flags":{"a":{},"b":{}}}"#);
    let authorization = request.headers.iter().find(|(name, _)| name == "authorization");
    assert_eq!(authorization.map(|(_, value)| &**value), Some("Bearer key"));
}

/// What is told of a stream that comes in pieces of these sizes, again and again.
fn told_of(stream: &[u8], sizes: &[usize]) -> Vec<String> {
    let mut machine = Machine::new(Source::flagkit("https://f.test", "key"), 1);
    let now = Duration::ZERO;
    let request = machine.poll_request(now).expect("due");
    let head = Head::new(200).header("content-type", "text/event-stream");
    machine.handle_response(request.id, &head, now);
    let mut told = Vec::new();
    let mut rest = stream;
    for size in sizes.iter().cycle() {
        let (piece, after) = rest.split_at((*size).min(rest.len()));
        machine.handle_bytes(request.id, piece, now);
        while let Some(event) = machine.poll_event() {
            told.push(format!("{event:?}"));
        }
        rest = after;
        if rest.is_empty() {
            break;
        }
    }
    told
}

proptest! {
    #[test]
    fn pieces_of_any_size_tell_the_same(
        changes in vec((0..4_u8, any::<u8>(), 0..5_u8), 0..12),
        sizes in vec(1..40_usize, 1..10),
    ) {
        let mut pair = Pair::connected();
        let version = pair.server.version(1);
        let data = pair.server.snapshot(1);
        let mut stream = pair.server.event("snapshot", &version, &data);
        for (key, value, what) in changes {
            let number = pair.server.current();
            match what {
                0 => stream.extend(b": still here\r\n"),
                1 => stream.extend(heartbeat(Duration::from_secs(15), &pair.server.version(number))),
                2 => stream.extend(b"event: other\rdata: 1\r\r"),
                _ => {
                    let _ = pair.server.publish(&key.to_string(), Some(&value.to_string()), pair.now);
                    stream.extend(pair.server.delta(number, number + 1));
                }
            }
        }
        prop_assert_eq!(told_of(&stream, &sizes), told_of(&stream, &[usize::MAX]));
    }
}
