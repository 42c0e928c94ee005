//! Names of types that say nothing.

use super::tree::File;
use super::{Facts, Violation};

/// Looks at every type that a Rust file declares.
pub(crate) fn check(facts: &Facts) -> Vec<Violation> {
    facts.tree.rust().flat_map(empty_names).collect()
}

/// Endings that could stand behind any name.
const SUFFIXES: &[&str] = &["Manager", "Helper", "Util", "Utils", "Info", "Data", "Impl", "Base"];

/// The keywords before the name of a type.
const KEYWORDS: &[&str] = &["struct", "enum", "trait", "union", "type"];

/// The declared types with such an ending.
fn empty_names(file: &File) -> Vec<Violation> {
    let tokens = &file.source.tokens;
    let pairs = tokens.iter().zip(tokens.iter().skip(1));
    let found = pairs.filter_map(|(keyword, name)| {
        let suffix = SUFFIXES.iter().find(|suffix| name.text.ends_with(**suffix))?;
        KEYWORDS.contains(&keyword.text.as_str()).then(|| {
            let what = format!("the name `{}` ends in `{suffix}`", name.text);
            Violation::new(&file.path, name.line, what, "name what it is or what it does")
        })
    });
    found.collect()
}

#[cfg(test)]
mod tests;
