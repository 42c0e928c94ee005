//! Paths of a developer's machine, in any tracked text file.
//!
//! They work nowhere else and tell strangers about the machine. A path inside a URL
//! or below a relative folder is not meant.

use super::{Facts, Violation};

/// Looks at every text file.
pub(crate) fn check(facts: &Facts) -> Vec<Violation> {
    let mut violations = Vec::new();
    for file in &facts.tree.files {
        for needle in NEEDLES.iter().filter(|needle| file.text.contains(**needle)) {
            let lines = file.text.lines().zip(1..).filter(|(text, _)| has_path(text, needle));
            violations.extend(lines.map(|(_, line)| {
                let what = format!("`{needle}` is a path of one machine");
                Violation::new(&file.path, line, what, "use a path relative to the repository")
            }));
        }
    }
    violations
}

/// Folders that begin such paths. Cut in two, so that this file does not find itself.
const NEEDLES: &[&str] =
    &[concat!("/ho", "me/"), concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/Us", "ers/")];

/// Whether the needle stands where an absolute path begins.
fn has_path(text: &str, needle: &str) -> bool {
    text.match_indices(needle).any(|(begin, _)| {
        let before = text.get(..begin).and_then(|text| text.chars().next_back());
        before.is_none_or(|before| !before.is_alphanumeric() && !"._-~})".contains(before))
    })
}

#[cfg(test)]
mod tests;
