//! How releases end over time, as SVG.

use std::fmt::Write;

use flagkit_deploy::simulation::trial::End;
use flagkit_deploy::{Span, Time};

use super::Simulated;
use super::spread::{Spread, worse};
use crate::rollout::report::{COLOURS_CSS, Line, Plot, Point, Shape, escaped};

/// The drawing as a file of its own.
pub(super) fn svg(simulated: &Simulated) -> String {
    let Simulated { innocent, bad, plan, traffic, .. } = simulated;
    let lasted = innocent.runs.iter().chain(&bad.runs).map(|run| run.took).max();
    let span = [Time::default(), Time::default() + lasted.unwrap_or(Span::from_secs(1))];
    let (done, back) = (ended(innocent, End::Done, span), ended(bad, End::RolledBack, span));
    let wrong = ended(innocent, End::RolledBack, span);
    let line = |class: &str, points| Line { class: class.to_owned(), points, shape: Shape::Steps };
    let plot = Plot {
        title: format!("how {} releases of each version end", simulated.seeds),
        span,
        top: 1.0,
        label: |value| format!("{}%", value * 100.0),
        lines: vec![line("arm0", &done), line("arm1", &back), line("arm3", &wrong)],
        level: None,
        marks: Vec::new(),
    };
    let mut svg = String::new();
    let worse = escaped(&worse(plan, traffic, &simulated.worse));
    let target = escaped(&plan.target);
    // Writing to a `String` cannot fail.
    let _ = write!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 760 310\" width=\"760\" height=\"310\" \
         font-family=\"system-ui, sans-serif\"><style>{COLOURS_CSS}\
         .back {{ fill: var(--back); }} text.title {{ fill: var(--text); font-size: 15px; }}\
         rect.arm0 {{ fill: var(--arm0); }} rect.arm1 {{ fill: var(--arm1); }} rect.arm3 {{ fill: var(--arm3); }}\
         </style><rect class=\"back\" width=\"760\" height=\"310\"/>\
         <text class=\"title\" x=\"16\" y=\"26\">{target}: releases that have ended, by the time since the start</text>"
    );
    let keys = [
        ("arm0", "innocent, reached the end".to_owned()),
        ("arm3", "innocent, rolled back".to_owned()),
        ("arm1", format!("worse ({worse}), rolled back")),
    ];
    let mut x = 16;
    for (class, words) in keys {
        let _ = write!(
            svg,
            "<rect class=\"{class}\" x=\"{x}\" y=\"46\" width=\"18\" height=\"3\"/>\
             <text x=\"{}\" y=\"52\">{words}</text>",
            x + 24
        );
        x += 190;
    }
    let plot = plot.svg().replacen("<svg ", "<svg y=\"74\" width=\"760\" height=\"220\" ", 1);
    svg.push_str(&plot);
    svg.push_str("</svg>\n");
    svg
}

/// The share of plays that have ended so, at each time at which one did.
#[expect(clippy::cast_precision_loss, reason = "some hundreds")]
fn ended(spread: &Spread, end: End, [start, last]: [Time; 2]) -> Vec<Point> {
    let mut times: Vec<Span> =
        spread.runs.iter().filter(|run| run.end == end).map(|run| run.took).collect();
    times.sort_unstable();
    let all = spread.runs.len().max(1) as f64;
    let mut points = vec![Point { at: start, value: 0.0 }];
    let each = times.iter().enumerate();
    points.extend(each.map(|(place, took)| {
        let value = (place + 1) as f64 / all;
        Point { at: start + *took, value }
    }));
    let value = times.len() as f64 / all;
    points.push(Point { at: last, value });
    points
}
