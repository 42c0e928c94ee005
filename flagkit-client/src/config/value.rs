//! Values of settings, from text.

use std::time::Duration;

use super::{Log, Mode};

/// A number and its unit: `500ms`, `2s`, `1.5s`, `2m`, `1h`.
pub(super) fn time(text: &str) -> Result<Duration, String> {
    let end = text.find(|char: char| !char.is_ascii_digit() && char != '.');
    let (number, unit) = text.split_at(end.unwrap_or(text.len()));
    let unit_s = match unit {
        "ms" => Some(0.001),
        "s" => Some(1.0),
        "m" => Some(60.0),
        "h" => Some(3600.0),
        // Nothing is the same in all units.
        "" if number == "0" => Some(1.0),
        _ => None,
    };
    let number: Option<f64> = number.parse().ok();
    let seconds = number.zip(unit_s).map(|(number, unit)| number * unit);
    match seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()) {
        Some(time) if time <= TIME_MAX => Ok(time),
        Some(_) => Err(format!("{} is more than a day", shown(text))),
        None => {
            let example = "a time is a number and a unit: `500ms`, `2s`, `1m`, `1h`";
            Err(format!("{} is no time; {example}", shown(text)))
        }
    }
}

pub(super) fn mode(text: &str) -> Result<Mode, String> {
    match text {
        "stream" => Ok(Mode::Stream),
        "poll" => Ok(Mode::Poll),
        "file" => Ok(Mode::File),
        "offline" => Ok(Mode::Offline),
        _ => Err(format!("{} is none of `stream`, `poll`, `file` and `offline`", shown(text))),
    }
}

/// Whether usage is counted.
pub(super) fn events(text: &str) -> Result<bool, String> {
    match text {
        "on" | "true" | "1" => Ok(true),
        "off" | "false" | "0" => Ok(false),
        _ => Err(format!("{} is neither `on` nor `off`", shown(text))),
    }
}

pub(super) fn log(text: &str) -> Result<Log, String> {
    match text {
        "off" => Ok(Log::Off),
        "warn" => Ok(Log::Warn),
        "info" => Ok(Log::Info),
        _ => Err(format!("{} is none of `off`, `warn` and `info`", shown(text))),
    }
}

/// An address of the web, without the slash at its end.
pub(crate) fn web_address(text: &str) -> Result<String, String> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let host = rest.and_then(|rest| rest.split(['/', '?', '#']).next()).unwrap_or_default();
    let is_odd = text.chars().any(|char| char.is_whitespace() || char.is_control());
    if host.is_empty() || is_odd {
        return Err("is no URL; for example `https://flags.example.com`".to_owned());
    }
    if host.contains('@') {
        return Err("has a user or key before the host; keys go into FLAGKIT_KEY".to_owned());
    }
    if rest.is_some_and(|rest| rest.contains(['?', '#'])) {
        return Err("has a query; it is the address of a server".to_owned());
    }
    Ok(text.trim_end_matches('/').to_owned())
}

/// What somebody wrote, for a message.
pub(super) fn shown(text: &str) -> String {
    let shown: String = text.chars().take(SHOWN_CHARS).collect();
    format!("`{shown}`")
}

const SHOWN_CHARS: usize = 64;
const TIME_MAX: Duration = Duration::from_secs(24 * 60 * 60);

#[cfg(test)]
mod tests;
