//! Bars on a logarithmic scale, as SVG.
//!
//! The pictures are ours because they must be readable on light and on dark pages: colours are
//! classes that ask the reader's preference, where libraries for plots write fixed ones.

use std::fmt::Write as _;

/// One bar of a picture.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_structs, reason = "whoever draws one writes it")]
pub struct Bar {
    /// What stands above this bar and its neighbours of the same group; nothing above an empty one.
    pub group: String,
    /// What stands at its left.
    pub name: String,
    /// Whose it is.
    pub tone: Tone,
    /// Where it begins; at the left edge if nowhere.
    pub from: Option<f64>,
    /// Where it ends, above 0.
    pub to: f64,
    /// What stands behind it.
    pub label: String,
}

/// Whose a bar is, which is its colour.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "there are three colours")]
pub enum Tone {
    /// This project's.
    Ours,
    /// That of somebody else.
    Others,
    /// Nobody's: what is possible at all.
    Floor,
}

/// The bars as a picture; `tick` writes a power of ten above its line.
pub fn picture(title: &str, bars: &[Bar], tick: fn(f64) -> String) -> String {
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
            let _ = writeln!(svg, "<text class=\"group\" x=\"8\" y=\"{}\">{name}</text>", y + 13.0);
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
        let class = match self.tone {
            Tone::Ours => "ours",
            Tone::Others => "theirs",
            Tone::Floor => "floor",
        };
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
    .group{font-style:italic}.name{text-anchor:end}.tick{font-size:10px;text-anchor:middle;fill-opacity:.7}.ours{fill:#1a7f37}.theirs{fill:#8c959f}.floor{fill:#0969da}\
    .grid{stroke:#8c959f;stroke-opacity:.35}\
    @media(prefers-color-scheme:dark){text{fill:#e6edf3}.ours{fill:#3fb950}.theirs{fill:#6e7681}.floor{fill:#58a6ff}}";

#[cfg(test)]
mod tests;
