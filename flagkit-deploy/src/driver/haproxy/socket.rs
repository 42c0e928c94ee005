//! The runtime socket: a line goes in, text comes out, and the connection ends.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
#[cfg(unix)]
use tokio::net::UnixStream;

use crate::order::Failure;

/// Where the runtime socket is.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Socket {
    /// `stats socket /run/haproxy/admin.sock level admin`.
    Unix(PathBuf),
    /// `stats socket ipv4@127.0.0.1:9999 level admin`; as `host:port`.
    Tcp(String),
}

impl Socket {
    /// A path if there is a slash in it, otherwise `host:port`.
    ///
    /// ```
    /// use flagkit_deploy::driver::haproxy::Socket;
    ///
    /// assert_eq!(Socket::parse("127.0.0.1:9999"), Socket::Tcp("127.0.0.1:9999".to_owned()));
    /// assert_eq!(Socket::parse("/run/admin.sock"), Socket::Unix("/run/admin.sock".into()));
    /// ```
    pub fn parse(text: &str) -> Self {
        if text.contains('/') { Self::Unix(text.into()) } else { Self::Tcp(text.to_owned()) }
    }

    /// The answer to commands. Each call is a connection of its own, so that nothing of a connection
    /// that was lost is ever taken for an answer.
    pub(super) async fn ask(
        &self,
        timeout: Duration,
        commands: &[String],
    ) -> Result<String, Failure> {
        let line = format!("{}\n", commands.join(";"));
        let asked = tokio::time::timeout(timeout, self.exchange(&line)).await;
        let answer = asked.unwrap_or_else(|_| {
            Err(io::Error::new(io::ErrorKind::TimedOut, format!("no answer within {timeout:?}")))
        });
        let answer = answer.map_err(|error| self.unreachable(&error))?;
        if answer.starts_with("Permission denied") {
            return Err(Failure::permanent(format!(
                "HAProxy at {self} refuses commands that change something; write `level admin` behind \
                 its `stats socket`"
            )));
        }
        Ok(answer)
    }

    async fn exchange(&self, line: &str) -> io::Result<String> {
        match self {
            #[cfg(unix)]
            Self::Unix(path) => converse(UnixStream::connect(path).await?, line).await,
            #[cfg(not(unix))]
            Self::Unix(_) => {
                Err(io::Error::new(io::ErrorKind::Unsupported, "no such sockets here"))
            }
            Self::Tcp(address) => converse(TcpStream::connect(address).await?, line).await,
        }
    }

    #[cold]
    fn unreachable(&self, error: &io::Error) -> Failure {
        let mend = match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused => {
                "; is it running, and does its configuration have this `stats socket`?"
            }
            io::ErrorKind::PermissionDenied => "; may the engine's user write there?",
            _ => "",
        };
        Failure::transient(format!("HAProxy at {self} cannot be asked: {error}{mend}"))
    }
}

impl fmt::Display for Socket {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unix(path) => write!(formatter, "`{}`", path.display()),
            Self::Tcp(address) => write!(formatter, "`{address}`"),
        }
    }
}

async fn converse(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    line: &str,
) -> io::Result<String> {
    stream.write_all(line.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.take(ANSWER_MAX + 1).read_to_end(&mut answer).await?;
    if answer.len() as u64 > ANSWER_MAX {
        return Err(io::Error::other(format!("it answered with more than {ANSWER_MAX} bytes")));
    }
    String::from_utf8(answer).map_err(|_| io::Error::other("it answered with what is no text"))
}

/// Enough for 50,000 servers.
const ANSWER_MAX: u64 = 8 << 20;
