//! Change windows and blackouts: when something may happen, by the clocks of some place.
//!
//! A calendar is open exactly when a clock on the wall of its zone shows a time inside one of its
//! openings and none of its closings. So an hour that a zone leaves out in spring is never open,
//! and one that it repeats in autumn is open twice. Zones come from a database that is part of
//! the program: answers do not depend on the machine.
//!
//! ```
//! use std::collections::BTreeMap;
//! use flagkit_deploy::Time;
//! use flagkit_deploy::calendar::Calendars;
//! use flagkit_deploy::plan::Calendar;
//!
//! let window = Calendar {
//!     zone: "Europe/Paris".into(),
//!     open: vec!["Tue,Thu 02:00-04:00".into()],
//!     closed: vec!["2026-11-23..2026-11-30".into()],
//! };
//! let calendars = Calendars::new(&BTreeMap::from([("change_window".into(), window)]))
//!     .map_err(|bad| bad[0].to_string())?;
//!
//! // Tuesday, 1 December 2026, 02:30 in Paris.
//! let now = Time::from_unix_ms(1_796_088_600_000);
//! assert_eq!(calendars.facts(now)["calendar.change_window"], true);
//! // It closes at 04:00.
//! assert_eq!(calendars.next_change(now), Some(Time::from_unix_ms(1_796_094_000_000)));
//! # Ok::<(), String>(())
//! ```

use std::collections::BTreeMap;

use jiff::tz::{TimeZone, TimeZoneDatabase};

use crate::plan::Calendar;
use crate::refusal::Refusal;
use crate::time::Time;

mod entry;
mod ical;
mod length;
mod recurrence;
mod rule;
mod wall;
mod zone;

use entry::Entry;
pub use ical::entries_of_ical;
use recurrence::Recurrence;
use wall::{Instant, Wall, offset};

/// Calendars by name, read and checked.
#[derive(Clone, Debug, Default)]
pub struct Calendars {
    named: Vec<Named>,
}

#[derive(Clone, Debug)]
struct Named {
    /// `calendar.NAME`.
    fact: String,
    /// Always open where empty.
    open: Vec<Placed>,
    closed: Vec<Placed>,
}

/// An entry and the zone of its clocks.
#[derive(Clone, Debug)]
struct Placed {
    zone: TimeZone,
    entry: Entry,
}

impl Calendars {
    /// Reads calendars.
    ///
    /// A zone is an IANA name; none is UTC. An entry of `open` or `closed` is one of:
    ///
    /// | entry | is |
    /// |---|---|
    /// | `Tue,Thu 02:00-04:00`, `Mon-Fri 22:00-06:00`, `14:00 for 1h`, `Sun` | days of the week, hours, or both; hours over midnight belong to the day on which they begin |
    /// | `2026-11-23..2026-11-30`, `2026-12-25` | days, the last one included |
    /// | `2026-11-23T18:00..2026-11-30T06:00` | from then until then |
    /// | `12-24..01-02`, `12-25` | the same days of every year |
    /// | `DTSTART:20260106T020000 DURATION:PT2H RRULE:FREQ=WEEKLY;BYDAY=TU` | properties of an event of RFC 5545, with blanks or line breaks between them; `EXDATE` and `RDATE`, too |
    ///
    /// # Errors
    ///
    /// Every entry that is none of these, unknown zones and abbreviations of zones, and calendars
    /// that are never open.
    pub fn new(calendars: &BTreeMap<String, Calendar>) -> Result<Self, Vec<Refusal>> {
        let zones = TimeZoneDatabase::bundled();
        let (mut named, mut refusals) = (Vec::with_capacity(calendars.len()), Vec::new());
        for (name, calendar) in calendars {
            let path = format!("calendars.{name}");
            match Named::new(name, &path, (calendar, &zones)) {
                Ok(calendar) if calendar.ever_opens() => named.push(calendar),
                Ok(_) => refusals.push(Refusal::new(
                    path,
                    "the calendar is never open",
                    "let its openings reach beyond its closings",
                )),
                Err(bad) => refusals.extend(bad),
            }
        }
        if refusals.is_empty() { Ok(Self { named }) } else { Err(refusals) }
    }

    /// What conditions may ask for at this time: `calendar.NAME`, true or false, of every calendar.
    pub fn facts(&self, now: Time) -> BTreeMap<String, serde_json::Value> {
        let now = Instant::of(now);
        let facts = self.named.iter();
        facts.map(|calendar| (calendar.fact.clone(), calendar.is_open(now).into())).collect()
    }

    /// Whether the calendar of this name is open; none if there is no such calendar.
    pub fn is_open(&self, name: &str, now: Time) -> Option<bool> {
        let named = |calendar: &&Named| calendar.fact.strip_prefix(FACT) == Some(name);
        Some(self.named.iter().find(named)?.is_open(Instant::of(now)))
    }

    /// When the next of the facts changes after this time; none if none does within 50 years.
    pub fn next_change(&self, after: Time) -> Option<Time> {
        let from = Instant::of(after);
        let changes = self.named.iter().filter_map(|calendar| calendar.next_change(from));
        changes.min().map(Instant::time).filter(|change| *change > after)
    }

    /// Calendars that are closed now and will not open again within 50 years: a release that waits
    /// for one would wait for ever.
    pub fn never_opening(&self, now: Time) -> Vec<Refusal> {
        let now = Instant::of(now);
        let closed = self.named.iter().filter(|calendar| !calendar.opens_from(now));
        let refusal = |calendar: &Named| {
            let name = calendar.fact.strip_prefix(FACT).unwrap_or_default();
            let path = format!("calendars.{name}");
            Refusal::new(path, "the calendar does not open any more", "give it a later opening")
        };
        closed.map(refusal).collect()
    }
}

impl Named {
    fn new(
        name: &str,
        path: &str,
        (calendar, zones): (&Calendar, &TimeZoneDatabase),
    ) -> Result<Self, Vec<Refusal>> {
        let zone = zone::find(&calendar.zone, zones)
            .map_err(|refused| vec![refused.at(format!("{path}.zone"))])?;
        let mut refusals = Vec::new();
        let mut read = |field: &str, texts: &[String]| -> Vec<Placed> {
            let mut placed = Vec::with_capacity(texts.len());
            for (at, text) in texts.iter().enumerate() {
                match Placed::read(text, &zone, zones) {
                    Ok(entry) => placed.push(entry),
                    Err(refused) => refusals.push(refused.at(format!("{path}.{field}[{at}]"))),
                }
            }
            placed
        };
        let open = read("open", &calendar.open);
        let closed = read("closed", &calendar.closed);
        let is_name =
            |character: char| character.is_ascii_alphanumeric() || "_-".contains(character);
        if name.is_empty() || !name.chars().all(is_name) {
            let problem = "no condition can name this calendar";
            refusals.push(Refusal::new(path, problem, "use letters, digits, `_` and `-`"));
        }
        if open.is_empty() && closed.is_empty() && refusals.is_empty() {
            let mend = "add `open`, `closed` or both";
            refusals.push(Refusal::new(path, "the calendar says nothing", mend));
        }
        let fact = format!("{FACT}{name}");
        if refusals.is_empty() { Ok(Self { fact, open, closed }) } else { Err(refusals) }
    }

    fn is_open(&self, now: Instant) -> bool {
        let covers = |placed: &Placed| placed.entry.contains(placed.wall(now));
        (self.open.is_empty() || self.open.iter().any(covers)) && !self.closed.iter().any(covers)
    }

    fn next_change(&self, after: Instant) -> Option<Instant> {
        let before = self.is_open(after);
        let horizon = after.plus(HORIZON);
        let mut at = after;
        for _ in 0..STEPS_MAX {
            let placed = self.open.iter().chain(&self.closed);
            at = placed.filter_map(|placed| placed.next_look(at)).min()?;
            if at > horizon {
                return None;
            }
            if self.is_open(at) != before {
                return Some(at);
            }
        }
        None
    }

    fn opens_from(&self, start: Instant) -> bool {
        self.is_open(start) || self.next_change(start).is_some()
    }

    /// Whether it is open at some time at all, looked for from its first date on.
    fn ever_opens(&self) -> bool {
        let entries = self.open.iter().chain(&self.closed);
        let first = entries.filter_map(|placed| placed.entry.first()).min();
        let start = first.map_or(Instant(0), |first| Instant(first.0).plus(-TWO_DAYS));
        self.opens_from(start)
    }
}

impl Placed {
    fn read(
        text: &str,
        zone: &TimeZone,
        zones: &TimeZoneDatabase,
    ) -> Result<Self, entry::BadEntry> {
        if let Some(event) = rule::Event::read(text)? {
            let zone = match event.zone.as_deref() {
                Some(name) => zone::find(name, zones)?,
                None => zone.clone(),
            };
            let entry = Entry::Event(Recurrence::new(event, &zone)?);
            return Ok(Self { zone, entry });
        }
        Ok(Self { zone: zone.clone(), entry: Entry::read(text)? })
    }

    fn wall(&self, now: Instant) -> Wall {
        Wall(now.0.saturating_add(offset(&self.zone, now)))
    }

    /// The next time at which the entry may begin or end: where it does by the clock, or where
    /// the clock is set.
    fn next_look(&self, at: Instant) -> Option<Instant> {
        let offset = offset(&self.zone, at);
        let wall = Wall(at.0.saturating_add(offset));
        let boundary = self.entry.next_boundary(wall);
        let boundary = boundary.map(|boundary| Instant(boundary.0.saturating_sub(offset)));
        let set = wall::next_set(&self.zone, at);
        boundary.into_iter().chain(set).min()
    }
}

/// What the names of facts begin with.
const FACT: &str = "calendar.";
/// How far ahead changes are looked for, in seconds.
const HORIZON: i64 = 50 * 366 * 86_400;
/// Looks for one change before it is given up: thirty years of daily windows that are all closed.
const STEPS_MAX: usize = 25_000;
/// More than the largest difference of two clocks.
const TWO_DAYS: i64 = 2 * 86_400;

#[cfg(test)]
mod tests;
