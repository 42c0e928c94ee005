//! The pictures of the page.

use flagkit_benches::bars::{Bar, Tone, picture};

use crate::bad::{EACH_SECOND, KNOWS_RATES, KNOWS_RATIO};
use crate::page::{Page, percent};
use crate::quiet::{LENIENT, PROMISED};
use crate::rules::Kind;

/// Names of files and what is in them.
pub(crate) fn all(page: &Page<'_>) -> Vec<(&'static str, String)> {
    vec![("false-rollbacks.svg", false_rollbacks(page)), ("detection.svg", detection(page))]
}

fn false_rollbacks(page: &Page<'_>) -> String {
    let mut bars = Vec::new();
    for row in page.quiet.iter().filter(|row| row.is_null && row.shares.len() > 1) {
        for (rule, share) in &row.shares {
            let (_, high) = share.limits();
            let value = share.value();
            bars.push(Bar {
                group: row.name.to_owned(),
                name: rule.name(),
                tone: tone(*rule),
                from: None,
                to: (100.0 * value).max(0.001),
                label: format!("{} (at most {})", percent(value), percent(high)),
            });
        }
    }
    picture("Innocent releases that are rolled back within an hour, per cent", &bars, tick)
}

fn detection(page: &Page<'_>) -> String {
    let mut bars = Vec::new();
    for row in &page.bad {
        let shown = [PROMISED, LENIENT, EACH_SECOND, KNOWS_RATIO, KNOWS_RATES];
        let is_shown = |rule: Kind| shown.contains(&rule) || !(rule.is_ours() || rule.is_floor());
        for record in row.records.iter().filter(|record| is_shown(record.rule)) {
            let Some(seconds) = row.seconds(record.rule) else { continue };
            let seconds = f64::from(u32::try_from(seconds).unwrap_or(u32::MAX));
            bars.push(Bar {
                group: row.name.to_owned(),
                name: record.rule.name(),
                tone: tone(record.rule),
                from: None,
                to: seconds.max(1.0),
                label: format!("{seconds} s"),
            });
        }
    }
    picture(
        "Median seconds until a bad release is rolled back, on 10 % of the traffic",
        &bars,
        tick,
    )
}

fn tone(rule: Kind) -> Tone {
    match rule {
        rule if rule.is_floor() => Tone::Floor,
        rule if rule.is_ours() || rule == PROMISED => Tone::Ours,
        _ => Tone::Others,
    }
}

fn tick(value: f64) -> String {
    format!("{value}")
}
