//! Clients: flags of one source, without globals.

use std::path::Path;
use std::sync::Arc;

use flagkit_core::document::{FlagKeys, References};
use flagkit_core::{
    Attributes, Compilation, Context, Diagnostic, Snapshot, SnapshotCell, compile, recompile,
};
use flagkit_dialects::{Dialect, InvalidContext, Settings, context_from_text, decode_bytes};
use parking_lot::Mutex;

use crate::details::Details;
use crate::error::Error;
use crate::evaluate::typed_calls;
use crate::listeners::{Change, Listeners, Subscription};
use crate::view::View;

mod fingerprints;

use fingerprints::Fingerprints;

/// Evaluates flags and takes new ones while it does. Cheap to clone; clones share everything.
///
/// ```
/// let client = flagkit::Client::from_text(r#"{
///     "schema": "flagkit/1",
///     "flags": {"beta": {"enabled": true, "rollout_percentage": 100}}
/// }"#)?;
/// assert!(client.is_enabled("beta", &flagkit::Context::new("user-42")));
/// # Ok::<(), flagkit::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Client {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    cell: SnapshotCell,
    listeners: Arc<Listeners>,
    /// What the current snapshot was made of; also the lock of those who publish.
    published: Mutex<Published>,
}

#[derive(Debug, Default)]
struct Published {
    dialect: Option<Dialect>,
    contexts: Dialect,
    terms: (References, FlagKeys),
    settings: Settings,
    fingerprints: Fingerprints,
    diagnostics: Vec<Diagnostic>,
    problem: Option<String>,
}

/// How a client is doing.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Status {
    /// Whether flags have been loaded at all.
    pub is_ready: bool,
    /// How many documents have been published.
    pub publications: u64,
    /// The revision of the current document, where its flag management system counts.
    pub revision: Option<u64>,
    /// What is wrong with the current document; its malformed flags answer with an error.
    pub diagnostics: Vec<Diagnostic>,
    /// Why the last document was refused, if it was.
    pub last_problem: Option<String>,
}

impl Client {
    /// A client with the flags of this text: JSON or YAML.
    ///
    /// # Errors
    ///
    /// If the text is no flag document. A flag in it that is malformed is no error: it
    /// answers for itself, see [`Status::diagnostics`].
    pub fn from_text(text: &str) -> Result<Self, Error> {
        Self::builder().text(text)
    }

    /// A client with the flags of a document in this dialect, JSON or YAML.
    ///
    /// # Errors
    ///
    /// As [`Client::from_text`].
    pub fn from_document(dialect: Dialect, bytes: &[u8]) -> Result<Self, Error> {
        Self::builder().dialect(dialect).bytes(bytes)
    }

    /// More to choose: environment, dialect, listeners.
    pub fn builder() -> Builder {
        Builder { client: Self::empty() }
    }

    /// A client without flags, which answers that it is not ready.
    pub(crate) fn empty() -> Self {
        Self {
            shared: Arc::new(Shared {
                cell: SnapshotCell::default(),
                listeners: Arc::default(),
                published: Mutex::default(),
            }),
        }
    }

    typed_calls!(read);

    /// All flags of this moment, for several evaluations that belong together.
    pub fn view(&self) -> View {
        View::new(self.shared.cell.load(), self.is_ready())
    }

    /// Publishes the flags of another text.
    ///
    /// Evaluations that begin after this see the new flags; the ones that run finish
    /// with the old. Only flags that differ are compiled.
    ///
    /// # Errors
    ///
    /// If the text is no flag document, or if a flag in it is malformed: what works
    /// is never replaced by something broken. The flags stay as they are.
    pub fn replace(&self, text: &str) -> Result<Change, Error> {
        self.publish(text.as_bytes(), Strictness::Refuse)
    }

    /// Calls `listener` after every change, on the thread that published it.
    pub fn subscribe(&self, listener: impl Fn(&Change) + Send + Sync + 'static) -> Subscription {
        self.shared.listeners.subscribe(listener)
    }

    /// The evaluation context that this JSON text is, in the words of whoever the flags come from.
    ///
    /// Flags of a vendor expect contexts as the vendor's own SDK takes them: with kinds, traits
    /// or subject attributes. Native flags take an object of attributes.
    ///
    /// ```
    /// let client = flagkit::Client::from_text("schema: flagkit/1\nflags: {}")?;
    /// let context = client.context(r#"{ "targetingKey": "u-42", "plan": "pro" }"#)?;
    /// assert!(!client.is_enabled("beta", &context));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Text that is no JSON, or no context to the vendor's own SDK.
    pub fn context(&self, json: &str) -> Result<Context, InvalidContext> {
        let contexts = self.shared.published.lock().contexts;
        context_from_text(contexts, json)
    }

    /// How the client is doing.
    pub fn status(&self) -> Status {
        let published = self.shared.published.lock();
        Status {
            is_ready: self.is_ready(),
            publications: self.shared.cell.version() - 1,
            revision: self.read(Snapshot::revision),
            diagnostics: published.diagnostics.clone(),
            last_problem: published.problem.clone(),
        }
    }

    #[inline]
    pub(crate) fn read<R>(&self, read: impl FnOnce(&Snapshot) -> R) -> R {
        self.shared.cell.with(read)
    }

    fn judge<T>(&self, found: Details<T>) -> Details<T> {
        match found.error {
            None => found,
            Some(_) => found.unless_ready(self.is_ready()),
        }
    }

    /// The first snapshot of a cell is the empty one.
    fn is_ready(&self) -> bool {
        self.shared.cell.version() > 1
    }

    /// Publishes the flags of a file's new content; a refusal is told to whoever listens.
    pub(crate) fn reload(&self, bytes: &[u8], path: &Path) {
        if let Err(error) = self.publish(bytes, Strictness::Refuse) {
            self.refused(&error.in_file(path));
        }
    }

    /// Remembers and tells that something was refused.
    pub(crate) fn refused(&self, error: &Error) {
        self.shared.published.lock().problem = Some(error.to_string());
        self.shared.listeners.refused(error);
    }

    pub(crate) fn publish(&self, bytes: &[u8], strictness: Strictness) -> Result<Change, Error> {
        let mut published = self.shared.published.lock();
        let decoded = decode_bytes(published.dialect, bytes, &published.settings)
            .map_err(Error::no_document)?;
        let mut diagnostics = decoded.diagnostics;
        let mut document = decoded.document;
        let revision = document.revision;
        let fingerprints = Fingerprints::of(&document);
        let current = self.shared.cell.load();
        // A recompile tells only about what it looked at: after trouble, everything is looked at.
        let was_flawless = !published.diagnostics.iter().any(Diagnostic::is_error);
        // What holds for all flags cannot be changed by a recompile of some.
        let terms = (document.references, document.flag_keys);
        let is_comparable = self.is_ready() && was_flawless && terms == published.terms;
        let Compilation { snapshot, diagnostics: found, .. } = if is_comparable {
            let changes = fingerprints.changes(&published.fingerprints, &mut document, &current);
            recompile(&current, changes)
        } else {
            compile(document)
        };
        diagnostics.extend(found);
        if strictness == Strictness::Refuse && diagnostics.iter().any(Diagnostic::is_error) {
            return Err(Error::malformed(diagnostics));
        }
        // Nobody asks for the names of all flags when the first ones are loaded.
        let is_asked = strictness == Strictness::Refuse || self.shared.listeners.is_anyone_there();
        let flags = if is_asked {
            fingerprints.changed_flags(&published.fingerprints, &snapshot, &current)
        } else {
            Vec::new()
        };
        self.shared.cell.publish(snapshot);
        *published = Published {
            dialect: published.dialect,
            contexts: decoded.contexts,
            terms,
            settings: published.settings.clone(),
            fingerprints,
            diagnostics,
            problem: None,
        };
        drop(published);
        let change = Change { flags, revision };
        if !change.flags.is_empty() {
            self.shared.listeners.changed(&change);
        }
        Ok(change)
    }
}

/// What becomes of a document with malformed flags.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Strictness {
    /// Its malformed flags answer with an error, the others work.
    Accept,
    /// It is refused.
    Refuse,
}

/// Chooses how a [`Client`] reads its flags.
#[derive(Debug)]
#[must_use = "a builder does nothing until it gets a text or a file"]
pub struct Builder {
    pub(crate) client: Client,
}

impl Builder {
    /// The environment that flags are evaluated in; by default what the document says.
    pub fn environment(self, environment: impl Into<String>) -> Self {
        self.client.shared.published.lock().settings.environment = Some(environment.into());
        self
    }

    /// The dialect of the document; by default it is recognised.
    pub fn dialect(self, dialect: Dialect) -> Self {
        self.client.shared.published.lock().dialect = Some(dialect);
        self
    }

    /// Who is told when a later document is refused; by default the standard error stream.
    pub fn on_problem(self, listener: impl Fn(&Error) + Send + Sync + 'static) -> Self {
        self.client.shared.listeners.set_on_problem(listener);
        self
    }

    /// A client with the flags of this text.
    ///
    /// # Errors
    ///
    /// As [`Client::from_text`].
    pub fn text(self, text: &str) -> Result<Client, Error> {
        self.bytes(text.as_bytes())
    }

    /// A client with the flags of these bytes: UTF-8 text.
    ///
    /// # Errors
    ///
    /// As [`Client::from_text`].
    pub fn bytes(self, bytes: &[u8]) -> Result<Client, Error> {
        self.client.publish(bytes, Strictness::Accept)?;
        Ok(self.client)
    }
}
