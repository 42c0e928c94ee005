//! Answering at the control socket.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use flagkit_deploy::host::Host;
use serde::Serialize;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::Semaphore;
use tokio::task::AbortHandle;

use super::{Answer, Numbered, REQUEST_BYTES_MAX, Request, Verified, already, connect, socket};
use crate::failure::Failure;
use crate::rollout::standing::Standing;

/// An open control socket. It is gone when this is dropped.
#[derive(Debug)]
pub(crate) struct Control {
    path: PathBuf,
    task: AbortHandle,
}

impl Control {
    /// Opens the socket in this folder for an engine that runs this release.
    pub(crate) fn open(folder: &Path, host: Host, release: &str) -> Result<Self, Failure> {
        let path = socket(folder);
        let cannot = |error: io::Error| {
            let hint = match error.kind() {
                io::ErrorKind::InvalidInput => "; give a shorter path with --state",
                _ => "",
            };
            let path = path.display();
            Failure::input(format_args!("the socket {path} cannot be opened: {error}{hint}"))
        };
        if connect(folder)?.is_some() {
            return Err(Failure::input(already(folder)));
        }
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(cannot(error)),
            _ => {}
        }
        let listener = UnixListener::bind(&path).map_err(cannot)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).map_err(cannot)?;
        let task = tokio::spawn(serve(listener, host, release.into())).abort_handle();
        Ok(Self { path, task })
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        self.task.abort();
        // If it stays, whoever connects is refused, and the next engine removes it.
        drop(fs::remove_file(&self.path));
    }
}

async fn serve(listener: UnixListener, host: Host, current: Arc<str>) {
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        let Ok((stream, _)) = listener.accept().await else {
            // Out of file descriptors, most likely: others close theirs in time.
            tokio::time::sleep(PAUSE).await;
            continue;
        };
        let (host, current) = (host.clone(), Arc::clone(&current));
        tokio::spawn(async move {
            // A client that went away has nothing to be told.
            drop(converse(stream, &host, &current).await);
            drop(place);
        });
    }
}

async fn converse(stream: UnixStream, host: &Host, current: &str) -> io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut read = BufReader::new(read);
    loop {
        let mut line = Vec::new();
        let mut limited = (&mut read).take(REQUEST_BYTES_MAX);
        if limited.read_until(b'\n', &mut line).await? == 0 {
            return Ok(());
        }
        let answer = match serde_json::from_slice::<Request>(&line) {
            Ok(request) => answer(request, host, current).await,
            Err(error) => Answer::Error(format!("the engine does not understand: {error}")),
        };
        let mut text = serde_json::to_vec(&answer)?;
        text.push(b'\n');
        write.write_all(&text).await?;
    }
}

async fn answer(request: Request, host: &Host, current: &str) -> Answer<Value> {
    let named = |release: Option<String>| release.unwrap_or_else(|| current.to_owned());
    match request {
        Request::Standing { release } => {
            let view = host.status(&named(release)).await;
            of(view.map(|view| Standing::of_view(&view)))
        }
        Request::Releases => of(host.all_releases().await.map(|releases| {
            let names = releases.into_iter().map(|(id, is_over)| (id.to_string(), is_over));
            names.collect::<Vec<_>>()
        })),
        Request::History { release } => {
            let history = host.history(&named(release)).await;
            of(history.map(|records| {
                let numbered = records
                    .into_iter()
                    .map(|stored| Numbered { number: stored.number, record: stored.record });
                numbered.collect::<Vec<_>>()
            }))
        }
        Request::Command { release, by, command } => {
            of(host.command(&named(release), by, command).await)
        }
        Request::Facts { release, facts } => of(host.facts(&named(release), facts).await),
        Request::Verify => of(host
            .verify()
            .await
            .map(|head| Verified { records: head.next, head: head.to_string() })),
    }
}

fn of<T: Serialize>(result: Result<T, impl std::fmt::Display>) -> Answer<Value> {
    match result.map(|value| serde_json::to_value(value)) {
        Ok(Ok(value)) => Answer::Ok(value),
        Ok(Err(error)) => Answer::Error(error.to_string()),
        Err(error) => Answer::Error(error.to_string()),
    }
}

const CONNECTIONS_MAX: usize = 32;
const PAUSE: std::time::Duration = std::time::Duration::from_millis(100);
