//! Real servers, each in a folder of its own, found by `PATH`.

use std::env;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A program that runs until this is dropped.
pub(super) struct Running {
    child: Child,
    pub(super) folder: tempfile::TempDir,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Running {
    /// Starts a program in a folder of its own; `prepare` gets the folder and gives the arguments.
    pub(super) fn start(program: &str, prepare: impl FnOnce(&Path) -> Vec<String>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let arguments = prepare(folder.path());
        let log = fs::File::create(folder.path().join("log")).unwrap();
        let child = Command::new(found(program))
            .args(arguments)
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        Self { child, folder }
    }

    /// Waits until something is so.
    pub(super) fn until(&mut self, what: &str, is_so: impl Fn(&Path) -> bool) {
        let begin = Instant::now();
        while !is_so(self.folder.path()) {
            let ended = self.child.try_wait().unwrap();
            let is_late = begin.elapsed() > Duration::from_secs(30);
            if ended.is_some() || is_late {
                let said = fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
                panic!("{what}: not so ({ended:?}); it said:\n{said}");
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

/// The program in `PATH`, where administrators' programs are, or among the tools of `xtask setup`.
pub(super) fn found(program: &str) -> PathBuf {
    let path = env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = env::split_paths(&path).collect();
    folders.push("/usr/sbin".into());
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    folders.push(root.join("target/tools").join(program).join("venv/bin"));
    let found = folders.iter().map(|folder| folder.join(program)).find(|path| path.is_file());
    found.unwrap_or_else(|| panic!("`{program}` is missing: run `cargo xtask setup`"))
}

/// A port that is free now.
pub(super) fn port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

pub(super) fn listens(port: u16) -> bool {
    TcpStream::connect(("127.0.0.1", port)).is_ok()
}

/// A connection that asks one question after the other.
pub(super) struct Client {
    stream: BufReader<TcpStream>,
}

impl Client {
    pub(super) fn new(port: u16) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream: BufReader::new(stream) }
    }

    /// The status and body of `GET /` with a header line.
    pub(super) fn get(&mut self, header: &str) -> (u16, String) {
        self.ask("/", header)
    }

    /// The same for another path.
    pub(super) fn ask(&mut self, path: &str, header: &str) -> (u16, String) {
        let line_end = if header.is_empty() { "" } else { "\r\n" };
        let request = format!("GET {path} HTTP/1.1\r\nHost: shop\r\n{header}{line_end}\r\n");
        self.stream.get_mut().write_all(request.as_bytes()).unwrap();
        let mut line = String::new();
        self.stream.read_line(&mut line).unwrap();
        let status = line.split(' ').nth(1).unwrap().parse().unwrap();
        let mut length = 0;
        loop {
            line.clear();
            self.stream.read_line(&mut line).unwrap();
            let Some((name, value)) = line.trim_end().split_once(": ") else { break };
            if name.eq_ignore_ascii_case("content-length") {
                length = value.parse().unwrap();
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).unwrap();
        (status, String::from_utf8(body).unwrap())
    }
}
