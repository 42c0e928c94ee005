//! The paved road: one client for the whole process.

use std::path::Path;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use flagkit_client::{Config, Error, Options, Reading, Str, Strictness, Updater, Watching};
use flagkit_core::{Attributes, Explanation, Value};

use crate::client::Client;
use crate::details::Details;
use crate::handle::DeclaredFlag;
use crate::key::Key;
use crate::verify::VerifyError;
use crate::view::View;

static CLIENT: LazyLock<Client> = LazyLock::new(Client::empty);
static IS_HELD: Mutex<bool> = Mutex::new(false);

/// Keeps the flags of the process up to date. Dropping it ends that; evaluations go on with
/// the flags as they were last.
#[derive(Debug)]
#[must_use = "flags are kept up to date until this is dropped"]
pub struct Flags {
    kept: Kept,
    _held: Held,
}

/// What brings flags.
#[derive(Debug)]
enum Kept {
    Nothing,
    File { _watching: Watching },
    Updater(Updater),
}

impl Flags {
    /// Asks the server at once, with the key of this moment, whatever was planned.
    pub fn refresh(&self) {
        if let Kept::Updater(updater) = &self.kept {
            updater.refresh();
        }
    }
}

/// The right to load the flags of the process.
#[derive(Debug)]
struct Held;

impl Held {
    fn acquire() -> Result<Self, Error> {
        if std::mem::replace(&mut *is_held(), true) {
            return Err(Error::configuration(
                "flagkit is initialised already; keep one guard, or use a `Client` of your own",
            ));
        }
        CLIENT.publisher().set_reading(Reading::default());
        Ok(Self)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        *is_held() = false;
    }
}

fn is_held() -> MutexGuard<'static, bool> {
    IS_HELD.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Loads the flags of the process as its environment says, and keeps them up to date.
///
/// `FLAGKIT_URL` and `FLAGKIT_KEY` name a server, `FLAGKIT_FILE` a file; `docs/client.md` has all of
/// the variables. With a cache (`FLAGKIT_CACHE_DIR`) it returns at once, otherwise it waits for the
/// first flags, 2 s at most. A server that does not answer is no error: evaluations answer the
/// defaults of their callers until it does, also in children of this process.
///
/// # Errors
///
/// Settings that cannot work, an unknown name that begins with `FLAGKIT_`, files that cannot be
/// read; and if the guard of an earlier call is still held.
pub fn init() -> Result<Flags, Error> {
    init_with(Options::new())
}

/// The same, where code says more than the environment.
///
/// # Errors
///
/// As [`init`].
pub fn init_with(options: Options) -> Result<Flags, Error> {
    let config = Config::from_environment(options)?;
    let held = Held::acquire()?;
    let updater = Updater::open(CLIENT.publisher(), &config)?;
    Ok(Flags { kept: Kept::Updater(updater), _held: held })
}

/// Loads the flags of the process from a file and watches it: changes arrive within a second.
///
/// An edit that is no flag document, or in which a flag is malformed, changes nothing
/// and is told once, on the standard error stream.
///
/// # Errors
///
/// If the file cannot be read or holds no flag document, or if the guard of an earlier
/// call is still held. A malformed flag is no error here: it answers for itself.
pub fn init_from_file(path: impl AsRef<Path>) -> Result<Flags, Error> {
    let held = Held::acquire()?;
    let watching = Watching::begin(CLIENT.publisher(), path.as_ref())?;
    Ok(Flags { kept: Kept::File { _watching: watching }, _held: held })
}

/// Loads the flags of the process from a text: JSON or YAML.
///
/// # Errors
///
/// If the text is no flag document, or if the guard of an earlier call is still held.
pub fn init_from_str(text: &str) -> Result<Flags, Error> {
    let held = Held::acquire()?;
    CLIENT.publisher().publish_text(text.as_bytes(), Strictness::Accept)?;
    Ok(Flags { kept: Kept::Nothing, _held: held })
}

/// The client of the process, for everything that is not here: listeners, status.
pub fn client() -> &'static Client {
    &CLIENT
}

/// All flags of this moment, for several evaluations that belong together.
pub fn view() -> View {
    CLIENT.view()
}

/// Whether a flag is on for this context; off where anything is wrong.
#[inline]
pub fn is_enabled<K: Key + ?Sized, C: Attributes + ?Sized>(key: &K, context: &C) -> bool {
    CLIENT.is_enabled(key, context)
}

/// Whether a flag is on, and why.
pub fn is_enabled_details<K: Key + ?Sized, C: Attributes + ?Sized>(
    key: &K,
    context: &C,
) -> Details<bool> {
    CLIENT.is_enabled_details(key, context)
}

/// The value of a boolean flag.
#[inline]
pub fn boolean<K: Key + ?Sized, C: Attributes + ?Sized>(
    key: &K,
    context: &C,
    default: bool,
) -> bool {
    CLIENT.boolean(key, context, default)
}

/// The value of a boolean flag, and why.
pub fn boolean_details<K: Key + ?Sized, C: Attributes + ?Sized>(
    key: &K,
    context: &C,
    default: bool,
) -> Details<bool> {
    CLIENT.boolean_details(key, context, default)
}

/// The value of a text flag.
#[inline]
pub fn string<K: Key + ?Sized, C: Attributes + ?Sized>(key: &K, context: &C, default: &str) -> Str {
    CLIENT.string(key, context, default)
}

/// The value of a text flag, and why.
pub fn string_details<K: Key + ?Sized, C: Attributes + ?Sized>(
    key: &K,
    context: &C,
    default: &str,
) -> Details<Str> {
    CLIENT.string_details(key, context, default)
}

/// The value of an integer flag; a number without fraction counts.
#[inline]
pub fn integer<K: Key + ?Sized, C: Attributes + ?Sized>(key: &K, context: &C, default: i64) -> i64 {
    CLIENT.integer(key, context, default)
}

/// The value of an integer flag, and why.
pub fn integer_details<K: Key + ?Sized, C: Attributes + ?Sized>(
    key: &K,
    context: &C,
    default: i64,
) -> Details<i64> {
    CLIENT.integer_details(key, context, default)
}

/// The value of a number flag.
#[inline]
pub fn float<K: Key + ?Sized, C: Attributes + ?Sized>(key: &K, context: &C, default: f64) -> f64 {
    CLIENT.float(key, context, default)
}

/// The value of a number flag, and why.
pub fn float_details<K: Key + ?Sized, C: Attributes + ?Sized>(
    key: &K,
    context: &C,
    default: f64,
) -> Details<f64> {
    CLIENT.float_details(key, context, default)
}

/// The value of a flag of any type, an object for example.
#[inline]
pub fn json<K: Key + ?Sized, C: Attributes + ?Sized>(
    key: &K,
    context: &C,
    default: impl Into<Value>,
) -> Value {
    CLIENT.json(key, context, default)
}

/// The value of a flag of any type, and why.
pub fn json_details<K: Key + ?Sized, C: Attributes + ?Sized>(
    key: &K,
    context: &C,
    default: impl Into<Value>,
) -> Details<Value> {
    CLIENT.json_details(key, context, default)
}

/// Every step of an evaluation, for people.
pub fn explain<K: Key + ?Sized, C: Attributes + ?Sized>(key: &K, context: &C) -> Explanation {
    CLIENT.explain(key, context)
}

/// Checks declared flags against the flags of the process; see [`Client::verify`].
///
/// # Errors
///
/// Everything that does not fit.
pub fn verify(declared: &[&dyn DeclaredFlag]) -> Result<(), VerifyError> {
    CLIENT.verify(declared)
}
