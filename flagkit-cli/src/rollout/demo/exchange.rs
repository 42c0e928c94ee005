//! One connection over which requests of the demo go, one after another.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// An answer of the shop.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// The version that gave it.
    pub(super) version: String,
    pub(super) body: Vec<u8>,
}

/// A connection that is opened when it is needed, and again after it broke.
#[derive(Debug)]
pub(super) struct Exchange {
    address: SocketAddr,
    connection: Option<BufReader<TcpStream>>,
}

impl Exchange {
    /// To this address.
    pub(super) fn new(address: SocketAddr) -> Self {
        Self { address, connection: None }
    }

    /// Sends a request and waits for the answer; none if there is none within two seconds.
    pub(super) fn ask(&mut self, method: &str, path: &str, more: (&str, &[u8])) -> Option<Answer> {
        let answer = self.try_to_ask(method, path, more);
        if answer.is_none() {
            self.connection = None;
        }
        answer
    }

    fn try_to_ask(
        &mut self,
        method: &str,
        path: &str,
        (headers, body): (&str, &[u8]),
    ) -> Option<Answer> {
        if self.connection.is_none() {
            let stream = TcpStream::connect_timeout(&self.address, TIMEOUT).ok()?;
            stream.set_nodelay(true).ok()?;
            stream.set_read_timeout(Some(TIMEOUT)).ok()?;
            self.connection = Some(BufReader::new(stream));
        }
        let connection = self.connection.as_mut()?;
        let length = body.len();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: shop\r\ncontent-length: {length}\r\n{headers}\r\n"
        );
        connection.get_mut().write_all(&[head.as_bytes(), body].concat()).ok()?;
        read(connection)
    }
}

/// Reads an answer with a length.
fn read(connection: &mut impl BufRead) -> Option<Answer> {
    let first = line(connection)?;
    let status = first.split(' ').nth(1)?.parse().ok()?;
    let (mut version, mut length) = (String::new(), 0_u64);
    while let Some((name, value)) = line(connection)?.split_once(':') {
        match name.to_ascii_lowercase().as_str() {
            "x-version" => value.trim().clone_into(&mut version),
            "content-length" => length = value.trim().parse().ok()?,
            _ => {}
        }
    }
    let mut body = Vec::new();
    connection.take(length.min(BODY_MAX)).read_to_end(&mut body).ok()?;
    Some(Answer { status, version, body })
}

/// One line of a head, without its end.
pub(super) fn line(connection: &mut impl BufRead) -> Option<String> {
    let mut line = String::new();
    let read = connection.take(LINE_MAX).read_line(&mut line).ok()?;
    (read > 0).then(|| line.trim_end().to_owned())
}

/// How long an answer is waited for.
const TIMEOUT: Duration = Duration::from_secs(2);
const BODY_MAX: u64 = 1 << 20;
const LINE_MAX: u64 = 8192;
