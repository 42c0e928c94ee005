//! What stands behind a backslash.

use super::units::Units;
use super::{Before, Engine, Reader, Refused};

impl Reader<'_> {
    /// An escape outside of classes; the backslash is read.
    pub(super) fn escape(&mut self) -> Result<(), Refused> {
        let Some(unit) = self.peek() else { return Err(Refused::Invalid) };
        match char::from_u32(unit.into()).unwrap_or('\0') {
            'b' => {
                self.place += 1;
                match self.engine {
                    Engine::Linear => self.assertion("(?-u:\\b)"),
                    Engine::Backtracking => self.assertion(WORD_ENDS),
                }
            }
            'B' => {
                self.place += 1;
                self.looks_around = true;
                self.assertion(NO_WORD_ENDS);
            }
            'k' if self.groups.has_names => {
                self.place += 1;
                let is_reference = self.takes("<") && self.group_name().is_some();
                if !is_reference {
                    return Err(Refused::Invalid);
                }
                self.reference();
            }
            '1'..='9' if self.is_reference() => self.reference(),
            _ => {
                let units = self.character_or_set()?;
                self.atom(units);
            }
        }
        Ok(())
    }

    fn reference(&mut self) {
        self.lacks("a reference back to a group");
        self.before = Before::Atom;
    }

    /// Whether the number that comes next is that of a group; it is read if so.
    fn is_reference(&mut self) -> bool {
        let start = self.place;
        let number = self.digits().and_then(|digits| digits.parse::<usize>().ok());
        let is_group = number.is_some_and(|number| number <= self.groups.capturing);
        if !is_group {
            self.place = start;
        }
        is_group
    }

    /// A set such as `\d`, or one code unit.
    pub(super) fn character_or_set(&mut self) -> Result<Units, Refused> {
        match self.set() {
            Some(set) => Ok(set),
            None => Ok(Units::one(self.character(Inside::Pattern)?)),
        }
    }

    /// `\d`, `\w`, `\s` and their opposites.
    pub(super) fn set(&mut self) -> Option<Units> {
        let set = match char::from_u32(self.peek()?.into())? {
            'd' => Units::digits(),
            'D' => Units::digits().complement(),
            'w' => Units::word(),
            'W' => Units::word().complement(),
            's' => Units::blanks(),
            'S' => Units::blanks().complement(),
            _ => return None,
        };
        self.place += 1;
        Some(set)
    }

    /// The code unit that an escape stands for.
    pub(super) fn character(&mut self, inside: Inside) -> Result<u16, Refused> {
        let unit = self.next().ok_or(Refused::Invalid)?;
        let control = match char::from_u32(unit.into()).unwrap_or('\0') {
            't' => '\t',
            'n' => '\n',
            'v' => '\u{b}',
            'f' => '\u{c}',
            'r' => '\r',
            'c' => return Ok(self.control(inside)),
            'x' => return Ok(self.hexadecimal(2).unwrap_or(unit)),
            'u' => return Ok(self.hexadecimal(4).unwrap_or(unit)),
            'k' if self.groups.has_names => return Err(Refused::Invalid),
            '0'..='7' => return Ok(self.octal(unit)),
            _ => return Ok(unit),
        };
        Ok(u16::try_from(u32::from(control)).unwrap_or_default())
    }

    /// `\cJ`; where no letter follows, the backslash stands for itself and the `c` is read again.
    fn control(&mut self, inside: Inside) -> u16 {
        let next = self.peek().and_then(|unit| u8::try_from(unit).ok());
        let is_control = next.is_some_and(|byte| {
            byte.is_ascii_alphabetic()
                || inside == Inside::Class && (byte.is_ascii_digit() || byte == b'_')
        });
        match next {
            Some(byte) if is_control => {
                self.place += 1;
                u16::from(byte % 32)
            }
            _ => {
                self.place -= 1;
                u16::from(b'\\')
            }
        }
    }

    fn hexadecimal(&mut self, digits: usize) -> Option<u16> {
        let written = self.source.get(self.place..self.place + digits)?;
        let value = written.iter().try_fold(0_u32, |value, unit| {
            let digit = char::from_u32((*unit).into())?.to_digit(16)?;
            Some(value * 16 + digit)
        })?;
        self.place += digits;
        u16::try_from(value).ok()
    }

    /// Up to three octal digits, at most 0o377.
    fn octal(&mut self, first: u16) -> u16 {
        let mut value = first - u16::from(b'0');
        for _ in 0..2 {
            let digit = self.peek().and_then(|unit| char::from_u32(unit.into())?.to_digit(8));
            let longer = digit.and_then(|digit| u16::try_from(digit).ok()).map(|d| value * 8 + d);
            match longer {
                Some(longer) if longer <= 0o377 => value = longer,
                _ => break,
            }
            self.place += 1;
        }
        value
    }
}

/// Where an escape stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Inside {
    Pattern,
    Class,
}

/// `\b` and `\B` for an engine whose own ones know more letters.
const WORD_ENDS: &str = "(?:(?<=[0-9A-Za-z_])(?![0-9A-Za-z_])|(?<![0-9A-Za-z_])(?=[0-9A-Za-z_]))";
const NO_WORD_ENDS: &str =
    "(?:(?<=[0-9A-Za-z_])(?=[0-9A-Za-z_])|(?<![0-9A-Za-z_])(?![0-9A-Za-z_]))";
