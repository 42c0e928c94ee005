//! The page: what happened in words, and drawings of traffic, evidence and measurements.

use std::fmt::Write;

use flagkit_deploy::Time;
use flagkit_deploy::plan::Measure;

use super::plot::{Line, Plot, Shape, escaped};
use super::trace::{Evidence, Point, Trace};
use crate::rollout::standing::{Standing, words};
use crate::rollout::told::{Mark, verdict};

/// The whole page.
pub(super) fn html(standing: &Standing, trace: &Trace) -> String {
    let title = escaped(&standing.release);
    let mut page = String::new();
    // Writing to a `String` cannot fail.
    let _ = write!(
        page,
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\
         <title>{title}</title><style>{STYLE}</style></head><body><main>"
    );
    summary(&mut page, standing);
    legend(&mut page, standing);
    section(&mut page, "Traffic", &traffic(trace));
    for evidence in &trace.evidence {
        metric(&mut page, trace, evidence);
    }
    events(&mut page, trace);
    page.push_str("</main></body></html>\n");
    page
}

fn summary(page: &mut String, standing: &Standing) {
    let status = standing.status.as_str();
    let (release, words) = (escaped(&standing.release), status.replace('_', " "));
    let why = escaped(standing.why.as_deref().unwrap_or(&standing.doing));
    let _ = write!(
        page,
        "<h1>{release} <span class=\"status {status}\">{words}</span></h1><p>{why}</p>"
    );
    let arms = standing.arms.iter().map(|arm| format!("{} {}", arm.name, arm.version));
    let arms = arms.map(|arm| arm.trim().to_owned()).collect::<Vec<_>>().join(" → ");
    let time = |time: Option<Time>| time.map_or_else(|| "–".to_owned(), words::moment);
    let took = match (standing.started_ms, standing.ended_ms) {
        (Some(started), Some(ended)) => (ended - started).to_string(),
        _ => "–".to_owned(),
    };
    let rows = [
        ("target", format!("{} in {}", standing.target, standing.environment)),
        ("strategy", standing.strategy.clone()),
        ("arms", arms),
        ("planned by", standing.author.clone()),
        ("started", time(standing.started_ms)),
        ("ended", time(standing.ended_ms)),
        ("took", took),
        ("step", format!("{} of {}", standing.step, standing.steps.len())),
    ];
    page.push_str("<dl>");
    for (name, value) in rows {
        let _ = write!(page, "<dt>{name}</dt><dd>{}</dd>", escaped(&value));
    }
    page.push_str("</dl>");
}

fn legend(page: &mut String, standing: &Standing) {
    page.push_str("<p class=\"legend\">");
    for (at, arm) in standing.arms.iter().enumerate() {
        let name = escaped(&arm.name);
        let _ = write!(page, "<span class=\"key arm{}\">{name}</span> ", at % COLOURS);
    }
    page.push_str("</p>");
}

fn section(page: &mut String, title: &str, content: &str) {
    let _ = write!(page, "<section><h2>{}</h2>{content}</section>", escaped(title));
}

fn traffic(trace: &Trace) -> String {
    let lines = trace.shares.iter().enumerate();
    let lines = lines.map(|(at, points)| line(at, points, Shape::Steps));
    Plot {
        title: "the share of each arm over time".to_owned(),
        span: trace.span,
        top: 1.0,
        label: percent,
        lines: lines.collect(),
        level: None,
        marks: marks(trace),
    }
    .svg()
}

/// One metric in one new arm: evidence against its bound, and what was measured in each window.
fn metric(page: &mut String, trace: &Trace, evidence: &Evidence) {
    let found = evidence.metric.and_then(|at| trace.plan.metrics.get(usize::from(at)));
    let name = found.map_or("division of traffic", |metric| metric.name.as_str());
    let arm = words::arm(&trace.plan, evidence.arm);
    let last = &evidence.last;
    let (verdict, why) = (verdict(last.verdict), escaped(&last.why));
    let mut content = format!("<p><b>{verdict}</b>: {why}</p>");
    let highest = evidence.points.iter().map(|point| point.value).fold(1.2, f64::max);
    let points = [Line {
        class: format!("arm{}", usize::from(evidence.arm) % COLOURS),
        points: &evidence.points,
        shape: Shape::Steps,
    }];
    let e = words::e_value(last.bound);
    content.push_str(
        &Plot {
            title: format!("evidence that {name} of {arm} is worse"),
            span: trace.span,
            top: highest.min(3.0),
            label: percent,
            lines: points.into(),
            level: Some((1.0, format!("harm is proved: e = {e}"))),
            marks: marks(trace),
        }
        .svg(),
    );
    content.push_str(
        "<p class=\"note\">Evidence for harm as a part of what proves it (logarithms).</p>",
    );
    if let Some(at) = evidence.metric {
        content.push_str(&measured(trace, at, &[0, evidence.arm]));
    }
    section(page, &format!("{name} of {arm}"), &content);
}

/// What was measured of a metric in these arms.
fn measured(trace: &Trace, metric: u16, arms: &[u16]) -> String {
    let of = |arm: &u16| Some((*arm, trace.measured.get(&(metric, *arm))?.as_slice()));
    let all: Vec<(u16, &[Point])> = arms.iter().filter_map(of).collect();
    let values = all.iter().flat_map(|(_, points)| points.iter().map(|point| point.value));
    let top = values.fold(0.0, f64::max) * 1.1;
    if all.is_empty() {
        return "<p class=\"note\">Nothing was measured.</p>".to_owned();
    }
    let known = trace.plan.metrics.get(usize::from(metric));
    let is_share = known.is_some_and(|metric| metric.measure == Measure::Events);
    let note = match known.map(|metric| metric.measure) {
        Some(Measure::Quantile { .. }) => "The median of each window, of both arms.",
        _ => "What was measured in each window, of both arms.",
    };
    let lines = all.iter().map(|(arm, points)| line(usize::from(*arm), points, Shape::Straight));
    let plot = Plot {
        title: note.to_owned(),
        span: trace.span,
        top: if top > 0.0 { top } else { 1.0 },
        label: if is_share { percent } else { words::number },
        lines: lines.collect(),
        level: None,
        marks: marks(trace),
    };
    format!("{}<p class=\"note\">{note}</p>", plot.svg())
}

fn line(arm: usize, points: &[Point], shape: Shape) -> Line<'_> {
    Line { class: format!("arm{}", arm % COLOURS), points, shape }
}

/// Moments that matter.
fn marks(trace: &Trace) -> Vec<(Time, &'static str)> {
    let told = trace.told.iter().filter_map(|told| match told.mark {
        Mark::Bad => Some((told.at_ms, "bad")),
        Mark::Warning => Some((told.at_ms, "warning")),
        _ => None,
    });
    let mut marks: Vec<_> = told.take(MARKS_MAX).collect();
    marks.dedup();
    marks
}

fn events(page: &mut String, trace: &Trace) {
    let mut rows = String::new();
    let first = trace.told.len().saturating_sub(EVENTS_MAX);
    for told in trace.told.iter().skip(first) {
        let class = match told.mark {
            Mark::Good => "good",
            Mark::Plain => "plain",
            Mark::Warning => "warning",
            Mark::Bad => "bad",
        };
        let (at, text) = (words::moment(told.at_ms), escaped(&told.text));
        let _ = write!(rows, "<tr class=\"{class}\"><td>{at}</td><td>{text}</td></tr>");
    }
    let before = if first > 0 {
        format!("<p class=\"note\">{first} earlier ones are left out.</p>")
    } else {
        String::new()
    };
    section(page, "Events", &format!("{before}<table>{rows}</table>"));
}

fn percent(value: f64) -> String {
    format!("{}%", words::number(value * 100.0).trim_end_matches(".00"))
}

/// Colours of arms; further ones begin again.
const COLOURS: usize = 4;
const MARKS_MAX: usize = 200;
const EVENTS_MAX: usize = 2000;
const STYLE: &str = include_str!("page.css");
