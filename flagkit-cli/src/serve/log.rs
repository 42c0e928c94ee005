//! Lines of the log on the standard error output.

use std::io;

use flagkit_server::config::LogFormat;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt;

/// Writes what the server has to say from now on. Keys are not among it.
pub(super) fn install(format: LogFormat) {
    let lines = fmt().with_max_level(LevelFilter::INFO).with_writer(io::stderr);
    // Whoever calls this twice keeps the first one.
    let _ = match format {
        LogFormat::Off => return,
        LogFormat::Json => tracing::subscriber::set_global_default(lines.json().finish()),
        _ => {
            let is_coloured =
                anstream::AutoStream::choice(&io::stderr()) != anstream::ColorChoice::Never;
            let lines = lines.with_target(false).with_ansi(is_coloured);
            tracing::subscriber::set_global_default(lines.finish())
        }
    };
}
