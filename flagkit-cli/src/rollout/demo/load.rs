//! The customers of the demo: requests at a steady rate, and who met which version.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use super::exchange::Exchange;
use super::service::spread;

/// Customers who send requests until they are told to stop.
#[derive(Debug)]
pub(super) struct Load {
    stop: Arc<Mutex<bool>>,
    seen: Arc<Mutex<Seen>>,
    threads: Vec<JoinHandle<()>>,
}

/// What the customers saw.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    /// Answers by version and whether they were good.
    pub(super) answers: BTreeMap<(String, bool), u64>,
    /// Requests that got no answer at all.
    pub(super) lost: u64,
    /// Each customer's version at the last request.
    pub(super) versions: BTreeMap<u32, String>,
    /// Customers who met the new version at least once.
    pub(super) exposed: BTreeSet<u32>,
    /// Customers who got at least one failure from the new version.
    pub(super) hurt: BTreeSet<u32>,
    /// How often a customer's version changed.
    pub(super) moved: u64,
    /// When the last answer of the new version came.
    pub(super) last_new: Option<Instant>,
}

impl Load {
    /// Sends so many requests a second to an address, by this many customers.
    pub(super) fn start(address: SocketAddr, rate: u32, customers: u32, new: &str) -> Self {
        let (stop, seen) = (Arc::new(Mutex::new(false)), Arc::new(Mutex::new(Seen::default())));
        let sender = |number: u32| {
            let (stop, seen, new) = (Arc::clone(&stop), Arc::clone(&seen), new.to_owned());
            let pause = Duration::from_secs_f64(f64::from(THREADS) / f64::from(rate.max(1)));
            let send = move || {
                let exchange = Exchange::new(address);
                let mut sender = Sender { exchange, number: u64::from(number), customers };
                let mut next = Instant::now();
                while !*stop.lock() {
                    let (customer, answer) = sender.send();
                    seen.lock().note(customer, answer, &new);
                    next += pause;
                    thread::sleep(next.saturating_duration_since(Instant::now()));
                }
            };
            thread::Builder::new().name("customer".into()).spawn(send).ok()
        };
        let threads = (0..THREADS).filter_map(sender).collect();
        Self { stop, seen, threads }
    }

    /// Ends, and says what was seen.
    pub(super) fn stop(self) -> Seen {
        *self.stop.lock() = true;
        for thread in self.threads {
            // A customer that has panicked has seen what it has seen.
            let _ = thread.join();
        }
        self.seen.lock().clone()
    }
}

impl Seen {
    /// Notes an answer.
    fn note(&mut self, customer: u32, answer: Option<(String, bool)>, new: &str) {
        let Some((version, good)) = answer else {
            self.lost += 1;
            return;
        };
        if version == new {
            self.exposed.insert(customer);
            self.last_new = Some(Instant::now());
            if !good {
                self.hurt.insert(customer);
            }
        }
        let before = self.versions.insert(customer, version.clone());
        self.moved += u64::from(before.is_some_and(|before| before != version));
        *self.answers.entry((version, good)).or_default() += 1;
    }

    /// Answers of a version: all, and the failed ones among them.
    pub(super) fn of(&self, version: &str) -> (u64, u64) {
        let count = |good| self.answers.get(&(version.to_owned(), good)).copied().unwrap_or(0);
        (count(true) + count(false), count(false))
    }
}

/// One thread that sends.
#[derive(Debug)]
struct Sender {
    exchange: Exchange,
    number: u64,
    customers: u32,
}

impl Sender {
    /// Sends one request for some customer: the version that answered and whether it was good; none
    /// if there was no answer.
    #[expect(clippy::cast_possible_truncation, reason = "smaller than the number of customers")]
    fn send(&mut self) -> (u32, Option<(String, bool)>) {
        self.number = self.number.wrapping_add(u64::from(THREADS));
        let customer = (spread(self.number) % u64::from(self.customers.max(1))) as u32;
        let user = format!("x-user: customer-{customer}\r\n");
        let answer = self.exchange.ask("GET", "/", (&user, &[]));
        (customer, answer.map(|answer| (answer.version, answer.status == 200)))
    }
}

/// Threads that send.
const THREADS: u32 = 4;
