//! Wildcards in the parts of a URL; case does not count.

/// What stands for `*` in a URL, where a host cannot hold one.
pub(super) const WILDCARD: &str = "_____";

/// Whether a pattern matches the whole of a text; wildcards do not reach over line ends.
pub(super) fn matches(text: &str, pattern: &str) -> bool {
    let text: Vec<char> = text.chars().map(folded).collect();
    let mut parts = pattern.split(WILDCARD).map(|part| part.chars().map(folded).collect());
    let first: Vec<char> = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first.as_slice()) else { return false };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        let part: Vec<char> = part;
        let is_last = parts.peek().is_none();
        let start =
            if is_last { rest.len().checked_sub(part.len()) } else { position(rest, &part) };
        let Some(start) = start else { return false };
        let (skipped, found) = rest.split_at_checked(start).unwrap_or((rest, &[]));
        if skipped.iter().any(|c| LINE_ENDS.contains(c)) {
            return false;
        }
        let Some(behind) = found.strip_prefix(part.as_slice()) else { return false };
        rest = behind;
    }
    true
}

/// The same for a path, whose slashes in front and behind may be missing.
pub(super) fn matches_path(path: &str, pattern: &str) -> bool {
    let pattern = pattern.strip_prefix('/').unwrap_or(pattern);
    let pattern = pattern.strip_suffix('/').unwrap_or(pattern);
    let without_first = path.strip_prefix('/').unwrap_or(path);
    [path, without_first].into_iter().any(|path| {
        matches(path, pattern) || path.strip_suffix('/').is_some_and(|path| matches(path, pattern))
    })
}

fn position(text: &[char], part: &[char]) -> Option<usize> {
    if part.is_empty() {
        return Some(0);
    }
    text.windows(part.len()).position(|window| window == part)
}

fn folded(character: char) -> char {
    let mut upper = character.to_uppercase();
    match (upper.next(), upper.next()) {
        (Some(upper), None) if upper.is_ascii() == character.is_ascii() => upper,
        _ => character,
    }
}

const LINE_ENDS: [char; 4] = ['\n', '\r', '\u{2028}', '\u{2029}'];
