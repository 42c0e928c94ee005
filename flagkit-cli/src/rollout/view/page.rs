//! How a release stands, as lines: steps, traffic, metrics, what comes next.

use std::fmt::Write;

use flagkit_deploy::Status;
use flagkit_deploy::judge::Verdict;

use anstyle::Style;

use crate::rollout::standing::{Arm, Metric, Standing, words};
use crate::rollout::told::verdict;
use crate::terminal::{ACCENT, BAD, BOLD, FAINT, GOOD, WARNING, printable};

/// All lines, with colours.
pub(crate) fn lines(standing: &Standing) -> Vec<String> {
    let mut lines = vec![title(standing), String::new()];
    lines.extend(steps(standing));
    lines.push(String::new());
    lines.extend(standing.arms.iter().map(arm));
    if !standing.metrics.is_empty() {
        lines.push(String::new());
        lines.extend(standing.metrics.iter().flat_map(metric));
    }
    lines.push(String::new());
    lines.push(next(standing));
    lines.extend(standing.orders.iter().map(|order| {
        let tries = if order.tries > 1 { format!(", try {}", order.tries) } else { String::new() };
        format!("{FAINT}under way: {}{tries}{FAINT:#}", printable(&order.wanted))
    }));
    lines
}

fn title(standing: &Standing) -> String {
    let Standing { release, strategy, environment, status, .. } = standing;
    let (words, style) = (status.to_string().replace('_', " "), status_style(*status));
    let (release, strategy) = (printable(release), printable(strategy));
    let environment = printable(environment);
    format!(
        "{BOLD}{release}{BOLD:#}  {style}{words}{style:#}  {FAINT}{strategy} in {environment}{FAINT:#}"
    )
}

fn status_style(status: Status) -> Style {
    match status {
        Status::Done | Status::Progressing => GOOD,
        Status::RollingBack | Status::Frozen | Status::RolledBack => BAD,
        Status::Paused | Status::Waiting => WARNING,
        _ => Style::new(),
    }
}

/// The steps around the current one.
fn steps(standing: &Standing) -> Vec<String> {
    let (at, count) = (usize::from(standing.step), standing.steps.len());
    let first = at.saturating_sub(STEPS_AROUND).min(count.saturating_sub(2 * STEPS_AROUND + 1));
    let last = (first + 2 * STEPS_AROUND + 1).min(count);
    let mut lines = Vec::new();
    if first > 0 {
        lines.push(format!("  {GOOD}✓{GOOD:#} {FAINT}{first} steps before{FAINT:#}"));
    }
    let went_back = matches!(standing.status, Status::RollingBack | Status::RolledBack);
    for (place, step) in standing.steps.iter().enumerate().take(last).skip(first) {
        let does = printable(&step.does);
        lines.push(match place.cmp(&at) {
            std::cmp::Ordering::Less => format!("  {GOOD}✓{GOOD:#} {does}"),
            std::cmp::Ordering::Equal if went_back => format!("  {BAD}✗ {does}{BAD:#}"),
            std::cmp::Ordering::Equal => format!("  {BOLD}▶ {does}{BOLD:#}"),
            std::cmp::Ordering::Greater => format!("  {FAINT}· {does}{FAINT:#}"),
        });
    }
    if last < count {
        lines.push(format!("  {FAINT}· {} steps behind{FAINT:#}", count - last));
    }
    lines
}

fn arm(arm: &Arm) -> String {
    let Arm { name, version, share_ppm, wanted_ppm, replicas, replicas_wanted } = arm;
    let name = format!("{name} {version}");
    let name = printable(name.trim()).into_owned();
    let (bar, share) = (gauge(f64::from(*share_ppm) / 1e6, BAR), words::percent(*share_ppm));
    let mut line = format!("  {name:<20} {ACCENT}{bar}{ACCENT:#} {share:>8}");
    // Writing to a `String` cannot fail.
    if share_ppm != wanted_ppm {
        let _ = write!(line, " → {}", words::percent(*wanted_ppm));
    }
    if *replicas > 0 || *replicas_wanted > 0 {
        let plural = if *replicas == 1 { "" } else { "s" };
        let _ = write!(line, "  {replicas} instance{plural}");
        if replicas != replicas_wanted {
            let _ = write!(line, " → {replicas_wanted}");
        }
    }
    line
}

/// A metric in two lines: both arms and the verdict, and the evidence as a gauge.
fn metric(metric: &Metric) -> [String; 2] {
    let name = metric.metric.as_deref().unwrap_or("division of traffic");
    let style = match metric.verdict {
        Verdict::Worse => BAD,
        Verdict::NotWorse | Verdict::Better => GOOD,
        _ => FAINT,
    };
    let estimate = |at: usize| {
        let estimate = metric.estimates.get(at).copied().flatten();
        estimate.map_or_else(|| "–".to_owned(), words::number)
    };
    let [new, control] = metric.observations;
    let (name, arm) = (printable(name), printable(&metric.arm));
    let first = format!(
        "  {BOLD}{name}{BOLD:#}  {arm} {} of {new}, control {} of {control}  {style}{}{style:#}",
        estimate(0),
        estimate(1),
        verdict(metric.verdict)
    );
    let full = if metric.bound > 0.0 { metric.log_e / metric.bound } else { 0.0 };
    let (bar, e) = (gauge(full, BAR), words::e_value(metric.log_e));
    let bound = words::e_value(metric.bound);
    [first, format!("      harm {style}{bar}{style:#} e {e} of {bound}")]
}

/// What it does, why, and what comes next.
fn next(standing: &Standing) -> String {
    let mut line = standing.doing.clone();
    // Writing to a `String` cannot fail.
    if let Some(why) = &standing.why {
        let _ = write!(line, ": {why}");
    }
    if let Some(look) = standing.look_ms {
        let _ = write!(line, "; metrics are looked at next at {}", words::clock(look));
    } else if let Some(next) = standing.next_ms {
        let _ = write!(line, "; goes on at {} at the latest", words::clock(next));
    }
    format!("{} {FAINT}(UTC){FAINT:#}", printable(&line))
}

/// A bar that is so full, 0 to 1.
pub(crate) fn gauge(full: f64, width: u32) -> String {
    let full = full.clamp(0.0, 1.0) * f64::from(width);
    (0..width)
        .map(|at| {
            let rest = full - f64::from(at);
            if rest >= 0.75 {
                '█'
            } else if rest >= 0.25 {
                '▌'
            } else if rest > 0.0 && at == 0 {
                '▏'
            } else {
                '·'
            }
        })
        .collect()
}

const BAR: u32 = 24;
const STEPS_AROUND: usize = 4;
