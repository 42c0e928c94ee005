//! Lines of the log, handed to the caller.

use std::ffi::c_void;

use flagkit::Log;

use crate::callback::{Inside, Place, User};
use crate::options::{FLAGKIT_LOG_INFO, FLAGKIT_LOG_WARN};
use crate::strings::flagkit_str;

/// Is told one line of the log. `level` is `FLAGKIT_LOG_WARN` or `FLAGKIT_LOG_INFO`; `line` lives during
/// the call and has no line break at its end.
///
/// It may be called by several threads at the same time, and must return soon. It may evaluate flags;
/// everything else that takes a client answers `FLAGKIT_IN_CALLBACK`.
#[expect(non_camel_case_types, reason = "the name in C")]
pub type flagkit_log_fn =
    Option<unsafe extern "C" fn(user: *mut c_void, level: u32, line: flagkit_str)>;

/// The listener of the facade that passes lines on.
pub(crate) fn listener(
    log: unsafe extern "C" fn(*mut c_void, u32, flagkit_str),
    user: User,
) -> impl Fn(Log, &str) + Send + Sync + 'static {
    move |level, line| {
        let level = if level == Log::Info { FLAGKIT_LOG_INFO } else { FLAGKIT_LOG_WARN };
        let _inside = Inside::of(Place::Log);
        // SAFETY: the header says that the function takes these, on any thread.
        unsafe { log(user.data(), level, flagkit_str::of(line)) };
    }
}
