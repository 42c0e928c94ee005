//! Length of files and of functions, outside of tests.

use super::source::is_word;
use super::tree::File;
use super::{Facts, Violation};

/// Lines a file may have; aim at 200.
const FILE_LINES: usize = 500;
/// Lines from the signature of a function to its closing brace; aim at 10.
const FUNCTION_LINES: usize = 60;

/// Looks at every Rust file that is no test.
pub(crate) fn check(facts: &Facts) -> Vec<Violation> {
    let files = facts.tree.rust().filter(|file| !file.is_test());
    files.flat_map(|file| file_length(file).into_iter().chain(function_lengths(file))).collect()
}

/// The file, if it is too long.
fn file_length(file: &File) -> Option<Violation> {
    let lines = file.text.lines().count();
    (lines > FILE_LINES).then(|| {
        let what = format!("the file has {lines} lines");
        Violation::new(&file.path, FILE_LINES, what, format!("split it: {FILE_LINES} at most"))
    })
}

/// The functions that are too long.
fn function_lengths(file: &File) -> Vec<Violation> {
    let too_long = |(position, line): (usize, usize)| {
        // The type `fn(u8)` has no name.
        let name =
            file.source.from(position + 1).next().filter(|name| name.starts_with(is_word))?;
        let lines = last_line(file, position)? - line + 1;
        (lines > FUNCTION_LINES).then(|| {
            let what = format!("`{name}` has {lines} lines");
            let mend = format!("cut it where one thought ends: {FUNCTION_LINES} at most");
            Violation::new(&file.path, line, what, mend)
        })
    };
    file.source.find(&["fn"]).filter_map(too_long).collect()
}

/// The line of the closing brace of the function whose `fn` is at a position; none without a body.
fn last_line(file: &File, position: usize) -> Option<usize> {
    let mut brackets = 0_usize;
    let mut braces = 0_usize;
    for token in file.source.tokens.iter().skip(position) {
        match token.text.as_str() {
            "(" | "[" => brackets += 1,
            ")" | "]" => brackets = brackets.saturating_sub(1),
            // A method that a trait only declares; the `;` of `[u8; 4]` is inside brackets.
            ";" if brackets == 0 && braces == 0 => return None,
            "{" => braces += 1,
            "}" => {
                braces = braces.checked_sub(1)?;
                if braces == 0 {
                    return Some(token.line);
                }
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests;
