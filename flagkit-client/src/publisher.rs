//! Publishers: the flags that are evaluated, and whether others may replace them.
//!
//! Whatever arrives is decoded, compared with what is held, and compiled as far as it differs.
//! What is broken, empty or older than what is held changes nothing, whoever sends it.
//!
//! Evaluations read the [`SnapshotCell`] and nothing else. Those who publish take turns; everybody
//! else waits for a few instructions at most, also while a large document is compiled.

use std::sync::{Arc, Condvar, Mutex, Weak};
use std::time::{Duration, Instant};

use flagkit_core::document::FlagKeys;
use flagkit_core::{Attributes, Context, Snapshot, SnapshotCell};
use flagkit_dialects::{Dialect, InvalidContext, Settings, context_from_text, context_in_words_of};
use once_cell::race::{OnceBool, OnceBox};

use crate::changes::Changes;
use crate::config::Options;
use crate::error::Error;
use crate::fork::{Inherit, PerProcess, lock, lock_inherited};
use crate::hooks::Hooks;
use crate::listeners::{Change, Subscription};
use crate::log::Voice;
use crate::sync::{self, Transport};
use crate::usage::Usage;

mod compiled;
mod counted;
mod delta;
mod fingerprints;
mod held;
mod offer;
mod overrides;
mod pinned;
mod status;
mod words;

pub use offer::{Offer, Origin, Strictness};
pub use overrides::Overrides;
pub use status::{FlagSet, Status};

pub(crate) use offer::Rank;

use compiled::Compiled;
use held::{Facts, Held};
use words::Words;

/// How documents are read, unless whoever offers one knows better.
#[derive(Clone, Debug, Default)]
#[expect(clippy::exhaustive_structs, reason = "callers write it as a literal")]
pub struct Reading {
    /// The dialect; recognised by its looks if there is none.
    pub dialect: Option<Dialect>,
    /// What the application says about itself.
    pub settings: Settings,
    /// Flags that serve something else than documents say.
    pub overrides: Overrides,
}

/// The flags that an application evaluates, and the way in for other ones.
///
/// ```
/// use flagkit_client::{Publisher, Reading, Strictness};
///
/// let publisher = Publisher::new();
/// let text = "schema: flagkit/1\nflags: {beta: {enabled: true, rollout_percentage: 100}}";
/// publisher.publish_text(text.as_bytes(), Strictness::Accept)?;
/// assert_eq!(publisher.with(|snapshot| snapshot.len()), 1);
/// assert!(publisher.publish_text(b"flags: [", Strictness::Accept).is_err());
/// assert_eq!(publisher.with(|snapshot| snapshot.len()), 1);
/// # Ok::<(), flagkit_client::Error>(())
/// ```
#[derive(Debug)]
pub struct Publisher {
    cell: SnapshotCell,
    /// Whether anything has been published: the first snapshot of a cell is the empty one.
    ready: OnceBool,
    usage: OnceBox<Usage>,
    hooks: Arc<Hooks>,
    words: Words,
    own: PerProcess<Own>,
}

/// What each process has of its own.
#[derive(Debug, Default)]
struct Own {
    /// Held by whoever publishes, for as long as that takes.
    turn: Mutex<()>,
    /// What is held and who listens; never locked while anything else happens.
    held: Mutex<Held>,
    /// Told when the first flags are there.
    ready: Condvar,
}

impl Inherit for Own {
    /// If the parent was writing just then, what was held is not known any more: the next document
    /// is compiled as a whole.
    fn inherit(&self) -> Self {
        let held = lock_inherited(&self.held).map(|held| held.clone()).unwrap_or_default();
        Self { held: Mutex::new(held), ..Self::default() }
    }
}

/// Keeps a publisher supplied, in this process and in its children.
pub(crate) trait Supply: Send + Sync {
    /// Begins again in a child process, where nothing runs any more. May be called more than once.
    fn begin_in_child(&self);

    /// Tells whoever wants to know what was counted, and waits for that at most so long.
    fn flush(&self, limit: Duration);
}

impl Publisher {
    /// A publisher that holds no flags.
    #[must_use]
    pub fn new() -> Arc<Self> {
        Arc::new(Self {
            cell: SnapshotCell::default(),
            ready: OnceBool::new(),
            usage: OnceBox::new(),
            hooks: Arc::default(),
            words: Words::default(),
            own: PerProcess::new(Own::default()),
        })
    }

    /// Calls `read` with the current flags.
    ///
    /// In a child process the first call begins to supply that one, too.
    #[inline]
    pub fn with<R>(&self, read: impl FnOnce(&Snapshot) -> R) -> R {
        self.counting(|snapshot, _| read(snapshot))
    }

    /// The current flags, to keep.
    pub fn load(&self) -> Arc<Snapshot> {
        self.own();
        self.cell.load()
    }

    /// Whether there are any flags yet, an empty set included.
    pub fn is_ready(&self) -> bool {
        self.ready.get() == Some(true)
    }

    /// Waits for the first flags, at most this long; whether they are there.
    pub fn wait_ready(&self, limit: Duration) -> bool {
        let own = self.own();
        let held = lock(&own.held);
        // Whether it was enough time is what the last line says.
        drop(own.ready.wait_timeout_while(held, limit, |_| !self.is_ready()));
        self.is_ready()
    }

    /// How documents are read from now on. Those that come next replace what is held, wherever
    /// either comes from.
    pub fn set_reading(&self, reading: Reading) {
        let mut held = lock(&self.own().held);
        held.reading = reading;
        held.rank = Rank::default();
    }

    /// How documents are read.
    pub fn reading(&self) -> Reading {
        lock(&self.own().held).reading.clone()
    }

    /// Publishes a text of the application's own, whatever is held.
    ///
    /// # Errors
    ///
    /// Text that is no flag document, or that the strictness refuses.
    pub fn publish_text(&self, bytes: &[u8], strictness: Strictness) -> Result<Change, Error> {
        let origin = lock(&self.own().held).rank.origin.max(Origin::Bootstrap);
        self.publish(&Offer {
            bytes,
            dialect: None,
            origin,
            version: None,
            environment: None,
            strictness,
        })
    }

    /// Publishes all flags of our server.
    ///
    /// # Errors
    ///
    /// As [`publish`](Self::publish), and where the flags are of another environment than the
    /// application's.
    pub fn publish_snapshot(&self, snapshot: &sync::Snapshot) -> Result<Change, Error> {
        let wanted = self.reading().settings.environment;
        if wanted.as_ref().is_some_and(|wanted| *wanted != snapshot.environment) {
            return Err(Error::other_environment(&snapshot.environment, wanted.as_deref()));
        }
        self.publish(&Offer {
            bytes: snapshot.document.as_bytes(),
            dialect: Some(Dialect::Native),
            origin: Origin::Live,
            version: Some(snapshot.version.clone()),
            environment: Some(&snapshot.environment),
            strictness: Strictness::Keep,
        })
    }

    /// Publishes a document, if it may replace what is held. Only flags that differ are compiled.
    ///
    /// Evaluations that begin after this see the new flags; those that run finish with the old.
    ///
    /// # Errors
    ///
    /// Nothing changes where the text is no flag document, where the strictness refuses it, where
    /// it is older than what is held or from a source that is trusted less, and where a server
    /// that counts nothing suddenly has no flags at all.
    pub fn publish(&self, offer: &Offer<'_>) -> Result<Change, Error> {
        let own = self.own();
        let _turn = lock(&own.turn);
        let held = lock(&own.held).clone();
        let rank = Rank { origin: offer.origin, version: offer.version.clone() };
        if self.is_ready() && !rank.may_replace(&held.rank) {
            return Err(Error::outranked(&rank, &held.rank));
        }
        let current = self.beneath(&held);
        let compiled = Compiled::from_offer(offer, &held, self.is_ready().then_some(&*current))?;
        // Nobody asks for the names of all flags when the first ones are loaded.
        let is_asked = offer.strictness == Strictness::Refuse || held.listeners.is_anyone_there();
        let flags = if is_asked { compiled.changed_flags(&held, &current) } else { Vec::new() };
        let change = Change { flags, revision: compiled.snapshot.revision() };
        let listeners = held.listeners.clone();
        drop(held);
        let mut held = lock(&own.held);
        self.put(compiled.snapshot, &mut held, (compiled.facts, rank));
        drop(held);
        own.ready.notify_all();
        if !change.flags.is_empty() {
            listeners.changed(&change);
        }
        Ok(change)
    }

    /// Puts flags in the place of those that are held.
    fn put(&self, snapshot: Snapshot, held: &mut Held, (facts, rank): (Facts, Rank)) {
        let keys = facts.terms.map_or(FlagKeys::Plain, |(_, keys)| keys);
        let pinned = held.pinned.as_ref().map(|pinned| pinned.over(snapshot.clone()));
        let shown = pinned.as_ref().map_or(snapshot, |pinned| pinned.snapshot(keys));
        held.pinned = pinned.map(Arc::new);
        self.cell.publish(self.counted(shown, rank.version.as_ref()));
        // After the first time it is so already.
        let _ = self.ready.set(true);
        self.words.set(facts.contexts);
        held.take(facts, rank);
    }

    /// The source says that what is held is what it has, and by which way it does.
    ///
    /// Flags that an earlier process left behind are live flags from then on.
    pub(crate) fn connected(&self, transport: Transport) {
        let mut held = lock(&self.own().held);
        held.rank.origin = Origin::Live;
        held.outlook.transport = Some(transport);
        held.outlook.last_error = None;
    }

    /// When the source last said so.
    pub(crate) fn confirmed(&self, at: Instant) {
        lock(&self.own().held).outlook.confirmed_at = Some(at);
    }

    /// The source is not there any more.
    pub(crate) fn disconnected(&self) {
        lock(&self.own().held).outlook.transport = None;
    }

    /// Something is wrong with the source.
    pub(crate) fn troubled(&self, problem: String) {
        lock(&self.own().held).outlook.last_error = Some(problem);
    }

    /// When the flags were written that an earlier process left.
    pub(crate) fn saved(&self, at_ms: u64) {
        lock(&self.own().held).outlook.saved_at_ms = Some(at_ms);
    }

    /// Calls `listener` after every change, on the thread that published it.
    pub fn subscribe(
        self: &Arc<Self>,
        listener: impl Fn(&Change) + Send + Sync + 'static,
    ) -> Subscription {
        let id = lock(&self.own().held).listeners.add(listener);
        Subscription::new(id, self)
    }

    /// Every change from now on, one after the other.
    pub fn changes(self: &Arc<Self>) -> Changes {
        Changes::of(self)
    }

    pub(crate) fn unsubscribe(&self, id: u64) {
        let mut held = lock(&self.own().held);
        let removed = held.listeners.remove(id);
        drop(held);
        // What a listener owns may subscribe or unsubscribe when it is dropped.
        drop(removed);
    }

    /// Who is told when a document is refused; by default the standard error stream.
    pub fn set_on_problem(&self, listener: impl Fn(&Error) + Send + Sync + 'static) {
        lock(&self.own().held).listeners.set_on_problem(listener);
    }

    /// How loud the log is, and who hears it, as the options say.
    pub fn set_log(&self, options: &Options) {
        self.set_voice(options.voice());
    }

    pub(crate) fn set_voice(&self, voice: Voice) {
        lock(&self.own().held).listeners.voice = voice;
    }

    /// Remembers and tells that something was refused.
    pub fn refused(&self, error: &Error) {
        let mut held = lock(&self.own().held);
        held.problem = Some(error.to_string());
        let listeners = held.listeners.clone();
        drop(held);
        listeners.refused(error);
    }

    /// The dialect in whose words evaluation contexts are: that of the flags that are held.
    #[inline]
    pub fn dialect(&self) -> Dialect {
        self.words.get()
    }

    /// The evaluation context that this JSON text is, in the words of whoever the flags come from.
    ///
    /// # Errors
    ///
    /// Text that is no JSON, or no context to the vendor's own SDK.
    pub fn context(&self, json: &str) -> Result<Context, InvalidContext> {
        context_from_text(self.words.get(), json)
    }

    /// A context in OpenFeature's words in those of whoever the flags come from; `None` where
    /// that is the same.
    ///
    /// # Errors
    ///
    /// What is no context to the vendor's own SDK.
    pub fn context_in_words<C: Attributes + ?Sized>(
        &self,
        flat: &C,
    ) -> Result<Option<Context>, InvalidContext> {
        context_in_words_of(self.words.get(), flat)
    }

    /// Which flags these are, as answers and telemetry tell it.
    pub fn flag_set(&self) -> FlagSet {
        let held = lock(&self.own().held);
        FlagSet {
            environment: held.facts.environment.clone(),
            version: held.rank.version.clone(),
            revision: self.cell.load().revision(),
        }
    }

    /// How the flags are doing.
    pub fn status(&self) -> Status {
        let held = lock(&self.own().held).clone();
        Status {
            is_ready: self.is_ready(),
            source: held.rank.origin,
            age: held.outlook.age(held.rank.origin),
            version: held.rank.version,
            environment: held.facts.environment,
            connected: held.outlook.transport.is_some(),
            last_error: held.outlook.last_error,
            publications: held.publications,
            revision: self.cell.load().revision(),
            diagnostics: held.facts.diagnostics.to_vec(),
            last_problem: held.problem,
        }
    }

    /// Who begins again in a child process.
    pub(crate) fn set_supply(&self, supply: Weak<dyn Supply>) {
        lock(&self.own().held).supply = Some(supply);
    }

    /// What this process has of its own. In a child process that has nothing yet, it is made, and
    /// whoever kept the parent's flags fresh begins again.
    #[cold]
    fn own(&self) -> &Own {
        if let Some(own) = self.own.current() {
            return own;
        }
        // Before anybody here counts anything.
        self.count_in_child();
        let own = self.own.get();
        let supply = lock(&own.held).supply.clone();
        if let Some(supply) = supply.and_then(|supply| supply.upgrade()) {
            supply.begin_in_child();
        }
        own
    }
}

#[cfg(test)]
mod tests;
