//! Clients: opening, closing, and what is done with one besides evaluating.

use std::ffi::c_char;
use std::ptr;
use std::sync::Arc;
use std::time::Duration;

use flagkit::{Client, Metrics};

use crate::boundary::boundary;
use crate::callback::{refuse_inside, refuse_inside_log};
use crate::handle::{self, Handle, Shared};
use crate::options::{self, flagkit_options};
use crate::sized::{self, Sized32};
use crate::status::{
    self, FLAGKIT_INVALID_JSON, FLAGKIT_NULL_PARAMETER, FLAGKIT_OK, FLAGKIT_PANIC, flagkit_error,
    flagkit_status,
};
use crate::strings::{self, flagkit_str};

/// A client: the flags of one source, kept fresh while they are evaluated.
///
/// Any number of threads may use it at the same time. It is counted: `flagkit_client_ref` makes one
/// more owner, and every owner closes it once.
#[derive(Debug)]
pub struct flagkit_client {
    client: Client,
}

impl Handle for flagkit_client {
    type Ownership = Shared;
}

impl flagkit_client {
    #[inline]
    pub(crate) fn flags(&self) -> &Client {
        &self.client
    }
}

/// Opens a client as the options and the environment say; NULL for what the environment alone says.
///
/// With a cache or a document it returns at once, otherwise it waits a little (`start_wait_ms`) for the
/// first flags. A server that does not answer is no error: evaluations answer the fallback until it
/// does. Returns NULL for options that cannot work, for a file that cannot be read and for a document
/// that is none; `error`, which may be NULL, tells why. A variable of the environment that begins with
/// `FLAGKIT_` and that nobody knows is such an error. Close it with `flagkit_client_close`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn flagkit_client_open(
    options: *const flagkit_options,
    error: *mut flagkit_error,
) -> *mut flagkit_client {
    boundary!(ptr::null_mut(), {
        let open = || {
            refuse_inside()?;
            // SAFETY: options by the rules of the header.
            let options = unsafe { options::read(options) }?;
            Ok(Client::builder().options(|_| options).open()?)
        };
        // SAFETY: an error or NULL by the rules of the header.
        let client = unsafe { status::report(open(), error) };
        client.map_or(ptr::null_mut(), given)
    })
}

/// A client with the flags of this document, JSON or YAML; nothing else is read, neither files nor the
/// environment, and no thread is started.
///
/// `dialect` is a name such as `native` or `unleash`; with no text, the dialect is recognised. Returns
/// NULL if the text is no flag document; `error`, which may be NULL, tells why. A malformed flag in it
/// is no error: it answers for itself, see `flagkit_client_problems`. Close the client with
/// `flagkit_client_close`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn flagkit_client_from_bytes(
    document: flagkit_str,
    dialect: flagkit_str,
    error: *mut flagkit_error,
) -> *mut flagkit_client {
    boundary!(ptr::null_mut(), {
        let open = || {
            if document.ptr.is_null() {
                return Err(FLAGKIT_NULL_PARAMETER.into());
            }
            // SAFETY: a text by the rules of the header.
            let bytes = unsafe { document.bytes() }?;
            let mut builder = Client::builder();
            // SAFETY: as above.
            if let Some(name) = unsafe { dialect.optional() }? {
                builder = builder.dialect(options::dialect(name)?);
            }
            Ok(builder.bytes(bytes)?)
        };
        // SAFETY: an error or NULL by the rules of the header.
        let client = unsafe { status::report(open(), error) };
        client.map_or(ptr::null_mut(), given)
    })
}

/// One more owner of a client; returns the same pointer. NULL gives NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn flagkit_client_ref(client: *const flagkit_client) -> *mut flagkit_client {
    boundary!(ptr::null_mut(), {
        // SAFETY: a client by the rules of the header.
        let share = unsafe { handle::share(client) };
        share.map_or(ptr::null_mut(), handle::give_share)
    })
}

/// One owner less. NULL is fine.
///
/// The last owner tells the server what was counted and waits for that at most `flush_ms`
/// milliseconds, then ends the threads of the client, which takes at most two seconds more. Views and
/// flag ids stay good. From inside a callback it does nothing and returns `FLAGKIT_IN_CALLBACK`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn flagkit_client_close(
    client: *mut flagkit_client,
    flush_ms: u32,
) -> flagkit_status {
    boundary!(FLAGKIT_PANIC, {
        if let Err(status) = refuse_inside() {
            return status::answer(status, status);
        }
        // SAFETY: an owner gives its share back, by the rules of the header.
        let share = unsafe { handle::take_share(client) };
        if let Some(last) = share.and_then(Arc::into_inner) {
            last.client.flush(Duration::from_millis(flush_ms.into()));
            last.client.close();
        }
        FLAGKIT_OK
    })
}

/// Waits for the first flags, at most `ms` milliseconds; whether they are there.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn flagkit_client_wait(client: *const flagkit_client, ms: u32) -> bool {
    boundary!(false, {
        // SAFETY: a client by the rules of the header.
        let client = refuse_inside().and_then(|()| unsafe { used(client) });
        match client {
            Ok(client) => client.wait_ready(Duration::from_millis(ms.into())),
            Err(status) => status::answer(status, false),
        }
    })
}

/// Asks the server at once, whatever was planned.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn flagkit_client_refresh(client: *const flagkit_client) -> flagkit_status {
    boundary!(FLAGKIT_PANIC, {
        // SAFETY: a client by the rules of the header.
        match unsafe { used(client) } {
            Ok(client) => {
                client.refresh();
                FLAGKIT_OK
            }
            Err(status) => status::answer(status, status),
        }
    })
}

/// Publishes the flags of another document, JSON or YAML, in the dialect of the first.
///
/// Evaluations that begin after this see the new flags; those that run finish with the old. If the
/// text is no flag document or a flag in it is malformed, the flags stay as they are: what works is
/// never replaced by something broken. `error`, which may be NULL, tells why. In a client that follows
/// a file or a server, they hold until that has other flags. Change callbacks run before it returns;
/// from inside one it is refused with `FLAGKIT_IN_CALLBACK`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn flagkit_client_replace(
    client: *const flagkit_client,
    document: flagkit_str,
    error: *mut flagkit_error,
) -> flagkit_status {
    boundary!(FLAGKIT_PANIC, {
        let replace = || {
            refuse_inside()?;
            // SAFETY: a client by the rules of the header.
            let client = unsafe { used(client) }?;
            // SAFETY: a text by the rules of the header.
            client.replace(unsafe { document.required() }?)?;
            Ok(())
        };
        // SAFETY: an error or NULL by the rules of the header.
        let replaced = unsafe { status::report(replace(), error) };
        replaced.err().unwrap_or(FLAGKIT_OK)
    })
}

/// Tells the server what was counted, and waits for that at most `ms` milliseconds; how many
/// evaluations and exposures are left: all of them if there is no server, 0 if nothing is counted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn flagkit_client_flush(client: *const flagkit_client, ms: u32) -> u64 {
    boundary!(0, {
        // SAFETY: a client by the rules of the header.
        match refuse_inside().and_then(|()| unsafe { used(client) }) {
            Ok(client) => {
                let delivered = client.flush(Duration::from_millis(ms.into()));
                delivered.left.saturating_add(delivered.exposures_left)
            }
            Err(status) => status::answer(status, 0),
        }
    })
}

/// From now on a flag serves this value to everyone, whatever its rules say: for tests.
///
/// `json` is a value written as JSON: `true`, `"red"`, `3`. With no text (`ptr` is NULL) the flag serves
/// what its rules say again. Views that are open already stay as they are.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn flagkit_client_override(
    client: *const flagkit_client,
    key: flagkit_str,
    json: flagkit_str,
) -> flagkit_status {
    boundary!(FLAGKIT_PANIC, {
        let set = || {
            refuse_inside()?;
            // SAFETY: a client by the rules of the header.
            let client = unsafe { used(client) }?;
            // SAFETY: texts by the rules of the header.
            let (key, json) = unsafe { (key.required()?, json.optional()?) };
            let value = json.map(flagkit::value_from_text).transpose();
            client.override_flag(key, value.map_err(|_| FLAGKIT_INVALID_JSON)?);
            Ok(())
        };
        set().map_or_else(|status| status::answer(status, status), |()| FLAGKIT_OK)
    })
}

/// What is wrong with the flags that the client has, one line for each problem: into a buffer as
/// `snprintf` does. The length of the whole text; 0 if nothing is wrong.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn flagkit_client_problems(
    client: *const flagkit_client,
    buffer: *mut c_char,
    capacity: usize,
) -> usize {
    boundary!(0, {
        // SAFETY: a client by the rules of the header.
        match unsafe { used(client) } {
            Ok(client) => {
                let problems = client.status().diagnostics;
                let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
                // SAFETY: a buffer by the rules of the header.
                unsafe { strings::copy(&lines.join("\n"), buffer, capacity) }
            }
            Err(status) => status::answer(status, 0),
        }
    })
}

/// Numbers of a client for a monitoring system; see `flagkit_client_metrics`.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct flagkit_metrics {
    /// Set by the caller: `sizeof(flagkit_metrics)`.
    pub size: u32,
    /// 1 while the server is there, otherwise 0.
    pub connected: u32,
    /// Evaluations that were counted.
    pub evaluations: u64,
    /// Those of them that answered the fallback of their caller.
    pub defaults: u64,
    /// Those of them that failed.
    pub errors: u64,
    /// Evaluations that no server has been told of yet.
    pub evaluations_unreported: u64,
    /// Exposures that wait for being told.
    pub exposures_waiting: u64,
    /// Exposures that were dropped because too many waited.
    pub exposures_dropped: u64,
    /// Reports that a server took.
    pub reports_sent: u64,
    /// Attempts that failed.
    pub reports_failed: u64,
    /// Reports that were given up.
    pub reports_lost: u64,
    /// Documents that were published.
    pub publications: u64,
}

// SAFETY: repr(C), the size comes first, and zeros are numbers.
unsafe impl Sized32 for flagkit_metrics {
    fn with_size(self, size: u32) -> Self {
        Self { size, ..self }
    }
}

impl From<Metrics> for flagkit_metrics {
    fn from(metrics: Metrics) -> Self {
        Self {
            size: 0,
            connected: metrics.is_connected.into(),
            evaluations: metrics.evaluations,
            defaults: metrics.defaults,
            errors: metrics.errors,
            evaluations_unreported: metrics.evaluations_unreported,
            exposures_waiting: metrics.exposures_waiting,
            exposures_dropped: metrics.exposures_dropped,
            reports_sent: metrics.reports_sent,
            reports_failed: metrics.reports_failed,
            reports_lost: metrics.reports_lost,
            publications: metrics.publications,
        }
    }
}

/// Fills in the numbers of a client. Clients of a FlagKit server count evaluations by themselves,
/// others after `flagkit_client_count_usage`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn flagkit_client_metrics(
    client: *const flagkit_client,
    metrics: *mut flagkit_metrics,
) -> flagkit_status {
    boundary!(FLAGKIT_PANIC, {
        let fill = || {
            // SAFETY: a client by the rules of the header.
            let client = unsafe { used(client) }?;
            // SAFETY: a struct whose size is set, by the rules of the header.
            let size = unsafe { sized::size_of(metrics) }?;
            // SAFETY: as above.
            unsafe { sized::write(metrics, size, client.metrics().into()) };
            Ok(())
        };
        fill().map_or_else(|status| status::answer(status, status), |()| FLAGKIT_OK)
    })
}

/// Counts evaluations from now on, for `flagkit_client_metrics`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn flagkit_client_count_usage(
    client: *const flagkit_client,
) -> flagkit_status {
    boundary!(FLAGKIT_PANIC, {
        // SAFETY: a client by the rules of the header.
        match unsafe { used(client) } {
            Ok(client) => {
                client.count_usage();
                FLAGKIT_OK
            }
            Err(status) => status::answer(status, status),
        }
    })
}

/// The client behind a pointer, for what may not be done while a line of the log is told.
///
/// # Safety
///
/// As for [`handle::borrow`].
pub(crate) unsafe fn used<'a>(client: *const flagkit_client) -> Result<&'a Client, flagkit_status> {
    refuse_inside_log()?;
    // SAFETY: as the caller says.
    let client = unsafe { handle::borrow(client) };
    client.map(flagkit_client::flags).ok_or(FLAGKIT_NULL_PARAMETER)
}

fn given(client: Client) -> *mut flagkit_client {
    handle::give_share(Arc::new(flagkit_client { client }))
}
