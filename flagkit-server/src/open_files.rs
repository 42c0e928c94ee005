//! How many files, and so connections, the process may have open.

/// Asks for as many as the system allows. Most shells give 1,024, which is a limit for old programs
/// and not for the machine.
#[cfg(unix)]
pub(crate) fn allow_most() {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let most = rustix::process::Rlimit { current: limit.maximum, ..limit };
    if let Err(error) = setrlimit(Resource::Nofile, most) {
        tracing::debug!(%error, "the limit of open files stays at {:?}", limit.current);
    }
}

/// Nothing to ask for.
#[cfg(not(unix))]
pub(crate) fn allow_most() {}
