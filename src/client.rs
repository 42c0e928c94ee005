//! Clients: flags of one source, without globals.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use flagkit_client::source::Source;
use flagkit_client::{
    Change, Changes, Config, Delivered, Error, Metrics, Options, Publisher, Reading, Status,
    Strictness, Subscription, Updater, Watching,
};
use flagkit_core::{Attributes, Context, Evaluated, Value};
use flagkit_dialects::{Dialect, InvalidContext};

use crate::asked::Asked;
use crate::details::Details;
use crate::evaluate::typed_calls;
use crate::view::View;

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
    publisher: Arc<Publisher>,
    updater: Option<Arc<Updater>>,
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

    /// A client with the flags of this file, which is watched: changes arrive within a second.
    ///
    /// The returned guard stops watching when it is dropped; the client goes on with
    /// the flags that it has.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or holds no flag document.
    pub fn from_file(path: impl AsRef<Path>) -> Result<(Self, Watching), Error> {
        Self::builder().file(path)
    }

    /// More to choose: environment, dialect, listeners.
    pub fn builder() -> Builder {
        Builder {
            publisher: Publisher::new(),
            reading: Reading::default(),
            options: Options::new(),
        }
    }

    /// Counts evaluations from now on, for [`metrics`](Self::metrics).
    ///
    /// Clients of a FlagKit server do so by themselves, and tell the server.
    pub fn count_usage(&self) {
        self.publisher.count_usage(None);
    }

    /// Calls `hook` for every evaluation from now on: for analytics in the application.
    ///
    /// The thread that evaluates calls it, so it must not wait for anything. It hears of typed
    /// calls, of declared flags, and of [`View::resolve_many`] for views that are taken afterwards;
    /// not of [`View::evaluate_all`] and columns, which nobody has seen yet, nor of overrides in
    /// tests. Of the context it is told the targeting key and nothing else.
    ///
    /// A hook stays for good. One that panics disturbs neither the evaluation nor other hooks,
    /// unless the program is built to abort on a panic; what it evaluates itself is not told. While
    /// there is no hook, evaluations cost no more.
    ///
    /// ```
    /// use std::sync::mpsc;
    ///
    /// let client = flagkit::Client::from_text(
    ///     "schema: flagkit/1\nflags: {beta: {enabled: true, rollout_percentage: 100}}",
    /// )?;
    /// let (sender, receiver) = mpsc::channel();
    /// client.on_evaluation(move |evaluated| {
    ///     let _ = sender.send((evaluated.key().to_owned(), evaluated.is_enabled()));
    /// });
    /// client.is_enabled("beta", &flagkit::Context::new("user-42"));
    /// assert_eq!(receiver.recv(), Ok(("beta".to_owned(), true)));
    /// # Ok::<(), flagkit::Error>(())
    /// ```
    pub fn on_evaluation(&self, hook: impl Fn(&Evaluated<'_>) + Send + Sync + 'static) {
        self.publisher.on_evaluation(hook);
    }

    /// Numbers of this client for a monitoring system.
    ///
    /// ```
    /// let client = flagkit::Client::from_text("schema: flagkit/1\nflags: {}")?;
    /// client.count_usage();
    /// client.is_enabled("beta", &());
    /// assert_eq!(client.metrics().evaluations_by_reason["FLAG_NOT_FOUND"], 1);
    /// # Ok::<(), flagkit::Error>(())
    /// ```
    pub fn metrics(&self) -> Metrics {
        self.publisher.metrics()
    }

    /// Tells the server what was counted, and waits for that at most so long. What is left then is
    /// told when its time comes.
    ///
    /// When a client or a guard is dropped and when the process ends, this happens by itself, for
    /// 2 s at most.
    pub fn flush(&self, limit: Duration) -> Delivered {
        self.publisher.flush(limit)
    }

    /// A client without flags, which answers that it is not ready.
    pub(crate) fn empty() -> Self {
        Self { publisher: Publisher::new(), updater: None }
    }

    typed_calls!(read);

    /// All flags of this moment, for several evaluations that belong together.
    pub fn view(&self) -> View {
        View::new(self.publisher.load(), self.is_ready())
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
        self.publisher.publish_text(text.as_bytes(), Strictness::Refuse)
    }

    /// From now on a flag serves this value to everyone, on every thread, whatever documents say;
    /// with `None`, again what they say.
    ///
    /// For tests of programs with threads, and of bindings; [`testing::with`](crate::testing::with)
    /// is for tests that run side by side. `true` and `false` switch the flag on and off, any other
    /// value counts as on. Documents that arrive change the flag beneath.
    ///
    /// ```
    /// let client = flagkit::Client::from_text("schema: flagkit/1\nflags: {beta: {enabled: false}}")?;
    /// client.override_flag("beta", Some(true.into()));
    /// assert!(client.is_enabled("beta", &()));
    /// client.override_flag("beta", None);
    /// assert!(!client.is_enabled("beta", &()));
    /// # Ok::<(), flagkit::Error>(())
    /// ```
    pub fn override_flag(&self, key: &str, value: Option<Value>) {
        self.publisher.override_flag(key, value);
    }

    /// Calls `listener` after every change, on the thread that published it.
    pub fn subscribe(&self, listener: impl Fn(&Change) + Send + Sync + 'static) -> Subscription {
        self.publisher.subscribe(listener)
    }

    /// Every change from now on, one after the other: for a thread that does nothing else.
    ///
    /// ```
    /// let client = flagkit::Client::from_text("schema: flagkit/1\nflags: {}")?;
    /// let changes = client.changes();
    /// let following = std::thread::spawn(move || {
    ///     for change in changes {
    ///         println!("{:?}", change.flags);
    ///     }
    /// });
    /// client.replace("schema: flagkit/1\nflags: {beta: {enabled: true}}")?;
    /// drop(client);
    /// following.join().unwrap();
    /// # Ok::<(), flagkit::Error>(())
    /// ```
    pub fn changes(&self) -> Changes {
        self.publisher.changes()
    }

    /// Whether flags are there, from anywhere.
    pub fn is_ready(&self) -> bool {
        self.publisher.is_ready()
    }

    /// Waits for the first flags, at most this long; whether they are there.
    pub fn wait_ready(&self, limit: Duration) -> bool {
        self.publisher.wait_ready(limit)
    }

    /// Asks the server at once, with the key of this moment, whatever was planned.
    pub fn refresh(&self) {
        self.updater.iter().for_each(|updater| updater.refresh());
    }

    /// Stops following the server, within two seconds; the flags stay as they are. Dropping the
    /// last clone does the same.
    pub fn close(&self) {
        self.updater.iter().for_each(|updater| updater.close());
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
        self.publisher.context(json)
    }

    /// The same for a targeting key with attributes beside it, as [`Context::new`] makes them.
    ///
    /// A vendor's flags look for the id of a user and for attributes of an application in places of
    /// their own; `None` where the flags take such a context as it is.
    ///
    /// ```
    /// use flagkit::{Client, Context, Dialect};
    ///
    /// let client = Client::from_text("schema: flagkit/1\nflags: {}")?;
    /// assert_eq!(client.dialect(), Dialect::Native);
    /// assert_eq!(client.context_in_words(&Context::new("u-42"))?, None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// What is no context to the vendor's own SDK: some want a targeting key.
    pub fn context_in_words<C: Attributes + ?Sized>(
        &self,
        context: &C,
    ) -> Result<Option<Context>, InvalidContext> {
        self.publisher.context_in_words(context)
    }

    /// The dialect that the flags are written in; contexts are in its words. Native while there
    /// are no flags.
    #[inline]
    pub fn dialect(&self) -> Dialect {
        self.publisher.dialect()
    }

    /// How the client is doing.
    pub fn status(&self) -> Status {
        self.publisher.status()
    }

    /// Where the flags are, for those who bring others.
    pub(crate) fn publisher(&self) -> &Arc<Publisher> {
        &self.publisher
    }

    #[inline]
    pub(crate) fn read<R>(&self, read: impl FnOnce(Asked<'_, '_>) -> R) -> R {
        self.publisher.counting(|snapshot, counting| read(Asked { snapshot, counting }))
    }

    fn judge<T>(&self, found: Details<T>) -> Details<T> {
        match found.error {
            None => found,
            Some(_) => found.unless_ready(self.is_ready()),
        }
    }
}

/// Chooses how a [`Client`] reads its flags.
#[derive(Debug)]
#[must_use = "a builder does nothing until it gets a text or a file"]
pub struct Builder {
    publisher: Arc<Publisher>,
    reading: Reading,
    options: Options,
}

impl Builder {
    /// The environment that flags are evaluated in; by default what the document says.
    /// A server whose key belongs to another one is refused.
    pub fn environment(mut self, environment: impl Into<String>) -> Self {
        let environment = environment.into();
        self.reading.settings.environment = Some(environment.clone());
        self.options(|options| options.environment(environment))
    }

    /// The dialect of the document; by default it is recognised.
    pub fn dialect(mut self, dialect: Dialect) -> Self {
        self.reading.dialect = Some(dialect);
        self
    }

    /// A FlagKit server, for [`open`](Self::open).
    ///
    /// `url` is `https://…`, `http://…`, or `unix:` and the path of a socket; `key` a server key
    /// of the environment.
    pub fn server(self, url: impl Into<String>, key: impl Into<String>) -> Self {
        self.options(|options| options.server(url, key))
    }

    /// Any other source of flags, for [`open`](Self::open); see [`source`](crate::source).
    pub fn source(self, source: Source) -> Self {
        self.options(|options| options.source(source))
    }

    /// The folder in which flags outlive this process, for [`open`](Self::open).
    pub fn cache_dir(self, path: impl Into<PathBuf>) -> Self {
        self.options(|options| options.cache_dir(path))
    }

    /// Flags to begin with, as a document, for [`open`](Self::open).
    pub fn bootstrap(self, text: impl Into<String>) -> Self {
        self.options(|options| options.bootstrap(text))
    }

    /// How long [`open`](Self::open) waits for the first flags if there is neither a cache nor a
    /// bootstrap; 2 s by default.
    pub fn start_wait(self, limit: Duration) -> Self {
        self.options(|options| options.start_wait(limit))
    }

    /// Everything else that can be said: proxies, certificates, intervals, overrides.
    ///
    /// ```
    /// let builder = flagkit::Client::builder()
    ///     .server("https://flags.example.com", "secret")
    ///     .options(|options| options.ca_file("/etc/ssl/company.pem").polled());
    /// ```
    pub fn options(mut self, change: impl FnOnce(Options) -> Options) -> Self {
        self.options = change(self.options);
        self
    }

    /// A client that follows a server, or whatever its source is. What code does not say, the
    /// variables `FLAGKIT_…` of the environment do.
    ///
    /// With a cache or a bootstrap it returns at once, otherwise it waits a little for the first
    /// flags. A server that does not answer is no error: evaluations answer the defaults of their
    /// callers until it does.
    ///
    /// # Errors
    ///
    /// Settings that cannot work, files that cannot be read, and a bootstrap that is no document.
    pub fn open(self) -> Result<Client, Error> {
        let options = match self.reading.dialect {
            Some(dialect) => self.options.dialect(dialect),
            None => self.options,
        };
        let config = Config::from_environment(options)?;
        let updater = Updater::open(&self.publisher, &config)?;
        Ok(Client { publisher: self.publisher, updater: Some(Arc::new(updater)) })
    }

    /// Who is told when a later document is refused; by default the standard error stream.
    pub fn on_problem(self, listener: impl Fn(&Error) + Send + Sync + 'static) -> Self {
        self.publisher.set_on_problem(listener);
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
        let client = self.client();
        client.publisher.publish_text(bytes, Strictness::Accept)?;
        Ok(client)
    }

    /// A client with the flags of this file, which is watched.
    ///
    /// # Errors
    ///
    /// As [`Client::from_file`].
    pub fn file(self, path: impl AsRef<Path>) -> Result<(Client, Watching), Error> {
        let client = self.client();
        let watching = Watching::begin(&client.publisher, path.as_ref())?;
        Ok((client, watching))
    }

    /// A client that has no flags yet.
    fn client(self) -> Client {
        self.publisher.set_reading(self.reading);
        self.publisher.set_log(&self.options);
        Client { publisher: self.publisher, updater: None }
    }
}
