//! A release that sends requests to its new side by a header, behind a real HAProxy.

#![expect(clippy::unwrap_used, reason = "where a release cannot be followed, tests fail")]

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Child;
use std::time::{Duration, Instant};

use crate::stage::{PUSHED, Stage};

/// An engine that ends with its test.
struct Engine(Child);

impl Drop for Engine {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// The version that answers a user whose request has this line.
fn version(stage: &Stage, user: u32, line: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", stage.front)).unwrap();
    write!(stream, "GET / HTTP/1.0\r\nx-user: user-{user}\r\n{line}\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let version = answer.lines().find_map(|line| line.strip_prefix("x-version: "));
    version.unwrap_or_default().to_owned()
}

/// Whether all of fifty users are answered by this version.
fn all_get(stage: &Stage, wanted: &str, line: &str) -> bool {
    (0..50).all(|user| version(stage, user, line) == wanted)
}

const HEADER: &str = "x-canary: true\r\n";

#[test]
fn a_header_leads_to_the_new_side_until_the_release_goes_back() {
    let stage = Stage::set(500);
    let steps = "[{scale: {arm: canary, replicas: 1}}, \
        {route: {arm: canary, headers: {x-canary: 'true'}}}, {hold: true}, {split: {canary: 100%}}]";
    stage.release("v3", steps, PUSHED);
    assert!(all_get(&stage, "v1", HEADER));
    let mut engine = Engine(stage.engine());
    let begun = Instant::now();
    while !all_get(&stage, "v3", HEADER) {
        let is_late = begun.elapsed() > Duration::from_secs(60);
        assert!(!is_late && engine.0.try_wait().unwrap().is_none(), "{}", stage.log());
        std::thread::sleep(Duration::from_millis(50));
    }
    // Nobody else has got there, and the header means its value.
    assert!(all_get(&stage, "v1", ""));
    assert!(all_get(&stage, "v1", "x-canary: false\r\n"));
    assert!(stage.ask(&["abort", "--why", "seen"]).status.success());
    assert_eq!(engine.0.wait().unwrap().code(), Some(3), "{}", stage.log());
    assert!(all_get(&stage, "v1", HEADER), "{}", stage.log());
}
