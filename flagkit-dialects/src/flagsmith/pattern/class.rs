//! Characters in brackets.

use super::Translator;
use super::escape::Escaped;

impl Translator<'_> {
    /// Reads until the bracket that closes.
    pub(super) fn class(&mut self) -> Result<(), String> {
        let start = if self.take("^") { "[^" } else { "[" };
        self.out.push_str(start);
        let mut is_first = true;
        loop {
            // A bracket that comes first means itself.
            if !is_first && self.take("]") {
                self.out.push(']');
                return Ok(());
            }
            is_first = false;
            let from = self.member()?;
            if !self.is_range() {
                self.write_member(from);
                continue;
            }
            self.take("-");
            match (from, self.member()?) {
                (Escaped::Character(from), Escaped::Character(to)) if from <= to => {
                    self.literal(from);
                    self.out.push('-');
                    self.literal(to);
                }
                _ => return Err("a range in brackets is the wrong way round".to_owned()),
            }
        }
    }

    /// Whether a dash comes next that is not the last in the brackets.
    fn is_range(&self) -> bool {
        self.rest.starts_with('-') && !self.rest.starts_with("-]")
    }

    fn member(&mut self) -> Result<Escaped, String> {
        if !self.take("\\") {
            return self.next().map(Escaped::Character).ok_or_else(unclosed);
        }
        let first = self.rest.chars().next();
        match first {
            Some('b') => {
                self.next();
                Ok(Escaped::Character('\u{8}'))
            }
            Some('1'..='7') => {
                let digits = self.rest.bytes().take(3).take_while(|d| (b'0'..b'8').contains(d));
                let count = digits.count();
                self.octal(count).map(Escaped::Character)
            }
            _ => self.escaped(),
        }
    }

    fn write_member(&mut self, member: Escaped) {
        match member {
            Escaped::Character(character) => self.literal(character),
            Escaped::Class(class) => self.out.push_str(class),
        }
    }
}

fn unclosed() -> String {
    "it lacks a `]`".to_owned()
}
