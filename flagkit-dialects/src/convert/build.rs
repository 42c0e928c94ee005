//! Making nodes.

use std::borrow::Cow;

use crate::node::{Draft, Node};

pub(super) fn map<const N: usize>(entries: [(&'static str, Draft<'static>); N]) -> Draft<'static> {
    Draft::Map(entries.into_iter().map(|(key, value)| (Cow::Borrowed(key), value)).collect())
}

pub(super) fn text(text: &str) -> Draft<'static> {
    Draft::Text(Cow::Owned(text.to_owned()))
}

/// `{ attribute: …, operator: …, values: […] }`
pub(super) fn condition(attribute: &str, operator: &str, values: Draft<'static>) -> Draft<'static> {
    map([("attribute", text(attribute)), ("operator", text(operator)), ("values", values)])
}

/// `{ attribute: …, operator: not_exists }`
pub(super) fn absent(attribute: &str) -> Draft<'static> {
    map([("attribute", text(attribute)), ("operator", text("not_exists"))])
}

/// Entries of the old flag that the native format knows by the same name.
pub(super) fn kept(
    flag: &Node<'_>,
    names: &[&'static str],
) -> Vec<(Cow<'static, str>, Draft<'static>)> {
    let entries = names.iter().filter_map(|name| {
        let node = flag.entry(name).filter(|node| !node.is_null())?;
        Some((Cow::Borrowed(*name), node.to_draft()))
    });
    entries.collect()
}
