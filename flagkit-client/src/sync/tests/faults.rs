//! Random faults: what is held never gets older, a source is never pestered, and once the network
//! is healthy everything arrives.

use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;

use super::pair::Pair;
use super::server::{Delivery, Server};
use crate::sync::{Head, Source};

#[derive(Clone, Debug)]
enum Fault {
    /// A change of one of five flags.
    Change(u8, u8),
    /// A flag is gone.
    Remove(u8),
    /// The next change will be refused.
    RefusedChange,
    /// The next change cannot be made by itself.
    UnfitChange,
    /// Changes that no stream hears of.
    Lost,
    Cut,
    Reset,
    Hush,
    Down,
    Mute,
    HeldBack,
    Refuse(u16, u16),
    Garbage(Vec<u8>),
    Spoil(u8),
    Goodbye(u16),
    Behind(u8),
    /// Another database.
    Epoch,
    ClockJump(i16),
    /// Everything of the above that lasts is over.
    Heal,
}

fn any_fault() -> impl Strategy<Value = Fault> {
    prop_oneof![
        4 => (0..5_u8, any::<u8>()).prop_map(|(key, value)| Fault::Change(key, value)),
        1 => (0..5_u8).prop_map(Fault::Remove),
        1 => Just(Fault::RefusedChange),
        1 => Just(Fault::UnfitChange),
        1 => Just(Fault::Lost),
        2 => Just(Fault::Cut),
        1 => Just(Fault::Reset),
        1 => Just(Fault::Hush),
        1 => Just(Fault::Down),
        1 => Just(Fault::Mute),
        1 => Just(Fault::HeldBack),
        1 => (prop::sample::select(vec![204, 301, 400, 401, 403, 404, 405, 418, 429, 500, 501, 503]), 0..400_u16)
            .prop_map(|(status, wait)| Fault::Refuse(status, wait)),
        1 => any_garbage().prop_map(Fault::Garbage),
        1 => (1..4_u8).prop_map(Fault::Spoil),
        1 => (0..60_000_u16).prop_map(Fault::Goodbye),
        1 => (0..3_u8).prop_map(Fault::Behind),
        1 => Just(Fault::Epoch),
        1 => any::<i16>().prop_map(Fault::ClockJump),
        4 => Just(Fault::Heal),
    ]
}

fn any_garbage() -> impl Strategy<Value = Vec<u8>> {
    let words: [&[u8]; 10] = [
        b"event: delta\n",
        b"event: snapshot\n",
        b"data: {\"from\":1}\n",
        b"data: {}\n",
        b"\n",
        b"\xFF",
        b"event: goodbye\n",
        b"data: {\"spread_ms\":5}\n",
        b"id: e1:99\n",
        b"retry: 100000\n",
    ];
    vec(prop::sample::select(words.to_vec()), 1..6).prop_map(|words| words.concat())
}

fn apply(fault: Fault, pair: &mut Pair) {
    let now = pair.now;
    let sent = match fault {
        Fault::Change(key, value) => {
            pair.server.publish(&key.to_string(), Some(&value.to_string()), now)
        }
        Fault::Remove(key) => pair.server.publish(&key.to_string(), None, now),
        Fault::RefusedChange => {
            pair.refuses.insert(pair.server.states.len() as u64 + 1);
            pair.server.publish("refused", Some("1"), now)
        }
        Fault::UnfitChange => {
            pair.unfit.insert(pair.server.states.len() as u64 + 1);
            pair.server.publish("unfit", Some("1"), now)
        }
        Fault::Lost => {
            let _ = pair.server.publish("lost", Some("1"), now);
            let _ = pair.server.publish("lost", Some("2"), now);
            vec![]
        }
        Fault::Cut => pair.server.close(&Delivery::End),
        Fault::Reset => pair.server.close(&Delivery::Error("reset by peer")),
        Fault::Garbage(bytes) => pair.server.send(&bytes),
        Fault::Goodbye(spread) => pair.server.say_goodbye(Duration::from_millis(spread.into())),
        lasting => {
            begin(&lasting, pair);
            vec![]
        }
    };
    pair.put_under_way(sent);
}

fn begin(fault: &Fault, pair: &mut Pair) {
    let server = &mut pair.server;
    match fault {
        Fault::Hush => server.hush(),
        Fault::Down => server.is_down = true,
        Fault::Mute => server.is_mute = true,
        Fault::HeldBack => server.is_silent = true,
        Fault::Refuse(status, wait) => {
            let head = Head::new(*status).header("retry-after", &wait.to_string());
            server.stream_head = Some(head.clone());
            server.poll_head = Some(head);
        }
        Fault::Spoil(count) => server.spoils += usize::from(*count),
        Fault::Behind(count) => server.lag = usize::from(*count),
        Fault::Epoch => {
            server.epoch.push('x');
            server.epoch.truncate(20);
            let last = server.states.pop().unwrap_or_default();
            server.states = vec![last];
            server.streams.clear();
        }
        Fault::ClockJump(seconds) => {
            let ahead = pair.clock_ahead.as_secs_f64() + f64::from(*seconds);
            pair.clock_ahead = Duration::from_secs_f64(ahead.max(0.0));
        }
        _ => heal(server),
    }
}

/// As good as new, with the same flags; connections of before are cut.
fn heal(server: &mut Server) {
    let states = std::mem::take(&mut server.states);
    let (epoch, streams) = (server.epoch.clone(), std::mem::take(&mut server.streams));
    *server = Server { epoch, states, streams, ..Server::new() };
}

/// The largest number of requests within a minute.
fn busiest_minute(pair: &Pair) -> usize {
    let times: Vec<Duration> = pair.requests.iter().map(|(at, _)| *at).collect();
    let within = |from: &Duration| {
        times.iter().filter(|at| (*from..*from + Duration::from_secs(60)).contains(*at)).count()
    };
    times.iter().map(within).max().unwrap_or_default()
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 20_000, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_it_ends_well(
        seed: u64,
        is_polled in prop::bool::weighted(0.2),
        piece in prop::sample::select(vec![1, 3, 50, usize::MAX]),
        latency in prop::sample::select(vec![0, 20, 900]),
        faults in vec((any_fault(), 0..600_u32), 0..40),
    ) {
        let source = Source::flagkit("https://f.test", "key");
        let source = if is_polled { source.polled() } else { source };
        let mut pair = Pair::with(source, seed);
        (pair.piece, pair.latency) = (piece, Duration::from_millis(latency));
        for (fault, tenths) in faults {
            apply(fault, &mut pair);
            pair.run(f64::from(tenths * tenths) / 3600.0);
        }
        // Versions are compared and changes matched as they arrive, in `Pair::publish`.
        let budget = busiest_minute(&pair);
        prop_assert!(budget <= 40, "{} requests in a minute", budget);

        heal(&mut pair.server);
        pair.clock_ahead = Duration::ZERO;
        pair.refuses.clear();
        // The longest wait of all is 15 minutes and a tenth, after a key that was wrong for long.
        pair.run(17.0 * 60.0);
        pair.change("last", "1");
        pair.run(60.0);
        prop_assert!(pair.is_up_to_date(), "{:?} of {:?}", pair.held, pair.server.current());
        prop_assert!(pair.connected.is_some());
        pair.requests.clear();
        pair.run(600.0);
        // A stream that works needs nothing, and a poll comes each 15 seconds; the stream may have
        // been found at last.
        prop_assert!(pair.requests.len() <= 43, "{:?}", pair.requests.len());
    }
}
