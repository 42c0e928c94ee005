//! Leftovers: what is fine while writing and not afterwards.

use super::source::{Token, is_word};
use super::tree::File;
use super::{Facts, Violation};

/// Looks at every Rust file, tests included.
pub(crate) fn check(facts: &Facts) -> Vec<Violation> {
    let each = |file| module_files(file).into_iter().chain(code(file)).chain(comments(file));
    facts.tree.rust().flat_map(each).collect()
}

/// `mod.rs`, which is called like fifty others.
fn module_files(file: &File) -> Option<Violation> {
    let is_mod = file.path.split('/').next_back() == Some("mod.rs");
    let mend = "call it like its folder and put it beside the folder";
    is_mod.then(|| Violation::new(&file.path, 1, "a file is called `mod.rs`", mend))
}

/// Rows of tokens that are leftovers, and what to do about them.
const LEFTOVERS: &[(&[&str], &str, &str)] = &[
    (&["todo", "!"], "`todo!`", "do it"),
    (&["unimplemented", "!"], "`unimplemented!`", "implement it, or make it impossible to call"),
    (&["dbg", "!"], "`dbg!`", "remove it"),
    (
        &["#", "[", "ignore"],
        "an ignored test",
        "assert the wrong answer as it is, with the reason in a comment",
    ),
];

/// Macros and attributes.
fn code(file: &File) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (row, what, mend) in LEFTOVERS {
        let places = file.source.find(row);
        violations.extend(places.map(|(_, line)| {
            Violation::new(&file.path, line, format!("{what} is left over"), *mend)
        }));
    }
    violations
}

/// Notes for later that do not say why.
fn comments(file: &File) -> Vec<Violation> {
    let lines = file.source.comments.iter().flat_map(|comment: &Token| {
        comment.text.lines().zip(comment.line..).filter_map(|(text, line)| {
            let note = NOTES.iter().find(|note| has_bare_note(text, note))?;
            Some((note, line))
        })
    });
    let violation = |(note, line): (&&str, usize)| {
        let what = format!("a {note} without a reason");
        Violation::new(
            &file.path,
            line,
            what,
            format!("write `{note}: ` and why it is not done yet"),
        )
    };
    lines.map(violation).collect()
}

/// The words that mark something as unfinished.
const NOTES: &[&str] = &["TODO", "FIXME"];

/// Whether the text has the note as a word that is not followed by a colon and words.
fn has_bare_note(text: &str, note: &str) -> bool {
    text.match_indices(note).any(|(begin, _)| {
        let before = text.get(..begin).unwrap_or_default();
        let after = text.get(begin + note.len()..).unwrap_or_default();
        let is_whole = !before.ends_with(is_word) && !after.starts_with(is_word);
        let reason = after.strip_prefix(':').unwrap_or_default();
        is_whole && reason.trim().chars().filter(|character| is_word(*character)).count() < 3
    })
}

#[cfg(test)]
mod tests;
