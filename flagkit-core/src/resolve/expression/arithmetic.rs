//! Arithmetic: integers stay integers, and stay exact; everything else is floats.

use crate::document::Function;
use crate::reason::ErrorCode;
use crate::snapshot::expression::Term;
use crate::value::Number;

use super::item::Item;
use super::{Evaluation, Outcome};

impl<'v> Evaluation<'v> {
    /// Sum, product, smallest or largest of any number of arguments.
    pub(super) fn folded(
        &mut self,
        function: &Function,
        terms: &'v [Term],
        data: Item<'v>,
    ) -> Outcome<'v> {
        let mut result = match function {
            Function::Add => Item::Number(Number::Integer(0)),
            Function::Multiply => Item::Number(Number::Integer(1)),
            _ => Item::Number(Number::Float(f64::NAN)),
        };
        for (place, term) in terms.iter().enumerate() {
            let item = self.term(term, data)?;
            let (before, number) = (self.number(result), self.number(item));
            result = match function {
                Function::Add => Item::Number(sum(before, number)?),
                Function::Multiply => Item::Number(product(before, number)?),
                Function::Minimum if place == 0 || number < before => self.as_numeric(item),
                Function::Maximum if place == 0 || number > before => self.as_numeric(item),
                _ => result,
            };
        }
        Ok(result)
    }

    /// Difference, quotient or remainder of two.
    pub(super) fn calculated(
        &mut self,
        function: &Function,
        a: Item<'v>,
        b: Item<'v>,
    ) -> Outcome<'v> {
        let left = self.number(a);
        let result = match function {
            Function::Subtract if b.is_null() => negated(left)?,
            Function::Subtract => sum(left, negated(self.number(b))?)?,
            Function::Divide => quotient(left, self.number(b))?,
            _ => remainder(left, self.number(b))?,
        };
        Ok(Item::Number(result))
    }

    /// The number that an item is read as; a boolean stays one, for it is a number already.
    fn as_numeric(&self, item: Item<'v>) -> Item<'v> {
        match self.only_element(item).unwrap_or(item) {
            boolean @ Item::Boolean(_) => boolean,
            _ => Item::Number(self.number(item)),
        }
    }
}

fn sum(a: Number, b: Number) -> Result<Number, ErrorCode> {
    exact(a, b, i128::checked_add, |a, b| a + b)
}

fn product(a: Number, b: Number) -> Result<Number, ErrorCode> {
    exact(a, b, i128::checked_mul, |a, b| a * b)
}

fn exact(
    a: Number,
    b: Number,
    of_integers: fn(i128, i128) -> Option<i128>,
    of_floats: fn(f64, f64) -> f64,
) -> Result<Number, ErrorCode> {
    match (a, b) {
        // Beyond 2¹²⁷ there is no exact answer here, so there is none.
        (Number::Integer(a), Number::Integer(b)) => {
            of_integers(a, b).map(Number::Integer).ok_or(ErrorCode::General)
        }
        (a, b) => Ok(Number::Float(of_floats(float(a), float(b)))),
    }
}

fn negated(number: Number) -> Result<Number, ErrorCode> {
    match number {
        Number::Integer(value) => {
            value.checked_neg().map(Number::Integer).ok_or(ErrorCode::General)
        }
        Number::Float(value) => Ok(Number::Float(-value)),
    }
}

fn quotient(a: Number, b: Number) -> Result<Number, ErrorCode> {
    let divisor = float(b);
    if divisor == 0.0 {
        return Err(ErrorCode::General);
    }
    Ok(Number::Float(float(a) / divisor))
}

/// The remainder of a division that rounds down, so it has the divisor's sign.
fn remainder(a: Number, b: Number) -> Result<Number, ErrorCode> {
    if let (Number::Integer(a), Number::Integer(b)) = (a, b) {
        let remainder = a.checked_rem(b).ok_or(ErrorCode::General)?;
        let differs = remainder != 0 && (remainder < 0) != (b < 0);
        return Ok(Number::Integer(if differs { remainder + b } else { remainder }));
    }
    let (a, b) = (float(a), float(b));
    if b == 0.0 {
        return Err(ErrorCode::General);
    }
    let remainder = a % b;
    let result = match remainder {
        0.0 => 0.0_f64.copysign(b),
        other if (other < 0.0) != (b < 0.0) => other + b,
        other => other,
    };
    Ok(Number::Float(result))
}

#[expect(clippy::cast_precision_loss, reason = "what is not exact as a float is rounded to one")]
fn float(number: Number) -> f64 {
    match number {
        Number::Integer(value) => value as f64,
        Number::Float(value) => value,
    }
}
