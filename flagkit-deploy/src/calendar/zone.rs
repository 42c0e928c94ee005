//! Time zones by their IANA names. Abbreviations are refused: `CST` is three places.

use flagkit_dialects::closest;
use jiff::tz::{TimeZone, TimeZoneDatabase};

use super::entry::BadEntry;

/// The zone of this name; UTC without one.
pub(super) fn find(name: &str, zones: &TimeZoneDatabase) -> Result<TimeZone, BadEntry> {
    let upper = name.to_ascii_uppercase();
    if name.is_empty() || upper == "UTC" || upper == "ETC/UTC" {
        return Ok(TimeZone::UTC);
    }
    if let Some((_, meant)) = ABBREVIATIONS.iter().find(|(short, _)| *short == upper) {
        let problem = format!("`{name}` is an abbreviation, and no zone");
        return Err(BadEntry::new(problem, format!("write an IANA name: {meant}")));
    }
    if !name.contains('/') {
        let problem = format!("`{name}` is no IANA name of a zone");
        return Err(BadEntry::new(problem, MEND));
    }
    zones.get(name).map_err(|_| {
        let known: Vec<String> = zones.available().map(|name| name.as_str().to_owned()).collect();
        let meant = closest(name, known.iter().map(String::as_str));
        let mend = meant.map_or(MEND.to_owned(), |meant| format!("did you mean `{meant}`?"));
        BadEntry::new(format!("there is no zone `{name}`"), mend)
    })
}

const MEND: &str = "write UTC or a name such as `Europe/Paris` or `America/New_York`";

/// What people write, and what they may mean.
const ABBREVIATIONS: [(&str, &str); 33] = [
    ("ACST", "`Australia/Darwin`, `Australia/Adelaide`"),
    ("ADT", "`America/Halifax`"),
    ("AEDT", "`Australia/Sydney`, `Australia/Melbourne`"),
    ("AEST", "`Australia/Sydney`, `Australia/Brisbane`"),
    ("AKST", "`America/Anchorage`"),
    ("AST", "`America/Halifax`, `America/Puerto_Rico`, `Asia/Riyadh`"),
    ("AWST", "`Australia/Perth`"),
    ("BRT", "`America/Sao_Paulo`"),
    ("BST", "`Europe/London`, `Asia/Dhaka`"),
    ("CDT", "`America/Chicago`, `America/Mexico_City`"),
    ("CEST", "`Europe/Paris`, `Europe/Berlin`"),
    ("CET", "`Europe/Paris`, `Europe/Berlin`"),
    ("CST", "`America/Chicago`, `Asia/Shanghai`, `America/Havana`"),
    ("EDT", "`America/New_York`, `America/Toronto`"),
    ("EEST", "`Europe/Athens`, `Europe/Helsinki`"),
    ("EET", "`Europe/Athens`, `Europe/Helsinki`, `Africa/Cairo`"),
    ("EST", "`America/New_York`, `America/Toronto`, `America/Panama`"),
    ("GMT", "`UTC`, `Europe/London`"),
    ("HKT", "`Asia/Hong_Kong`"),
    ("HST", "`Pacific/Honolulu`"),
    ("IST", "`Asia/Kolkata`, `Europe/Dublin`, `Asia/Jerusalem`"),
    ("JST", "`Asia/Tokyo`"),
    ("KST", "`Asia/Seoul`"),
    ("MDT", "`America/Denver`"),
    ("MET", "`Europe/Paris`, `Europe/Berlin`"),
    ("MSK", "`Europe/Moscow`"),
    ("MST", "`America/Denver`, `America/Phoenix`"),
    ("NZST", "`Pacific/Auckland`"),
    ("PDT", "`America/Los_Angeles`, `America/Vancouver`"),
    ("PST", "`America/Los_Angeles`, `America/Vancouver`, `Asia/Manila`"),
    ("SAST", "`Africa/Johannesburg`"),
    ("SGT", "`Asia/Singapore`"),
    ("WET", "`Europe/Lisbon`"),
];
