//! A server of one environment that speaks the protocol, and misbehaves when it is told to.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;
use std::time::Duration;

use flagkit_protocol::{
    Checksum, Document, PATH_SNAPSHOT, PATH_STREAM, PATH_USAGE, UsageReport, Version,
};
use flate2::read::GzDecoder;

/// A running server; it ends when this is dropped.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    state: Arc<Mutex<State>>,
}

/// What the server has, and how it behaves.
pub(crate) struct State {
    pub(crate) flags: BTreeMap<String, String>,
    pub(crate) version: Version,
    pub(crate) heartbeat: Duration,
    pub(crate) behaviour: Behaviour,
    /// Heads of all requests, in their order.
    pub(crate) requests: Vec<String>,
    /// What is done with reports, one after the other; those after that are taken.
    pub(crate) taking: VecDeque<Taking>,
    /// All reports that arrived as a whole, those that came again among them.
    pub(crate) reports: Vec<UsageReport>,
    streams: Vec<Connection>,
    is_running: bool,
}

/// What is done with a request.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Behaviour {
    Serve,
    /// Takes connections and never answers.
    Silent,
    /// Answers with this status and these headers.
    Refuse(u16, String),
    /// Answers a stream with this text as the first piece, then cuts it.
    Cut(String),
    /// Sends the head of an answer byte by byte, for ever.
    Drip,
}

/// What is done with a report of usage.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Taking {
    /// Reads half of it and cuts the connection.
    CutMidway,
    /// Reads it and cuts the connection, without an answer.
    CutAfter,
    /// Reads it and says nothing.
    Silent,
    /// Reads it and answers with this status.
    Refuse(u16),
}

/// A connection, encrypted or not.
pub(crate) trait Wire: Read + Write + Send {}

impl<T: Read + Write + Send> Wire for T {}

type Connection = Arc<Mutex<Box<dyn Wire>>>;
type Accept = Arc<dyn Fn(TcpStream) -> Option<Box<dyn Wire>> + Send + Sync>;

impl Server {
    /// A server with these flags, on a port of its own.
    pub(crate) fn start(flags: &[(&str, &str)]) -> Self {
        Self::on("127.0.0.1:0".parse().unwrap(), flags, plain())
    }

    /// A server at an address, with connections as `accept` makes them.
    pub(crate) fn on(address: SocketAddr, flags: &[(&str, &str)], accept: Accept) -> Self {
        let listener = bound(address);
        let own = |(key, json): &(&str, &str)| ((*key).to_owned(), (*json).to_owned());
        let state = Arc::new(Mutex::new(State {
            flags: flags.iter().map(own).collect(),
            version: "e1:1".parse().unwrap(),
            heartbeat: Duration::from_secs(1),
            behaviour: Behaviour::Serve,
            requests: Vec::new(),
            taking: VecDeque::new(),
            reports: Vec::new(),
            streams: Vec::new(),
            is_running: true,
        }));
        let server = Self { address: listener.local_addr().unwrap(), state: state.clone() };
        let beating = state.clone();
        thread::spawn(move || beat(&beating));
        thread::spawn(move || listen(&listener, &state, &accept));
        server
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Changes a flag, or removes it, and tells everybody who listens.
    pub(crate) fn set(&self, flag: &str, json: Option<&str>) {
        let mut state = self.state();
        let from = state.version.number;
        state.version.number += 1;
        let (mut part, mut removed) = (BTreeMap::new(), Vec::new());
        if let Some(json) = json {
            state.flags.insert(flag.to_owned(), json.to_owned());
            part.insert(flag.to_owned(), json.to_owned());
        } else {
            state.flags.remove(flag);
            removed.push(flag);
        }
        let (sum, version) = (checksum(&state.flags), state.version.clone());
        let removed: Vec<String> = removed.iter().map(|key| format!("\"{key}\"")).collect();
        let data = format!(
            r#"{{"from":{from},"version":"{version}","checksum":"{sum}","document":{},"removed":{{"flags":[{}]}}}}"#,
            document(&part),
            removed.join(",")
        );
        state.tell(&event("delta", Some(&version), &data));
    }

    /// Tells everybody to come back.
    pub(crate) fn say_goodbye(&self) {
        self.state().tell(&event("goodbye", None, r#"{"spread_ms":0}"#));
    }

    /// Cuts all connections.
    pub(crate) fn drop_connections(&self) {
        self.state().streams.clear();
    }

    /// How many clients listen.
    pub(crate) fn listeners(&self) -> usize {
        self.state().streams.len()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let mut state = self.state();
        state.is_running = false;
        state.streams.clear();
        drop(state);
        // Wakes who waits for connections, so that the port is free again.
        drop(TcpStream::connect(self.address));
    }
}

impl State {
    /// Sends a piece to everybody who listens, in a chunk of its own.
    pub(crate) fn tell(&mut self, text: &str) {
        let chunk = chunk(text);
        self.streams.retain(|stream| {
            let mut stream = stream.lock().unwrap();
            stream.write_all(chunk.as_bytes()).and_then(|()| stream.flush()).is_ok()
        });
    }

    /// What the reports say of flags, variants and reasons, each report counted once.
    pub(crate) fn counted(&self) -> BTreeMap<(String, Option<String>, String), u64> {
        let mut seen = HashSet::new();
        let mut counted = BTreeMap::new();
        for report in self.reports.iter().filter(|report| seen.insert(&report.id)) {
            for count in &report.counts {
                let outcome = (count.flag.clone(), count.variant.clone(), count.reason.clone());
                *counted.entry(outcome).or_default() += count.count;
            }
        }
        counted
    }

    pub(crate) fn snapshot(&self) -> String {
        format!(
            r#"{{"version":"{}","environment":"test","checksum":"{}","document":{}}}"#,
            self.version,
            checksum(&self.flags),
            document(&self.flags)
        )
    }
}

/// An event of a stream.
pub(crate) fn event(kind: &str, id: Option<&Version>, data: &str) -> String {
    let id = id.map(|id| format!("id: {id}\n")).unwrap_or_default();
    format!("event: {kind}\n{id}data: {data}\n\n")
}

fn document(flags: &BTreeMap<String, String>) -> String {
    let mut text = String::from(r#"{"schema":"flagkit/1","flags":{"#);
    for (place, (key, json)) in flags.iter().enumerate() {
        let comma = if place > 0 { "," } else { "" };
        write!(text, r#"{comma}"{key}":{json}"#).unwrap();
    }
    text + "}}"
}

fn checksum(flags: &BTreeMap<String, String>) -> Checksum {
    Document::parse(&document(flags)).unwrap().checksum()
}

fn chunk(text: &str) -> String {
    format!("{:x}\r\n{text}\r\n", text.len())
}

/// The server that had the address before may need a moment to leave it.
fn bound(address: SocketAddr) -> TcpListener {
    let attempts = std::iter::repeat_with(|| {
        thread::sleep(Duration::from_millis(5));
        TcpListener::bind(address)
    });
    attempts.take(2_000).find_map(Result::ok).unwrap_or_else(|| TcpListener::bind(address).unwrap())
}

fn plain() -> Accept {
    Arc::new(|stream| Some(Box::new(stream)))
}

fn beat(state: &Mutex<State>) {
    loop {
        let pause = {
            let mut state = state.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            if !state.is_running {
                return;
            }
            let heartbeat = heartbeat(&state);
            if state.behaviour == Behaviour::Serve {
                state.tell(&heartbeat);
            }
            state.heartbeat
        };
        thread::sleep(pause);
    }
}

fn heartbeat(state: &State) -> String {
    let (every_ms, version) = (state.heartbeat.as_millis(), &state.version);
    event("heartbeat", None, &format!(r#"{{"every_ms":{every_ms},"version":"{version}"}}"#))
}

fn listen(listener: &TcpListener, state: &Arc<Mutex<State>>, accept: &Accept) {
    for stream in listener.incoming() {
        if !state.lock().unwrap_or_else(std::sync::PoisonError::into_inner).is_running {
            return;
        }
        let (state, accept) = (state.clone(), accept.clone());
        thread::spawn(move || {
            let stream = stream.ok()?;
            // A server that waits for ever for a request would outlive its test.
            stream.set_read_timeout(Some(Duration::from_secs(60))).ok()?;
            answer(&Arc::new(Mutex::new(accept(stream)?)), &state)
        });
    }
}

/// Answers the requests of one connection.
fn answer(connection: &Connection, state: &Mutex<State>) -> Option<()> {
    loop {
        let head = read_head(connection)?;
        let path = head.split_whitespace().nth(1)?.to_owned();
        if path == PATH_USAGE {
            take_report(connection, &head, state)?;
            continue;
        }
        let mut state = state.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        state.requests.push(head.clone());
        let send = |text: &str| {
            let mut wire = connection.lock().unwrap();
            wire.write_all(text.as_bytes()).and_then(|()| wire.flush()).ok()
        };
        match state.behaviour.clone() {
            Behaviour::Silent => {
                drop(state);
                thread::sleep(Duration::from_secs(60));
                return None;
            }
            Behaviour::Refuse(status, headers) => {
                send(&format!("HTTP/1.1 {status} No\r\n{headers}content-length: 0\r\n\r\n"))?;
            }
            Behaviour::Cut(piece) => {
                send(&format!("{STREAM_HEAD}{}", chunk(&piece)))?;
                return None;
            }
            Behaviour::Drip => {
                drop(state);
                for byte in "HTTP/1.1 200 OK\r\nx-slow: ".bytes().chain(std::iter::repeat(b'a')) {
                    connection.lock().unwrap().write_all(&[byte]).ok()?;
                    thread::sleep(Duration::from_millis(200));
                }
            }
            Behaviour::Serve if path == PATH_STREAM => {
                let has = field(&head, "last-event-id");
                let mut first = String::new();
                if has != Some(&*state.version.to_string()) {
                    first = event("snapshot", Some(&state.version), &state.snapshot());
                }
                first += &heartbeat(&state);
                send(&format!("{STREAM_HEAD}{}", chunk(&first)))?;
                state.streams.push(connection.clone());
                return None;
            }
            Behaviour::Serve if path == PATH_SNAPSHOT => {
                let (body, etag) = (state.snapshot(), format!("\"{}\"", state.version));
                let length = body.len();
                if field(&head, "if-none-match") == Some(&*etag) {
                    send(&format!("HTTP/1.1 304 Not Modified\r\netag: {etag}\r\n\r\n"))?;
                } else {
                    send(&format!(
                        "HTTP/1.1 200 OK\r\netag: {etag}\r\ncontent-length: {length}\r\n\r\n{body}"
                    ))?;
                }
            }
            Behaviour::Serve => send("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n")?,
        }
    }
}

/// Answers a report of usage; nothing where the connection is to be cut.
fn take_report(connection: &Connection, head: &str, state: &Mutex<State>) -> Option<()> {
    let lock = || state.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    lock().requests.push(head.to_owned());
    let taking = lock().taking.pop_front();
    let length: usize = field(head, "content-length")?.parse().ok()?;
    let is_cut = taking == Some(Taking::CutMidway);
    let mut body = vec![0; if is_cut { length / 2 } else { length }];
    let mut wire = connection.lock().unwrap();
    wire.read_exact(&mut body).ok()?;
    if is_cut {
        return None;
    }
    let report = serde_json::from_reader(GzDecoder::new(&*body)).unwrap();
    let status = match taking {
        Some(Taking::Refuse(status)) => status,
        _ => 202,
    };
    if status == 202 {
        lock().reports.push(report);
    }
    match taking {
        Some(Taking::CutAfter | Taking::CutMidway) => return None,
        Some(Taking::Silent) => thread::sleep(Duration::from_secs(60)),
        _ => {}
    }
    let answer = format!("HTTP/1.1 {status} So\r\ncontent-length: 0\r\n\r\n");
    wire.write_all(answer.as_bytes()).and_then(|()| wire.flush()).ok()
}

/// The head of a request, up to its empty line. Read byte by byte: what comes behind belongs to
/// somebody else.
fn read_head(connection: &Connection) -> Option<String> {
    let mut wire = connection.lock().unwrap();
    let mut head = String::new();
    let mut reader = BufReader::with_capacity(1, &mut **wire);
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    Some(head)
}

/// The value of a header.
pub(crate) fn field<'h>(head: &'h str, name: &str) -> Option<&'h str> {
    head.lines().find_map(|line| {
        let (known, value) = line.split_once(':')?;
        known.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

const STREAM_HEAD: &str =
    "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
