//! Programs that live as long as the demo.

use std::fs::File;
use std::io;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// A program that is ended with the demo.
#[derive(Debug)]
pub(super) struct Guarded(Child);

impl Guarded {
    /// Starts a program; what it says goes to a file.
    pub(super) fn start(command: &mut Command, log: &Path) -> io::Result<Self> {
        let log = File::create(log)?;
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        command.spawn().map(Self)
    }

    /// Whether it still runs.
    pub(super) fn runs(&mut self) -> bool {
        matches!(self.0.try_wait(), Ok(None))
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Where a program is: in the search path, or where systems put servers.
pub(super) fn find(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path);
    let servers = ["/usr/sbin", "/usr/local/sbin"].map(PathBuf::from);
    folders.chain(servers).map(|folder| folder.join(name)).find(|file| file.is_file())
}

/// Ports that nobody uses now.
pub(super) fn free_ports<const N: usize>() -> io::Result<[u16; N]> {
    // All are held until the last one is known, so that none comes twice.
    let listeners: Vec<TcpListener> =
        (0..N).map(|_| TcpListener::bind(("127.0.0.1", 0))).collect::<io::Result<_>>()?;
    let mut ports = [0; N];
    for (port, listener) in ports.iter_mut().zip(&listeners) {
        *port = listener.local_addr()?.port();
    }
    Ok(ports)
}
