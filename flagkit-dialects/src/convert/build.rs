//! Making nodes.

use std::borrow::Cow;

use crate::node::Node;

pub(super) fn map<const N: usize>(entries: [(&'static str, Node<'static>); N]) -> Node<'static> {
    Node::Map(entries.into_iter().map(|(key, value)| (Cow::Borrowed(key), value)).collect())
}

pub(super) fn text(text: &str) -> Node<'static> {
    Node::Text(Cow::Owned(text.to_owned()))
}

/// `{ attribute: …, operator: …, values: […] }`
pub(super) fn condition(attribute: &str, operator: &str, values: Node<'static>) -> Node<'static> {
    map([("attribute", text(attribute)), ("operator", text(operator)), ("values", values)])
}

/// `{ attribute: …, operator: not_exists }`
pub(super) fn absent(attribute: &str) -> Node<'static> {
    map([("attribute", text(attribute)), ("operator", text("not_exists"))])
}

/// Entries of the old flag that the native format knows by the same name.
pub(super) fn kept(
    flag: &Node<'_>,
    names: &[&'static str],
) -> Vec<(Cow<'static, str>, Node<'static>)> {
    let entries = names.iter().filter_map(|name| {
        let node = flag.entry(name).filter(|node| !node.is_null())?;
        Some((Cow::Borrowed(*name), node.to_owned_node()))
    });
    entries.collect()
}
