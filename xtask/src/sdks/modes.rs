//! The SDKs that are asked, and how each follows changes.

use std::path::{Path, PathBuf};
use std::thread;

use super::conversation::Conversation;
use super::judge::Language;
use crate::command_line::CommandLine;
use crate::failure::Failure;
use crate::packages::Script;
use crate::target;

/// One SDK in one of its modes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mode {
    /// The folder of its script.
    pub(super) script: &'static str,
    /// What the script calls the mode.
    pub(super) called: &'static str,
    /// What it asks the server for.
    pub(super) protocol: Protocol,
}

/// What an SDK speaks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Protocol {
    /// OpenFeature's remote evaluation; the server evaluates.
    Ofrep(Language),
    /// Unleash's client API; the SDK evaluates.
    UnleashServer,
    /// Unleash's frontend API; the server evaluates.
    UnleashFrontend,
    /// Our own client and its stream.
    FlagKit,
}

impl Mode {
    /// The script that runs it; our own client is a program.
    pub(super) fn script(self) -> Option<Script> {
        if self.protocol == Protocol::FlagKit {
            return None;
        }
        let home = PathBuf::from("target/sdks").join(self.script);
        Some(Script::new(Path::new(SCRIPTS).join(self.script), home, "sdk"))
    }

    /// The command that runs it, installed if need be.
    pub(super) fn command(self) -> Result<CommandLine, Failure> {
        self.script().map_or_else(own, |script| script.install())
    }

    /// How tables and failures call it.
    pub(super) fn name(self) -> String {
        format!("{}, {}", self.script, self.called)
    }

    /// Where its types are told apart.
    pub(super) fn language(self) -> Language {
        match self.protocol {
            Protocol::Ofrep(language) => language,
            // Unleash's answers are booleans and texts.
            Protocol::UnleashServer | Protocol::UnleashFrontend => Language::Python,
            Protocol::FlagKit => Language::Rust,
        }
    }

    /// Whether its key may be seen by everyone.
    pub(super) fn is_public(self) -> bool {
        self.script == "openfeature-web" || self.protocol == Protocol::UnleashFrontend
    }
}

/// A mode that is running.
pub(super) struct Session {
    /// Which one.
    pub(super) mode: Mode,
    /// Its script.
    pub(super) conversation: Conversation,
}

/// Starts the modes side by side, each with the key that is meant for it.
pub(super) fn begin(modes: &[Mode], url: &str, keys: &Keys) -> Result<Vec<Session>, Failure> {
    // One after the other: two modes may have the same script.
    let commands: Result<Vec<_>, _> =
        modes.iter().map(|mode| Ok((*mode, mode.command()?))).collect();
    side_by_side(commands?, |(mode, command)| {
        let key = if mode.is_public() { &keys.client } else { &keys.server };
        let command = command.and("--url").and(url).and("--key").and(key);
        let command = command.and("--mode").and(mode.called);
        Ok(Session { mode, conversation: Conversation::begin(command)? })
    })
}

/// Does the same with each, all at the same time; the first failure is reported.
pub(super) fn side_by_side<T: Send, R: Send>(
    each: Vec<T>,
    work: impl Fn(T) -> Result<R, Failure> + Sync,
) -> Result<Vec<R>, Failure> {
    let work = &work;
    thread::scope(|scope| {
        let threads: Vec<_> = each.into_iter().map(|one| scope.spawn(move || work(one))).collect();
        let join = |thread: thread::ScopedJoinHandle<'_, Result<R, Failure>>| {
            thread.join().unwrap_or_else(|_| Err(Failure::new("a thread ended in a panic")))
        };
        threads.into_iter().map(join).collect()
    })
}

/// Our own client, built beside the server.
pub(super) fn own() -> Result<CommandLine, Failure> {
    Ok(CommandLine::new(target::debug("flagkit-sdk-script")?, ""))
}

/// Keys for one environment.
pub(crate) struct Keys {
    /// For backends.
    pub(crate) server: String,
    /// For what everybody can read.
    pub(crate) client: String,
}

const fn mode(script: &'static str, called: &'static str, protocol: Protocol) -> Mode {
    Mode { script, called, protocol }
}

/// All of them.
pub(super) const MODES: [Mode; 21] = [
    mode("unleash-python", "polling", Protocol::UnleashServer),
    mode("unleash-python", "streaming", Protocol::UnleashServer),
    mode("unleash-python", "bootstrap", Protocol::UnleashServer),
    mode("unleash-python", "asyncio", Protocol::UnleashServer),
    mode("unleash-node", "polling", Protocol::UnleashServer),
    mode("unleash-node", "streaming", Protocol::UnleashServer),
    mode("unleash-node", "delta", Protocol::UnleashServer),
    mode("unleash-node", "bootstrap", Protocol::UnleashServer),
    mode("unleash-frontend", "get", Protocol::UnleashFrontend),
    mode("unleash-frontend", "post", Protocol::UnleashFrontend),
    mode("unleash-frontend", "bootstrap", Protocol::UnleashFrontend),
    mode("openfeature-python", "request", Protocol::Ofrep(Language::Python)),
    mode("openfeature-python", "asyncio", Protocol::Ofrep(Language::Python)),
    mode("openfeature-node", "bearer", Protocol::Ofrep(Language::JavaScript)),
    mode("openfeature-node", "api-key", Protocol::Ofrep(Language::JavaScript)),
    mode("openfeature-web", "streaming", Protocol::Ofrep(Language::JavaScript)),
    mode("openfeature-web", "polling", Protocol::Ofrep(Language::JavaScript)),
    mode("openfeature-web", "cached", Protocol::Ofrep(Language::JavaScript)),
    mode("flagkit", "streaming", Protocol::FlagKit),
    mode("flagkit", "polling", Protocol::FlagKit),
    mode("flagkit", "forked", Protocol::FlagKit),
];

const SCRIPTS: &str = "xtask/sdks";
