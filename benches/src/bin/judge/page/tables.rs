//! Tables of what was measured.

use std::fmt::Write as _;

use super::{Page, percent};
use crate::bad::{self, Comparison, EACH_SECOND, KNOWS_RATES, KNOWS_RATIO, OTHERS, Outcome};
use crate::cost::Cost;
use crate::exposure::{self, Closing};
use crate::late;
use crate::limits::Share;
use crate::quiet::{self, LENIENT, PROMISED};
use crate::rules::Kind;
use crate::split;
use crate::world::number;

/// The numbers that were aimed at, beside those that came out.
pub(crate) fn targets(page: &Page<'_>) -> String {
    let all = all_innocent(&page.quiet);
    let high = all.limits().1;
    let worst = page.quiet.iter().filter(|row| row.is_null).filter_map(promised);
    let worst = worst.map(|share| share.limits().1).fold(0.0, f64::max);
    let compared: Vec<Comparison> = page.bad.iter().flat_map(bad::Row::comparisons).collect();
    let count = |outcome| compared.iter().filter(|one| one.outcome() == outcome).count();
    let (met, missed) = (count(Outcome::Met), count(Outcome::Missed));
    let (impossible, unreachable) = (count(Outcome::Impossible), count(Outcome::Unreachable));
    let close = |row: &&&exposure::Row| matches!(row.closing, Closing::Exposures(_));
    let counted = page.exposure.iter().filter(|row| close(&row));
    let failing = counted.map(|row| row.failing[1]).max().unwrap_or(0);
    let dearest = page.costs.iter().map(|cost| cost.nanoseconds).fold(0.0, f64::max);
    let allocations: u64 = page.costs.iter().map(|cost| cost.allocations).sum();
    let splits = page.splits.iter().map(|row| row.evidence).fold(Share::default(), Share::plus);
    let is_above = page.splits.iter().any(|row| row.evidence.limits().0 > 0.001);
    let lines = [
        format!(
            "| M1 | innocent releases rolled back at α = 0.1 %, any number of looks: upper 99 % limit at most 0.1 % \
             | {} of {} releases, {}; limit {}, {} in the worst row | {} |",
            all.some,
            all.all,
            percent(all.value()),
            percent(high),
            percent(worst),
            yes(high <= 0.001)
        ),
        format!(
            "| M2 | a third of the time of every other rule, at no more false rollbacks, in every row \
             | {met} of {} comparisons; {impossible} are beyond what any test can do, {unreachable} beyond any that may look at \
             any time, {missed} are missed | {} |",
            compared.len(),
            if met == compared.len() { "yes" } else { "in part" }
        ),
        format!(
            "| M3 | at most 50 failing units before the verdict on a release with ten times the errors, at any traffic \
             | at most {failing} in 99 of 100 releases, where windows end by count | {} |",
            yes(failing <= 50)
        ),
        format!(
            "| M11 | a look costs at most 1 µs and no allocation | at most {dearest:.0} ns, {allocations} allocations | {} |",
            yes(dearest <= 1_000.0 && allocations == 0)
        ),
        format!(
            "| M12 | order of looks and merging change nothing | evidence differs by {:.0e} at most | {} |",
            page.difference,
            yes(page.difference < 1e-6)
        ),
        format!(
            "| M17 | splits called a mismatch at α = 0.1 % under any rhythm of looks | {} of {}, {} | {} |",
            splits.some,
            splits.all,
            percent(splits.value()),
            yes(!is_above)
        ),
    ];
    format!("| | aim | measured | met |\n|---|---|---|---|\n{}", lines.join("\n"))
}

/// All releases for which α is promised.
fn all_innocent(rows: &[quiet::Row]) -> Share {
    let shares = rows.iter().filter(|row| row.is_null).filter_map(promised);
    shares.fold(Share::default(), Share::plus)
}

fn promised(row: &quiet::Row) -> Option<Share> {
    row.shares.iter().find(|(rule, _)| *rule == PROMISED).map(|(_, share)| *share)
}

/// Innocent releases.
pub(crate) fn quiet(rows: &[quiet::Row]) -> String {
    let rules = [
        Kind::Flagger,
        Kind::Argo,
        Kind::PeekingZ,
        Kind::Kayenta,
        Kind::GrowthBook,
        LENIENT,
        PROMISED,
    ];
    let mut table = String::from("| releases |");
    for rule in rules {
        let _ = write!(table, " {} |", rule.name());
    }
    let _ = write!(table, "\n|---|{}", "---|".repeat(rules.len()));
    for row in rows {
        let _ = write!(table, "\n| {} |", row.name);
        for rule in rules {
            let share = row.shares.iter().find(|(kind, _)| *kind == rule);
            let _ = write!(table, " {} |", share.map_or_else(|| "–".into(), |(_, s)| limited(*s)));
        }
    }
    table
}

fn limited(share: Share) -> String {
    let (low, high) = share.limits();
    let number = |share: f64| percent(share).replace(" %", "");
    format!("**{}** ({}–{})", percent(share.value()), number(low), number(high))
}

/// Bad releases: median seconds and requests.
pub(crate) fn bad(rows: &[bad::Row]) -> String {
    let mut rules = OTHERS.to_vec();
    rules.extend([LENIENT, PROMISED, EACH_SECOND]);
    let mut table = String::from("| release |");
    for rule in &rules {
        let _ = write!(table, " {} |", rule.name());
    }
    let _ = write!(table, "\n|---|{}", "---|".repeat(rules.len()));
    for row in rows {
        let _ = write!(table, "\n| {} |", row.name);
        for rule in &rules {
            let _ = write!(table, " {} |", detected(row, *rule));
        }
    }
    table
}

fn detected(row: &bad::Row, rule: Kind) -> String {
    let requests = row.record(rule).and_then(|record| record.median(|rollback| rollback.requests));
    match (row.seconds(rule), requests) {
        (Some(seconds), Some(requests)) => format!("{seconds} s / {requests}"),
        _ => format!("{} found", percent(row.found(rule).unwrap_or(0.0))),
    }
}

/// Each rule of others beside ours with no more false rollbacks, and what is possible.
pub(crate) fn floors(rows: &[bad::Row]) -> String {
    let mut table = String::from(
        "| release | rule | innocent rolled back | median | FlagKit at α | each 1 s | times as fast | knows both rates \
         | nobody before | a third | met |\n|---|---|---|---|---|---|---|---|---|---|---|",
    );
    for row in rows {
        for comparison in row.comparisons() {
            let seconds = |seconds: Option<u64>| {
                seconds
                    .map_or_else(|| "not half found".to_owned(), |seconds| format!("{seconds} s"))
            };
            let times = comparison.times();
            let (floor, third) = (short(comparison.floor), number(comparison.seconds) / 3.0);
            let _ = write!(
                table,
                "\n| {} | {} | {} | {} s | {} % | {} | {} | {} | {floor} s | {} s | {} |",
                row.name,
                comparison.rule.name(),
                percent(comparison.share.value()),
                comparison.seconds,
                f64::from(comparison.alpha) / 10_000.0,
                seconds(comparison.ours),
                times.map_or_else(|| "–".to_owned(), |times| format!("{times:.1}")),
                seconds(comparison.knowing),
                short(third),
                match comparison.outcome() {
                    Outcome::Met => "**yes**",
                    Outcome::Missed => "no",
                    Outcome::Impossible => "no, impossible",
                    Outcome::Unreachable => "no, nor who knows",
                },
            );
        }
    }
    table
}

/// The time of the best test that knows the truth, at 0.1 %.
pub(crate) fn information(rows: &[bad::Row]) -> String {
    let mut table = String::from(
        "| release | FlagKit, 0.1 %, each 1 s | knows the ratio | knows both rates | mean of the first, by information | nobody before |\n\
         |---|---|---|---|---|---|",
    );
    for row in rows {
        let seconds = |rule: Kind| {
            row.seconds(rule)
                .map_or_else(|| "not half found".to_owned(), |seconds| format!("{seconds} s"))
        };
        let _ = write!(
            table,
            "\n| {} | {} | {} | {} | {:.0} s | {} s |",
            row.name,
            seconds(EACH_SECOND),
            seconds(KNOWS_RATIO),
            seconds(KNOWS_RATES),
            row.information(),
            short(row.floor(0.001)),
        );
    }
    table
}

/// Releases that turn bad late: median seconds since.
pub(crate) fn late(rows: &[late::Row]) -> String {
    let mut table = String::from("| turn |");
    for rule in late::RULES {
        let _ = write!(table, " {} |", rule.name());
    }
    let _ = write!(table, "\n|---|{}", "---|".repeat(late::RULES.len()));
    for row in rows {
        let _ = write!(table, "\n| {} |", row.name);
        for rule in late::RULES {
            let seconds = row.seconds(rule);
            let seconds = seconds.map_or_else(|| "not half found".to_owned(), |s| format!("{s} s"));
            let _ = write!(table, " {seconds} |");
        }
    }
    table
}

/// Failing units.
pub(crate) fn exposure(rows: &[exposure::Row]) -> String {
    let mut table = String::from(
        "| errors | requests/s | on the release | windows | failing units, median | 99 of 100 | seconds, median | 99 of 100 |\n\
         |---|---|---|---|---|---|---|---|",
    );
    for row in rows {
        let closing = match row.closing {
            Closing::Seconds(seconds) => format!("{seconds} s"),
            Closing::Exposures(exposures) => format!("{exposures} exposures"),
        };
        let [median, most] = row.failing;
        let mark = if most <= 50 { "" } else { " (missed)" };
        let _ = write!(
            table,
            "\n| 0.5 → {} % | {} | {} % | {closing} | {median} | {most}{mark} | {} | {} |",
            0.5 * row.ratio,
            row.rate,
            row.share * 100.0,
            short(row.seconds[0]),
            short(row.seconds[1]),
        );
    }
    table
}

/// Seconds with two digits.
fn short(seconds: f64) -> String {
    match seconds {
        few if few < 0.1 => format!("{few:.3}"),
        few if few < 10.0 => format!("{few:.1}"),
        many => format!("{many:.0}"),
    }
}

/// Splits of traffic.
pub(crate) fn splits(rows: &[split::Row]) -> String {
    let mut table = String::from("| looks | χ² at p < 0.001 | e-process at 0.1 % |\n|---|---|---|");
    for row in rows {
        let (chi_squared, evidence) = (limited(row.chi_squared), limited(row.evidence));
        let _ = write!(table, "\n| {} | {chi_squared} | {evidence} |", row.name);
    }
    table
}

/// What updates cost.
pub(crate) fn costs(costs: &[Cost], difference: f64) -> String {
    let mut table =
        String::from("| update | ns | allocations | bytes of state |\n|---|---|---|---|");
    for Cost { name, nanoseconds, allocations, size } in costs {
        let _ = write!(table, "\n| {name} | {nanoseconds:.0} | {allocations} | {size} |");
    }
    let _ = write!(
        table,
        "\n\nThe looks of 100 simulated hours, shuffled, cut into eight pieces and merged: evidence differs by at \
         most {difference:.1e} from that of one test that saw them in order."
    );
    table
}

fn yes(is_met: bool) -> &'static str {
    if is_met { "yes" } else { "no" }
}
