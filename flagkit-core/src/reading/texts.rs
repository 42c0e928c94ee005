//! Lists of text, and text that is such a list in JSON, read without allocating.

use std::str::Chars;

use crate::value::ValueRef;

/// Whether some text of a list meets the condition; `None` if the value is no list of text and
/// no text that is one as JSON.
pub(crate) fn any_text(value: ValueRef<'_>, mut meets: impl FnMut(&str) -> bool) -> Option<bool> {
    match value {
        ValueRef::List(list) => {
            let texts = || list.iter().map(as_text);
            if texts().any(|text| text.is_none()) {
                return None;
            }
            Some(texts().flatten().any(meets))
        }
        ValueRef::String(json) => {
            JsonTexts::new(json)?.try_for_each(|text| text.map(|_| ())).ok()?;
            let mut texts = JsonTexts::new(json)?.flatten();
            Some(texts.any(|text| text.unescaped(&mut meets)))
        }
        _ => None,
    }
}

fn as_text(value: ValueRef<'_>) -> Option<&str> {
    match value {
        ValueRef::String(text) => Some(text),
        _ => None,
    }
}

/// The texts of a list that is written as JSON; an error among them where it is not.
struct JsonTexts<'a> {
    rest: &'a str,
    place: Place,
}

#[derive(Clone, Copy, Hash, PartialEq)]
enum Place {
    Start,
    Behind,
    Over,
}

impl<'a> JsonTexts<'a> {
    fn new(json: &'a str) -> Option<Self> {
        let rest = json.trim_matches(BLANKS).strip_prefix('[')?;
        Some(Self { rest, place: Place::Start })
    }

    /// The next text; `None` at the closing bracket.
    fn step(&mut self) -> Result<Option<Escaped<'a>>, NoList> {
        let mut rest = self.rest.trim_start_matches(BLANKS);
        if rest == "]" {
            return Ok(None);
        }
        if self.place == Place::Behind {
            rest = rest.strip_prefix(',').ok_or(NoList)?.trim_start_matches(BLANKS);
        }
        let text = rest.strip_prefix('"').and_then(Escaped::read);
        let (text, after) = text.ok_or(NoList)?;
        (self.rest, self.place) = (after, Place::Behind);
        Ok(Some(text))
    }
}

impl<'a> Iterator for JsonTexts<'a> {
    type Item = Result<Escaped<'a>, NoList>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.place == Place::Over {
            return None;
        }
        let step = self.step();
        if !matches!(step, Ok(Some(_))) {
            self.place = Place::Over;
        }
        step.transpose()
    }
}

/// The JSON is something else than a list of text.
struct NoList;

/// Text as it stands between the quotes of JSON, known to be well formed.
#[derive(Clone, Copy)]
struct Escaped<'a>(&'a str);

impl<'a> Escaped<'a> {
    /// Reads up to the closing quote; also returns what is behind it.
    fn read(text: &'a str) -> Option<(Self, &'a str)> {
        let mut characters = text.chars();
        loop {
            let before = characters.as_str();
            match characters.next()? {
                '"' => {
                    let inside = text.get(..text.len() - before.len())?;
                    return Some((Self(inside), characters.as_str()));
                }
                '\\' => drop(escape(&mut characters)?),
                control if control < ' ' => return None,
                _ => {}
            }
        }
    }

    /// Calls `then` with what is meant.
    fn unescaped(self, then: impl FnOnce(&str) -> bool) -> bool {
        if !self.0.contains('\\') {
            return then(self.0);
        }
        let mut short = [0; SHORT];
        if self.0.len() > short.len() {
            return then(&self.characters().collect::<String>());
        }
        let mut len = 0;
        for character in self.characters() {
            // INVARIANT: no escape is shorter than what it stands for, so everything fits.
            let Some(place) = short.get_mut(len..len + character.len_utf8()) else { break };
            len += character.encode_utf8(place).len();
        }
        let written = short.get(..len).and_then(|bytes| str::from_utf8(bytes).ok());
        then(written.unwrap_or_default())
    }

    fn characters(self) -> impl Iterator<Item = char> {
        let mut characters = self.0.chars();
        std::iter::from_fn(move || match characters.next()? {
            '\\' => escape(&mut characters),
            plain => Some(plain),
        })
    }
}

/// The character of an escape; the backslash is read already.
fn escape(characters: &mut Chars<'_>) -> Option<char> {
    Some(match characters.next()? {
        same @ ('"' | '\\' | '/') => same,
        'b' => '\u{8}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'u' => {
            let first = unit(characters)?;
            if !(0xd800..0xe000).contains(&first) {
                return char::from_u32(first);
            }
            let is_pair = characters.next() == Some('\\') && characters.next() == Some('u');
            let second = unit(characters).filter(|unit| is_pair && (0xdc00..0xe000).contains(unit));
            let high = (0xd800..0xdc00).contains(&first).then_some(first - 0xd800)?;
            return char::from_u32(0x1_0000 + (high << 10) + (second? - 0xdc00));
        }
        _ => return None,
    })
}

/// Four hexadecimal digits.
fn unit(characters: &mut Chars<'_>) -> Option<u32> {
    (0..4).try_fold(0, |unit, _| Some(unit << 4 | characters.next()?.to_digit(16)?))
}

/// What JSON counts as blank.
const BLANKS: [char; 4] = [' ', '\t', '\n', '\r'];
/// Text with escapes is unescaped on the stack up to this many bytes.
const SHORT: usize = 1024;

#[cfg(test)]
mod tests;
