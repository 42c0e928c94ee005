//! The paths through modules that a file of the core writes down.

use std::collections::BTreeSet;

use super::super::source::{Source, Token, is_word};

/// Every path that begins with `crate`, `super`, `self` or a child module, made absolute.
pub(super) fn of(source: &Source, module: &str) -> Vec<(String, usize)> {
    let tokens = without_tests(&source.tokens);
    let children = children(&tokens);
    let mut paths = Vec::new();
    let mut before = ["", ""];
    for (position, token) in tokens.iter().enumerate() {
        let word = token.text.as_str();
        let begins_path = tokens.get(position + 1).is_some_and(|next| next.text == "::");
        let continues_path = ["::", ".", "'"].contains(&before[1]);
        let is_visibility = before == ["(", "in"];
        if begins_path && !continues_path && !is_visibility {
            let base = match word {
                "crate" => Some("crate".to_owned()),
                "self" => Some(module.to_owned()),
                "super" => Some(parent(module)),
                child if children.contains(child) => Some(format!("{module}::{child}")),
                _ => None,
            };
            let rest = tokens.get(position + 2..).unwrap_or_default();
            if let Some(base) = base {
                Tree { rest, paths: &mut paths }.read(&base);
            }
        }
        before = [before[1], word];
    }
    paths
}

/// The modules that the file declares in files of their own.
fn children<'t>(tokens: &[&'t Token]) -> BTreeSet<&'t str> {
    let triples = tokens.iter().zip(tokens.iter().skip(1)).zip(tokens.iter().skip(2));
    let declared = triples.filter(|((first, _), third)| first.text == "mod" && third.text == ";");
    declared.map(|((_, name), _)| name.text.as_str()).collect()
}

/// The module around a module.
fn parent(module: &str) -> String {
    module.rsplit_once("::").map_or(module, |(parent, _)| parent).to_owned()
}

/// The tokens without the items that only tests see.
fn without_tests(tokens: &[Token]) -> Vec<&Token> {
    let mut kept = Vec::new();
    let mut rest = tokens;
    while let Some((token, after)) = rest.split_first() {
        let texts = rest.iter().map(|token| token.text.as_str());
        if texts.take(TEST_ATTRIBUTE.len()).eq(TEST_ATTRIBUTE) {
            rest = after_item(rest.get(TEST_ATTRIBUTE.len()..).unwrap_or_default());
        } else {
            kept.push(token);
            rest = after;
        }
    }
    kept
}

/// What marks an item that only tests see.
const TEST_ATTRIBUTE: [&str; 7] = ["#", "[", "cfg", "(", "test", ")", "]"];

/// What follows an item: after its `;`, or after the brace that closes it.
fn after_item(tokens: &[Token]) -> &[Token] {
    let mut depth = 0_usize;
    for (position, token) in tokens.iter().enumerate() {
        match token.text.as_str() {
            "{" | "(" | "[" => depth += 1,
            "}" | ")" | "]" => depth = depth.saturating_sub(1),
            _ => {}
        }
        let ends = token.text == "}" || token.text == ";";
        if ends && depth == 0 {
            return tokens.get(position + 1..).unwrap_or_default();
        }
    }
    &[]
}

/// A path with groups, as in `a::{b, c::d}`, after its first word and `::`.
struct Tree<'t> {
    rest: &'t [&'t Token],
    paths: &'t mut Vec<(String, usize)>,
}

impl Tree<'_> {
    /// Adds the paths that continue `base`; ends behind them.
    fn read(&mut self, base: &str) {
        let Some((&token, rest)) = self.rest.split_first() else {
            return;
        };
        match token.text.as_str() {
            "{" => {
                self.rest = rest;
                self.read_group(base);
            }
            // `self` in a group means the base; so does `super::super`'s second word its parent.
            "self" => self.read_on(base, token.line),
            "super" => self.read_on(&parent(base), token.line),
            name if name.starts_with(is_word) => {
                self.read_on(&format!("{base}::{name}"), token.line);
            }
            _ => {
                self.rest = rest;
                self.paths.push((base.to_owned(), token.line));
            }
        }
    }

    /// Passes over one word that led to `path`, and goes on if `::` follows.
    fn read_on(&mut self, path: &str, line: usize) {
        self.rest = self.rest.get(1..).unwrap_or_default();
        match self.rest.split_first() {
            Some((next, rest)) if next.text == "::" => {
                self.rest = rest;
                self.read(path);
            }
            _ => self.paths.push((path.to_owned(), line)),
        }
    }

    /// Reads the elements of a group up to its closing brace.
    fn read_group(&mut self, base: &str) {
        while let Some((token, rest)) = self.rest.split_first() {
            match token.text.as_str() {
                "}" => {
                    self.rest = rest;
                    return;
                }
                "," => self.rest = rest,
                "as" => self.rest = rest.get(1..).unwrap_or_default(),
                _ => self.read(base),
            }
        }
    }
}
