//! What applications evaluate is what the server has counted, whatever happens on the way.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use flagkit_client::{Config, Log, Options, Publisher, Updater};
use flagkit_core::{Attributes, Context, Fixed, Timestamp};
use serde_json::json;

use crate::server::{FLAGS, PRODUCTION, TestServer};

/// Stands between client and server, and cuts connections on which reports are sent.
struct Between {
    address: SocketAddr,
    /// So many reports are cut after a part of them, and so many whose answers are swallowed.
    midway: Arc<AtomicU32>,
    answers: Arc<AtomicU32>,
}

impl Between {
    fn before(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (midway, answers) = (Arc::<AtomicU32>::default(), Arc::<AtomicU32>::default());
        let between = Self { address, midway: midway.clone(), answers: answers.clone() };
        thread::spawn(move || {
            for client in listener.incoming() {
                let (midway, answers) = (midway.clone(), answers.clone());
                let server = TcpStream::connect(server);
                thread::spawn(move || pass(&client?, &server?, &midway, &answers));
            }
        });
        between
    }
}

/// Whether one more is to be cut.
fn is_next(left: &AtomicU32) -> bool {
    // Relaxed: a number that stands for itself.
    let less = |left: u32| left.checked_sub(1);
    left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less).is_ok()
}

/// Passes on what both say until one of them ends.
fn pass(
    mut client: &TcpStream,
    server: &TcpStream,
    midway: &AtomicU32,
    answers: &AtomicU32,
) -> std::io::Result<()> {
    let back = (server.try_clone()?, client.try_clone()?);
    let is_mute = Arc::new(AtomicU32::new(0));
    let mute = is_mute.clone();
    thread::spawn(move || answer(back, &mute));
    let (mut to, mut buffer) = (server, [0; 16 * 1024]);
    loop {
        let length = client.read(&mut buffer)?;
        let piece = &buffer[..length];
        if piece.starts_with(b"POST ") {
            if is_next(midway) {
                to.write_all(&piece[..length - 20])?;
                thread::sleep(Duration::from_millis(50));
                server.shutdown(Shutdown::Both)?;
                return client.shutdown(Shutdown::Both);
            }
            is_mute.store(u32::from(is_next(answers)), Ordering::Relaxed);
        }
        if length == 0 {
            return server.shutdown(Shutdown::Write);
        }
        to.write_all(piece)?;
    }
}

/// Passes on what the server says, or cuts the connection instead.
fn answer((mut server, mut client): (TcpStream, TcpStream), is_mute: &AtomicU32) {
    let mut buffer = [0; 16 * 1024];
    while let Ok(length @ 1..) = server.read(&mut buffer) {
        if is_mute.load(Ordering::Relaxed) > 0 || client.write_all(&buffer[..length]).is_err() {
            break;
        }
    }
    let _ = client.shutdown(Shutdown::Both);
}

/// An application that asks for flags as the facade does.
struct Application {
    publisher: Arc<Publisher>,
    _updater: Updater,
}

impl Application {
    fn open(server: &TestServer, address: SocketAddr) -> Self {
        let key = server.client("server").key.unwrap();
        let options = Options::new().server(format!("http://{address}"), key);
        let config = Config::new(options.proxy("off").log(Log::Off), []).unwrap();
        let publisher = Publisher::new();
        let updater = Updater::open(&publisher, &config).unwrap();
        assert!(publisher.is_ready(), "the server answers within two seconds");
        Self { publisher, _updater: updater }
    }

    fn evaluate<C: Attributes>(&self, times: u32, key: &str, context: &C) {
        let world = Fixed::at(Timestamp::EPOCH);
        for _ in 0..times {
            self.publisher.counting(|snapshot, counting| match snapshot.flag(key) {
                None => counting.missing(key, 1),
                Some(flag) => {
                    let found = snapshot.resolve_flag(flag, context, &world, &mut ()).unwrap();
                    counting.served(snapshot, (flag, &found), context);
                }
            });
        }
    }

    fn flush(&self, evaluations: u64) {
        let delivered = self.publisher.flush(Duration::from_secs(60));
        assert_eq!((delivered.evaluations, delivered.left), (evaluations, 0));
    }
}

/// What the server has counted: by flag, variant and reason.
fn counted(server: &TestServer) -> BTreeMap<String, u64> {
    let usage = server.admin.get(&format!("{PRODUCTION}/usage")).is(200).json();
    let mut counted = BTreeMap::new();
    for item in usage["items"].as_array().unwrap() {
        let text = |field: &str| item[field].as_str().unwrap();
        let name = format!("{} {} {}", text("flag"), text("variant"), text("reason"));
        // An hour may end within a test.
        *counted.entry(name).or_default() += item["count"].as_u64().unwrap();
    }
    counted
}

fn sums<const N: usize>(expected: [(&str, u64); N]) -> BTreeMap<String, u64> {
    expected.map(|(name, times)| (name.to_owned(), times)).into()
}

#[test]
fn what_applications_evaluate_is_counted_exactly() {
    let server = TestServer::start();
    let on = json!({ "enabled": true, "rollout_percentage": 100, "metadata": { "track": true } });
    server.put("on", &on);
    server.put("off", &json!({ "enabled": false }));
    let between = Between::before(server.running.as_ref().unwrap().address());
    let applications = [0; 2].map(|_| Application::open(&server, between.address));
    let users = ["u-1", "u-2"].map(|key| Context::new(key).with("email", "ada@example.com"));
    for (round, (midway, answers)) in [(0, 0), (2, 0), (0, 2), (1, 1)].into_iter().enumerate() {
        between.midway.store(midway, Ordering::Relaxed);
        between.answers.store(answers, Ordering::Relaxed);
        for application in &applications {
            thread::scope(|scope| {
                for user in &users {
                    scope.spawn(|| application.evaluate(100, "on", user));
                    scope.spawn(|| application.evaluate(7, "off", user));
                    scope.spawn(|| application.evaluate(1, "bteta", user));
                }
            });
            application.flush((round as u64 + 1) * 2 * 108);
        }
        assert_eq!(between.midway.load(Ordering::Relaxed), 0, "so many were cut");
        assert_eq!(between.answers.load(Ordering::Relaxed), 0);
        let times = (round as u64 + 1) * 2 * 2;
        let expected = [
            ("bteta  FLAG_NOT_FOUND", times),
            ("off off DISABLED", times * 7),
            ("on on STATIC", times * 100),
        ];
        assert_eq!(counted(&server), sums(expected), "round {round}");
    }
    let seen = server.admin.get(&format!("{FLAGS}/on/exposures")).is(200);
    assert!(!seen.text().contains("ada"), "{}", seen.text());
    let mut units: Vec<String> = Vec::new();
    for item in seen.json()["items"].as_array().unwrap() {
        assert_eq!(item["variant"], "on");
        units.push(item["unit"].as_str().unwrap().to_owned());
    }
    units.sort();
    assert_eq!(units, ["u-1", "u-2"]);
}

#[test]
fn dropping_an_application_delivers_the_rest() {
    let server = TestServer::start();
    server.put("off", &json!({ "enabled": false }));
    let application = Application::open(&server, server.running.as_ref().unwrap().address());
    application.evaluate(5, "off", &());
    drop(application);
    assert_eq!(counted(&server), sums([("off off DISABLED", 5)]));
}
