//! Bars on a logarithmic scale, as SVG.
//!
//! The pictures are ours because they must be readable on light and on dark pages: colours are
//! classes that ask the reader's preference, where libraries for plots write fixed ones.

use std::fmt::Write as _;

use flagkit_benches::results::Measurement;
use flagkit_benches::scenario::{SCENARIOS, Scenario};

use crate::table::{is_ours, time, times};

/// The file of the picture with this name.
pub(crate) fn file_name(name: &str) -> String {
    format!("{}.svg", name.to_lowercase())
}

/// Everybody's time in one scenario, those who read one document together. Contexts are made
/// beforehand, and FlagKit takes the borrowed ones.
pub(crate) fn of_scenario(scenario: &Scenario, measured: &[Measurement]) -> Option<String> {
    let is_shown = |row: &&Measurement| {
        row.scenario == scenario.id && row.context != "built" && (row.is_baseline || !is_ours(row))
    };
    let bars = measured.iter().filter(is_shown).map(|row| Bar {
        group: row.document.clone(),
        name: row.contender.clone(),
        is_ours: is_ours(row),
        from: None,
        to: row.nanoseconds.median,
        label: if row.is_baseline {
            time(row.nanoseconds.median)
        } else {
            format!("{}, ×{}", time(row.nanoseconds.median), times(row.ratio.median))
        },
    });
    let bars: Vec<Bar> = bars.collect();
    let title = format!("{}: {}", scenario.id, scenario.about);
    (!bars.is_empty()).then(|| picture(&title, &bars, time))
}

/// One bar for each scenario: from the fastest to the slowest of the others, in times of FlagKit.
pub(crate) fn overview(measured: &[Measurement]) -> Option<String> {
    let bar = |scenario: &Scenario| {
        let is_shown = |row: &&Measurement| {
            row.scenario == scenario.id && row.context != "built" && !is_ours(row)
        };
        let ratios = measured.iter().filter(is_shown).map(|row| row.ratio.median);
        let (least, most) = ratios.fold((f64::INFINITY, 0.0_f64), |(least, most), ratio| {
            (least.min(ratio), most.max(ratio))
        });
        (most > 0.0).then(|| Bar {
            group: String::new(),
            name: format!("{}: {}", scenario.id, scenario.about),
            is_ours: false,
            from: Some(least),
            to: most,
            label: format!("×{} to ×{}", times(least), times(most)),
        })
    };
    let bars: Vec<Bar> = SCENARIOS.iter().filter_map(bar).collect();
    let title = "How many times longer other evaluators take than FlagKit, fastest to slowest";
    (!bars.is_empty()).then(|| picture(title, &bars, |ratio| format!("×{ratio}")))
}

struct Bar {
    group: String,
    name: String,
    is_ours: bool,
    /// Where it begins; at the left edge if nowhere.
    from: Option<f64>,
    to: f64,
    label: String,
}

/// `tick` writes a power of ten above its line.
fn picture(title: &str, bars: &[Bar], tick: fn(f64) -> String) -> String {
    let groups = bars.chunk_by(|one, next| one.group == next.group).count();
    let has_groups = bars.iter().any(|bar| !bar.group.is_empty());
    let gaps = if has_groups { groups } else { 0 };
    let height = TOP + ROW * (count(bars.len()) + count(gaps)) + 12.0;
    let axis = Axis::of(bars);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\">\n\
         <title>{}</title>\n<style>{STYLE}</style>\n\
         <text class=\"title\" x=\"8\" y=\"20\">{}</text>\n",
        escaped(title),
        escaped(title)
    );
    axis.draw(&mut svg, height, tick);
    let mut y = TOP;
    let mut group = "";
    for bar in bars {
        if bar.group != group {
            let name = escaped(&bar.group);
            let _ = writeln!(
                svg,
                "<text class=\"group\" x=\"8\" y=\"{}\">document: {name}</text>",
                y + 13.0
            );
            group = &bar.group;
            y += ROW;
        }
        bar.draw(&mut svg, &axis, y);
        y += ROW;
    }
    svg.push_str("</svg>\n");
    svg
}

impl Bar {
    fn draw(&self, svg: &mut String, axis: &Axis, y: f64) {
        let class = if self.is_ours { "ours" } else { "theirs" };
        let (from, to) = (self.from.map_or(LEFT, |from| axis.x(from)), axis.x(self.to));
        let width = (to - from).max(3.0);
        let (middle, end) = (y + 13.0, from + width + 6.0);
        let _ = writeln!(
            svg,
            "<text class=\"name\" x=\"{}\" y=\"{middle}\">{}</text>\
             <rect class=\"{class}\" x=\"{from:.1}\" y=\"{}\" width=\"{width:.1}\" height=\"12\" rx=\"2\"/>\
             <text x=\"{end:.1}\" y=\"{middle}\">{}</text>",
            LEFT - 8.0,
            escaped(&self.name),
            y + 3.0,
            escaped(&self.label),
        );
    }
}

/// A logarithmic scale over whole powers of ten.
struct Axis {
    first: f64,
    last: f64,
}

impl Axis {
    fn of(bars: &[Bar]) -> Self {
        let ends = bars.iter().flat_map(|bar| [bar.from.unwrap_or(bar.to), bar.to]);
        let (least, most) = ends
            .fold((f64::INFINITY, 0.0_f64), |(least, most), end| (least.min(end), most.max(end)));
        let first = least.log10().floor();
        Self { first, last: most.log10().ceil().max(first + 1.0) }
    }

    fn x(&self, value: f64) -> f64 {
        let share = (value.log10() - self.first) / (self.last - self.first);
        LEFT + share * (RIGHT - LEFT)
    }

    /// A line for each power of ten.
    fn draw(&self, svg: &mut String, height: f64, tick: fn(f64) -> String) {
        let mut power = self.first;
        while power <= self.last {
            let value = 10.0_f64.powf(power);
            let (x, name) = (self.x(value), tick(value));
            let (above, top, bottom) = (TOP - 8.0, TOP - 4.0, height - 8.0);
            let _ = writeln!(
                svg,
                "<line class=\"grid\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{top}\" y2=\"{bottom}\"/>\
                 <text class=\"tick\" x=\"{x:.1}\" y=\"{above}\">{name}</text>"
            );
            power += 1.0;
        }
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[expect(clippy::cast_precision_loss, reason = "a few dozen rows")]
fn count(rows: usize) -> f64 {
    rows as f64
}

const WIDTH: f64 = 1080.0;
const LEFT: f64 = 450.0;
/// Behind it there is room for a label.
const RIGHT: f64 = 940.0;
const TOP: f64 = 52.0;
const ROW: f64 = 18.0;

const STYLE: &str = "text{font:12px system-ui,sans-serif;fill:#1f2328}.title{font-size:14px;font-weight:600}\
    .group{font-style:italic}.name{text-anchor:end}.tick{font-size:10px;text-anchor:middle;fill-opacity:.7}.ours{fill:#1a7f37}.theirs{fill:#8c959f}\
    .grid{stroke:#8c959f;stroke-opacity:.35}\
    @media(prefers-color-scheme:dark){text{fill:#e6edf3}.ours{fill:#3fb950}.theirs{fill:#6e7681}}";

#[cfg(test)]
mod tests;
