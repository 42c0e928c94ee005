//! When an event happens: the recurrences of RFC 5545 by days.

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::entry::BadEntry;
use super::rule::{Event, Frequency, Rule, Stamp};
use super::wall::{self, DAY, Day, Instant, Wall};

/// An event that happens once or again and again. Only days that the rule has count: the start is
/// no occurrence if the rule does not say so.
#[derive(Clone, Debug)]
pub(super) struct Recurrence {
    first: Day,
    /// When it begins on each of its days.
    second: i64,
    length: i64,
    days: Days,
    /// Starts that are left out; a whole day where the second is none.
    except: Vec<(Day, Option<i64>)>,
    /// Starts besides those of the rule.
    also: Vec<Wall>,
}

#[derive(Clone, Debug)]
enum Days {
    /// These, in order.
    Listed(Vec<Day>),
    /// Those of a rule, until a last one.
    Ruled { rule: Rule, until: Option<Wall> },
}

impl Recurrence {
    pub(super) fn new(event: Event, zone: &TimeZone) -> Result<Self, BadEntry> {
        let wall = |stamp: &Stamp| {
            if !stamp.is_utc || stamp.is_date {
                return stamp.wall;
            }
            Wall(stamp.wall.0 + wall::offset(zone, Instant(stamp.wall.0)))
        };
        // What is written with `Z` is in UTC, and so is the zone then.
        let start = event.start.wall;
        let (first, second) = (start.day(), start.0.rem_euclid(DAY));
        let except = event.except.iter().map(|stamp| {
            let at = wall(stamp);
            (at.day(), (!stamp.is_date).then(|| at.0.rem_euclid(DAY)))
        });
        let mut this = Self {
            first,
            second,
            length: event.length,
            days: Days::Listed(vec![first]),
            except: except.collect(),
            also: event.also.iter().map(wall).collect(),
        };
        if let Some(rule) = event.rule {
            let until = rule.until.map(|stamp| {
                let last = wall(&stamp);
                if stamp.is_date { Wall(last.0 + DAY - 1) } else { last }
            });
            let count = rule.count;
            this.days = Days::Ruled { rule, until };
            if let Some(count) = count {
                let days = (first..first + SCAN_DAYS).filter(|day| this.happens_by_rule(*day));
                this.days = Days::Listed(days.take(count).collect());
            }
            if this.next_start(first - 1).is_none() {
                let mend = "correct the `RRULE`, or its `UNTIL`";
                return Err(BadEntry::new("the event never happens", mend));
            }
        }
        Ok(this)
    }

    /// When it begins for the first time at the earliest.
    pub(super) fn first(&self) -> Wall {
        Wall::at(self.first, self.second)
    }

    /// Whether a clock that shows this is inside.
    pub(super) fn contains(&self, wall: Wall) -> bool {
        let is_inside = |start: Wall| start <= wall && wall.0 < start.0 + self.length;
        let earliest = Wall(wall.0 - self.length).day();
        (earliest..=wall.day())
            .any(|day| is_inside(Wall::at(day, self.second)) && self.happens(day))
            || self.also.iter().any(|start| is_inside(*start))
    }

    /// The next time after this at which it begins or ends.
    pub(super) fn next_boundary(&self, after: Wall) -> Option<Wall> {
        let ends = |start: Wall| [start, Wall(start.0 + self.length)];
        let next = |start: Wall| ends(start).into_iter().find(|boundary| *boundary > after);
        let mut best = self.also.iter().filter_map(|start| next(*start)).min();
        let mut day = Wall(after.0 - self.length).day() - 1;
        while let Some(found) = self.next_start(day) {
            let start = Wall::at(found, self.second);
            if best.is_some_and(|best| start >= best) {
                break;
            }
            best = best.into_iter().chain(next(start)).min();
            day = found;
        }
        best
    }

    /// The next day after this on which it begins.
    fn next_start(&self, after: Day) -> Option<Day> {
        if let Days::Listed(days) = &self.days {
            let from = days.partition_point(|day| *day <= after);
            let later = days.get(from..).unwrap_or_default();
            return later.iter().copied().find(|day| self.happens(*day));
        }
        let from = (after + 1).max(self.first);
        (from..from + SCAN_DAYS).find(|day| self.happens(*day))
    }

    /// Whether it begins on this day.
    fn happens(&self, day: Day) -> bool {
        let is_excepted = |(except, second): &(Day, Option<i64>)| {
            *except == day && second.is_none_or(|second| second == self.second)
        };
        self.happens_by_rule(day) && !self.except.iter().any(is_excepted)
    }

    fn happens_by_rule(&self, day: Day) -> bool {
        match &self.days {
            Days::Listed(days) => days.binary_search(&day).is_ok(),
            Days::Ruled { rule, until } => {
                let is_late = until.is_some_and(|until| Wall::at(day, self.second) > until);
                day >= self.first && !is_late && rule.has(day, self.first)
            }
        }
    }
}

impl Rule {
    /// Whether the rule has this day, for an event that begins on the day `first`.
    fn has(&self, day: Day, first: Day) -> bool {
        let (Some(date), Some(start)) = (wall::date(day), wall::date(first)) else { return false };
        let passed = match self.frequency {
            Frequency::Daily => day - first,
            Frequency::Weekly => (self.week(day) - self.week(first)).div_euclid(7),
            Frequency::Monthly => months(date) - months(start),
            Frequency::Yearly => i64::from(date.year() - start.year()),
        };
        if passed.rem_euclid(self.interval) != 0 || !self.fits(date, start) {
            return false;
        }
        self.positions.is_empty() || self.is_at_position(day, start)
    }

    /// The first day of the week.
    fn week(&self, day: Day) -> Day {
        day - (i64::from(wall::weekday(day)) - i64::from(self.week_start)).rem_euclid(7)
    }

    /// Whether a date is one of those that the rule names, whatever its interval.
    fn fits(&self, date: Date, start: Date) -> bool {
        let names_days = !self.days.is_empty() || !self.month_days.is_empty();
        let by_month = match self.frequency {
            Frequency::Yearly if self.months == 0 && !names_days => date.month() == start.month(),
            _ => self.months == 0 || self.months & (1 << date.month()) != 0,
        };
        let by_default = names_days
            || match self.frequency {
                Frequency::Daily => true,
                Frequency::Weekly => date.weekday() == start.weekday(),
                Frequency::Monthly | Frequency::Yearly => date.day() == start.day(),
            };
        let from_end = i16::from(date.day()) - i16::from(date.days_in_month()) - 1;
        let is_day = |day: &i16| *day == i16::from(date.day()) || *day == from_end;
        let by_month_day = self.month_days.is_empty() || self.month_days.iter().any(is_day);
        let by_day = self.days.is_empty() || self.days.iter().any(|day| self.is_nth(date, *day));
        by_month && by_default && by_month_day && by_day
    }

    /// Whether a date is this weekday of its month, or of its year.
    fn is_nth(&self, date: Date, (which, weekday): (i16, u8)) -> bool {
        if wall::weekday(wall::day(date)) != weekday {
            return false;
        }
        let in_year = self.frequency == Frequency::Yearly && self.months == 0;
        let (before, days) = if in_year {
            (date.day_of_year() - 1, date.days_in_year())
        } else {
            (i16::from(date.day()) - 1, i16::from(date.days_in_month()))
        };
        let from_start = before / 7 + 1;
        let from_end = -((days - 1 - before) / 7 + 1);
        which == 0 || which == from_start || which == from_end
    }

    /// Whether a day that fits is at one of the wanted positions among those of its period.
    fn is_at_position(&self, day: Day, start: Date) -> bool {
        let Some(date) = wall::date(day) else { return false };
        let (from, to) = match self.frequency {
            Frequency::Daily => (day, day),
            Frequency::Weekly => (self.week(day), self.week(day) + 6),
            Frequency::Monthly => {
                let from = day - i64::from(date.day()) + 1;
                (from, from + i64::from(date.days_in_month()) - 1)
            }
            Frequency::Yearly => {
                let from = day - i64::from(date.day_of_year()) + 1;
                (from, from + i64::from(date.days_in_year()) - 1)
            }
        };
        let fits = |day: &Day| wall::date(*day).is_some_and(|date| self.fits(date, start));
        let before = i16::try_from((from..day).filter(fits).count()).unwrap_or(i16::MAX);
        let behind = i16::try_from((day + 1..=to).filter(fits).count()).unwrap_or(i16::MAX);
        self.positions.iter().any(|at| *at == before + 1 || *at == -behind - 1)
    }
}

/// Months since the year 0.
fn months(date: Date) -> i64 {
    i64::from(date.year()) * 12 + i64::from(date.month())
}

/// Days ahead in which a next occurrence is looked for.
const SCAN_DAYS: i64 = 50 * 366;
