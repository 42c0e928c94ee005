//! A server of one test: `flagkit serve` as a child, on a free port, with a database of its own.

#![expect(clippy::unwrap_used, reason = "where no server can be started, tests fail")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use crate::run::{Ran, command, ran};

/// A server that runs.
#[derive(Debug)]
pub(crate) struct Served {
    /// Where it is.
    pub(crate) url: String,
    /// What it printed until it listened.
    pub(crate) page: String,
    /// The key that it printed, if it did.
    pub(crate) key: Option<String>,
    child: Child,
    out: BufReader<ChildStdout>,
}

/// A folder that is empty when a test begins.
pub(crate) fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(&path).unwrap();
    path
}

/// A command of the program that does not see variables of whoever runs the tests.
pub(crate) fn clean(arguments: &[&str]) -> Command {
    let mut command = command(arguments);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("FLAGKIT_") {
            command.env_remove(name);
        }
    }
    command
}

impl Served {
    /// Starts a server for the first time, with two environments and no flags.
    pub(crate) fn start(name: &str) -> Self {
        let database = folder(name).join("flagkit.db");
        Self::with(&["--database", database.to_str().unwrap()])
    }

    /// Starts a server with these options.
    pub(crate) fn with(options: &[&str]) -> Self {
        let mut command = serve(options);
        let mut child = command.stdin(Stdio::null()).stderr(Stdio::inherit()).spawn().unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let (url, page) = (String::new(), String::new());
        let mut served = Self { url, page, key: None, child, out };
        while !served.page.contains("\n  database ") {
            let read = served.out.read_line(&mut served.page).unwrap();
            assert_ne!(read, 0, "the server ended: {}", served.page);
        }
        let word = |start: &str| {
            let mut words = served.page.split_whitespace();
            words.find(|word| word.starts_with(start)).map(str::to_owned)
        };
        (served.url, served.key) = (word("http").unwrap(), word("fk_"));
        served
    }

    /// Runs a command against it with its admin key.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        self.run_as(self.key.as_deref().unwrap(), arguments)
    }

    /// Runs a command against it with a key.
    pub(crate) fn run_as(&self, key: &str, arguments: &[&str]) -> Ran {
        let ran = ran(self.command(key, arguments).stdin(Stdio::null()).output().unwrap());
        assert!(!ran.err.contains("panicked"), "{arguments:?}: {}", ran.err);
        ran
    }

    /// A command against it with a key, not run yet.
    pub(crate) fn command(&self, key: &str, arguments: &[&str]) -> Command {
        let mut command = clean(arguments);
        command.env("FLAGKIT_URL", &self.url).env("FLAGKIT_KEY", key);
        command
    }

    /// Runs a command that must succeed, and returns what it printed.
    pub(crate) fn ok(&self, arguments: &[&str]) -> String {
        let Ran { code, out, err } = self.run(arguments);
        assert_eq!(code, Some(0), "{arguments:?}: {out}{err}");
        out
    }

    /// The same as JSON.
    pub(crate) fn json(&self, arguments: &[&str]) -> serde_json::Value {
        serde_json::from_str(&self.ok(&[arguments, &["--json"]].concat())).unwrap()
    }

    /// Asks for something that does not end, and returns the connection after the head.
    pub(crate) fn stream(&self, key: &str) -> BufReader<TcpStream> {
        let address = self.url.strip_prefix("http://").unwrap();
        let mut socket = TcpStream::connect(address).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        let request = "GET /stream?project=default&environment=production HTTP/1.1\r\n";
        let head = format!("{request}host: {address}\r\nauthorization: Bearer {key}\r\n\r\n");
        socket.write_all(head.as_bytes()).unwrap();
        let mut lines = BufReader::new(socket);
        let mut line = String::new();
        lines.read_line(&mut line).unwrap();
        assert!(line.starts_with("HTTP/1.1 200"), "{line}");
        lines
    }

    /// Sends a signal: `TERM`, `INT`.
    pub(crate) fn signal(&self, name: &str) {
        let (name, id) = (format!("-{name}"), self.child.id().to_string());
        assert!(Command::new("kill").args([name, id]).status().unwrap().success());
    }

    /// The exit code, if it has ended.
    pub(crate) fn code(&mut self) -> Option<i32> {
        self.child.try_wait().unwrap().map(|status| status.code().unwrap_or(-1))
    }

    /// Waits for the end; returns the exit code and what was printed after the beginning.
    pub(crate) fn end(mut self) -> (Option<i32>, String) {
        let began = Instant::now();
        while self.child.try_wait().unwrap().is_none() {
            assert!(began.elapsed() < PATIENCE, "the server does not end");
            std::thread::sleep(Duration::from_millis(10));
        }
        let mut rest = String::new();
        self.out.read_to_string(&mut rest).unwrap();
        (self.child.wait().unwrap().code(), rest)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // Nothing is left of it either way.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs a server that is expected not to start.
pub(crate) fn refused(options: &[&str], environment: &[(&str, &str)]) -> Ran {
    ran(serve(options).envs(environment.iter().copied()).stdin(Stdio::null()).output().unwrap())
}

/// On a free port, unless the options name one.
fn serve(options: &[&str]) -> Command {
    let (serve, listen) = (["serve", "--log", "off"], ["--listen", "127.0.0.1:0"]);
    let listen = if options.contains(&"--listen") { &[][..] } else { &listen };
    clean(&[&serve, listen, options].concat())
}

/// A guard against tests that hang.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);
