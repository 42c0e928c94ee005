//! A machine and a server, joined by a network that takes no time or some, and one clock.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use flagkit_protocol::{Document, Version};

use super::server::{Delivery, Flags, Server, header};
use crate::sync::{
    Event, Expects, Machine, Problem, ProblemKind, Request, RequestId, Source, Transport,
};

pub(super) struct Pair {
    pub(super) machine: Machine,
    pub(super) server: Server,
    pub(super) now: Duration,
    /// What the machine's clock is set ahead by; jumps change it.
    pub(super) clock_ahead: Duration,
    /// How long anything is under way.
    pub(super) latency: Duration,
    /// The bytes that arrive at once, at most.
    pub(super) piece: usize,
    /// In the order of their arrival.
    under_way: BTreeMap<(Duration, u64), (RequestId, Delivery)>,
    deliveries: u64,
    pub(super) requests: Vec<(Duration, Request)>,
    pub(super) events: Vec<(Duration, Event)>,
    pub(super) held: Option<(Version, Flags)>,
    /// The numbers of states that are refused.
    pub(super) refuses: BTreeSet<u64>,
    /// The numbers of states to which no change leads.
    pub(super) unfit: BTreeSet<u64>,
    /// Whether the machine says that flags arrive.
    pub(super) connected: Option<Transport>,
}

impl Pair {
    pub(super) fn new() -> Self {
        Self::with(Source::flagkit("https://f.test", "key"), 1)
    }

    pub(super) fn with(source: Source, seed: u64) -> Self {
        Self {
            machine: Machine::new(source, seed),
            server: Server::new(),
            now: Duration::ZERO,
            clock_ahead: Duration::ZERO,
            latency: Duration::ZERO,
            piece: usize::MAX,
            under_way: BTreeMap::new(),
            deliveries: 0,
            requests: Vec::new(),
            events: Vec::new(),
            held: None,
            refuses: BTreeSet::new(),
            unfit: BTreeSet::new(),
            connected: None,
        }
    }

    /// A pair whose stream has delivered the first state.
    pub(super) fn connected() -> Self {
        let mut pair = Self::new();
        pair.run(0.0);
        assert_eq!(pair.connected, Some(Transport::Stream));
        pair.take_events();
        pair
    }

    /// Lets so many seconds pass.
    pub(super) fn run(&mut self, seconds: f64) {
        let end = self.now + Duration::from_secs_f64(seconds);
        // A machine that asks again and again without time passing would never end.
        for _ in 0..100_000 {
            self.drive();
            let Some(next) = self.next().filter(|next| *next <= end) else {
                self.now = end;
                return;
            };
            self.now = self.now.max(next);
            let arrived = self.under_way.first_entry().filter(|first| first.key().0 <= self.now);
            if let Some((id, delivery)) =
                arrived.map(std::collections::btree_map::OccupiedEntry::remove)
            {
                self.arrive(id, delivery);
                continue;
            }
            let beats = self.server.beat(self.now);
            self.put_under_way(beats);
            self.machine.handle_timeout(self.time());
        }
        panic!("too busy: {:?}", self.requests.last());
    }

    /// The machine's clock.
    fn time(&self) -> Duration {
        self.now + self.clock_ahead
    }

    /// When the next thing happens.
    fn next(&self) -> Option<Duration> {
        let arrival = self.under_way.keys().next().map(|(at, _)| *at);
        let beat = self.server.streams.values().map(|stream| stream.beats_at).min();
        let timeout = self.machine.poll_timeout().saturating_sub(self.clock_ahead);
        [arrival, beat, Some(timeout)].into_iter().flatten().min()
    }

    fn arrive(&mut self, id: RequestId, delivery: Delivery) {
        let now = self.time();
        match delivery {
            Delivery::Head(head) => self.machine.handle_response(id, &head, now),
            Delivery::Bytes(bytes) => self.machine.handle_bytes(id, &bytes, now),
            Delivery::End => self.machine.handle_end(id, now),
            Delivery::Error(message) => self.machine.handle_error(id, message, now),
        }
    }

    /// Does what the machine wants.
    fn drive(&mut self) {
        while let Some(event) = self.machine.poll_event() {
            self.publish(&event);
            self.events.push((self.now, event));
        }
        while let Some(request) = self.machine.poll_request(self.time()) {
            let answer = self.server.answer(&request, self.now);
            self.put_under_way(answer.into_iter().map(|delivery| (request.id, delivery)).collect());
            self.requests.push((self.now, request));
        }
        let machine = &self.machine;
        self.server.streams.retain(|id, _| machine.is_wanted(RequestId(*id)));
        let under_way = [Expects::Body, Expects::Stream].map(|expects| {
            let of_kind = self.requests.iter().filter(|(_, request)| request.expects == expects);
            of_kind.filter(|(_, request)| machine.is_wanted(request.id)).count()
        });
        assert!(under_way.iter().all(|count| *count <= 1), "{under_way:?} at once");
    }

    /// Sends something to the machine.
    pub(super) fn put_under_way(&mut self, deliveries: Vec<(RequestId, Delivery)>) {
        let at = self.now + self.latency;
        for (id, delivery) in deliveries {
            let pieces = match delivery {
                Delivery::Bytes(bytes) => {
                    let size = self.piece.min(bytes.len()).max(1);
                    bytes.chunks(size).map(|piece| Delivery::Bytes(piece.to_vec())).collect()
                }
                other => vec![other],
            };
            for piece in pieces {
                self.deliveries += 1;
                self.under_way.insert((at, self.deliveries), (id, piece));
            }
        }
    }

    /// What the application does with flags; they only ever get newer.
    fn publish(&mut self, event: &Event) {
        let (version, flags) = match event {
            Event::Snapshot(snapshot) => {
                let document = Document::parse(&snapshot.document).expect("a document");
                (snapshot.version.clone(), flags_of(&document))
            }
            Event::Delta(delta) => {
                let (held, flags) = self.held.clone().expect("a change changes something");
                assert_eq!(held, delta.from, "a change of something else");
                let document = Document::parse(&delta.document).expect("a document");
                let mut flags = flags;
                flags.retain(|key, _| !delta.removed_flags.contains(key));
                flags.extend(flags_of(&document));
                (delta.version.clone(), flags)
            }
            Event::Connected(by) => return self.connected = Some(*by),
            Event::Disconnected(_) => return self.connected = None,
            _ => return,
        };
        if let Some((held, _)) = &self.held {
            assert!(!version.is_before(held), "{version} after {held}");
        }
        let is_change = matches!(event, Event::Delta(_));
        if is_change && self.unfit.contains(&version.number) {
            self.machine.handle_unfit(self.time());
        } else if self.refuses.contains(&version.number) {
            self.machine.handle_refused(self.time());
        } else {
            self.held = Some((version, flags));
        }
    }

    /// Publishes a change of one flag on the server.
    pub(super) fn change(&mut self, key: &str, json: &str) {
        let sent = self.server.publish(key, Some(json), self.now);
        self.put_under_way(sent);
    }

    /// The server closes all streams.
    pub(super) fn close(&mut self) {
        let sent = self.server.close(&Delivery::End);
        self.put_under_way(sent);
    }

    /// Sends text over all streams.
    pub(super) fn send(&mut self, text: &str) {
        let sent = self.server.send(text.as_bytes());
        self.put_under_way(sent);
    }

    /// What was told since the last call, in words.
    pub(super) fn take_events(&mut self) -> Vec<String> {
        std::mem::take(&mut self.events).iter().map(|(_, event)| in_words(event)).collect()
    }

    /// The requests since the last call: when, to what, and with which condition.
    pub(super) fn take_requests(&mut self) -> Vec<(f64, String)> {
        let each = |(at, request): (Duration, Request)| {
            let path = request.url.trim_start_matches("https://f.test").to_owned();
            let condition = ["last-event-id", "if-none-match"].map(|name| header(&request, name));
            let condition: VecDeque<&str> = condition.into_iter().flatten().collect();
            let condition = condition.front().map(|value| format!(" {value}")).unwrap_or_default();
            (at.as_secs_f64(), path + &condition)
        };
        std::mem::take(&mut self.requests).into_iter().map(each).collect()
    }

    /// Whether the application has what the server has.
    pub(super) fn is_up_to_date(&self) -> bool {
        let current = self.server.current();
        self.held == Some((self.server.version(current), self.server.flags(current).clone()))
    }
}

fn flags_of(document: &Document<'_>) -> Flags {
    document.flags.iter().map(|(key, json)| (key.clone(), json.get().to_owned())).collect()
}

pub(super) fn in_words(event: &Event) -> String {
    let of = |problem: &Problem| problem.kind.name();
    match event {
        Event::Snapshot(snapshot) => format!("snapshot {}", snapshot.version),
        Event::Delta(delta) => format!("delta {}", delta.version),
        Event::Document(document) => format!("document {}", document.text),
        Event::Connected(by) => format!("connected by {by}"),
        Event::Disconnected(problem) => format!("disconnected: {}", of(problem)),
        Event::Problem(problem) => format!("problem: {}", of(problem)),
    }
}

/// The kinds of the problems that were told.
pub(super) fn problems(events: &[(Duration, Event)]) -> Vec<ProblemKind> {
    let each = |(_, event): &(Duration, Event)| match event {
        Event::Disconnected(problem) | Event::Problem(problem) => Some(problem.kind),
        _ => None,
    };
    events.iter().filter_map(each).collect()
}
