//! Connections that fail: how long is waited, what is told, and when polling begins.

use std::time::Duration;

use super::pair::{Pair, problems};
use crate::sync::{Head, ProblemKind, Source, Transport};

/// The waits between attempts in seconds.
fn waits(requests: &[(f64, String)]) -> Vec<f64> {
    requests.windows(2).map(|pair| pair[1].0 - pair[0].0).collect()
}

fn streams(requests: Vec<(f64, String)>) -> Vec<(f64, String)> {
    requests.into_iter().filter(|(_, request)| request.starts_with("/stream")).collect()
}

#[test]
fn waits_double_from_half_a_second_with_full_jitter() {
    let mut sums = [0.0; 4];
    for seed in 0..200 {
        let mut pair = Pair::with(Source::flagkit("https://f.test", "key"), seed);
        pair.server.is_down = true;
        pair.run(8.0);
        let waits = waits(&streams(pair.take_requests()));
        assert_eq!(waits.len(), 4, "five attempts, then polling");
        for ((wait, bound), sum) in waits.iter().zip([0.5, 1.0, 2.0, 4.0]).zip(&mut sums) {
            assert!((0.0..bound).contains(wait), "{waits:?}");
            *sum += wait / bound;
        }
    }
    // On average half of the bound: 200 uniform numbers stray by 0.02.
    assert!(sums.iter().all(|sum| (0.4..0.6).contains(&(sum / 200.0))), "{sums:?}");
}

#[test]
fn waits_are_never_longer_than_thirty_seconds() {
    let mut pair = Pair::new();
    pair.server.is_down = true;
    pair.run(3600.0);
    let requests = pair.take_requests();
    let polls: Vec<_> = requests.into_iter().filter(|(_, to)| to.starts_with("/api")).collect();
    let waits = waits(&polls);
    assert!(waits.iter().all(|wait| *wait < 30.0), "{waits:?}");
    assert!(waits.iter().any(|wait| *wait > 20.0), "{waits:?}");
    assert!((150..350).contains(&polls.len()), "every 15 s on average: {}", polls.len());
}

#[test]
fn a_dead_server_is_told_once() {
    let mut pair = Pair::new();
    pair.server.is_down = true;
    pair.run(3600.0);
    assert_eq!(pair.take_events(), ["problem: unreachable"]);
    pair.server.is_down = false;
    pair.run(40.0);
    assert_eq!(pair.take_events(), ["snapshot e1:1", "connected by poll", "connected by stream"]);
    assert!(pair.is_up_to_date());
}

#[test]
fn a_server_that_dies_and_comes_back_is_told_twice() {
    let mut pair = Pair::connected();
    pair.server.is_down = true;
    pair.close();
    pair.run(600.0);
    assert_eq!(pair.take_events(), ["disconnected: closed", "problem: unreachable"]);
    pair.change("a", "1");
    pair.server.is_down = false;
    pair.run(40.0);
    assert_eq!(pair.take_events(), ["snapshot e1:2", "connected by poll", "connected by stream"]);
}

#[test]
fn a_server_that_never_answers_is_given_ten_seconds() {
    let mut pair = Pair::new();
    pair.server.is_mute = true;
    pair.run(9.9);
    assert_eq!(pair.take_events(), Vec::<String>::new());
    pair.run(0.2);
    assert_eq!(pair.take_events(), ["problem: unreachable"]);
    pair.run(3600.0);
    assert_eq!(pair.take_events(), Vec::<String>::new());
    pair.server.is_mute = false;
    pair.run(50.0);
    assert!(pair.is_up_to_date());
}

#[test]
fn a_minute_of_health_makes_up_for_failures() {
    let mut pair = Pair::new();
    // Connections that live for 50 s each: the waits grow.
    let mut longest: f64 = 0.0;
    for _ in 0..12 {
        pair.run(50.0);
        pair.close();
        pair.run(0.0);
        let before = pair.now.as_secs_f64();
        pair.take_requests();
        while pair.requests.is_empty() {
            pair.run(0.1);
        }
        longest = longest.max(pair.take_requests()[0].0 - before);
    }
    assert!(longest > 4.0, "{longest}");
    pair.run(61.0);
    pair.take_requests();
    let closed = pair.now.as_secs_f64();
    pair.close();
    pair.run(0.5);
    let requests = pair.take_requests();
    assert_eq!(requests.len(), 1, "at most half a second after health");
    assert!(requests[0].0 - closed < 0.5);
}

#[test]
fn a_wrong_key_is_told_once_and_tried_slowly_for_ever() {
    for status in [401, 403] {
        let mut pair = Pair::new();
        pair.server.stream_head = Some(Head::new(status));
        pair.run(86_400.0);
        assert_eq!(pair.take_events(), ["problem: unauthorized"], "{status}");
        let requests = pair.take_requests();
        assert!(requests.iter().all(|(_, to)| to == "/stream"), "there is nothing to poll for");
        let waits = waits(&requests);
        for (wait, least) in waits.iter().zip([60.0, 120.0, 240.0, 480.0, 900.0, 900.0]) {
            assert!((least..least * 1.1).contains(wait), "{waits:?}");
        }
        assert!(waits.len() > 80, "it never stops: {}", waits.len());
        pair.server.stream_head = None;
        pair.run(991.0);
        assert_eq!(pair.take_events(), ["snapshot e1:1", "connected by stream"]);
        // The next time begins with a minute again.
        pair.server.stream_head = Some(Head::new(status));
        pair.close();
        pair.run(0.5);
        pair.take_requests();
        pair.run(66.1);
        assert_eq!(pair.take_requests().len(), 1);
    }
}

#[test]
fn another_key_is_tried_at_once() {
    let mut pair = Pair::connected();
    pair.server.stream_head = Some(Head::new(401));
    pair.close();
    pair.run(5.0);
    assert_eq!(pair.take_events(), ["disconnected: closed", "problem: unauthorized"]);
    pair.server.stream_head = None;
    pair.take_requests();
    pair.machine.handle_source(Source::flagkit("https://f.test", "another"), pair.now);
    pair.run(0.0);
    let header = pair.requests[0].1.headers.iter().find(|(name, _)| name == "authorization");
    assert_eq!(header.map(|(_, value)| &**value), Some("Bearer another"));
    assert_eq!(pair.take_requests(), [(5.0, "/stream e1:1".into())]);
    assert_eq!(pair.take_events(), ["connected by stream"]);
}

#[test]
fn another_key_while_connected_drops_the_connection() {
    let mut pair = Pair::connected();
    let old = pair.requests[0].1.id;
    pair.machine.handle_source(Source::flagkit("https://f.test", "another"), pair.now);
    assert!(!pair.machine.is_wanted(old));
    pair.run(0.0);
    // Flags were there all the time.
    assert_eq!(pair.take_events(), Vec::<String>::new());
    assert_eq!(pair.connected, Some(Transport::Stream));
}

#[test]
fn a_server_without_streams_is_polled_at_once() {
    for status in [404, 405, 501] {
        let mut pair = Pair::new();
        pair.server.stream_head = Some(Head::new(status));
        pair.run(0.0);
        assert_eq!(
            pair.take_requests(),
            [(0.0, "/stream".into()), (0.0, "/api/v1/snapshot".into())]
        );
        let problem = if status == 404 { "problem: not_found" } else { "problem: status" };
        assert_eq!(pair.take_events(), [problem, "snapshot e1:1", "connected by poll"]);
        pair.run(3600.0);
        assert_eq!(pair.take_events(), Vec::<String>::new());
        let (polls, tries): (Vec<_>, Vec<_>) =
            pair.take_requests().into_iter().partition(|(_, to)| to.starts_with("/api"));
        assert!(polls.iter().all(|(_, to)| to == "/api/v1/snapshot \"e1:1\""));
        let waits = [waits(&polls), waits(&tries)];
        assert!(waits[0].iter().all(|wait| (15.0..16.6).contains(wait)), "{waits:?}");
        assert!(waits[1].iter().all(|wait| (300.0..330.1).contains(wait)), "{waits:?}");
        assert!(waits[1].len() >= 9);
    }
}

#[test]
fn five_failures_in_a_minute_lead_to_polling_and_back() {
    let mut pair = Pair::new();
    pair.server.stream_head = Some(Head::new(502));
    pair.run(8.0);
    let (polls, tries): (Vec<_>, Vec<_>) =
        pair.take_requests().into_iter().partition(|(_, to)| to.starts_with("/api"));
    assert_eq!((polls.len(), tries.len()), (1, 5));
    assert_eq!(pair.take_events(), ["problem: status", "snapshot e1:1", "connected by poll"]);
    // Changes arrive by polls.
    pair.change("a", "1");
    pair.run(17.0);
    assert_eq!(pair.take_events(), ["snapshot e1:2"]);
    // The stream gets its chance after five minutes, and polling stops.
    pair.server.stream_head = None;
    pair.take_requests();
    pair.run(330.0);
    assert_eq!(pair.take_events(), ["connected by stream"]);
    let tries = streams(pair.take_requests());
    assert_eq!(tries.len(), 1);
    assert_eq!(tries[0].1, "/stream e1:2");
    pair.run(600.0);
    assert_eq!(pair.take_requests(), []);
}

#[test]
fn failures_that_are_far_apart_do_not_lead_to_polling() {
    let mut pair = Pair::connected();
    for _ in 0..20 {
        pair.run(70.0);
        pair.close();
    }
    pair.run(1.0);
    assert!(pair.take_requests().iter().all(|(_, to)| to.starts_with("/stream")));
}

#[test]
fn a_proxy_that_holds_events_back_leads_to_polling() {
    let mut pair = Pair::new();
    pair.server.is_silent = true;
    pair.run(45.1);
    assert_eq!(pair.take_events(), ["problem: silent", "snapshot e1:1", "connected by poll"]);
    pair.change("a", "1");
    // While the stream is tried again, polls go on.
    pair.run(3600.0);
    assert_eq!(pair.take_events(), ["snapshot e1:2"]);
    let requests = pair.take_requests();
    let polls: Vec<_> = requests.into_iter().filter(|(_, to)| to.starts_with("/api")).collect();
    assert!(waits(&polls).iter().all(|wait| *wait < 16.6));
}

#[test]
fn a_broken_stream_whose_polls_arrive_again_is_tried_soon() {
    let mut pair = Pair::connected();
    pair.server.is_down = true;
    pair.close();
    pair.run(60.0);
    pair.server.is_down = false;
    // A poll within 30 s, the stream within 5 s more; not after five minutes.
    pair.run(35.0);
    assert_eq!(pair.connected, Some(Transport::Stream));
}

#[test]
fn the_server_may_say_how_long_to_wait() {
    let date = "Sun, 06 Nov 1994 08:49:37 GMT";
    let later = "Sun, 06 Nov 1994 08:51:37 GMT";
    let heads = [
        (Head::new(503).header("Retry-After", "120"), 120.0),
        (Head::new(429).header("Retry-After", later).header("Date", date), 120.0),
        (Head::new(429).header("Retry-After", "999999"), 900.0),
        (Head::new(401).header("Retry-After", "300"), 300.0),
        (Head::new(404).header("Retry-After", "600"), 600.0),
    ];
    for (head, least) in heads {
        let mut pair = Pair::new();
        pair.server.stream_head = Some(head.clone());
        pair.run(least + 70.0);
        let waits = waits(&streams(pair.take_requests()));
        assert!((least..least + 0.6).contains(&waits[0]), "{head:?}: {waits:?}");
    }
}

#[test]
fn polls_obey_the_server_too() {
    let mut pair = Pair::with(Source::flagkit("https://f.test", "key").polled(), 1);
    pair.server.poll_head = Some(Head::new(503).header("Retry-After", "120"));
    pair.run(1000.0);
    let waits = waits(&pair.take_requests());
    assert!(waits.iter().all(|wait| (120.0..150.0).contains(wait)), "{waits:?}");
    assert_eq!(pair.take_events(), ["problem: busy"]);
}

#[test]
fn the_field_of_the_stream_itself_is_a_lower_bound() {
    let mut pair = Pair::connected();
    pair.send("retry: 7000\n");
    pair.run(0.0);
    pair.close();
    pair.run(8.0);
    assert!((7.0..7.5).contains(&waits(&pair.take_requests())[0]));
}

#[test]
fn something_else_at_the_address_is_told_and_harms_nothing() {
    let mut pair = Pair::connected();
    pair.close();
    // A network that wants a login first.
    let portal = Head::new(200).header("content-type", "text/html");
    pair.server.stream_head = Some(portal.clone());
    pair.server.poll_head = Some(portal);
    pair.run(600.0);
    assert_eq!(pair.take_events(), ["disconnected: closed", "problem: malformed"]);
    assert_eq!(pair.held.as_ref().map(|(version, _)| version.number), Some(1));
    pair.server.stream_head = None;
    pair.server.poll_head = None;
    pair.run(40.0);
    assert_eq!(pair.connected, Some(Transport::Stream));
}

#[test]
fn garbage_on_the_stream_is_told_and_harms_nothing() {
    let garbage = [
        "event: snapshot\ndata: {\n\n",
        "event: delta\ndata: []\n\n",
        "event: heartbeat\ndata: soon\n\n",
        "event: goodbye\ndata: {}\n\n",
        "event: snapshot\ndata: {\"version\":\"e1:9\",\"environment\":\"\",\"checksum\":\"0000000000000000\",\"document\":[]}\n\n",
    ];
    for text in garbage {
        let mut pair = Pair::connected();
        pair.send(text);
        pair.run(1.0);
        assert_eq!(
            pair.take_events(),
            ["disconnected: malformed", "connected by stream"],
            "{text}"
        );
        assert!(pair.is_up_to_date());
    }
}

#[test]
fn each_kind_of_problem_is_told_when_it_begins() {
    let mut pair = Pair::new();
    pair.server.is_down = true;
    pair.run(60.0);
    pair.server.is_down = false;
    for status in [500, 503, 401, 500] {
        pair.server.stream_head = Some(Head::new(status));
        pair.server.poll_head = Some(Head::new(status));
        pair.run(1200.0);
    }
    let kinds = problems(&pair.events);
    let first: Vec<ProblemKind> = kinds.iter().copied().take(2).collect();
    assert_eq!(first, [ProblemKind::Unreachable, ProblemKind::Status]);
    // Two ways, five changes of what is wrong: never more than told once for each.
    assert!(kinds.len() <= 10, "{kinds:?}");
    assert_eq!(pair.connected, None);
}

#[test]
fn a_message_says_where_and_what_and_no_key() {
    let mut pair = Pair::with(Source::flagkit("https://f.test", "geheim"), 1);
    pair.server.stream_head = Some(Head::new(401));
    pair.run(0.0);
    let shown = format!("{:?} {:?}", pair.events, pair.machine);
    assert!(shown.contains("https://f.test answers 401"), "{shown}");
    assert!(!shown.contains("geheim"), "{shown}");
}

#[test]
fn after_an_hour_of_anything_one_answer_is_enough() {
    let heads = [
        None,
        Some(401),
        Some(404),
        Some(418),
        Some(500),
        Some(501),
        Some(503),
        Some(204),
        Some(301),
    ];
    for status in heads {
        let mut pair = Pair::new();
        pair.server.is_down = status.is_none();
        pair.server.stream_head = status.map(Head::new);
        pair.server.poll_head = status.map(Head::new);
        pair.run(3600.0);
        pair.server = super::server::Server::new();
        pair.run(15.0 * 66.0 + 1.0);
        assert!(pair.is_up_to_date(), "{status:?}");
        assert!(pair.connected.is_some(), "{status:?}");
    }
}

#[test]
fn a_body_that_never_ends_is_given_up() {
    let mut pair = Pair::with(Source::flagkit("https://f.test", "key").polled(), 1);
    pair.server.is_mute = true;
    pair.run(0.0);
    let id = pair.requests[0].1.id;
    pair.machine.handle_response(id, &Head::new(200), pair.now);
    pair.run(29.9);
    assert!(pair.machine.is_wanted(id));
    pair.run(0.2);
    assert!(!pair.machine.is_wanted(id));
    assert_eq!(pair.take_events(), ["problem: silent"]);
    // A trickle lasts five minutes.
    pair.run(1.0);
    let id = pair.requests.last().expect("another").1.id;
    pair.machine.handle_response(id, &Head::new(200), pair.now);
    let begun = pair.now;
    while pair.machine.is_wanted(id) {
        pair.machine.handle_bytes(id, b" ", pair.now);
        pair.run(20.0);
    }
    let lasted = pair.now.saturating_sub(begun);
    assert!((Duration::from_secs(300)..=Duration::from_secs(320)).contains(&lasted), "{lasted:?}");
}
