//! A Rust file as tokens and comments, each with its line.
//!
//! This is a scanner, not a parser: it knows enough to never take a comment or a
//! string for code. Texts are dropped from the tokens, so a check that looks for a
//! word cannot be fooled by a message that mentions it.

/// The tokens and comments of one file.
#[derive(Debug, Default)]
pub(crate) struct Source {
    /// Words, `::`, single punctuation characters, and `""` for any literal text.
    pub(crate) tokens: Vec<Token>,
    /// Comments with their slashes; a block comment is one entry.
    pub(crate) comments: Vec<Token>,
}

/// A piece of a file.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Token {
    /// Where it begins, counted from 1.
    pub(crate) line: usize,
    /// What it is.
    pub(crate) text: String,
}

impl Source {
    /// Scans a text; what is no Rust gives some tokens or other, but always ends.
    pub(crate) fn of(text: &str) -> Self {
        let mut source = Self::default();
        let mut line = 1;
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let (kind, length) = piece(rest, first);
            let (found, remaining) = rest.split_at_checked(length).unwrap_or((rest, ""));
            match kind {
                Kind::Space => {}
                Kind::Comment => source.comments.push(Token { line, text: found.to_owned() }),
                Kind::Literal => source.tokens.push(Token { line, text: "\"\"".to_owned() }),
                Kind::Code => source.tokens.push(Token { line, text: found.to_owned() }),
            }
            line += found.matches('\n').count();
            rest = remaining;
        }
        source
    }

    /// The texts of the tokens from a position on.
    pub(crate) fn from(&self, position: usize) -> impl Iterator<Item = &str> {
        self.tokens.iter().skip(position).map(|token| token.text.as_str())
    }

    /// Every position where these tokens stand in a row, with its line.
    pub(crate) fn find<'s>(&'s self, row: &'s [&'s str]) -> impl Iterator<Item = (usize, usize)> {
        let tokens = self.tokens.iter().enumerate();
        tokens
            .filter(move |&(position, token)| {
                row.first().is_some_and(|first| token.text == **first)
                    && self.from(position).take(row.len()).eq(row.iter().copied())
            })
            .map(|(position, token)| (position, token.line))
    }
}

/// What a piece of text is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    Space,
    Comment,
    Literal,
    Code,
}

/// Whether a character can be inside a word.
pub(crate) fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// The kind and the length in bytes of the piece at the beginning.
fn piece(rest: &str, first: char) -> (Kind, usize) {
    if first.is_whitespace() {
        (Kind::Space, run_length(rest, char::is_whitespace))
    } else if rest.starts_with("//") {
        (Kind::Comment, run_length(rest, |character| character != '\n'))
    } else if rest.starts_with("/*") {
        (Kind::Comment, block_comment_length(rest))
    } else if first == '"' {
        (Kind::Literal, quoted_length(rest, '"'))
    } else if first == '\'' {
        character_or_lifetime(rest)
    } else if is_word(first) {
        raw_text_or_word(rest)
    } else if rest.starts_with("::") {
        (Kind::Code, 2)
    } else {
        (Kind::Code, first.len_utf8())
    }
}

/// The length of the leading characters for which the predicate holds.
fn run_length(rest: &str, holds: impl Fn(char) -> bool) -> usize {
    rest.find(|character| !holds(character)).unwrap_or(rest.len())
}

/// The length of a block comment with the comments inside it.
fn block_comment_length(rest: &str) -> usize {
    let mut depth = 0_usize;
    let mut skip_until = 0;
    for (position, _) in rest.char_indices() {
        let here = rest.get(position..).unwrap_or_default();
        if position < skip_until {
            continue;
        }
        if here.starts_with("/*") {
            depth += 1;
            skip_until = position + 2;
        } else if here.starts_with("*/") {
            depth -= 1;
            skip_until = position + 2;
            if depth == 0 {
                return position + 2;
            }
        }
    }
    rest.len()
}

/// The length of a text that begins and ends with `quote` and may contain escapes.
fn quoted_length(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (position, character) in rest.char_indices().skip(1) {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if character == quote => return position + 1,
            _ => {}
        }
    }
    rest.len()
}

/// `'x'` and `'\n'` are texts, `'a` is a lifetime: its apostrophe is code.
fn character_or_lifetime(rest: &str) -> (Kind, usize) {
    let mut characters = rest.chars().skip(1);
    match (characters.next(), characters.next()) {
        (Some('\\'), _) | (Some(_), Some('\'')) => (Kind::Literal, quoted_length(rest, '\'')),
        _ => (Kind::Code, 1),
    }
}

/// `r"…"`, `br#"…"#` and the like are texts; anything else is a word.
fn raw_text_or_word(rest: &str) -> (Kind, usize) {
    let length = run_length(rest, is_word);
    let (word, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
    let hashes = run_length(after, |character| character == '#');
    let opens = after.get(hashes..).is_some_and(|text| text.starts_with('"'));
    if !["r", "br", "cr"].contains(&word) || !opens {
        return (Kind::Code, length);
    }
    let begin = length + hashes + 1;
    let end = format!("\"{}", "#".repeat(hashes));
    let content = rest.get(begin..).and_then(|text| text.find(&end));
    (Kind::Literal, content.map_or(rest.len(), |content| begin + content + end.len()))
}

#[cfg(test)]
mod tests;
