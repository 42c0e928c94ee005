//! `Retry-After`: when the server itself says how long.

use std::time::Duration;

use super::super::request::Head;

/// How long the head of an answer asks to wait: at most 15 minutes, so that a mistake of a
/// server's is no end.
///
/// A date is measured against the `Date` of the same head, which is the same clock. Without that
/// it says nothing.
pub(crate) fn retry_after(head: &Head) -> Option<Duration> {
    let text = head.retry_after()?;
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let wait = if is_number {
        // More digits than a number holds are long, too.
        Duration::from_secs(text.parse().unwrap_or(u64::MAX))
    } else {
        let until = httpdate::parse_http_date(text).ok()?;
        let now = httpdate::parse_http_date(head.date()?).ok()?;
        until.duration_since(now).unwrap_or_default()
    };
    Some(wait.min(LONGEST))
}

const LONGEST: Duration = Duration::from_secs(15 * 60);
