//! Colours, and text that cannot play tricks on a terminal.
//!
//! Output is written through `anstream`, which drops colours where nobody sees them:
//! in pipes and files, and where `NO_COLOR` is set.

use std::borrow::Cow;
use std::fmt::Write;
use std::io::{self, IsTerminal};

use anstyle::{AnsiColor, Color, Style};
use serde::Serialize;

/// Titles and what matters most.
pub(crate) const BOLD: Style = Style::new().bold();
/// What matters least.
pub(crate) const FAINT: Style = Style::new().dimmed();
/// Something fails.
pub(crate) const ERROR: Style = coloured(AnsiColor::Red).bold();
/// Something may not be meant.
pub(crate) const WARNING: Style = coloured(AnsiColor::Yellow).bold();
/// Yes, on, in.
pub(crate) const GOOD: Style = coloured(AnsiColor::Green);
/// No, off, out.
pub(crate) const BAD: Style = coloured(AnsiColor::Red);
/// Names and bars.
pub(crate) const ACCENT: Style = coloured(AnsiColor::Cyan);

/// Whether someone looks at the standard output and wants to see more than text.
pub(crate) fn is_lively() -> bool {
    let choice = anstream::AutoStream::choice(&io::stdout());
    io::stdout().is_terminal() && choice != anstream::ColorChoice::Never
}

/// The text with control characters spelled out: a document cannot colour, move or clear.
pub(crate) fn printable(text: &str) -> Cow<'_, str> {
    let is_harmless = |character: char| !character.is_control() || character == '\n';
    if text.chars().all(is_harmless) {
        return Cow::Borrowed(text);
    }
    let mut spelled = String::with_capacity(text.len());
    for character in text.chars() {
        if is_harmless(character) {
            spelled.push(character);
        } else {
            // Writing to a `String` cannot fail.
            let _ = write!(spelled, "{}", character.escape_default());
        }
    }
    Cow::Owned(spelled)
}

/// `1234567` as `1,234,567`.
pub(crate) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() * 4 / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// `1 flag`, `2 flags`.
pub(crate) fn counted(number: usize, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", grouped(number))
}

/// Prints something as JSON that people can read, too.
pub(crate) fn print_json(out: &mut impl io::Write, what: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, what)?;
    writeln!(out)
}

const fn coloured(color: AnsiColor) -> Style {
    Style::new().fg_color(Some(Color::Ansi(color)))
}

#[cfg(test)]
mod tests;
