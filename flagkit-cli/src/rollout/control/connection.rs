//! Speaking to a running engine.

use std::path::Path;

use flagkit_deploy::record::Decision;
use serde::de::DeserializeOwned;

use super::{Answer, Numbered, Request, Verified};
use crate::failure::Failure;
use crate::rollout::standing::Standing;

#[cfg(unix)]
type Stream = std::os::unix::net::UnixStream;
/// There are no such sockets, and none can be made.
#[cfg(not(unix))]
type Stream = std::convert::Infallible;

/// A connection to an engine.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: Stream,
}

/// Connects to the engine of a folder; none if no engine runs there.
#[cfg(unix)]
pub(crate) fn connect(folder: &Path) -> Result<Option<Connection>, Failure> {
    use std::io::ErrorKind;
    let path = super::socket(folder);
    let cannot = |error: std::io::Error| {
        Failure::input(format_args!("the engine at {} cannot be asked: {error}", path.display()))
    };
    match Stream::connect(&path) {
        Ok(stream) => {
            stream.set_read_timeout(Some(ANSWERS_WITHIN)).map_err(cannot)?;
            stream.set_write_timeout(Some(ANSWERS_WITHIN)).map_err(cannot)?;
            Ok(Some(Connection { stream }))
        }
        Err(error) => match error.kind() {
            // A socket that nobody listens at was left by an engine that was killed.
            ErrorKind::NotFound | ErrorKind::ConnectionRefused => Ok(None),
            _ => Err(cannot(error)),
        },
    }
}

/// Without Unix sockets no engine can be spoken to.
#[cfg(not(unix))]
pub(crate) fn connect(_: &Path) -> Result<Option<Connection>, Failure> {
    Ok(None)
}

impl Connection {
    /// How a release stands.
    pub(crate) fn standing(&mut self, release: Option<&str>) -> Result<Standing, Failure> {
        self.ask(&Request::Standing { release: release.map(str::to_owned) })
    }

    /// The names of all releases, and whether they are over.
    pub(crate) fn releases(&mut self) -> Result<Vec<(String, bool)>, Failure> {
        self.ask(&Request::Releases)
    }

    /// The records of a release.
    pub(crate) fn history(&mut self, release: Option<&str>) -> Result<Vec<Numbered>, Failure> {
        self.ask(&Request::History { release: release.map(str::to_owned) })
    }

    /// Says something; what was decided.
    pub(crate) fn command(&mut self, request: &Request) -> Result<Vec<Decision>, Failure> {
        self.ask(request)
    }

    /// Where the journal stands, every hash computed again.
    pub(crate) fn verify(&mut self) -> Result<Verified, Failure> {
        self.ask(&Request::Verify)
    }

    #[cfg(unix)]
    fn ask<T: DeserializeOwned>(&mut self, request: &Request) -> Result<T, Failure> {
        use std::io::{BufRead, BufReader, Write};
        let cannot = |error: &dyn std::fmt::Display| {
            Failure::input(format_args!("the engine did not answer: {error}"))
        };
        let mut line = serde_json::to_vec(request).map_err(|error| cannot(&error))?;
        line.push(b'\n');
        self.stream.write_all(&line).map_err(|error| cannot(&error))?;
        let mut answer = Vec::new();
        BufReader::new(&self.stream)
            .read_until(b'\n', &mut answer)
            .map_err(|error| cannot(&error))?;
        if answer.is_empty() {
            return Err(cannot(&"it has just ended"));
        }
        let answer = serde_json::from_slice(&answer).map_err(|error| cannot(&error))?;
        match answer {
            Answer::Ok(answer) => Ok(answer),
            Answer::Error(why) => Err(Failure::input(why)),
        }
    }

    #[cfg(not(unix))]
    fn ask<T: DeserializeOwned>(&mut self, _: &Request) -> Result<T, Failure> {
        match self.stream {}
    }
}

/// An engine that reads a long journal takes its time.
#[cfg(unix)]
const ANSWERS_WITHIN: std::time::Duration = std::time::Duration::from_secs(30);
