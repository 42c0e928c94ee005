//! One process, and what is written down about it.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::process::Command;
use tokio::time::Instant;

use super::running::{self, Birth};
use crate::driver::replace::replace;
use crate::order::Failure;

/// Where an instance is written down.
#[derive(Clone, Debug)]
pub(super) struct Place {
    folder: PathBuf,
    /// Unique among all that engines on this host start: it stands in the environment of the process.
    mark: String,
    port: u16,
}

/// A process that was started.
#[derive(Clone, Debug)]
pub(super) struct Instance {
    place: Place,
    pub(super) port: u16,
    pub(super) version: String,
    process: u32,
    birth: Birth,
}

/// As it is written down.
#[derive(Debug, Deserialize, Serialize)]
struct Record {
    port: u16,
    version: String,
    /// Absent while it is being started.
    process: Option<(u32, Birth)>,
}

impl Place {
    pub(super) fn new(folder: &Path, (workload, arm): (&str, &str), port: u16) -> Self {
        let folder = folder.join(file_name(workload)).join(file_name(arm));
        let full = std::path::absolute(&folder).unwrap_or_else(|_| folder.clone());
        let mark = format!("{}:{port}", full.display());
        Self { folder, mark, port }
    }

    fn record(&self) -> PathBuf {
        self.folder.join(format!("{}.json", self.port))
    }

    fn log(&self) -> PathBuf {
        self.folder.join(format!("{}.log", self.port))
    }

    async fn write(&self, record: &Record) -> Result<(), Failure> {
        let text = serde_json::to_vec(record).map_err(|error| self.failed(&error.into()))?;
        replace(&self.record(), &text).await.map_err(|error| self.failed(&error))
    }

    async fn forget(&self) -> Result<(), Failure> {
        match tokio::fs::remove_file(self.record()).await {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(self.failed(&error)),
            _ => Ok(()),
        }
    }

    async fn last_words(&self) -> String {
        let text = tokio::fs::read(self.log()).await.unwrap_or_default();
        // Lines may be long, and a log, too.
        let end = text.get(text.len().saturating_sub(WORDS_MAX)..).unwrap_or_default();
        let text = String::from_utf8_lossy(end);
        let lines: Vec<&str> = text.lines().rev().take(5).collect();
        let last: Vec<&str> = lines.into_iter().rev().collect();
        if last.is_empty() {
            "it said nothing".to_owned()
        } else {
            format!("it said: {}", last.join(" | "))
        }
    }

    #[cold]
    fn failed(&self, error: &io::Error) -> Failure {
        Failure::transient(format!("`{}`: {error}", self.record().display()))
    }
}

impl Instance {
    /// What runs there, if anything does. What is written down and does not run is forgotten.
    pub(super) async fn find(place: &Place) -> Result<Option<Self>, Failure> {
        let text = match tokio::fs::read(place.record()).await {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            text => text.map_err(|error| place.failed(&error))?,
        };
        let record: Record = serde_json::from_slice(&text).map_err(|error| {
            let path = place.record();
            Failure::permanent(format!(
                "`{}` is not what an engine wrote ({error}); end its process and delete it",
                path.display()
            ))
        })?;
        // Without a number the engine died before it could write it.
        let process = record.process.or_else(|| running::with_mark(MARK, &place.mark));
        let Some((process, birth)) =
            process.filter(|(process, birth)| running::is(*process, birth))
        else {
            place.forget().await?;
            return Ok(None);
        };
        let (place, port) = (place.clone(), record.port);
        Ok(Some(Self { place, port, version: record.version, process, birth }))
    }

    /// Starts one. It is written down before, and with its number after.
    pub(super) async fn start(
        place: &Place,
        version: &str,
        (command, environment): (&[String], &[(String, String)]),
    ) -> Result<Self, Failure> {
        let Some((program, arguments)) = command.split_first() else {
            return Err(Failure::permanent("a workload without a command"));
        };
        tokio::fs::create_dir_all(&place.folder).await.map_err(|error| place.failed(&error))?;
        let port = place.port;
        place.write(&Record { port, version: version.to_owned(), process: None }).await?;
        let log = std::fs::File::create(place.log()).map_err(|error| place.failed(&error))?;
        let errors = log.try_clone().map_err(|error| place.failed(&error))?;
        let mut command = Command::new(program);
        command.args(arguments).envs(environment.iter().cloned()).env(MARK, &place.mark);
        command.stdin(Stdio::null()).stdout(log).stderr(errors);
        #[cfg(unix)]
        command.process_group(0);
        let mut child = command.spawn().map_err(|error| {
            Failure::permanent(format!("`{program}` cannot be started: {error}"))
        })?;
        let process = child.id().unwrap_or_default();
        // A child that ends stays in the list of processes until somebody has asked how.
        tokio::spawn(async move { child.wait().await });
        let Some(birth) = running::birth(process) else {
            let said = place.last_words().await;
            return Err(Failure::transient(format!(
                "`{program}` ended as soon as it was started; {said}"
            )));
        };
        let written = Some((process, birth.clone()));
        place.write(&Record { port, version: version.to_owned(), process: written }).await?;
        let (place, version) = (place.clone(), version.to_owned());
        Ok(Self { place, port, version, process, birth })
    }

    pub(super) fn is_running(&self) -> bool {
        running::is(self.process, &self.birth)
    }

    /// Ends it, gently for as long as this, and forgets it once it is gone.
    pub(super) async fn stop(&self, gently: Duration) -> Result<(), Failure> {
        running::end_group(self.process, &self.birth, running::End::Gently);
        if !self.is_gone_within(gently).await {
            running::end_group(self.process, &self.birth, running::End::AtOnce);
            if !self.is_gone_within(KILLED_WITHIN).await {
                return Err(Failure::transient(format!("{self} does not end")));
            }
        }
        self.place.forget().await
    }

    async fn is_gone_within(&self, time: Duration) -> bool {
        let until = Instant::now() + time;
        while self.is_running() {
            if Instant::now() >= until {
                return false;
            }
            tokio::time::sleep(POLL).await;
        }
        true
    }

    /// The end of what it said.
    pub(super) async fn last_words(&self) -> String {
        self.place.last_words().await
    }
}

impl fmt::Display for Instance {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "version `{}` on port {}", self.version, self.port)
    }
}

/// A name as a file can have it, different for different names.
fn file_name(name: &str) -> String {
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    name.bytes()
        .map(
            |byte| {
                if is_plain(&byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }
            },
        )
        .collect()
}

/// The variable by which a process is found that was started and not written down.
const MARK: &str = "FLAGKIT_INSTANCE";

/// So many bytes of a log are shown.
const WORDS_MAX: usize = 500;

const POLL: Duration = Duration::from_millis(10);
const KILLED_WITHIN: Duration = Duration::from_secs(5);
