use std::collections::BTreeMap;

use flagkit_core::Timestamp;
use jiff::tz::TimeZoneDatabase;

use super::*;

fn time(text: &str) -> Time {
    let seconds = Timestamp::parse(text).unwrap().unix_seconds();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "after 1970")]
    let ms = (seconds * 1000.0) as u64;
    Time::from_unix_ms(ms)
}

fn calendars(zone: &str, open: &[&str], closed: &[&str]) -> Result<Calendars, Vec<Refusal>> {
    let texts = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect();
    let calendar = Calendar { zone: zone.to_owned(), open: texts(open), closed: texts(closed) };
    Calendars::new(&BTreeMap::from([("c".to_owned(), calendar)]))
}

fn is_open(calendars: &Calendars, at: &str) -> bool {
    calendars.is_open("c", time(at)).unwrap()
}

fn refused(zone: &str, open: &[&str], closed: &[&str]) -> String {
    let refusals = calendars(zone, open, closed).unwrap_err();
    refusals.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// S0: production on Tuesdays and Thursdays, 02:00 to 04:00, and three blackouts.
#[test]
fn production_windows_and_blackouts_of_a_year() {
    let closed = [
        "2026-11-23..2026-11-30",
        "DTSTART;VALUE=DATE:20260329 RRULE:FREQ=YEARLY;BYMONTH=3,6,9,12;BYMONTHDAY=-3,-2,-1",
        "12-24..01-02",
    ];
    let prod = calendars("Europe/Paris", &["Tue,Thu 02:00-04:00"], &closed).unwrap();
    for (at, open) in [
        ("2026-11-17T02:30:00+01:00", true),
        ("2026-11-17T02:00:00+01:00", true),
        ("2026-11-17T04:00:00+01:00", false),
        ("2026-11-18T02:30:00+01:00", false),
        ("2026-11-24T02:30:00+01:00", false),
        ("2026-12-01T02:30:00+01:00", true),
        ("2026-12-24T02:30:00+01:00", false),
        ("2026-12-31T02:30:00+01:00", false),
        ("2027-01-05T03:59:59+01:00", true),
        ("2026-09-29T02:30:00+02:00", false),
        ("2026-10-01T02:30:00+02:00", true),
    ] {
        assert_eq!(is_open(&prod, at), open, "{at}");
    }
    let change = prod.next_change(time("2026-11-19T04:00:00+01:00"));
    assert_eq!(change, Some(time("2026-12-01T02:00:00+01:00")));
}

/// S3: Sundays 02:00-06:00 UTC, Tuesdays and Thursdays at 14:00, staging daily at 10:00.
#[test]
fn the_other_windows_of_the_standards() {
    let maintenance = calendars("UTC", &["Sun 02:00-06:00"], &[]).unwrap();
    assert!(is_open(&maintenance, "2026-11-22T02:00:00Z"));
    assert!(!is_open(&maintenance, "2026-11-22T06:00:00Z"));
    let production = calendars("", &["Tue,Thu 14:00 for 1h"], &[]).unwrap();
    assert!(is_open(&production, "2026-11-24T14:59:59Z"));
    assert!(!is_open(&production, "2026-11-24T15:00:00Z"));
    let staging = calendars("UTC", &["daily 10:00-11:00"], &[]).unwrap();
    assert!(is_open(&staging, "2026-11-25T10:30:00Z"));
    assert_eq!(
        refused("UTC", &["Tue,Thu 14:00"], &[]),
        "calendars.c.open[0]: `14:00` does not say until when; write `14:00 for 1h`, or both ends"
    );
}

#[test]
fn hours_over_midnight_belong_to_the_day_on_which_they_begin() {
    let night = calendars("UTC", &["Fri 22:00-06:00"], &[]).unwrap();
    for (at, open) in [
        ("2026-11-27T21:59:59Z", false),
        ("2026-11-27T22:00:00Z", true),
        ("2026-11-28T05:59:59Z", true),
        ("2026-11-28T06:00:00Z", false),
        ("2026-11-28T22:00:00Z", false),
        ("2026-11-27T05:00:00Z", false),
    ] {
        assert_eq!(is_open(&night, at), open, "{at}");
    }
    let all = calendars("UTC", &["Sat-Mon", "00:00-24:00"], &["Wed", "14:00-15:00"]).unwrap();
    assert!(is_open(&all, "2026-11-23T00:00:00Z") && !is_open(&all, "2026-11-25T12:00:00Z"));
    assert!(!is_open(&all, "2026-11-23T14:30:00Z"));
}

/// A clock that is set forward never shows the hour that is left out; one that is set back shows
/// an hour twice.
#[test]
fn gaps_are_never_open_and_folds_are_open_twice() {
    let newyork = |hours: &str| calendars("America/New_York", &[hours], &[]).unwrap();
    // 2026-03-08: from 01:59:59 EST to 03:00 EDT.
    let gap = newyork("02:15-02:45");
    assert!(is_open(&gap, "2026-03-07T02:30:00-05:00"));
    let change = gap.next_change(time("2026-03-07T03:00:00-05:00"));
    assert_eq!(change, Some(time("2026-03-09T02:15:00-04:00")));
    let across = newyork("01:30-03:30");
    assert_eq!(
        across.next_change(time("2026-03-08T01:45:00-05:00")),
        Some(time("2026-03-08T03:30:00-04:00"))
    );
    // 2026-11-01: from 01:59:59 EDT back to 01:00 EST.
    let fold = newyork("01:15-01:45");
    let mut at = time("2026-11-01T00:00:00-04:00");
    let mut changes = Vec::new();
    for _ in 0..4 {
        at = fold.next_change(at).unwrap();
        changes.push(at);
    }
    let expected = [
        "2026-11-01T01:15:00-04:00",
        "2026-11-01T01:45:00-04:00",
        "2026-11-01T01:15:00-05:00",
        "2026-11-01T01:45:00-05:00",
    ];
    assert_eq!(changes, expected.map(time));
}

/// In every zone, over fourteen months of quarters of an hour: the calendar is open exactly when the
/// clock shows a time inside, and `next_change` finds every change and no other.
#[test]
fn every_zone_and_every_change() {
    let zones = TimeZoneDatabase::bundled();
    let mut looked_at = 0;
    for (place, name) in zones.available().enumerate() {
        let name = name.as_str();
        // Some of them, and some with odd clocks.
        let odd = ["Australia/Lord_Howe", "Africa/Casablanca", "Pacific/Apia", "Asia/Kathmandu"];
        if !name.contains('/') || (place % 17 != 0 && !odd.contains(&name)) {
            continue;
        }
        let Ok(calendars) = calendars(name, &["Mon-Sat 23:15-03:30"], &["12-30..01-01"]) else {
            panic!("{name}");
        };
        let zone = zones.get(name).unwrap();
        looked_at += 1;
        let start = time("2026-01-01T00:00:00Z");
        let mut expected_change = calendars.next_change(start);
        let mut before = is_open_by_clock(&zone, start);
        for step in 0..430 * 24 * 4_u64 {
            let at = Time::from_unix_ms(start.unix_ms() + step * 900_000);
            let open = is_open_by_clock(&zone, at);
            if open != before {
                assert_eq!(expected_change, Some(at), "{name} {at}");
                expected_change = calendars.next_change(at);
                before = open;
            }
            if step % 97 == 0 {
                assert_eq!(calendars.is_open("c", at), Some(open), "{name} {at}");
            }
        }
    }
    assert!(looked_at > 25, "{looked_at} zones");
}

/// The same calendar by another way: what the clock shows, field by field.
fn is_open_by_clock(zone: &TimeZone, at: Time) -> bool {
    let shown = jiff::Timestamp::from_second(i64::try_from(at.unix_ms() / 1000).unwrap())
        .unwrap()
        .to_zoned(zone.clone());
    let is_closed = matches!((shown.month(), shown.day()), (12, 30 | 31) | (1, 1));
    let minute = i32::from(shown.hour()) * 60 + i32::from(shown.minute());
    let weekday = shown.weekday().to_monday_zero_offset();
    let is_evening = minute >= 23 * 60 + 15 && weekday != 6;
    let is_morning = minute < 3 * 60 + 30 && weekday != 0;
    (is_evening || is_morning) && !is_closed
}

/// B15: abbreviations of zones are no zones.
#[test]
fn b15_abbreviations_are_refused_with_the_names_to_use() {
    let zones = ["EST", "PST", "CET", "SGT", "cst"];
    for zone in zones {
        let text = refused(zone, &["Sun"], &[]);
        let start = format!("calendars.c.zone: `{zone}` is an abbreviation, and no zone; write");
        assert!(text.starts_with(&start) && text.contains('/'), "{text}");
    }
    assert!(refused("EST", &["Sun"], &[]).contains("`America/New_York`"));
    assert_eq!(
        refused("Europe/Pariss", &["Sun"], &[]),
        "calendars.c.zone: there is no zone `Europe/Pariss`; did you mean `Europe/Paris`?"
    );
    assert!(refused("Mars", &["Sun"], &[]).contains("is no IANA name of a zone"));
}

#[test]
fn what_is_never_open_is_impossible() {
    for (open, closed) in [
        (&["Sun 02:00-06:00"][..], &["Sun"][..]),
        (&["02-29"], &["02-28..03-01"]),
        (&[], &["Mon-Sun"]),
        (&["2026-11-24 08:00..2026-11-24 09:00"], &["2026-11-23..2026-11-30"]),
    ] {
        let text = refused("UTC", open, closed);
        assert!(text.starts_with("calendars.c: the calendar is never open; "), "{text}");
    }
    assert!(refused("UTC", &[], &[]).starts_with("calendars.c: the calendar says nothing; "));
    let past = calendars("UTC", &["2026-01-01..2026-01-31"], &[]).unwrap();
    assert!(past.never_opening(time("2026-01-15T00:00:00Z")).is_empty());
    let refusals = past.never_opening(time("2026-02-01T00:00:00Z"));
    assert_eq!(
        refusals[0].to_string(),
        "calendars.c: the calendar does not open any more; give it a later opening"
    );
    assert_eq!(past.next_change(time("2026-02-01T00:00:00Z")), None);
}

#[test]
fn mistakes_say_what_to_write() {
    for (entry, part) in [
        ("Tuesdai 02:00-04:00", "`Tuesdai` is no day of the week"),
        ("Tue 2:00-4:00", "`2:00-4:00` are no hours"),
        ("Tue 02:00-02:00", "begins when it ends"),
        ("Tue 25:00-26:00", "are no hours"),
        ("2026-11-31", "`2026-11-31` is no date"),
        ("2026-11-30..2026-11-23", "ends before it begins"),
        ("RRULE:FREQ=WEEKLY", "does not say when it begins"),
        ("DTSTART:20260106T020000 RRULE:FREQ=WEEKLY", "does not say how long it lasts"),
        ("DTSTART:20260106T020000 DURATION:PT1H RRULE:FREQ=HOURLY", "no window recurs `HOURLY`"),
        ("DTSTART:20260106 RRULE:BYDAY=MO", "has no `FREQ`"),
        ("DTSTART:20260106 RRULE:FREQ=WEEKLY;BYDAY=XX", "`BYDAY=XX` of the `RRULE`"),
        ("DTSTART:20260106 RRULE:FREQ=WEEKLY;BYDAY=1MO", "neither monthly nor yearly"),
        ("DTSTART:20260106 RRULE:FREQ=DAILY;BYHOUR=3", "does not read `BYHOUR=3`"),
        ("DTSTART:20260106 RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "the event never happens"),
        ("DTSTART:2026 RRULE:FREQ=DAILY", "`2026` is no time of an event"),
        ("DTSTART;TZID=EST:20260106T020000 DURATION:PT1H", "`EST` is an abbreviation"),
        ("DTSTART:20260106 DURATION:P2Y", "`P2Y` is no length of an event"),
        ("", "`` is no day of the week"),
    ] {
        let text = refused("UTC", &["Sun", entry], &[]);
        assert!(text.starts_with("calendars.c.open[1]: ") && text.contains(part), "{text}");
    }
    for garbage in ["..", "-", "Tue,", ":", "DTSTART", "DTSTART:", "RRULE:;;=", "Tue 🕑-🕓", "é"]
    {
        assert!(calendars("UTC", &[garbage], &[]).is_err(), "{garbage}");
    }
}

/// Starts of an event, one after another.
fn starts(entry: &str, count: usize) -> Vec<String> {
    let calendars = calendars("UTC", &[entry], &[]).unwrap_or_else(|bad| panic!("{}", bad[0]));
    let mut at = time("1990-01-01T00:00:00Z");
    let mut starts = Vec::new();
    while starts.len() < count {
        let Some(next) = calendars.next_change(at) else { break };
        if calendars.is_open("c", next) == Some(true) {
            starts.push(next.to_string()[..10].to_owned());
        }
        at = next;
    }
    starts
}

#[test]
fn rules_of_the_standard_have_the_days_that_it_lists() {
    for (rule, days) in RULES {
        let days: Vec<&str> = days.split(' ').collect();
        let entry = format!("DTSTART:{rule}").replace(" RRULE", "T090000Z DURATION:PT1H RRULE");
        assert_eq!(starts(&entry, days.len()), days, "{entry}");
    }
}

#[test]
fn events_have_zones_of_their_own() {
    let entry = "DTSTART;TZID=America/New_York:20260106T090000\nDTEND;TZID=America/New_York:\
                 20260106T100000\nRRULE:FREQ=WEEKLY;UNTIL=20260120T140000Z";
    let calendar = calendars("UTC", &[entry], &[]).unwrap();
    assert!(
        is_open(&calendar, "2026-01-13T14:30:00Z") && !is_open(&calendar, "2026-01-13T09:30:00Z")
    );
    // The end of the rule, 14:00 in UTC, is 09:00 there, so that day is the last.
    assert!(
        is_open(&calendar, "2026-01-20T14:30:00Z") && !is_open(&calendar, "2026-01-27T14:30:00Z")
    );
    let utc = calendars("Asia/Tokyo", &["DTSTART:20260106T090000Z DURATION:PT1H"], &[]).unwrap();
    assert!(is_open(&utc, "2026-01-06T09:30:00Z"));
}

#[test]
fn files_of_calendars_become_entries() {
    let file = "BEGIN:VCALENDAR\nBEGIN:VTIMEZONE\nDTSTART:19700101T000000\nEND:VTIMEZONE\n\
                BEGIN:VEVENT\nDTSTART:20260106T02\n 0000\nDURATION:PT2H\nRRULE:FREQ=WEEKLY\n\
                EXDATE:20260113T020000\nSUMMARY:Window\nEND:VEVENT\nBEGIN:VEVENT\n\
                STATUS:CANCELLED\nDTSTART:20260106T020000\nEND:VEVENT\nEND:VCALENDAR";
    let entries = entries_of_ical(file).unwrap();
    assert_eq!(entries.len(), 1, "{entries:?}");
    let entries: Vec<&str> = entries.iter().map(String::as_str).collect();
    let calendar = calendars("UTC", &entries, &[]).unwrap();
    assert!(
        is_open(&calendar, "2026-01-06T03:00:00Z") && !is_open(&calendar, "2026-01-13T03:00:00Z")
    );
    assert!(entries_of_ical("BEGIN:VCALENDAR\nEND:VCALENDAR").is_err());
    let moved = file.replace("SUMMARY:", "RECURRENCE-ID:");
    assert!(entries_of_ical(&moved).unwrap_err().problem.contains("RECURRENCE-ID"));
}

#[test]
fn facts_are_told_of_every_calendar() {
    let window = Calendar { open: vec!["Sun".into()], ..Calendar::default() };
    let freeze = Calendar { closed: vec!["Sun".into()], ..Calendar::default() };
    let both = BTreeMap::from([("window".into(), window), ("freeze".into(), freeze)]);
    let calendars = Calendars::new(&both).unwrap();
    let facts = calendars.facts(time("2026-11-22T12:00:00Z"));
    assert_eq!(facts["calendar.window"], true);
    assert_eq!(facts["calendar.freeze"], false);
    assert_eq!(calendars.is_open("other", Time::default()), None);
    assert!(Calendars::default().next_change(Time::default()).is_none());
    let odd = BTreeMap::from([("a b".to_owned(), Calendar::default())]);
    assert!(Calendars::new(&odd).is_err());
    assert_eq!(calendars.next_change(Time::from_unix_ms(u64::MAX)), None);
}

/// Rules of RFC 5545, 3.8.5.3, and the first days that it lists for them.
const RULES: &[(&str, &str)] = &[
    ("19970902 RRULE:FREQ=DAILY;COUNT=3", "1997-09-02 1997-09-03 1997-09-04"),
    (
        "19970902 RRULE:FREQ=DAILY;INTERVAL=10;COUNT=5",
        "1997-09-02 1997-09-12 1997-09-22 1997-10-02 1997-10-12",
    ),
    ("19970902 RRULE:FREQ=WEEKLY;INTERVAL=2;WKST=SU", "1997-09-02 1997-09-16 1997-09-30"),
    (
        "19970901 RRULE:FREQ=WEEKLY;INTERVAL=2;UNTIL=19971224;WKST=SU;BYDAY=MO,WE,FR",
        "1997-09-01 1997-09-03 1997-09-05 1997-09-15 1997-09-17",
    ),
    (
        "19970805 RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO",
        "1997-08-05 1997-08-10 1997-08-19 1997-08-24",
    ),
    (
        "19970805 RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU",
        "1997-08-05 1997-08-17 1997-08-19 1997-08-31",
    ),
    (
        "19970905 RRULE:FREQ=MONTHLY;COUNT=10;BYDAY=1FR",
        "1997-09-05 1997-10-03 1997-11-07 1997-12-05 1998-01-02 1998-02-06",
    ),
    (
        "19970922 RRULE:FREQ=MONTHLY;COUNT=6;BYDAY=-2MO",
        "1997-09-22 1997-10-20 1997-11-17 1997-12-22 1998-01-19 1998-02-16",
    ),
    (
        "19970928 RRULE:FREQ=MONTHLY;BYMONTHDAY=-3",
        "1997-09-28 1997-10-29 1997-11-28 1997-12-29 1998-01-29 1998-02-26",
    ),
    (
        "19970902 RRULE:FREQ=MONTHLY;COUNT=10;BYMONTHDAY=2,15",
        "1997-09-02 1997-09-15 1997-10-02 1997-10-15",
    ),
    (
        "19970610 RRULE:FREQ=YEARLY;COUNT=10;BYMONTH=6,7",
        "1997-06-10 1997-07-10 1998-06-10 1998-07-10",
    ),
    ("19970519 RRULE:FREQ=YEARLY;BYDAY=20MO", "1997-05-19 1998-05-18 1999-05-17"),
    (
        "19970313 RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=TH",
        "1997-03-13 1997-03-20 1997-03-27 1998-03-05",
    ),
    (
        "19970902 RRULE:FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13",
        "1998-02-13 1998-03-13 1998-11-13 1999-08-13 2000-10-13",
    ),
    (
        "19961105 RRULE:FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8",
        "1996-11-05 2000-11-07 2004-11-02",
    ),
    (
        "19970904 RRULE:FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3",
        "1997-09-04 1997-10-07 1997-11-06",
    ),
    (
        "19970929 RRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2",
        "1997-09-29 1997-10-30 1997-11-27 1997-12-30",
    ),
    (
        "20070115 RRULE:FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5",
        "2007-01-15 2007-01-30 2007-02-15 2007-03-15 2007-03-30",
    ),
    ("19960229 RRULE:FREQ=YEARLY", "1996-02-29 2000-02-29 2004-02-29"),
    (
        "19970902 RRULE:FREQ=WEEKLY;COUNT=4 EXDATE:19970909T090000Z RDATE:19970912T090000Z",
        "1997-09-02 1997-09-12 1997-09-16 1997-09-23",
    ),
];
