//! Lines over time as SVG, without scripts. Colours come from the page, so that they fit a dark one, too.

use std::fmt::Write;

use flagkit_deploy::Time;

use super::trace::Point;
use crate::rollout::standing::words;

/// A drawing.
#[derive(Debug)]
pub(crate) struct Plot<'a> {
    /// What it shows, for whoever cannot see it.
    pub(crate) title: String,
    /// The first and the last moment.
    pub(crate) span: [Time; 2],
    /// The largest value that has to fit.
    pub(crate) top: f64,
    /// Values as text.
    pub(crate) label: fn(f64) -> String,
    pub(crate) lines: Vec<Line<'a>>,
    /// A level that means something, and what.
    pub(crate) level: Option<(f64, String)>,
    /// Moments that mean something, and the class of their colour.
    pub(crate) marks: Vec<(Time, &'static str)>,
}

/// One line.
#[derive(Debug)]
pub(crate) struct Line<'a> {
    /// The class of its colour: `arm0`, `arm1` …
    pub(crate) class: String,
    pub(crate) points: &'a [Point],
    pub(crate) shape: Shape,
}

/// How a line goes from point to point.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Shape {
    /// A value holds until the next one.
    Steps,
    /// Straight.
    Straight,
}

impl Plot<'_> {
    /// The drawing as an element of HTML.
    pub(crate) fn svg(&self) -> String {
        let mut svg = String::new();
        let title = escaped(&self.title);
        // Writing to a `String` cannot fail.
        let _ = write!(
            svg,
            "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{title}\"><title>{title}</title>"
        );
        self.axes(&mut svg);
        for (at, class) in &self.marks {
            let x = self.x(*at);
            let _ = write!(
                svg,
                "<line class=\"mark {class}\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{TOP}\" y2=\"{BOTTOM}\"/>"
            );
        }
        if let Some((level, words)) = &self.level {
            let (y, words) = (self.y(*level), escaped(words));
            let _ = write!(
                svg,
                "<line class=\"level\" x1=\"{LEFT}\" x2=\"{RIGHT}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>\
                 <text class=\"level\" x=\"{RIGHT}\" y=\"{:.1}\" text-anchor=\"end\">{words}</text>",
                y - 4.0
            );
        }
        for line in &self.lines {
            let path = self.path(line);
            let _ = write!(svg, "<path class=\"{}\" d=\"{path}\"/>", line.class);
        }
        svg.push_str("</svg>");
        svg
    }

    fn axes(&self, svg: &mut String) {
        for part in 0..=4 {
            let value = self.top * f64::from(part) / 4.0;
            let (y, label) = (self.y(value), escaped(&(self.label)(value)));
            let _ = write!(
                svg,
                "<line class=\"grid\" x1=\"{LEFT}\" x2=\"{RIGHT}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>\
                 <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{label}</text>",
                LEFT - 6.0,
                y + 4.0
            );
        }
        let [first, last] = self.span;
        for part in 0..=4_u32 {
            let whole = (last - first).ms();
            let at = Time::from_unix_ms(first.unix_ms() + whole / 4 * u64::from(part));
            let (x, clock) = (self.x(at), words::clock(at));
            let anchor = match part {
                0 => "start",
                4 => "end",
                _ => "middle",
            };
            let _ = write!(
                svg,
                "<text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\">{clock}</text>",
                BOTTOM + 16.0
            );
        }
    }

    fn path(&self, line: &Line<'_>) -> String {
        let mut path = String::new();
        let every = line.points.len().div_ceil(POINTS_MAX).max(1);
        let count = line.points.len();
        let mut last_y = None;
        for (place, point) in line.points.iter().enumerate() {
            if place % every != 0 && place + 1 != count {
                continue;
            }
            let (x, y) = (self.x(point.at), self.y(point.value));
            match last_y {
                None => {
                    let _ = write!(path, "M{x:.1} {y:.1}");
                }
                Some(before) if line.shape == Shape::Steps => {
                    let _ = write!(path, "L{x:.1} {before:.1}L{x:.1} {y:.1}");
                }
                Some(_) => {
                    let _ = write!(path, "L{x:.1} {y:.1}");
                }
            }
            last_y = Some(y);
        }
        if let (Some(y), Shape::Steps) = (last_y, line.shape) {
            let _ = write!(path, "L{RIGHT} {y:.1}");
        }
        path
    }

    #[expect(clippy::cast_precision_loss, reason = "a place in a drawing")]
    fn x(&self, at: Time) -> f64 {
        let [first, last] = self.span;
        let whole = (last - first).ms().max(1) as f64;
        LEFT + (at - first).ms() as f64 / whole * (RIGHT - LEFT)
    }

    fn y(&self, value: f64) -> f64 {
        let part = if self.top > 0.0 { value / self.top } else { 0.0 };
        BOTTOM - part.clamp(0.0, 1.0) * (BOTTOM - TOP)
    }
}

/// Text that is text in HTML.
pub(crate) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other if other.is_control() && other != '\n' => escaped.extend(other.escape_default()),
            other => escaped.push(other),
        }
    }
    escaped
}

const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 220.0;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 744.0;
const TOP: f64 = 14.0;
const BOTTOM: f64 = 190.0;
/// More points than this are more than there are pixels.
const POINTS_MAX: usize = 800;
