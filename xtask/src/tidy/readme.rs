//! The README shows the two commands that a newcomer needs.

use super::{Facts, Violation};

/// Looks for the commands, word for word.
pub(crate) fn check(facts: &Facts) -> Vec<Violation> {
    let text = facts.tree.find("README.md").map(|file| file.text.as_str()).unwrap_or_default();
    let missing = COMMANDS.iter().filter(|command| !text.contains(**command));
    let violation = |command: &&str| {
        let what = format!("`{command}` is missing");
        Violation::new("README.md", 1, what, "show it where a newcomer looks first")
    };
    missing.map(violation).collect()
}

/// To see what it does, and to see that it works.
const COMMANDS: &[&str] = &["cargo run --release -- demo", "cargo xtask test"];

#[cfg(test)]
mod tests;
