//! Customers: requests at a steady rate, and what came of them.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Customers who come until they are told to stop.
#[derive(Debug)]
pub(crate) struct Customers {
    shared: Arc<Mutex<Seen>>,
    threads: Vec<JoinHandle<()>>,
}

/// What the customers saw.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    stop: bool,
    /// Requests without an answer of the shop: none at all, or one of the proxy.
    pub(crate) lost: u64,
    /// Answers of each version.
    pub(crate) answers: BTreeMap<String, Count>,
    /// What was wrong with the first one that was lost.
    pub(crate) first_lost: Option<String>,
}

/// Answers of a version.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Count {
    pub(crate) all: u64,
    pub(crate) failed: u64,
}

/// Somebody who looks at what customers see.
#[derive(Clone, Debug)]
pub(crate) struct Watcher(Arc<Mutex<Seen>>);

impl Watcher {
    /// Answers of each version so far.
    pub(crate) fn counts(&self) -> BTreeMap<String, Count> {
        self.0.lock().unwrap().answers.clone()
    }
}

impl Customers {
    /// About so many requests a second, by four customers at a time.
    pub(crate) fn come(front: u16, rate: u32) -> Self {
        let shared: Arc<Mutex<Seen>> = Arc::default();
        let pause = Duration::from_secs_f64(f64::from(THREADS) / f64::from(rate));
        let send = |number: u32| {
            let shared = Arc::clone(&shared);
            std::thread::spawn(move || {
                let mut connection = None;
                let (mut user, mut next) = (number, Instant::now());
                loop {
                    let asked = ask(&mut connection, front, user);
                    if !shared.lock().unwrap().note(asked) {
                        return;
                    }
                    user = user.wrapping_add(THREADS);
                    next += pause;
                    std::thread::sleep(next.saturating_duration_since(Instant::now()));
                }
            })
        };
        let threads = (0..THREADS).map(send).collect();
        Self { shared, threads }
    }

    /// Somebody who looks at what they see.
    pub(crate) fn watcher(&self) -> Watcher {
        Watcher(Arc::clone(&self.shared))
    }

    /// No more of them.
    pub(crate) fn leave(self) -> Seen {
        self.shared.lock().unwrap().stop = true;
        for thread in self.threads {
            thread.join().unwrap();
        }
        self.shared.lock().unwrap().clone()
    }
}

impl Seen {
    /// Notes an answer; whether another request is wanted.
    fn note(&mut self, asked: Result<(String, bool), String>) -> bool {
        match asked {
            Ok((version, good)) => {
                let count = self.answers.entry(version).or_default();
                count.all += 1;
                count.failed += u64::from(!good);
            }
            Err(why) => {
                self.lost += 1;
                self.first_lost.get_or_insert(why);
            }
        }
        !self.stop
    }
}

/// One request: the version that answered and whether the answer was good, or what was wrong.
fn ask(
    connection: &mut Option<BufReader<TcpStream>>,
    front: u16,
    user: u32,
) -> Result<(String, bool), String> {
    let asked = exchange(connection, front, user);
    if asked.is_err() {
        *connection = None;
    }
    asked.map_err(|error| error.to_string())
}

fn exchange(
    connection: &mut Option<BufReader<TcpStream>>,
    front: u16,
    user: u32,
) -> std::io::Result<(String, bool)> {
    if connection.is_none() {
        let stream = TcpStream::connect(("127.0.0.1", front))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        *connection = Some(BufReader::new(stream));
    }
    let stream = connection.as_mut().unwrap();
    let request = format!("GET / HTTP/1.1\r\nhost: shop\r\nx-user: customer-{user}\r\n\r\n");
    stream.get_mut().write_all(request.as_bytes())?;
    let (mut line, mut version, mut length) = (String::new(), None, 0);
    stream.read_line(&mut line)?;
    let status = line.trim_end().to_owned();
    loop {
        line.clear();
        stream.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        match name.to_ascii_lowercase().as_str() {
            "x-version" => version = Some(value.to_owned()),
            "content-length" => length = value.parse().unwrap_or(0),
            _ => {}
        }
    }
    stream.read_exact(&mut vec![0; length])?;
    // Versions fail some of their requests by design; only an answer without a version is lost.
    let version =
        version.ok_or_else(|| std::io::Error::other(format!("the proxy said `{status}`")))?;
    Ok((version, status.contains(" 200 ")))
}

const THREADS: u32 = 4;
