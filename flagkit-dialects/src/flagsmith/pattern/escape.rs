//! What a backslash means.

use super::{Engine, Translator};

/// One character, or a class of them, behind a backslash.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Escaped {
    Character(char),
    /// The inside of brackets: `\d` and its sisters.
    Class(&'static str),
}

impl Translator<'_> {
    /// Outside of brackets.
    pub(super) fn escape(&mut self) -> Result<(), String> {
        let next = self.rest.chars().next();
        match next {
            Some('A') => self.take_and_write(r"\A"),
            Some('Z') => self.take_and_write(r"\z"),
            Some('b') => self.boundary(true),
            Some('B') => self.boundary(false),
            Some('1'..='9') => return self.number(),
            _ => match self.escaped()? {
                Escaped::Character(character) => self.literal(character),
                Escaped::Class(class) => {
                    self.out.push('[');
                    self.out.push_str(class);
                    self.out.push(']');
                }
            },
        }
        Ok(())
    }

    fn take_and_write(&mut self, text: &str) {
        self.next();
        self.out.push_str(text);
    }

    /// The core's engine counts other characters to words than Python does, so both sides are
    /// looked at.
    fn boundary(&mut self, is_there: bool) {
        self.engine = Engine::Backtracking;
        let (before, after) = (format!("(?<=[{WORD}])"), format!("(?=[{WORD}])"));
        let (not_before, not_after) = (format!("(?<![{WORD}])"), format!("(?![{WORD}])"));
        let text = if is_there {
            format!("(?:{before}{not_after}|{not_before}{after})")
        } else {
            format!("(?:{before}{after}|{not_before}{not_after})")
        };
        self.take_and_write(&text);
    }

    /// A reference to a group, or three octal digits.
    fn number(&mut self) -> Result<(), String> {
        let digits = self.rest.as_bytes();
        let is_octal = |place: usize| digits.get(place).is_some_and(|d| (b'0'..b'8').contains(d));
        if is_octal(0) && is_octal(1) && is_octal(2) {
            let character = self.octal(3)?;
            self.literal(character);
            return Ok(());
        }
        let length = if digits.get(1).is_some_and(u8::is_ascii_digit) { 2 } else { 1 };
        let (number, rest) = self.rest.split_at(length);
        self.rest = rest;
        self.back_reference(number.parse().unwrap_or_default())
    }

    /// What means the same inside and outside of brackets.
    pub(super) fn escaped(&mut self) -> Result<Escaped, String> {
        let character = self.next().ok_or("it ends with a backslash")?;
        Ok(match character {
            'd' => Escaped::Class(r"\d"),
            'D' => Escaped::Class(r"\D"),
            's' => Escaped::Class(BLANK),
            'S' => Escaped::Class(NOT_BLANK),
            'w' => Escaped::Class(WORD),
            'W' => Escaped::Class(NOT_WORD),
            'a' => Escaped::Character('\u{7}'),
            'f' => Escaped::Character('\u{c}'),
            'n' => Escaped::Character('\n'),
            'r' => Escaped::Character('\r'),
            't' => Escaped::Character('\t'),
            'v' => Escaped::Character('\u{b}'),
            'x' => Escaped::Character(self.hexadecimal(2)?),
            'u' => Escaped::Character(self.hexadecimal(4)?),
            'U' => Escaped::Character(self.hexadecimal(8)?),
            '0' => {
                let digits = self.rest.bytes().take(2).take_while(|d| (b'0'..b'8').contains(d));
                let count = digits.count();
                Escaped::Character(self.octal(count)?)
            }
            letter if letter.is_ascii_alphanumeric() => {
                return Err(format!(r"`\{letter}` means nothing"));
            }
            other => Escaped::Character(other),
        })
    }

    fn hexadecimal(&mut self, count: usize) -> Result<char, String> {
        self.code(count, 16)
    }

    pub(super) fn octal(&mut self, count: usize) -> Result<char, String> {
        if count == 0 { Ok('\0') } else { self.code(count, 8) }
    }

    fn code(&mut self, count: usize, radix: u32) -> Result<char, String> {
        let digits = self.rest.get(..count).filter(|digits| !digits.starts_with('+'));
        let code = digits.and_then(|digits| u32::from_str_radix(digits, radix).ok());
        self.rest = self.rest.get(count..).unwrap_or_default();
        code.and_then(char::from_u32).ok_or_else(|| "a code names no character".to_owned())
    }
}

/// Letters, numbers of every kind and the underscore: what `str.isalnum` says in Python.
const WORD: &str = r"\p{L}\p{N}_";
const NOT_WORD: &str = r"[^\p{L}\p{N}_]";
/// White space and the four separators of ASCII: what `str.isspace` says in Python.
const BLANK: &str = r"\s\x1c-\x1f";
const NOT_BLANK: &str = r"[^\s\x1c-\x1f]";
