//! Whether a document is as flagd's own schemas want it.
//!
//! flagd evaluates documents that its schemas refuse, so this is a question of its own. There
//! are three schemas: for flags as providers read them, for those that the daemon imports, which
//! may also be a list, and for targeting alone. A document names its own under `$schema`.

use flagkit_core::SemanticVersion;

use crate::decode;
use crate::node::{Entry, Node, Tree, without_mark};

use super::last;

/// Whether flagd's schemas accept a document. Text that is no JSON is not accepted.
///
/// ```
/// use flagkit_dialects::flagd::is_valid;
///
/// assert!(is_valid(r#"{ "flags": { "a": { "state": "ENABLED", "variants": { "on": true } } } }"#));
/// assert!(!is_valid(r#"{ "flags": { "a": { "state": "on", "variants": { "on": true } } } }"#));
/// assert!(is_valid(r#"{ "!": [{ "var": "customer" }] }"#));
/// ```
pub fn is_valid(text: &str) -> bool {
    let mut tree = Tree::default();
    decode::read(without_mark(text), &mut tree).is_ok_and(|root| is_document(&root))
}

fn is_document(root: &Node<'_>) -> bool {
    let Some(entries) = root.as_map() else { return false };
    let schema = last(root, "$schema").and_then(Node::as_text).unwrap_or_default();
    let is_of_flags = last(root, "flags").is_some() && !schema.contains("targeting");
    if is_of_flags || schema.contains("flag") && !schema.contains("targeting") {
        return are_flags(root, !schema.ends_with("flags.json"));
    }
    match last(root, "targeting") {
        Some(targeting) => is_targeting(targeting),
        None => is_rule_among(entries.iter().filter(|(key, _)| !is_comment(key))),
    }
}

/// What may stand beside a rule that is a whole document.
fn is_comment(key: &str) -> bool {
    key == "$schema" || key.starts_with("$comment")
}

fn are_flags(root: &Node<'_>, may_be_listed: bool) -> bool {
    let flags = match last(root, "flags") {
        None => !may_be_listed,
        Some(Node::Map(flags)) => flags.iter().all(|(key, flag)| !key.is_empty() && is_flag(flag)),
        Some(Node::List(flags)) => {
            let has_key = |flag: &Node<'_>| {
                last(flag, "key").and_then(Node::as_text).is_some_and(|key| !key.is_empty())
            };
            may_be_listed && flags.iter().all(|flag| is_flag(flag) && has_key(flag))
        }
        Some(_) => false,
    };
    let evaluators = match last(root, "$evaluators") {
        None => true,
        Some(Node::Map(parts)) => {
            parts.iter().all(|(name, part)| !name.is_empty() && is_targeting(part))
        }
        Some(_) => false,
    };
    let metadata = last(root, "metadata");
    let is_text =
        |name| metadata.and_then(|all| last(all, name)).is_none_or(|node| node.as_text().is_some());
    flags && evaluators && is_metadata(metadata) && is_text("flagSetId") && is_text("version")
}

fn is_flag(flag: &Node<'_>) -> bool {
    let state = last(flag, "state").and_then(Node::as_text);
    let default = last(flag, "defaultVariant");
    matches!(state, Some("ENABLED" | "DISABLED"))
        && last(flag, "variants").is_some_and(are_variants)
        && default.is_none_or(|name| matches!(name, Node::Null | Node::Text(_)))
        && last(flag, "targeting").is_none_or(is_targeting)
        && is_metadata(last(flag, "metadata"))
}

/// All of one type, and none without a name.
fn are_variants(variants: &Node<'_>) -> bool {
    let Some(variants) = variants.as_map() else { return false };
    let all = |is: fn(&Node<'_>) -> bool| {
        variants.iter().all(|(name, value)| !name.is_empty() && is(value))
    };
    !variants.is_empty()
        && (all(|value| matches!(value, Node::Boolean(_)))
            || all(|value| matches!(value, Node::Text(_)))
            || all(|value| matches!(value, Node::Map(_)))
            || all(|value| value.as_float().is_some_and(|number| number.abs() <= SAFE)))
}

fn is_metadata(metadata: Option<&Node<'_>>) -> bool {
    let is_plain = |value: &Node<'_>| !matches!(value, Node::Null | Node::List(_) | Node::Map(_));
    match metadata {
        None => true,
        Some(Node::Map(entries)) => entries.iter().all(|(_, value)| is_plain(value)),
        Some(_) => false,
    }
}

/// A rule, or nothing.
fn is_targeting(node: &Node<'_>) -> bool {
    node.as_map().is_some_and(|entries| entries.is_empty() || is_rule_among(entries.iter()))
}

fn is_rule(node: &Node<'_>) -> bool {
    node.as_map().is_some_and(|entries| is_rule_among(entries.iter()))
}

/// One operator and its arguments.
fn is_rule_among<'n>(mut entries: impl Iterator<Item = &'n Entry<'n>>) -> bool {
    let (Some((operator, value)), None) = (entries.next(), entries.next()) else { return false };
    let items = value.as_list();
    let arguments = |least: usize, most: usize| {
        items.is_some_and(|items| {
            (least..=most).contains(&items.len()) && items.iter().all(is_argument)
        })
    };
    match &**operator {
        "var" => is_path(value),
        "missing" => items.is_some_and(are_texts),
        "missing_some" => matches!(items, Some([count, Node::List(paths)])
            if count.as_float().is_some() && are_texts(paths)),
        "if" | "or" | "and" | "+" | "-" | "max" | "min" | "merge" | "cat" => {
            arguments(1, usize::MAX)
        }
        "*" => arguments(2, usize::MAX),
        "==" | "===" | "!=" | "!==" | ">" | ">=" | "%" | "/" | "map" | "filter" | "all"
        | "none" | "some" | "in" => arguments(2, 2),
        "substr" | "<" | "<=" => arguments(2, 3),
        "reduce" => arguments(3, 3),
        "!" | "!!" => arguments(1, 1) || is_argument(value),
        "starts_with" | "ends_with" => matches!(items, Some([a, b]) if is_text(a) && is_text(b)),
        "sem_ver" => matches!(items, Some([a, operator, b])
            if is_version(a) && is_comparison(operator) && is_version(b)),
        "fractional" => items.is_some_and(is_fractional),
        _ => false,
    }
}

/// A reference, a rule or something plain. The schema does not look into lists.
fn is_argument(node: &Node<'_>) -> bool {
    match node {
        Node::Map(entries) => match *entries {
            [(key, name)] if *key == "$ref" => name.as_text().is_some(),
            entries => is_rule_among(entries.iter()),
        },
        _ => true,
    }
}

/// Of `$flagd` there are two things to ask for.
fn is_path(node: &Node<'_>) -> bool {
    match node {
        Node::Text(path) => {
            !path.starts_with("$flagd.") || matches!(*path, "$flagd.timestamp" | "$flagd.flagKey")
        }
        Node::List(items) => match *items {
            [Node::Text(_), rest @ ..] => {
                rest.iter().all(|node| !matches!(node, Node::List(_) | Node::Map(_)))
            }
            _ => false,
        },
        _ => true,
    }
}

fn are_texts(nodes: &[Node<'_>]) -> bool {
    nodes.iter().all(|node| node.as_text().is_some())
}

/// Text, or a rule that may come to text.
fn is_text(node: &Node<'_>) -> bool {
    node.as_text().is_some() || is_rule(node)
}

fn is_version(node: &Node<'_>) -> bool {
    match node {
        Node::Text(text) => SemanticVersion::parse(text).is_some(),
        other => matches!(other.as_map(), Some([(key, path)]) if *key == "var" && is_path(path)),
    }
}

fn is_comparison(node: &Node<'_>) -> bool {
    matches!(node.as_text(), Some("=" | "!=" | ">" | "<" | ">=" | "<=" | "~" | "^"))
}

/// A rule for the subject perhaps, and weighted results.
fn is_fractional(items: &[Node<'_>]) -> bool {
    let pairs = match items {
        [first, rest @ ..] if is_rule(first) => rest,
        all => all,
    };
    let is_result = |node: &Node<'_>| !matches!(node, Node::List(_) | Node::Map(_));
    let is_weight = |node: &Node<'_>| match node {
        Node::Integer(weight) => *weight >= 0,
        Node::Unsigned(_) => true,
        Node::Float(weight) => *weight >= 0.0 && weight.fract() == 0.0,
        other => is_rule(other),
    };
    let is_pair = |node: &Node<'_>| match node.as_list() {
        Some([result]) => is_result(result) || is_rule(result),
        Some([result, weight]) => (is_result(result) || is_rule(result)) && is_weight(weight),
        _ => false,
    };
    !pairs.is_empty() && pairs.iter().all(is_pair)
}

/// The largest integer that every JSON reader keeps exactly.
const SAFE: f64 = 9_007_199_254_740_991.0;
