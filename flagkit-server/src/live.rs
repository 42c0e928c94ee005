//! The state of one environment in memory: what every request is answered from.
//!
//! A change is prepared first: the document as it would be is read and compiled, and refused if
//! something is wrong with it. Then it is stored by whoever asked, and then published: parts,
//! snapshot and version change together, and every stream is told that there is something to
//! fetch. A stream holds a cursor and no events of its own; the bytes of an event are there once
//! for all of them.

use std::sync::Arc;

use bytes::Bytes;
use flagkit_core::{Diagnostic, Snapshot, SnapshotCell};
use flagkit_dialects::Dialect;
use flagkit_protocol::{Part, Version};
use parking_lot::{Mutex, RwLock};
use tokio::sync::watch;

use crate::model::{Environment, EnvironmentId, EnvironmentSettings, Slug, StoredPart};

pub(crate) mod event;
pub(crate) mod held;
pub(crate) mod judge;
mod prepare;
pub(crate) mod ring;
pub(crate) mod stream;
pub(crate) mod vendor;

pub(crate) use event::WholeState;
use held::{Entry, Held};
pub(crate) use prepare::{Prepared, Replacement};
use ring::Ring;

/// One environment.
#[derive(Debug)]
pub(crate) struct Live {
    /// Which one.
    pub(crate) id: EnvironmentId,
    /// The project that it belongs to.
    pub(crate) project: Slug,
    /// What paths call it.
    pub(crate) key: Slug,
    epoch: String,
    state: RwLock<State>,
    cell: SnapshotCell,
    /// The whole state as it was sent last; also the lock of those who make it.
    whole: Mutex<Option<WholeState>>,
    signal: watch::Sender<Signal>,
    /// Changes of one environment are prepared, stored and published one after the other.
    pub(crate) writing: tokio::sync::Mutex<()>,
}

/// What streams are woken for.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Signal {
    /// The number of the current version.
    pub(crate) number: u64,
    /// The stream ends: come back within so many milliseconds.
    pub(crate) goodbye_ms: Option<u64>,
}

/// What an environment is like at one moment.
#[derive(Debug)]
struct State {
    number: u64,
    settings: EnvironmentSettings,
    content: Content,
    ring: Ring,
}

/// What is in an environment.
#[derive(Clone, Debug)]
pub(crate) struct Content {
    /// The parts that clients get.
    pub(crate) held: Held,
    /// The language of the document.
    pub(crate) dialect: Dialect,
    /// The document of a vendor as it came; none in a native environment.
    pub(crate) document: Option<VendorDocument>,
    /// In whose words contexts are written.
    pub(crate) contexts: Dialect,
    /// What is wrong with it.
    pub(crate) diagnostics: Arc<[Diagnostic]>,
    /// Whether what is stored can be read; otherwise there are no parts here.
    pub(crate) is_readable: bool,
}

/// A vendor's document, untouched.
#[derive(Clone, Debug)]
pub(crate) struct VendorDocument {
    /// Byte for byte as it came.
    pub(crate) text: Arc<str>,
    /// The version of the environment that brought it.
    pub(crate) revision: u64,
}

impl Live {
    /// An environment as it is stored.
    ///
    /// A stored document with errors is taken as it is: its broken flags answer for themselves.
    pub(crate) fn load(environment: &Environment, parts: &[StoredPart], history: usize) -> Self {
        let number = environment.version;
        let key = environment.key.as_str();
        let read = prepare::read(key, environment.dialect, parts, number);
        let (content, snapshot) = read;
        Self {
            id: environment.id,
            project: environment.project.clone(),
            key: environment.key.clone(),
            epoch: environment.epoch.clone(),
            cell: SnapshotCell::new(snapshot),
            whole: Mutex::new(None),
            signal: watch::Sender::new(Signal { number, goodbye_ms: None }),
            writing: tokio::sync::Mutex::default(),
            state: RwLock::new(State {
                number,
                settings: environment.settings.clone(),
                content,
                ring: Ring::new(history),
            }),
        }
    }

    /// Its current version.
    pub(crate) fn version(&self) -> Version {
        self.version_of(self.state.read().number)
    }

    /// Its version of this number.
    pub(crate) fn version_of(&self, number: u64) -> Version {
        Version { epoch: self.epoch.clone(), number }
    }

    /// Which history its versions belong to.
    pub(crate) fn epoch(&self) -> &str {
        &self.epoch
    }

    /// Its name and whether it is for real.
    pub(crate) fn settings(&self) -> EnvironmentSettings {
        self.state.read().settings.clone()
    }

    /// Takes a new name, or that it is for real.
    pub(crate) fn set_settings(&self, settings: EnvironmentSettings) {
        self.state.write().settings = settings;
    }

    /// Looks at what is in it.
    pub(crate) fn read<R>(&self, read: impl FnOnce(&Content, u64) -> R) -> R {
        let state = self.state.read();
        read(&state.content, state.number)
    }

    /// One part.
    pub(crate) fn part(&self, part: Part, key: &str) -> Option<Entry> {
        self.state.read().content.held.of(part).get(key).cloned()
    }

    /// What is evaluated now; its revision is the number of the version.
    pub(crate) fn snapshot(&self) -> Arc<Snapshot> {
        self.cell.load()
    }

    /// Evaluates with what is evaluated now.
    pub(crate) fn with_snapshot<R>(&self, read: impl FnOnce(&Snapshot) -> R) -> R {
        self.cell.with(read)
    }

    /// Logs what is wrong with a document that was taken as it is.
    pub(crate) fn tell_of_trouble(&self) {
        let diagnostics = self.state.read().content.diagnostics.clone();
        for found in diagnostics.iter().take(TOLD_MAX) {
            tracing::warn!(project = %self.project, environment = %self.key, "{found}");
        }
    }

    /// Is told of every change from now on.
    pub(crate) fn subscribe(&self) -> watch::Receiver<Signal> {
        self.signal.subscribe()
    }

    /// Ends all streams.
    pub(crate) fn say_goodbye(&self, spread_ms: u64) {
        self.signal.send_modify(|signal| signal.goodbye_ms = Some(spread_ms));
    }

    /// Puts a prepared change into force, which is stored now.
    pub(crate) fn publish(&self, prepared: Prepared, number: u64) {
        let Prepared { content, snapshot, edits, is_incomparable } = prepared;
        let mut state = self.state.write();
        let from = state.number;
        if is_incomparable {
            state.ring.clear();
        } else {
            let document = content.held.document_of(&edits);
            let version = self.version_of(number);
            let event = event::delta((from, &version, content.held.checksum()), &document, &edits);
            state.ring.push(from, event);
        }
        state.number = number;
        state.content = content;
        self.cell.publish(snapshot);
        drop(state);
        self.signal.send_modify(|signal| signal.number = number);
    }

    /// The events that lead from a version to the current one, and that one's number. Without a
    /// version, or from one that is too far back, they begin with everything.
    pub(crate) fn events_since(&self, from: Option<u64>) -> (Vec<Bytes>, u64) {
        if let Some(events) = from.and_then(|from| self.deltas_since(from)) {
            return events;
        }
        loop {
            let whole = self.recent_whole();
            // Between the two another change may have come that does not build on it.
            if let Some((deltas, number)) = self.deltas_since(whole.number) {
                return ([vec![whole.event], deltas].concat(), number);
            }
        }
    }

    /// The deltas from this version to the current one, unless everything is shorter.
    fn deltas_since(&self, from: u64) -> Option<(Vec<Bytes>, u64)> {
        let state = self.state.read();
        let events = state.ring.since(from, state.number)?;
        let bytes: usize = events.iter().map(Bytes::len).sum();
        (bytes <= state.content.held.bytes() + DELTAS_AT_LEAST).then_some((events, state.number))
    }

    /// A whole state that is current, or a few deltas before that.
    fn recent_whole(&self) -> WholeState {
        let mut kept = self.whole.lock();
        let is_recent = |whole: &WholeState| {
            let state = self.state.read();
            let deltas = state.ring.since(whole.number, state.number);
            let bytes: Option<usize> = deltas.map(|deltas| deltas.iter().map(Bytes::len).sum());
            bytes.is_some_and(|bytes| bytes <= whole.event.len() / 4)
        };
        if let Some(whole) = kept.as_ref().filter(|whole| is_recent(whole)) {
            return whole.clone();
        }
        let whole = self.render();
        *kept = Some(whole.clone());
        whole
    }

    /// The whole current state.
    pub(crate) fn current_whole(&self) -> WholeState {
        let mut kept = self.whole.lock();
        let current = self.state.read().number;
        if let Some(whole) = kept.as_ref().filter(|whole| whole.number == current) {
            return whole.clone();
        }
        let whole = self.render();
        *kept = Some(whole.clone());
        whole
    }

    fn render(&self) -> WholeState {
        let state = self.state.read();
        WholeState::of(&state.content.held, &self.version_of(state.number), self.key.as_str())
    }
}

/// So many diagnostics of one document are logged.
const TOLD_MAX: usize = 10;
/// So many bytes of deltas are sent even where everything is less.
const DELTAS_AT_LEAST: usize = 1 << 10;

#[cfg(test)]
mod tests;
