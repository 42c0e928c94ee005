//! What does an expression come to?
//!
//! Evaluation ends: terms are finite and flat enough by compilation, and what is repeated for the
//! elements of a list is counted. Nothing is allocated while the texts and lists that are made on
//! the way stay small; see `item.rs`.

use std::cell::OnceCell;

use crate::ambient::Ambient;
use crate::document::{Function, Supplied};
use crate::reason::ErrorCode;
use crate::snapshot::expression::{Computed, Expression, Term};
use crate::timestamp::Timestamp;
use crate::value::Attributes;

use super::{Named, Resolver};

mod arithmetic;
mod attribute;
mod compare;
mod convert;
mod float;
mod fractional;
mod item;
mod lists;
mod text;

use item::{Item, Items, Text, Texts};

impl<'s: 'c, 'c, C: Attributes + ?Sized, T, S> Resolver<'s, 'c, '_, C, T, S> {
    /// Whether an expression comes to something true.
    pub(super) fn is_true(&mut self, expression: &'s Expression) -> Result<bool, ErrorCode> {
        self.evaluate(expression, |_, item| item.is_true())
    }

    /// The variant that an expression names.
    pub(super) fn named(&mut self, computed: &'s Computed) -> Result<Named, ErrorCode> {
        self.evaluate(&computed.expression, |evaluation, item| {
            if item.is_null() {
                return Named::Null;
            }
            let name = evaluation.name_in(item);
            let variant = name.and_then(|name| computed.variant(evaluation.read(&name)));
            variant.map_or(Named::Unknown, Named::Variant)
        })
    }

    fn evaluate<R>(
        &mut self,
        expression: &'s Expression,
        then: impl for<'v> FnOnce(&mut Evaluation<'v>, Item<'v>) -> R,
    ) -> Result<R, ErrorCode> {
        // A context may have no size of its own; a reference to it has one, and is a context, too.
        let context: &'c C = self.context;
        let mut evaluation = Evaluation {
            context: &context,
            supplied: &expression.supplied,
            ambient: self.ambient,
            now: self.now,
            items: Items::new(),
            texts: Texts::new(),
            steps: STEPS_MAX,
        };
        let outcome = evaluation.term(&expression.term, Item::Context);
        let item = match (outcome, &expression.when_failing) {
            (Err(_), Some(value)) => Item::from(value.borrow()),
            (outcome, _) => outcome?,
        };
        Ok(then(&mut evaluation, item))
    }
}

/// The evaluation of one expression.
struct Evaluation<'v> {
    context: &'v dyn Attributes,
    supplied: &'v [(String, Supplied)],
    ambient: &'v dyn Ambient,
    now: &'v OnceCell<Timestamp>,
    items: Items<'v>,
    texts: Texts,
    /// What is left of the effort that one evaluation may take.
    steps: u32,
}

type Outcome<'v> = Result<Item<'v>, ErrorCode>;

impl<'v> Evaluation<'v> {
    /// What a term comes to for this data: the context, or an element of a list.
    fn term(&mut self, term: &'v Term, data: Item<'v>) -> Outcome<'v> {
        self.spend(1)?;
        match term {
            Term::Value(value) => Ok(Item::from(value.borrow())),
            Term::Path(path) => Ok(self.under(data, path.0.iter().map(|name| &**name))),
            Term::Shared(term) => self.term(term, data),
            Term::OneOf(one_of) => {
                let (needle, set) = &**one_of;
                let needle = self.term(needle, data)?;
                Ok(Item::Boolean(self.as_text(needle).is_some_and(|text| set.contains(text))))
            }
            Term::List(terms) => self.collected(terms, data).map(Item::Collected),
            Term::Call(function, terms) => self.call(function, terms, data),
        }
    }

    fn call(&mut self, function: &Function, terms: &'v [Term], data: Item<'v>) -> Outcome<'v> {
        match function {
            Function::If => self.choose(terms, data),
            Function::And => self.first_that_is(false, terms, data),
            Function::Or => self.first_that_is(true, terms, data),
            Function::Map => self.map(terms, data),
            Function::Filter => self.filter(terms, data),
            Function::Reduce => self.reduce(terms, data),
            Function::Every => self.every(terms, data).map(Item::Boolean),
            Function::Some => self.some(terms, data).map(Item::Boolean),
            Function::None => self.none(terms, data).map(Item::Boolean),
            Function::Attribute => self.attribute(terms, data),
            Function::Missing => self.missing(terms, data),
            Function::MissingSome => self.missing_some(terms, data),
            Function::Merge => self.merge(terms, data),
            Function::Join => self.join(terms, data),
            Function::Fractional(fractional) => self.fractional(fractional, terms, data),
            Function::Add | Function::Multiply | Function::Minimum | Function::Maximum => {
                self.folded(function, terms, data)
            }
            other => {
                let arguments = self.arguments(terms, data)?;
                self.applied(other, arguments, terms.len())
            }
        }
    }

    /// Functions of at most three arguments, all of which are always computed.
    fn applied(
        &mut self,
        function: &Function,
        [a, b, c]: [Item<'v>; 3],
        count: usize,
    ) -> Outcome<'v> {
        let holds = match function {
            Function::Subtract | Function::Divide | Function::Remainder => {
                return self.calculated(function, a, b);
            }
            Function::Substring => return self.substring(a, b, c),
            Function::StartsWith => return Ok(self.starts_with(a, b, count)),
            Function::EndsWith => return Ok(self.ends_with(a, b, count)),
            Function::Version => return Ok(self.version([a, b, c], count)),
            Function::Fails(code) => return Err(*code),
            Function::Not => !a.is_true(),
            Function::IsTrue => a.is_true(),
            Function::ConvertedEqual => self.equal_converted(a, b),
            Function::ConvertedUnequal => !self.equal_converted(a, b),
            Function::Equal => self.equal(a, b)?,
            Function::Unequal => !self.equal(a, b)?,
            Function::Less
            | Function::LessOrEqual
            | Function::Greater
            | Function::GreaterOrEqual => self.is_ordered(function, [a, b, c]),
            Function::In => self.is_in(a, b)?,
            _ => return Ok(a),
        };
        Ok(Item::Boolean(holds))
    }

    /// The first arguments; those that lack are null, those beyond are computed for nothing.
    fn arguments<const N: usize>(
        &mut self,
        terms: &'v [Term],
        data: Item<'v>,
    ) -> Result<[Item<'v>; N], ErrorCode> {
        let mut arguments = [Item::Null; N];
        for (place, term) in terms.iter().enumerate() {
            let item = self.term(term, data)?;
            if let Some(argument) = arguments.get_mut(place) {
                *argument = item;
            }
        }
        Ok(arguments)
    }

    fn choose(&mut self, mut terms: &'v [Term], data: Item<'v>) -> Outcome<'v> {
        while let [condition, then, rest @ ..] = terms {
            let holds = self.term(condition, data)?;
            if holds.is_true() {
                return self.term(then, data);
            }
            terms = rest;
        }
        terms.first().map_or(Ok(Item::Null), |otherwise| self.term(otherwise, data))
    }

    fn first_that_is(&mut self, truth: bool, terms: &'v [Term], data: Item<'v>) -> Outcome<'v> {
        let mut last = Item::Null;
        for term in terms {
            last = self.term(term, data)?;
            if last.is_true() == truth {
                break;
            }
        }
        Ok(last)
    }

    /// Counts effort; fails once it is too much for one evaluation.
    fn spend(&mut self, steps: usize) -> Result<(), ErrorCode> {
        let left = u32::try_from(steps).ok().and_then(|steps| self.steps.checked_sub(steps));
        self.steps = left.ok_or(ErrorCode::General)?;
        Ok(())
    }

    fn read<'t>(&'t self, text: &'t Text<'v>) -> &'t str {
        match text {
            Text::Borrowed(text) => text,
            Text::Built(span) => self.texts.read(*span),
        }
    }
}

/// Terms, elements and sixteens of bytes of text that one evaluation may compute.
const STEPS_MAX: u32 = 1_000_000;

#[cfg(test)]
mod tests;
