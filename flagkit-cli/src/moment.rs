//! Times, as people say them.

use std::time::{SystemTime, UNIX_EPOCH};

use flagkit_core::Timestamp;

/// Milliseconds since 1970.
pub(crate) fn now_ms() -> u64 {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX)
}

/// `just now`, `5 min ago`, `3 h ago`, or the time itself where that is longer ago than a day or
/// still to come.
pub(crate) fn ago(at_ms: u64, now_ms: u64) -> String {
    match now_ms.checked_sub(at_ms).map(|ms| ms / 1_000) {
        Some(0..60) => "just now".to_owned(),
        Some(seconds @ 60..3_600) => format!("{} min ago", seconds / 60),
        Some(seconds @ 3_600..86_400) => format!("{} h ago", seconds / 3_600),
        _ => whole(at_ms),
    }
}

/// `2026-12-01 09:30:00 UTC`.
pub(crate) fn whole(at_ms: u64) -> String {
    let text = rfc3339(at_ms);
    let seconds = text.split(['.', 'Z']).next().unwrap_or_default();
    format!("{} UTC", seconds.replacen('T', " ", 1))
}

/// `09:30:00`, in UTC.
pub(crate) fn clock(at_ms: u64) -> String {
    let text = whole(at_ms);
    text.split(' ').nth(1).unwrap_or_default().to_owned()
}

fn rfc3339(at_ms: u64) -> String {
    let at = i64::try_from(at_ms).ok().and_then(Timestamp::from_unix_milliseconds);
    at.unwrap_or(Timestamp::EPOCH).to_string()
}

#[cfg(test)]
mod tests;
