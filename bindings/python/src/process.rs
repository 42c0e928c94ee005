//! The flags of the process.

use crate::options::Settings;

/// Loads them, from where the settings and the environment say.
pub(crate) fn begin(settings: Settings) -> Result<flagkit::Flags, flagkit::Error> {
    match settings.document {
        // The environment may say something else; code wins.
        Some(text) => flagkit::init_with(settings.options.bootstrap(text).offline()),
        None => flagkit::init_with(settings.options),
    }
}
