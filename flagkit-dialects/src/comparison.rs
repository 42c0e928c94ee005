//! Comparisons: one attribute, one operator, some values, however they were written.
//!
//! Conditions as objects and conditions as lines of text both end here, so they
//! cannot mean different things.

use flagkit_core::document::{Condition, NumberReading, Operator, Readings, Test, Unreadable};
use flagkit_core::{Case, Value};

use crate::lookup;

mod operand;
mod operator;

pub(crate) use operand::BadValue;
use operand::Reader;
pub(crate) use operator::{Kind, Named, OPERATORS, named};

/// One comparison, its operator known and its values not yet read.
#[derive(Clone, Debug)]
pub(crate) struct Comparison<'a> {
    /// What is compared; operators that have a usual attribute need none.
    pub(crate) attribute: Option<&'a str>,
    pub(crate) operator: &'static Named,
    /// Turn the result round, beside what the operator says.
    pub(crate) negate: bool,
    pub(crate) case: Case,
    pub(crate) values: Vec<Value>,
}

impl Comparison<'_> {
    /// The condition, or every value that the operator cannot read.
    ///
    /// Percentages need a salt and are not made here.
    pub(crate) fn lower(self, environment: Option<&str>) -> Result<Condition, Vec<BadValue>> {
        let negate = self.operator.is_negative != self.negate;
        if self.operator.kind == Kind::InSegment {
            let reader = Reader { operator: self.operator.name, values: &self.values };
            let condition = in_segments(reader.texts()?);
            return Ok(if negate { condition.negated() } else { condition });
        }
        let operator = operand::operator(self.operator, self.values)?;
        let attribute = self.attribute.unwrap_or(lookup::NOW);
        let reads = match operator {
            Operator::Number(..) => Readings { number: NumberReading::InText, ..Readings::STRICT },
            _ => Readings::STRICT,
        };
        Ok(Condition::Test(Test {
            lookup: lookup::attribute(attribute, environment),
            operator,
            case: self.case,
            reads,
            negate,
            // A missing attribute meets nothing, so negative operators hold for it.
            when_missing: negate,
            when_unreadable: Unreadable::DoesNotMeet,
            when_malformed: None,
        }))
    }
}

fn in_segments(mut names: Vec<String>) -> Condition {
    match names.pop() {
        Some(single) if names.is_empty() => Condition::InSegment(single),
        last => Condition::Any(names.into_iter().chain(last).map(Condition::InSegment).collect()),
    }
}
