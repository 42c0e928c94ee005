//! What is held of our server's flags: a version, and a number for each part.
//!
//! The texts themselves are with whoever published them. The numbers are enough to know whether a
//! change fits and whether everything arrived.

use std::borrow::Cow;
use std::collections::HashMap;

use flagkit_protocol::{self as protocol, Checksum, Part, Version};

use super::super::event::{Delta, Event, Problem, ProblemKind, Snapshot};
use super::super::outbox::Outbox;
use super::malformed;

/// The state that was offered last, and those that were not taken.
#[derive(Debug, Default)]
pub(in super::super) struct Held {
    state: Option<State>,
    /// The last state that was refused.
    refused: Option<(Version, Checksum)>,
    /// Of the last snapshot that did not add up: what it claimed and what it came to.
    suspect: Option<(Checksum, Checksum)>,
}

#[derive(Debug)]
struct State {
    version: Version,
    /// Of all parts.
    checksum: Checksum,
    /// The numbers of those at the top of the document, which every change brings along.
    settings: Vec<u64>,
    /// The numbers of the others.
    parts: HashMap<Key, u64>,
    /// Whether somebody on the way writes JSON anew, so that no change can be checked.
    is_rewritten: bool,
}

/// What came of a snapshot or a change.
#[derive(Debug, Eq, PartialEq)]
pub(super) enum Taken {
    /// It was offered, or is known.
    Current,
    /// It is older than what is held.
    Older(Problem),
    /// It does not fit. The stream may know what is between, or everything has to come again.
    /// It is no problem after what was refused.
    Missing(Option<Problem>),
    MissingAll(Problem),
    /// It cannot be used.
    Broken(Problem),
}

/// A state that was offered, and how to go back from it.
#[derive(Debug)]
pub(in super::super) struct Receipt {
    version: Version,
    checksum: Checksum,
    undo: Undo,
}

#[derive(Debug)]
enum Undo {
    /// The state before.
    Whole(Option<State>),
    /// What was different before.
    Parts(Box<Before>),
}

#[derive(Debug)]
struct Before {
    version: Version,
    checksum: Checksum,
    settings: Vec<u64>,
    /// In the order of the changes; none where a part was not there.
    parts: Vec<(Key, Option<u64>)>,
}

/// What names a part.
type Key = (Part, Box<str>);

impl Held {
    pub(super) fn version(&self) -> Option<&Version> {
        self.state.as_ref().map(|state| &state.version)
    }

    /// What to ask a stream for that goes on from here; none for everything.
    pub(super) fn last_event_id(&self) -> Option<String> {
        let state = self.state.as_ref().filter(|state| !state.is_rewritten)?;
        Some(state.version.to_string())
    }

    /// Whether this is the state that is held, or one that was refused: there is nothing newer.
    pub(super) fn knows(&self, version: &Version) -> bool {
        let refused = self.refused.as_ref().map(|(version, _)| version);
        [self.version(), refused].contains(&Some(version))
    }

    /// The problem of a source that is at an older state; none if it is not.
    pub(super) fn is_ahead_of(&self, version: &Version) -> Option<Problem> {
        let held = self.version().filter(|held| version.is_before(held))?;
        let message = format!(
            "the server is at version {version}, older than {held}, which stays; was its database \
             restored? then give the environment a new epoch"
        );
        Some(ProblemKind::Outdated.because(message))
    }

    /// Takes over what a cache holds.
    pub(super) fn resume(&mut self, version: Version, text: &str) -> bool {
        let Ok(document) = protocol::Document::parse(text) else { return false };
        self.state = Some(State::new(version, &document));
        true
    }

    /// Takes all flags of an environment.
    pub(super) fn take_snapshot(&mut self, json: &str, outbox: &mut Outbox) -> Taken {
        let snapshot: protocol::Snapshot<'_> = match serde_json::from_str(json) {
            Ok(snapshot) => snapshot,
            Err(error) => return Taken::Broken(malformed("the snapshot", &error)),
        };
        if let Some(problem) = self.is_ahead_of(&snapshot.version) {
            return Taken::Older(problem);
        }
        if self.has_seen(&snapshot.version, snapshot.checksum) {
            return Taken::Current;
        }
        let document = match snapshot.document() {
            Ok(document) => document,
            Err(error) => return Taken::Broken(malformed("the snapshot's document", &error)),
        };
        let protocol::Snapshot { version, environment, checksum, document: text } = snapshot;
        let mut state = State::new(version.clone(), &document);
        state.is_rewritten = state.checksum != checksum;
        if state.is_rewritten && !self.trusts_in_spite(checksum, state.checksum) {
            let message = format!("the snapshot {version} does not add up to its checksum");
            return Taken::Broken(ProblemKind::Mismatch.because(message));
        }
        let undo = Undo::Whole(self.state.replace(state));
        let receipt = Receipt { version: version.clone(), checksum, undo };
        let (environment, document) = (environment.into_owned(), text.get().to_owned());
        let event = Event::Snapshot(Snapshot { version, environment, document });
        outbox.offer(event, super::Receipt::Flags(receipt));
        Taken::Current
    }

    /// Takes a change.
    pub(super) fn take_delta(&mut self, json: &str, outbox: &mut Outbox) -> Taken {
        let delta: protocol::Delta<'_> = match serde_json::from_str(json) {
            Ok(delta) => delta,
            Err(error) => return Taken::Broken(malformed("the change", &error)),
        };
        let document = match delta.document() {
            Ok(document) => document,
            Err(error) => return Taken::Broken(malformed("the change's document", &error)),
        };
        if let Some(problem) = self.is_ahead_of(&delta.version) {
            return Taken::Older(problem);
        }
        if self.has_seen(&delta.version, delta.checksum) {
            return Taken::Current;
        }
        let mismatch = |message| ProblemKind::Mismatch.because(message);
        let version = &delta.version;
        let Some(state) = self.state.as_mut().filter(|state| state.takes_changes_to(version))
        else {
            let message = format!("a change to {version} came before the flags that it changes");
            return Taken::MissingAll(mismatch(message));
        };
        let held = state.version.clone();
        if delta.from > held.number {
            let refused = self.refused.as_ref().map(|(version, _)| version);
            if refused.is_some_and(|refused| is(refused, &version.epoch, delta.from)) {
                return Taken::Missing(None);
            }
            let message =
                format!("a change from {} to {version} does not follow {held}", delta.from);
            return Taken::Missing(Some(mismatch(message)));
        }
        let before = state.apply(&delta, &document);
        if state.checksum != delta.checksum {
            state.revert(before);
            let message = format!("after the change to {version} the checksum is another");
            return Taken::MissingAll(mismatch(message));
        }
        let undo = Undo::Parts(Box::new(before));
        let receipt = Receipt { version: version.clone(), checksum: delta.checksum, undo };
        outbox.offer(Event::Delta(event_of(delta, held)), super::Receipt::Flags(receipt));
        Taken::Current
    }

    /// Whether this very state is held or was refused.
    fn has_seen(&self, version: &Version, checksum: Checksum) -> bool {
        let is_held = self.state.as_ref().is_some_and(|state| {
            // The checksum of what was written anew is not the server's.
            state.version == *version && (state.checksum == checksum || state.is_rewritten)
        });
        let refused = self.refused.as_ref();
        is_held || refused.is_some_and(|refused| refused.0 == *version && refused.1 == checksum)
    }

    /// Whether a snapshot that does not add up is taken: if it came like that before. What is
    /// spoilt on its way differs each time; what a proxy writes anew does not.
    fn trusts_in_spite(&mut self, claimed: Checksum, found: Checksum) -> bool {
        self.suspect.replace((claimed, found)) == Some((claimed, found))
    }

    /// Goes back from a state that was offered; from the newest to the oldest.
    pub(super) fn undo(&mut self, receipt: Receipt) -> (Version, Checksum) {
        match receipt.undo {
            Undo::Whole(state) => self.state = state,
            Undo::Parts(before) => {
                if let Some(state) = &mut self.state {
                    state.revert(*before);
                }
            }
        }
        (receipt.version, receipt.checksum)
    }

    /// Does not offer this state again.
    pub(super) fn refuse(&mut self, receipt: Receipt) {
        self.refused = Some(self.undo(receipt));
    }
}

impl State {
    fn new(version: Version, document: &protocol::Document<'_>) -> Self {
        let mut state = Self {
            version,
            checksum: Checksum::default(),
            settings: Vec::new(),
            parts: HashMap::new(),
            is_rewritten: false,
        };
        for (part, key, json) in document.parts() {
            state.put(part, key, Some(json));
        }
        state
    }

    /// Whether changes to a version can be made and checked.
    fn takes_changes_to(&self, version: &Version) -> bool {
        !self.is_rewritten && self.version.epoch == version.epoch
    }

    /// Makes the change, and says what was before.
    fn apply(&mut self, delta: &protocol::Delta<'_>, document: &protocol::Document<'_>) -> Before {
        let mut before = Before {
            version: std::mem::replace(&mut self.version, delta.version.clone()),
            checksum: self.checksum,
            settings: std::mem::take(&mut self.settings),
            parts: Vec::new(),
        };
        before.settings.iter().for_each(|number| self.checksum.subtract(*number));
        let flags = delta.removed.flags.iter().map(|key| (Part::Flag, &**key, None));
        let segments = delta.removed.segments.iter().map(|key| (Part::Segment, &**key, None));
        let changed = document.parts().map(|(part, key, json)| (part, key, Some(json)));
        for (part, key, json) in flags.chain(segments).chain(changed) {
            let old = self.put(part, key, json);
            if part != Part::Setting {
                before.parts.push(((part, key.into()), old));
            }
        }
        before
    }

    /// Puts a part in, or takes it out; its number before.
    fn put(&mut self, part: Part, key: &str, json: Option<&str>) -> Option<u64> {
        let number = json.map(|json| Checksum::of_part(part, key, json));
        if let Some(number) = number {
            self.checksum.add(number);
        }
        if part == Part::Setting {
            self.settings.extend(number);
            return None;
        }
        let old = match number {
            Some(number) => self.parts.insert((part, key.into()), number),
            None => self.parts.remove(&(part, Box::from(key))),
        };
        if let Some(old) = old {
            self.checksum.subtract(old);
        }
        old
    }

    fn revert(&mut self, before: Before) {
        self.version = before.version;
        self.checksum = before.checksum;
        self.settings = before.settings;
        for (key, number) in before.parts.into_iter().rev() {
            match number {
                Some(number) => self.parts.insert(key, number),
                None => self.parts.remove(&key),
            };
        }
    }
}

fn is(version: &Version, epoch: &str, number: u64) -> bool {
    version.epoch == epoch && version.number == number
}

fn event_of(delta: protocol::Delta<'_>, from: Version) -> Delta {
    let owned = |keys: Vec<Cow<'_, str>>| keys.into_iter().map(Cow::into_owned).collect();
    Delta {
        from,
        version: delta.version,
        document: delta.document.get().to_owned(),
        removed_flags: owned(delta.removed.flags),
        removed_segments: owned(delta.removed.segments),
    }
}

#[cfg(test)]
mod tests;
