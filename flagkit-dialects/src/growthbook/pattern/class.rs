//! Classes in brackets.

use super::escape::Inside;
use super::units::Units;
use super::{Letters, Reader, Refused};

impl Reader<'_> {
    /// The class; its opening bracket is read.
    pub(super) fn class(&mut self) -> Result<Units, Refused> {
        let is_negative = self.takes("^");
        let mut class = Units::default();
        loop {
            if self.takes("]") {
                break;
            }
            let from = self.class_atom()?;
            let is_range = self.peek() == Some(DASH) && !self.source_ends_class_at(1);
            if !is_range {
                class.add(&from);
                continue;
            }
            self.place += 1;
            let to = self.class_atom()?;
            match (from.single(), to.single()) {
                (Some(from), Some(to)) if from <= to => class.add(&Units::range(from, to)),
                (Some(_), Some(_)) => return Err(Refused::Invalid),
                // Beside a set such as `\d` the dash stands for itself.
                _ => [&from, &Units::one(DASH), &to].iter().for_each(|part| class.add(part)),
            }
        }
        let class = if self.letters == Letters::AnyCase { class.in_any_case() } else { class };
        Ok(if is_negative { class.complement() } else { class })
    }

    /// Whether the class ends this far behind the next code unit.
    fn source_ends_class_at(&self, offset: usize) -> bool {
        self.source.get(self.place + offset).is_none_or(|unit| *unit == u16::from(b']'))
    }

    fn class_atom(&mut self) -> Result<Units, Refused> {
        let unit = self.next().ok_or(Refused::Invalid)?;
        if unit != u16::from(b'\\') {
            return Ok(Units::one(unit));
        }
        if self.takes("b") {
            return Ok(Units::one(8));
        }
        match self.set() {
            Some(set) => Ok(set),
            None => Ok(Units::one(self.character(Inside::Class)?)),
        }
    }
}

const DASH: u16 = b'-' as u16;
