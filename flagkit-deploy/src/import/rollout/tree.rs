//! Values of a manifest by their paths.

use flagkit_dialects::Written;

/// The value at a path of keys: `spec.strategy.canary`. Null is nothing.
pub(super) fn find<'a>(tree: &'a Written, path: &str) -> Option<&'a Written> {
    let found = path.split('.').try_fold(tree, |node, key| match node {
        Written::Map(entries) => {
            entries.iter().find(|(name, _)| name == key).map(|(_, value)| value)
        }
        _ => None,
    });
    found.filter(|value| **value != Written::Null)
}

/// A text there, or anything else that is written in one word.
pub(super) fn text(tree: &Written, path: &str) -> Option<String> {
    word(find(tree, path)?)
}

/// A whole number there that is not negative, also as text.
pub(super) fn count(tree: &Written, path: &str) -> Option<u32> {
    text(tree, path)?.parse().ok()
}

/// The elements of a list there.
pub(super) fn items<'a>(tree: &'a Written, path: &str) -> &'a [Written] {
    match find(tree, path) {
        Some(Written::List(items)) => items,
        _ => &[],
    }
}

/// The keys of a map with their values.
pub(super) fn entries(tree: &Written) -> &[(String, Written)] {
    match tree {
        Written::Map(entries) => entries,
        _ => &[],
    }
}

/// A length of time: `10s`, `1h30m`, or seconds.
pub(super) fn span(tree: &Written, path: &str) -> Option<String> {
    let text = text(tree, path)?;
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    Some(if is_number { format!("{text}s") } else { text })
}

fn word(value: &Written) -> Option<String> {
    match value {
        Written::Text(text) => Some(text.clone()),
        Written::Integer(number) => Some(number.to_string()),
        Written::Float(number) => Some(number.to_string()),
        Written::Boolean(value) => Some(value.to_string()),
        _ => None,
    }
}
