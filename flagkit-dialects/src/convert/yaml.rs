//! Nodes as YAML in block style.
//!
//! Text is quoted unless it is a plain word that no reader of YAML, also of version
//! 1.1, takes for anything else. Lists of few short scalars stay on one line.

use super::json;
use crate::node::Draft;

pub(super) fn emit(node: &Draft<'_>) -> String {
    let mut out = String::new();
    match node {
        Draft::Map(entries) if !entries.is_empty() => map(entries, 0, false, &mut out),
        Draft::List(items) if !items.is_empty() => list(items, 0, &mut out),
        small => {
            out.push_str(&scalar(small));
            out.push('\n');
        }
    }
    out
}

/// A map; if it is `inline`, its first key continues a line.
fn map(entries: &[crate::node::DraftEntry<'_>], depth: usize, inline: bool, out: &mut String) {
    for (place, (key, value)) in entries.iter().enumerate() {
        if place > 0 || !inline {
            out.push_str(&"  ".repeat(depth));
        }
        out.push_str(&text(key));
        out.push(':');
        match value {
            Draft::Map(entries) if !entries.is_empty() => {
                out.push('\n');
                map(entries, depth + 1, false, out);
            }
            Draft::List(items) if !items.is_empty() && !is_short(items) => {
                out.push('\n');
                list(items, depth + 1, out);
            }
            small => {
                out.push(' ');
                out.push_str(&short(small));
                out.push('\n');
            }
        }
    }
}

fn list(items: &[Draft<'_>], depth: usize, out: &mut String) {
    for item in items {
        out.push_str(&"  ".repeat(depth));
        out.push_str("- ");
        match item {
            Draft::Map(entries) if !entries.is_empty() => map(entries, depth + 1, true, out),
            Draft::List(items) if !items.is_empty() && !is_short(items) => {
                // The dash of the inner list must not begin the line of the outer one.
                out.pop();
                out.push('\n');
                list(items, depth + 1, out);
            }
            small => {
                out.push_str(&short(small));
                out.push('\n');
            }
        }
    }
}

/// A scalar, an empty collection, or a list on one line.
fn short(node: &Draft<'_>) -> String {
    match node {
        Draft::List(items) if !items.is_empty() => {
            let items: Vec<String> = items.iter().map(scalar).collect();
            format!("[{}]", items.join(", "))
        }
        other => scalar(other),
    }
}

fn is_short(items: &[Draft<'_>]) -> bool {
    let width = |item: &Draft<'_>| match item {
        Draft::Text(text) => text.chars().count(),
        Draft::List(_) | Draft::Map(_) => LINE_WIDTH_MAX,
        _ => NUMBER_WIDTH,
    };
    items.iter().map(|item| width(item) + 2).sum::<usize>() < LINE_WIDTH_MAX
}

fn scalar(node: &Draft<'_>) -> String {
    match node {
        Draft::Text(content) => text(content),
        other => json::scalar(other),
    }
}

/// Plain if nothing else can be read into it, else as JSON writes it.
fn text(text: &str) -> String {
    let is_plain = text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text
            .chars()
            .all(|character| character.is_ascii_alphanumeric() || "_-./".contains(character))
        && !WORDS.contains(&&*text.to_ascii_lowercase());
    if is_plain { text.to_owned() } else { quoted(text) }
}

/// JSON, with characters escaped that YAML does not allow in a text or takes for a line end.
fn quoted(text: &str) -> String {
    let mut quoted = String::new();
    for character in json::scalar(&Draft::Text(text.into())).chars() {
        let is_special = matches!(
            character,
            '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}'
        );
        if is_special {
            quoted.extend(format!("\\u{:04x}", u32::from(character)).chars());
        } else {
            quoted.push(character);
        }
    }
    quoted
}

/// What some version of YAML reads as something else than text.
const WORDS: [&str; 9] = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"];
const LINE_WIDTH_MAX: usize = 80;
const NUMBER_WIDTH: usize = 8;
