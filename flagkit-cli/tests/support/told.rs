//! Whoever is told: a receiver of webhooks that counts keys.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// What came under each key: the body, and how often.
pub(crate) type Messages = BTreeMap<String, (String, usize)>;

/// A receiver of this process.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    pub(crate) port: u16,
    messages: Arc<Mutex<Messages>>,
}

impl Told {
    /// Receives for as long as the process runs.
    pub(crate) fn listen() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let told = Self { port, messages: Arc::default() };
        let receiver = told.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let receiver = receiver.clone();
                std::thread::spawn(move || receiver.take(stream));
            }
        });
        told
    }

    pub(crate) fn messages(&self) -> Messages {
        self.messages.lock().unwrap().clone()
    }

    /// Takes requests until the sender is gone, also in the middle of one.
    fn take(&self, stream: TcpStream) -> Option<()> {
        let mut reader = BufReader::new(stream);
        loop {
            let (mut key, mut length, mut line) = (String::new(), 0, String::new());
            loop {
                line.clear();
                if reader.read_line(&mut line).ok()? == 0 {
                    return None;
                }
                let Some((name, value)) = line.trim_end().split_once(':') else {
                    if line.trim_end().is_empty() {
                        break;
                    }
                    continue;
                };
                match name.to_ascii_lowercase().as_str() {
                    "idempotency-key" => value.trim().trim_matches('"').clone_into(&mut key),
                    "content-length" => length = value.trim().parse().ok()?,
                    _ => {}
                }
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).ok()?;
            let body = String::from_utf8(body).ok()?;
            let mut messages = self.messages.lock().unwrap();
            let (known, times) = messages.entry(key).or_insert_with(|| (body.clone(), 0));
            assert_eq!(*known, body, "one key for two messages");
            *times += 1;
            drop(messages);
            reader.get_mut().write_all(b"HTTP/1.1 204 No Content\r\n\r\n").ok()?;
        }
    }
}
