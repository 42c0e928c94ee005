//! Files of calendars (RFC 5545), as entries.

use super::entry::BadEntry;

/// The events of an iCalendar file as entries of a [`Calendar`](crate::plan::Calendar): put them
/// into `open` or `closed`.
///
/// Read are `DTSTART`, `DTEND`, `DURATION`, `RRULE`, `EXDATE` and `RDATE`; cancelled events are left
/// out. Zones go by their IANA names, not by what the file says of them.
///
/// ```
/// use flagkit_deploy::calendar::entries_of_ical;
///
/// let file = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Freeze\r\nDTSTART;VALUE=DATE:20261224\r\n\
///             DTEND;VALUE=DATE:20270102\r\nRRULE:FREQ=YEARLY\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
/// let entries = entries_of_ical(file)?;
/// assert_eq!(entries, ["DTSTART;VALUE=DATE:20261224 DTEND;VALUE=DATE:20270102 RRULE:FREQ=YEARLY"]);
/// # Ok::<(), flagkit_deploy::quantity::QuantityError>(())
/// ```
///
/// # Errors
///
/// A file of more than 4 MiB or 10,000 events, one without events, and events that replace single
/// occurrences of others (`RECURRENCE-ID`) or leave out by rule (`EXRULE`).
pub fn entries_of_ical(text: &str) -> Result<Vec<String>, BadEntry> {
    if text.len() > TEXT_BYTES_MAX {
        return Err(BadEntry::new("the file has more than 4 MiB", "leave past events out"));
    }
    // Long lines are folded: what begins with a blank continues the line before.
    let unfolded = text.replace("\r\n", "\n").replace("\n ", "").replace("\n\t", "");
    let mut entries = Vec::new();
    let mut event: Option<Vec<String>> = None;
    for line in unfolded.lines().map(str::trim_end) {
        let name = line.split([';', ':']).next().unwrap_or_default().to_ascii_uppercase();
        match (&*name, &mut event) {
            ("BEGIN", _) if line.eq_ignore_ascii_case("BEGIN:VEVENT") => event = Some(Vec::new()),
            ("END", Some(properties)) if line.eq_ignore_ascii_case("END:VEVENT") => {
                entries.push(properties.join(" "));
                event = None;
            }
            ("STATUS", Some(_)) if line.to_ascii_uppercase().ends_with(":CANCELLED") => {
                event = None;
            }
            ("RECURRENCE-ID" | "EXRULE", Some(_)) => {
                let problem = format!("an event has `{name}`, which is not read");
                return Err(BadEntry::new(problem, "use `EXDATE` and an event of its own"));
            }
            (name, Some(properties)) if KEPT.contains(&name) => {
                properties.push(line.replace(char::is_whitespace, ""));
            }
            _ => {}
        }
    }
    match entries.len() {
        0 => Err(BadEntry::new("the file has no events", "check that it is a calendar")),
        1..=EVENTS_MAX => Ok(entries),
        count => {
            let problem = format!("the file has {count} events");
            Err(BadEntry::new(problem, "leave past events out: at most 10,000 are read"))
        }
    }
}

const KEPT: [&str; 6] = ["DTSTART", "DTEND", "DURATION", "RRULE", "EXDATE", "RDATE"];
const TEXT_BYTES_MAX: usize = 4 << 20;
const EVENTS_MAX: usize = 10_000;
