//! Clients that ask for a stream and do not read it.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::Effort;
use crate::report::Row;
use crate::server::{Server, flag_path};

pub(crate) fn measure(_: &Effort) -> Vec<Row> {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&folder.path().join("flags.db").display().to_string());
    let key = server.environment(1);
    let request =
        format!("GET /stream HTTP/1.1\r\nhost: soak\r\nauthorization: Bearer {key}\r\n\r\n");
    let connect = |_| {
        let mut stream = TcpStream::connect(server.address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        stream
    };
    let streams: Vec<TcpStream> = (0..STREAMS).map(connect).collect();
    let before = server.memory_kib();
    let mut admin = server.admin();
    for number in 0..CHANGES {
        let text = "x".repeat(CHANGE_BYTES);
        let flag = format!(r#"{{"enabled":true,"description":"{number}{text}"}}"#);
        admin.ask("PUT", &flag_path("flag-0"), &flag).unwrap().json();
    }
    // The server gives clients some time to read on.
    std::thread::sleep(Duration::from_secs(10));
    let held = (server.memory_kib() - before) / 1024.0;
    let ended = streams.into_iter().filter_map(ends).count();
    let sent = (STREAMS * CHANGES * CHANGE_BYTES) >> 20;
    vec![
        Row::new(
            format!("memory held for {STREAMS} clients that do not read {sent} MiB"),
            "bounded",
            format!("{held:.0} MiB"),
        ),
        Row::new(
            "of them disconnected, to come back later",
            "all",
            format!("{ended} of {STREAMS}"),
        ),
    ]
}

/// Some bytes that are on the way, and then the end, if there is one.
fn ends(mut stream: TcpStream) -> Option<()> {
    stream.set_read_timeout(Some(Duration::from_secs(1))).ok()?;
    let mut bytes = vec![0; 1 << 16];
    loop {
        match stream.read(&mut bytes) {
            Ok(0) => return Some(()),
            Ok(_) => (),
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => return Some(()),
            Err(_) => return None,
        }
    }
}

const STREAMS: usize = 500;
const CHANGES: usize = 80;
const CHANGE_BYTES: usize = 100_000;
