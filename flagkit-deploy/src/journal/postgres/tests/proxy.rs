//! A network that fails at a chosen moment.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread::spawn;

/// Where the connection ends.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Cut {
    /// The server never hears of the commit.
    BeforeCommit,
    /// The server commits, and nobody hears of it.
    AfterCommit,
}

/// A place that passes bytes on to a database.
pub(super) struct Proxy {
    url: String,
    plan: Arc<Mutex<(Option<Cut>, u32)>>,
}

impl Proxy {
    /// In front of the database of this URL.
    pub(super) fn before(url: &str) -> Self {
        let (user, place) = url.rsplit_once('@').unwrap();
        let (server, database) = place.split_once('/').unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("{user}@{}/{database}", listener.local_addr().unwrap());
        let plan = Arc::new(Mutex::new((None, 0)));
        let (server, shared) = (server.to_owned(), Arc::clone(&plan));
        spawn(move || {
            for client in listener.incoming() {
                let (client, server) = (client.unwrap(), TcpStream::connect(&server).unwrap());
                let (back, plan) =
                    ((server.try_clone().unwrap(), client.try_clone().unwrap()), shared.clone());
                spawn(move || answers(back.0, back.1));
                spawn(move || questions(client, server, &plan));
            }
        });
        Self { url, plan }
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// Cuts the next commit.
    pub(super) fn cut(&self, cut: Cut) {
        self.plan.lock().unwrap().0 = Some(cut);
    }

    /// How often it was cut.
    pub(super) fn cuts(&self) -> u32 {
        self.plan.lock().unwrap().1
    }
}

fn questions(mut client: TcpStream, mut server: TcpStream, plan: &Mutex<(Option<Cut>, u32)>) {
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let length = client.read(&mut buffer).unwrap_or(0);
        let said = &buffer[..length];
        let is_commit = said.windows(6).any(|word| word == b"COMMIT");
        let mut plan = plan.lock().unwrap();
        let cut = if is_commit { plan.0.take() } else { None };
        plan.1 += u32::from(cut.is_some());
        drop(plan);
        if cut == Some(Cut::AfterCommit) {
            // Nothing that the server says from now on arrives.
            client.shutdown(Shutdown::Both).unwrap();
            server.write_all(said).unwrap();
            return;
        }
        if length == 0 || cut.is_some() || server.write_all(said).is_err() {
            drop((client.shutdown(Shutdown::Both), server.shutdown(Shutdown::Both)));
            return;
        }
    }
}

fn answers(mut server: TcpStream, mut client: TcpStream) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(length) = server.read(&mut buffer)
        && length > 0
        && client.write_all(&buffer[..length]).is_ok()
    {}
    drop(client.shutdown(Shutdown::Both));
}
