//! What an application says when it opens a client.

use std::ffi::c_void;
use std::time::Duration;

use flagkit::{Dialect, Log, Options, source};

use crate::boundary::boundary;
use crate::callback::{User, flagkit_drop_fn};
use crate::log::{self, flagkit_log_fn};
use crate::sized::{self, Sized32};
use crate::status::{
    self, FLAGKIT_INVALID_OPTIONS, FLAGKIT_INVALID_PARAMETER, FLAGKIT_NULL_PARAMETER, FLAGKIT_OK,
    FLAGKIT_PANIC, Failure, flagkit_status,
};
use crate::strings::flagkit_str;

/// A server sends each change, as far as it can.
pub const FLAGKIT_MODE_DEFAULT: u32 = 0;
/// A server is asked from time to time, even if it could stream.
pub const FLAGKIT_MODE_POLL: u32 = 1;
/// Nothing is asked: what the application brings and what an earlier process left is all.
pub const FLAGKIT_MODE_OFFLINE: u32 = 2;

/// What `FLAGKIT_LOG` says; warnings if it says nothing.
pub const FLAGKIT_LOG_DEFAULT: u32 = 0;
/// Nothing is told.
pub const FLAGKIT_LOG_OFF: u32 = 1;
/// Trouble, and its end.
pub const FLAGKIT_LOG_WARN: u32 = 2;
/// Also that flags arrived, and from where.
pub const FLAGKIT_LOG_INFO: u32 = 3;

/// Evaluations are not counted for the server.
pub const FLAGKIT_OPTION_NO_EVENTS: u32 = 1;
/// Overrides by `FLAGKIT_OVERRIDES` hold in production, too.
pub const FLAGKIT_OPTION_OVERRIDES_IN_PRODUCTION: u32 = 2;

/// A time of no milliseconds, where 0 stands for the default.
pub const FLAGKIT_NO_TIME: u32 = 0xFFFF_FFFF;

/// What an application says when it opens a client. Begin with `flagkit_options_init`.
///
/// A text that is not there (`ptr` is NULL) and a number that is 0 say nothing: then a variable of the
/// environment that is named here counts, and then the default. Texts and the struct itself are read
/// during the call only.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct flagkit_options {
    /// `sizeof(flagkit_options)`; set by `flagkit_options_init`.
    pub size: u32,
    /// `FLAGKIT_MODE_…`; the variable `FLAGKIT_MODE`.
    pub mode: u32,
    /// `FLAGKIT_LOG_…`; the variable `FLAGKIT_LOG`.
    pub log_level: u32,
    /// Any of `FLAGKIT_OPTION_…`, added together.
    pub flags: u32,
    /// How long opening waits for the first flags if there is neither a cache nor a document:
    /// 2,000 ms by default, `FLAGKIT_NO_TIME` for not at all; the variable `FLAGKIT_START_WAIT`.
    pub start_wait_ms: u32,
    /// How long from one poll to the next, at least 1,000 ms; the variable `FLAGKIT_POLL`.
    pub poll_ms: u32,
    /// A FlagKit server: `https://…`, `http://…`, or `unix:` and the path of a socket; the variable
    /// `FLAGKIT_URL`.
    pub url: flagkit_str,
    /// A server key of the environment; the variable `FLAGKIT_KEY`.
    pub key: flagkit_str,
    /// The file that the key is in, which is read again when it changes; the variable
    /// `FLAGKIT_KEY_FILE`.
    pub key_file: flagkit_str,
    /// A flag file instead of a server, which is watched: changes arrive within a second. The variable
    /// `FLAGKIT_FILE`.
    pub file: flagkit_str,
    /// Flags to begin with: the text of a document. Alone it is enough for a client whose flags change
    /// by `flagkit_client_replace` only.
    pub document: flagkit_str,
    /// The dialect of `file` and `document` by its name, for example `native` or `unleash`; by default
    /// it is recognised.
    pub dialect: flagkit_str,
    /// The environment that flags are evaluated in; the variable `FLAGKIT_ENVIRONMENT`. A server whose
    /// key belongs to another one is refused.
    pub environment: flagkit_str,
    /// The folder in which flags outlive this process; the variable `FLAGKIT_CACHE_DIR`.
    pub cache_dir: flagkit_str,
    /// The proxy to servers, `off` for none; the variable `FLAGKIT_PROXY`, otherwise `HTTPS_PROXY`,
    /// `HTTP_PROXY` and `NO_PROXY`.
    pub proxy: flagkit_str,
    /// A file with certificates that are trusted besides the system's, in PEM; the variable
    /// `FLAGKIT_CA_FILE`.
    pub ca_file: flagkit_str,
    /// A file with the certificate that servers are shown, in PEM; the variable
    /// `FLAGKIT_CLIENT_CERT`. Together with `client_key` only.
    pub client_cert: flagkit_str,
    /// The file with its key, in PEM; the variable `FLAGKIT_CLIENT_KEY`.
    pub client_key: flagkit_str,
    /// What the application calls itself in reports; by default the name of its program.
    pub application: flagkit_str,
    /// Servers are told a hash of targeting keys and this salt, not the keys themselves.
    pub hash_salt: flagkit_str,
    /// Is told what otherwise goes to the standard error stream, line by line; may be NULL.
    pub log: flagkit_log_fn,
    /// Handed to `log` and `log_drop`.
    pub log_user: *mut c_void,
    /// Called once when `log` will not be called again, also if opening fails; may be NULL.
    pub log_drop: flagkit_drop_fn,
}

// SAFETY: repr(C), the size comes first, and with zeros it is what `flagkit_options_init` makes of it.
unsafe impl Sized32 for flagkit_options {
    fn with_size(self, size: u32) -> Self {
        Self { size, ..self }
    }
}

/// Makes options that say nothing. `size` is `sizeof(flagkit_options)`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn flagkit_options_init(
    options: *mut flagkit_options,
    size: usize,
) -> flagkit_status {
    boundary!(FLAGKIT_PANIC, {
        if options.is_null() {
            return status::answer(FLAGKIT_NULL_PARAMETER, FLAGKIT_NULL_PARAMETER);
        }
        match sized::check(size) {
            Ok(size) => {
                // SAFETY: by the contract of the trait.
                let nothing: flagkit_options = unsafe { std::mem::zeroed() };
                // SAFETY: so many bytes by the rules of the header, and the size is checked.
                unsafe { sized::write(options, size, nothing) };
                FLAGKIT_OK
            }
            Err(status) => status::answer(status, status),
        }
    })
}

/// The options of the facade, and the log that lines go to.
///
/// # Safety
///
/// `options` is NULL or points to options whose size is set and whose texts can be read.
pub(crate) unsafe fn read(options: *const flagkit_options) -> Result<Options, Failure> {
    if options.is_null() {
        return Ok(Options::new());
    }
    // SAFETY: not NULL; the caller says the rest.
    let said = unsafe { sized::read(options) }?;
    // Made first, so that the user is dropped whatever is wrong with the rest.
    let user = User::new(said.log_user, said.log_drop);
    // SAFETY: as the caller says.
    let mut options = unsafe { places(&said) }?;
    // SAFETY: as the caller says.
    options = unsafe { network(&said, options) }?;
    options = numbers(&said, options)?;
    if let Some(log) = said.log {
        options = options.log_to(log::listener(log, user));
    }
    Ok(options)
}

/// Where flags come from.
///
/// # Safety
///
/// The texts can be read.
unsafe fn places(said: &flagkit_options) -> Result<Options, Failure> {
    // SAFETY: as the caller says; so for all texts below.
    let text = |text: flagkit_str| unsafe { text.optional() };
    let mut options = Options::new();
    options = match (text(said.url)?, text(said.key)?, text(said.key_file)?, text(said.file)?) {
        (Some(_), _, _, Some(_)) => {
            let why = "both `url` and `file` are set; a client has one source";
            return Err(Failure::new(FLAGKIT_INVALID_OPTIONS, why));
        }
        (_, Some(_), Some(_), _) => {
            let why = "both `key` and `key_file` are set; a server has one key";
            return Err(Failure::new(FLAGKIT_INVALID_OPTIONS, why));
        }
        (Some(url), key, None, None) => options.server(url, key.unwrap_or_default()),
        (Some(url), _, Some(file), None) => options.server(url, "").key_file(file),
        (None, None, None, None) => options,
        (None, None, None, Some(file)) => options.source(source::file(file)),
        (None, _, _, _) => {
            let why = "a key is set, and no `url` that it is for";
            return Err(Failure::new(FLAGKIT_INVALID_OPTIONS, why));
        }
    };
    if let Some(document) = text(said.document)? {
        options = options.bootstrap(document);
    }
    if let Some(name) = text(said.dialect)? {
        options = options.dialect(dialect(name)?);
    }
    if let Some(environment) = text(said.environment)? {
        options = options.environment(environment);
    }
    if let Some(folder) = text(said.cache_dir)? {
        options = options.cache_dir(folder);
    }
    Ok(options)
}

/// The dialect of this name.
pub(crate) fn dialect(name: &str) -> Result<Dialect, Failure> {
    let unknown =
        |why: flagkit::UnknownDialect| Failure::new(FLAGKIT_INVALID_PARAMETER, why.to_string());
    name.parse().map_err(unknown)
}

/// How servers are reached, and what they are told.
///
/// # Safety
///
/// The texts can be read.
unsafe fn network(said: &flagkit_options, mut options: Options) -> Result<Options, Failure> {
    // SAFETY: as the caller says; so for all texts below.
    let text = |text: flagkit_str| unsafe { text.optional() };
    if let Some(proxy) = text(said.proxy)? {
        options = options.proxy(proxy);
    }
    if let Some(file) = text(said.ca_file)? {
        options = options.ca_file(file);
    }
    options = match (text(said.client_cert)?, text(said.client_key)?) {
        (None, None) => options,
        (Some(certificate), Some(key)) => options.client_certificate(certificate, key),
        _ => {
            let why = "`client_cert` and `client_key` belong together; one of them is missing";
            return Err(Failure::new(FLAGKIT_INVALID_OPTIONS, why));
        }
    };
    if let Some(name) = text(said.application)? {
        options = options.application(name);
    }
    if let Some(salt) = text(said.hash_salt)? {
        options = options.hash_targeting_keys(salt);
    }
    Ok(options)
}

/// What is said by a number.
fn numbers(said: &flagkit_options, mut options: Options) -> Result<Options, Failure> {
    let unknown = |what| Failure::new(FLAGKIT_INVALID_PARAMETER, what);
    options = match said.mode {
        FLAGKIT_MODE_DEFAULT => options,
        FLAGKIT_MODE_POLL => options.polled(),
        FLAGKIT_MODE_OFFLINE => options.offline(),
        _ => return Err(unknown("`mode` is none of FLAGKIT_MODE_…")),
    };
    options = match said.log_level {
        FLAGKIT_LOG_DEFAULT => options,
        FLAGKIT_LOG_OFF => options.log(Log::Off),
        FLAGKIT_LOG_WARN => options.log(Log::Warn),
        FLAGKIT_LOG_INFO => options.log(Log::Info),
        _ => return Err(unknown("`log_level` is none of FLAGKIT_LOG_…")),
    };
    if said.flags & !(FLAGKIT_OPTION_NO_EVENTS | FLAGKIT_OPTION_OVERRIDES_IN_PRODUCTION) != 0 {
        return Err(unknown("`flags` has a bit that is none of FLAGKIT_OPTION_…"));
    }
    if said.flags & FLAGKIT_OPTION_NO_EVENTS != 0 {
        options = options.without_events();
    }
    if said.flags & FLAGKIT_OPTION_OVERRIDES_IN_PRODUCTION != 0 {
        options = options.allow_overrides_in_production();
    }
    if let Some(wait) = time(said.start_wait_ms) {
        options = options.start_wait(wait);
    }
    Ok(match time(said.poll_ms) {
        Some(interval) => options.poll_interval(interval),
        None => options,
    })
}

fn time(ms: u32) -> Option<Duration> {
    match ms {
        0 => None,
        FLAGKIT_NO_TIME => Some(Duration::ZERO),
        ms => Some(Duration::from_millis(ms.into())),
    }
}
