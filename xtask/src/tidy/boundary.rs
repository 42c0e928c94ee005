//! Functions that C can call: each body is one `boundary!`, so that no panic leaves it.
//!
//! A panic that reaches `extern "C"` ends the program of whoever called. One forgotten macro is enough,
//! and no test finds it unless it makes exactly that function panic.

use super::tree::File;
use super::{Facts, Violation};

/// Looks at the crate of the C interface.
pub(crate) fn check(facts: &Facts) -> Vec<Violation> {
    let files = facts.tree.rust().filter(|file| file.path.starts_with("flagkit-ffi/src/"));
    files.filter(|file| !file.is_test()).flat_map(check_file).collect()
}

/// Every function of a file that is outside the boundary.
fn check_file(file: &File) -> Vec<Violation> {
    let open = file.source.find(&["extern", "\"\"", "fn"]).filter_map(|(position, line)| {
        // A function has a name; a type of functions has none.
        let name = file.source.from(position + 3).next()?;
        let is_named = name != "(" && !is_inside(file, position);
        is_named.then(|| {
            let what = format!("the body of `{name}` is not one `boundary!`");
            Violation::new(
                &file.path,
                line,
                what,
                "put all of it into `boundary!(fallback, { … })`",
            )
        })
    });
    let unnamed = file.source.find(&["no_mangle"]).filter_map(|(position, line)| {
        let is_c =
            file.source.from(position).skip(1).take(LOOKED_AT).any(|token| token == "extern");
        let what = "an exported function is not `extern \"C\"`";
        (!is_c).then(|| Violation::new(&file.path, line, what, "C calls it by its own convention"))
    });
    open.chain(unnamed).collect()
}

/// Whether the body of the function at this position is one `boundary!` and nothing else.
fn is_inside(file: &File, position: usize) -> bool {
    let mut tokens = file.source.from(position).skip_while(|token| *token != "{").skip(1);
    if tokens.next() != Some("boundary") || tokens.next() != Some("!") {
        return false;
    }
    if tokens.next() != Some("(") {
        return false;
    }
    let mut depth = 1_usize;
    for token in tokens.by_ref() {
        match token {
            "(" => depth += 1,
            ")" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    match tokens.next() {
        Some(";") => tokens.next() == Some("}"),
        end => end == Some("}"),
    }
}

/// An attribute, what is public, and `unsafe`.
const LOOKED_AT: usize = 8;

#[cfg(test)]
mod tests;
