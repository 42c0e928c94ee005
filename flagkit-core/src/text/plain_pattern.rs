//! Patterns that need no engine: texts, a few characters of which may vary.
//!
//! Most patterns of flags are of this kind: `iphone1[0-9]`, `@example\.com$`, `^beta-.*$`. They
//! are matched here in a walk over the bytes, which takes a few nanoseconds where an engine takes
//! thirty, and nothing is built for them when flags are loaded. What is read here means exactly
//! what it means to the engine; what is not read goes to the engine.

/// A pattern without repetitions but for `.*` at its ends, without groups and alternatives.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct PlainPattern {
    /// It begins with `^`.
    at_start: bool,
    /// `.*` comes before the first step.
    after_any: bool,
    steps: Box<[Step]>,
    end: End,
}

/// What one character must be.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Step {
    /// This byte of a character.
    Byte(u8),
    /// A character of ASCII whose bit is set.
    Class(u128),
    /// Anything but a line feed.
    Any,
}

/// What must follow the last step.
#[derive(Clone, Copy, Debug, PartialEq)]
enum End {
    Anything,
    /// `$`: nothing.
    Nothing,
    /// `.*$`: nothing that is a line feed.
    NoLineFeed,
}

impl PlainPattern {
    /// Reads a pattern that is as simple as that.
    pub(crate) fn parse(source: &str) -> Option<Self> {
        if source.len() > SOURCE_MAX {
            return None;
        }
        let after_caret = source.strip_prefix('^');
        let rest = after_caret.unwrap_or(source);
        let after_dots = rest.strip_prefix(".*");
        let mut rest = after_dots.unwrap_or(rest);
        let (mut steps, mut end) = (Vec::new(), End::Anything);
        while !rest.is_empty() {
            rest = match rest {
                "$" => {
                    end = End::Nothing;
                    ""
                }
                ".*" => "",
                ".*$" => {
                    end = End::NoLineFeed;
                    ""
                }
                _ => step(rest, &mut steps)?,
            };
        }
        let (at_start, after_any) = (after_caret.is_some(), after_dots.is_some());
        Some(Self { at_start, after_any, steps: steps.into(), end })
    }

    /// Whether it matches somewhere in the text, or from the start of the text on.
    #[inline]
    pub(crate) fn matches(&self, text: &str, from_start: bool) -> bool {
        let bytes = text.as_bytes();
        match (self.at_start || from_start, self.after_any) {
            (true, false) => self.matches_at(bytes, 0),
            (true, true) => {
                let line = bytes.iter().position(|byte| *byte == b'\n');
                self.matches_from(text, line.unwrap_or(bytes.len()))
            }
            (false, _) => self.matches_from(text, bytes.len()),
        }
    }

    /// Whether it matches at one of the places up to this one.
    fn matches_from(&self, text: &str, last: usize) -> bool {
        let bytes = text.as_bytes();
        match self.steps.first() {
            // Where a character begins: bytes inside of one are no characters.
            None | Some(Step::Any) => (0..=last)
                .any(|place| text.is_char_boundary(place) && self.matches_at(bytes, place)),
            Some(first) => bytes
                .iter()
                .take(last + 1)
                .enumerate()
                .any(|(place, byte)| first.accepts(*byte) && self.matches_at(bytes, place)),
        }
    }

    #[inline]
    fn matches_at(&self, bytes: &[u8], place: usize) -> bool {
        let Some(mut rest) = bytes.get(place..) else { return false };
        for step in &self.steps {
            let Some((byte, after)) = rest.split_first() else { return false };
            if !step.accepts(*byte) {
                return false;
            }
            rest = after;
            if *step == Step::Any {
                // The further bytes of the same character.
                while let Some((0x80..=0xbf, after)) = rest.split_first() {
                    rest = after;
                }
            }
        }
        match self.end {
            End::Anything => true,
            End::Nothing => rest.is_empty(),
            End::NoLineFeed => !rest.contains(&b'\n'),
        }
    }
}

impl Step {
    #[inline]
    fn accepts(self, byte: u8) -> bool {
        match self {
            Self::Byte(wanted) => byte == wanted,
            Self::Class(set) => byte < 128 && set >> byte & 1 == 1,
            Self::Any => byte != b'\n',
        }
    }
}

/// Reads one character of the pattern, or one class, and returns what follows.
fn step<'p>(rest: &'p str, steps: &mut Vec<Step>) -> Option<&'p str> {
    let mut characters = rest.chars();
    let mut literal = characters.next()?;
    match literal {
        '.' => steps.push(Step::Any),
        '[' => {
            let (class, after) = characters.as_str().split_once(']')?;
            steps.push(Step::Class(set(class)?));
            characters = after.chars();
        }
        '\\' => {
            literal = characters.next().filter(|escaped| ESCAPED.contains(*escaped))?;
            push(literal, steps);
        }
        '^' | '$' | '*' | '+' | '?' | '(' | ')' | '{' | '}' | '|' | ']' => return None,
        _ => push(literal, steps),
    }
    let after = characters.as_str();
    // What is repeated is for the engine, except for `.*` at the end, which is not read here.
    (!after.starts_with(['*', '+', '?', '{'])).then_some(after)
}

fn push(literal: char, steps: &mut Vec<Step>) {
    let mut buffer = [0; 4];
    steps.extend(literal.encode_utf8(&mut buffer).bytes().map(Step::Byte));
}

/// The characters of a class such as `a-z0-9_`.
fn set(class: &str) -> Option<u128> {
    let mut set = 0;
    let mut rest = class.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        rest = after;
        let last = match rest {
            [b'-', last, after @ ..] if first.is_ascii_alphanumeric() => {
                rest = after;
                *last
            }
            _ => first,
        };
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || PLAIN.contains(&byte);
        let is_range = first == last || last.is_ascii_alphanumeric();
        if !(is_plain(first) && is_range && first <= last) {
            return None;
        }
        set = (first..=last).fold(set, |set: u128, byte| set | 1 << byte);
    }
    (set != 0).then_some(set)
}

/// Longer patterns are for the engine.
const SOURCE_MAX: usize = 128;
/// What may follow a backslash here; the engine takes each of these for itself.
const ESCAPED: &str = r"\.+*?()|[]{}^$-/@";
/// What else may stand in a class here.
const PLAIN: &[u8] = b"_@.:/,;= ";

#[cfg(test)]
mod tests;
