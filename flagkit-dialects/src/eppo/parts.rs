//! Parts that an object must have: the vendor's SDKs give a flag up that lacks one.
//!
//! `null` is not the same as nothing here.

use std::borrow::Cow;

use crate::fields::Fields;
use crate::node::{Entry, Node, room};
use crate::path::Path;
use crate::report::Report;

use super::writing::Writing;

/// The value under this key.
pub(super) fn required<'n>(
    fields: &Fields<'n, '_>,
    name: &'static str,
    report: &mut Report,
) -> Option<&'n Node<'n>> {
    let node = fields.node_or_null(name);
    if node.is_none() {
        report.error(fields.path(), format!("`{name}` is missing"), "add it");
    }
    node
}

pub(super) fn text<'n>(
    fields: &Fields<'n, '_>,
    name: &'static str,
    report: &mut Report,
) -> Option<&'n str> {
    let text = required(fields, name, report)?.as_text();
    if text.is_none() {
        fields.mismatch(name, "text", "write text in quotes", report);
    }
    text
}

pub(super) fn boolean(
    fields: &Fields<'_, '_>,
    name: &'static str,
    report: &mut Report,
) -> Option<bool> {
    if let Node::Boolean(value) = required(fields, name, report)? {
        return Some(*value);
    }
    fields.mismatch(name, "true or false", "write true or false without quotes", report);
    None
}

/// A whole number of 32 bits without sign.
pub(super) fn whole(
    fields: &Fields<'_, '_>,
    name: &'static str,
    report: &mut Report,
) -> Option<u32> {
    let number = match required(fields, name, report)? {
        Node::Integer(value) => u32::try_from(*value).ok(),
        _ => None,
    };
    if number.is_none() {
        let expected = "a whole number from 0 to 4294967295";
        fields.mismatch(name, expected, "write the number without fraction or quotes", report);
    }
    number
}

pub(super) fn list<'n>(
    fields: &Fields<'n, '_>,
    name: &'static str,
    report: &mut Report,
) -> Option<&'n [Node<'n>]> {
    let list = required(fields, name, report)?.as_list();
    if list.is_none() {
        fields.mismatch(name, "a list", "write a list, even for one element", report);
    }
    list
}

/// Everything in a list, read; nothing if something cannot be. What is large is made in a vector
/// that need not grow, which collecting options cannot do.
pub(super) fn each<'n, T>(
    nodes: &'n [Node<'n>],
    above: &Path<'_>,
    mut read: impl FnMut(&'n Node<'n>, &Path<'_>) -> Option<T>,
) -> Option<Vec<T>> {
    let mut all = Vec::with_capacity(room(nodes.len()));
    for (place, node) in nodes.iter().enumerate() {
        all.push(read(node, &above.index(place))?);
    }
    Some(all)
}

pub(super) fn object<'n>(
    fields: &Fields<'n, '_>,
    name: &'static str,
    report: &mut Report,
) -> Option<&'n [Entry<'n>]> {
    let object = required(fields, name, report)?.as_map();
    if object.is_none() {
        fields.mismatch(name, "an object", "write an object", report);
    }
    object
}

/// Text that the document may write so that nobody can read it.
pub(super) fn written<'n>(
    fields: &Fields<'n, '_>,
    name: &'static str,
    writing: Writing,
    report: &mut Report,
) -> Option<Cow<'n, str>> {
    let read = writing.read(text(fields, name, report)?);
    if read.is_none() {
        fields.mismatch(name, "base64", "write the text in base64", report);
    }
    read
}
