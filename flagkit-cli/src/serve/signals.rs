//! What ends a server: Ctrl-C, and SIGTERM where there is that.

use std::future::Future;

use crate::failure::Failure;

/// Signals that came, and those to come: none is missed between two looks.
#[derive(Debug)]
pub(crate) struct Signals {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(windows)]
    interrupt: tokio::signal::windows::CtrlC,
}

impl Signals {
    /// Takes signals from now on.
    #[cfg(unix)]
    pub(crate) fn listen() -> Result<Self, Failure> {
        use tokio::signal::unix::{SignalKind, signal};
        let listen = |kind| {
            signal(kind).map_err(|error| {
                Failure::input(format_args!("signals cannot be taken here: {error}"))
            })
        };
        let interrupt = listen(SignalKind::interrupt())?;
        Ok(Self { interrupt, terminate: listen(SignalKind::terminate())? })
    }

    /// Takes signals from now on.
    #[cfg(windows)]
    pub(crate) fn listen() -> Result<Self, Failure> {
        let interrupt = tokio::signal::windows::ctrl_c().map_err(|error| {
            Failure::input(format_args!("signals cannot be taken here: {error}"))
        })?;
        Ok(Self { interrupt })
    }

    /// Waits for the next one.
    #[cfg(unix)]
    pub(crate) async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }

    /// Waits for the next one.
    #[cfg(windows)]
    pub(crate) async fn next(&mut self) {
        self.interrupt.recv().await;
    }

    /// Waits for the end of something, or for the next signal; says whether it was the former.
    pub(crate) async fn unless(&mut self, something: impl Future) -> bool {
        tokio::select! {
            _ = something => true,
            () = self.next() => false,
        }
    }
}
