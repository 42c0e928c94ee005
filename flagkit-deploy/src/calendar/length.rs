//! How long an event is: durations of RFC 5545.

use super::entry::BadEntry;
use super::wall::DAY;

/// `PT2H`, `P1D`, `P1W`, `P1DT12H`, in seconds.
pub(super) fn duration(text: &str) -> Result<i64, BadEntry> {
    let bad = || {
        let problem = format!("`{text}` is no length of an event");
        BadEntry::new(problem, "write `PT2H`, `PT30M`, `P1D` or `P1W`")
    };
    let rest = text.strip_prefix('+').unwrap_or(text).strip_prefix('P').ok_or_else(bad)?;
    let (mut seconds, mut digits, mut in_time) = (0_i64, String::new(), false);
    for character in rest.chars() {
        let unit = match (character, in_time) {
            ('0'..='9', _) => {
                digits.push(character);
                continue;
            }
            ('T', false) if digits.is_empty() => {
                in_time = true;
                continue;
            }
            ('W', false) => 7 * DAY,
            ('D', false) => DAY,
            ('H', true) => 3_600,
            ('M', true) => 60,
            ('S', true) => 1,
            _ => return Err(bad()),
        };
        let count: i64 = digits.parse().map_err(|_| bad())?;
        digits.clear();
        let more = count.checked_mul(unit).ok_or_else(bad)?;
        seconds = seconds.checked_add(more).ok_or_else(bad)?;
    }
    if !digits.is_empty() || seconds == 0 {
        return Err(bad());
    }
    within_a_year(seconds)
}

/// Events of more than a year are a mistake.
pub(super) fn within_a_year(seconds: i64) -> Result<i64, BadEntry> {
    if (1..=366 * DAY).contains(&seconds) {
        return Ok(seconds);
    }
    let problem = if seconds > 0 { "lasts longer than a year" } else { "ends before it begins" };
    Err(BadEntry::new(format!("the event {problem}"), "give it an end within 366 days"))
}

/// Hours of a day last a day at most.
pub(super) fn within_a_day(seconds: i64) -> Result<i64, BadEntry> {
    if (1..=DAY).contains(&seconds) {
        return Ok(seconds);
    }
    Err(BadEntry::new("hours last a second to a day", "write a longer window as an `RRULE`"))
}
