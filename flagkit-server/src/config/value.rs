//! Values of settings, from text.

use std::fmt::Display;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use super::{ConfigError, LogFormat};

/// An IP address and a port; `localhost` is this machine.
pub(super) fn address(text: &str) -> Result<SocketAddr, ConfigError> {
    let local = text.strip_prefix("localhost:").map(|port| format!("127.0.0.1:{port}"));
    local.as_deref().unwrap_or(text).parse().map_err(|_| {
        wrong(text, "no address; an address is an IP and a port, for example `0.0.0.0:4290`")
    })
}

/// A URL of the web, without the slash at its end.
pub(super) fn url(text: &str) -> Result<String, ConfigError> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let has_host = rest.is_some_and(|rest| !rest.starts_with('/') && !rest.is_empty());
    if !has_host
        || text.chars().any(|character| character.is_whitespace() || character.is_control())
    {
        return Err(wrong(text, "no URL; for example `https://flags.example.com`"));
    }
    Ok(text.trim_end_matches('/').to_owned())
}

/// The path of a file.
pub(super) fn file(text: &str) -> Result<PathBuf, ConfigError> {
    if text.is_empty() {
        return Err(ConfigError::new("the path is empty"));
    }
    Ok(PathBuf::from(text))
}

/// A whole number within bounds, both included.
pub(super) fn number<T>(text: &str, least: T, most: T) -> Result<T, ConfigError>
where
    T: Copy + FromStr + PartialOrd + Display,
{
    match text.parse() {
        Ok(number) if number >= least && number <= most => Ok(number),
        _ => Err(wrong(text, &format!("no whole number from {least} to {most}"))),
    }
}

/// A number and its unit: `500ms`, `15s`, `2m`, `1h`; seconds where there is none.
pub(super) fn time(text: &str, least: Duration, most: Duration) -> Result<Duration, ConfigError> {
    let end = text.find(|character: char| !character.is_ascii_digit()).unwrap_or(text.len());
    let (digits, unit) = text.split_at(end);
    let unit_ms: Option<u64> = match unit {
        "ms" => Some(1),
        "s" | "" => Some(1000),
        "m" => Some(60_000),
        "h" => Some(3_600_000),
        _ => None,
    };
    let number: Option<u64> = digits.parse().ok();
    let ms = number.zip(unit_ms).and_then(|(number, unit)| number.checked_mul(unit));
    match ms.map(Duration::from_millis) {
        Some(time) if time >= least && time <= most => Ok(time),
        Some(_) => Err(wrong(text, &format!("not between {least:?} and {most:?}"))),
        None => {
            Err(wrong(text, "no time; a time is a number and a unit: `500ms`, `15s`, `2m`, `1h`"))
        }
    }
}

/// `true` or `false`, as programs write them; nothing is `true`, as a switch is.
pub(super) fn switch(text: &str) -> Result<bool, ConfigError> {
    match text {
        "" | "true" | "1" | "yes" | "on" => Ok(true),
        "false" | "0" | "no" | "off" => Ok(false),
        _ => Err(wrong(text, "neither `true` nor `false`")),
    }
}

/// `*`, or origins with commas between them; nothing for none.
pub(super) fn origins(text: &str) -> Result<Vec<String>, ConfigError> {
    let each = text.split(',').map(str::trim).filter(|origin| !origin.is_empty());
    each.map(|origin| if origin == "*" { Ok(origin.to_owned()) } else { url(origin) }).collect()
}

/// How logs are written.
pub(super) fn log_format(text: &str) -> Result<LogFormat, ConfigError> {
    match text {
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        "off" => Ok(LogFormat::Off),
        _ => Err(wrong(text, "none of `text`, `json` and `off`")),
    }
}

#[cold]
fn wrong(text: &str, problem: &str) -> ConfigError {
    let shown: String = text.chars().take(SHOWN_CHARACTERS).collect();
    ConfigError::new(format!("`{shown}` is {problem}"))
}

const SHOWN_CHARACTERS: usize = 64;

#[cfg(test)]
mod tests;
