//! Nodes as indented JSON.

use crate::node::Draft;

pub(super) fn pretty(node: &Draft<'_>) -> String {
    let mut out = String::new();
    write(node, 0, &mut out);
    out.push('\n');
    out
}

fn write(node: &Draft<'_>, depth: usize, out: &mut String) {
    match node {
        Draft::List(items) if !items.is_empty() => {
            out.push('[');
            for (place, item) in items.iter().enumerate() {
                begin(place, depth + 1, out);
                write(item, depth + 1, out);
            }
            end(']', depth, out);
        }
        Draft::Map(entries) if !entries.is_empty() => {
            out.push('{');
            for (place, (key, value)) in entries.iter().enumerate() {
                begin(place, depth + 1, out);
                out.push_str(&scalar(&Draft::Text(key.as_ref().into())));
                out.push_str(": ");
                write(value, depth + 1, out);
            }
            end('}', depth, out);
        }
        small => out.push_str(&scalar(small)),
    }
}

fn begin(place: usize, depth: usize, out: &mut String) {
    out.push_str(if place == 0 { "\n" } else { ",\n" });
    out.push_str(&"  ".repeat(depth));
}

fn end(bracket: char, depth: usize, out: &mut String) {
    out.push('\n');
    out.push_str(&"  ".repeat(depth));
    out.push(bracket);
}

/// A scalar, or an empty list or map, as compact JSON.
pub(super) fn scalar(node: &Draft<'_>) -> String {
    node.to_value().to_string()
}
