//! A bucket chooses among weighted results.

use crate::bucketing::Units;
use crate::document::{Fractional, Spread};
use crate::reason::ErrorCode;
use crate::snapshot::expression::Term;
use crate::value::{List, Number, Structure, Value, ValueRef};

use super::item::{Item, Span};
use super::{Evaluation, Outcome};

impl<'v> Evaluation<'v> {
    pub(super) fn fractional(
        &mut self,
        fractional: &Fractional,
        terms: &'v [Term],
        data: Item<'v>,
    ) -> Outcome<'v> {
        let arguments = self.collected(terms, data)?;
        let Some(first) = self.items.get(arguments, 0) else { return Ok(Item::Null) };
        let takes_any = fractional.units == Units::Cbor;
        let is_subject = if takes_any { !first.is_list() } else { first.is_text() };
        let hash = if is_subject {
            self.hash_of(fractional, first)?
        } else {
            self.hash_of_keys(fractional, data)?
        };
        // Where only text is a subject, null stands for one that is not there.
        let from = usize::from(is_subject || first.is_null());
        let (Some(hash), Some(total)) = (hash, self.total(arguments, from)) else {
            return Ok(Item::Null);
        };
        let bucket = bucket(fractional.spread, hash, total);
        let mut sum = 0.0;
        for place in from..arguments.len {
            let Some((result, weight)) = self.pair(arguments, place) else { break };
            sum += share(fractional.spread, weight, total);
            if bucket < sum {
                return Ok(result);
            }
        }
        Ok(Item::Null)
    }

    /// The sum of the weights, if every pair is one and the sum is in range.
    fn total(&self, arguments: Span, from: usize) -> Option<u32> {
        let mut total: u32 = 0;
        for place in from..arguments.len {
            total = total.checked_add(self.pair(arguments, place)?.1)?;
        }
        (1..=TOTAL_MAX).contains(&total).then_some(total)
    }

    /// A result and its weight.
    fn pair(&self, arguments: Span, place: usize) -> Option<(Item<'v>, u32)> {
        let pair = self.items.get(arguments, place)?;
        let result = self.items.element(pair, 0)?;
        let weight = match (pair.list_len()?, self.items.element(pair, 1)) {
            (1, _) => 1,
            (2, Some(Item::Number(Number::Integer(weight)))) => {
                u32::try_from(weight.max(0)).ok()?
            }
            _ => return None,
        };
        Some((result, weight))
    }

    /// The hash of a subject; `None` if nothing is hashed.
    fn hash_of(
        &self,
        fractional: &Fractional,
        subject: Item<'v>,
    ) -> Result<Option<u32>, ErrorCode> {
        let hash = fractional.hash;
        let of_cbor = |value: ValueRef<'_>| Some(hash.of_cbor(value));
        Ok(match subject {
            Item::Null => None,
            text if text.is_text() => match self.as_text(text).unwrap_or_default() {
                text if fractional.units == Units::Cbor => of_cbor(ValueRef::String(text)),
                "" => None,
                text => Some(hash.of_texts([text, "", ""])),
            },
            Item::Boolean(value) => of_cbor(ValueRef::Boolean(value)),
            Item::Number(number) => of_cbor(plain(number)?),
            Item::List(list) => of_cbor(ValueRef::List(list)),
            Item::Object(object) => of_cbor(ValueRef::Structure(object)),
            made => of_cbor(self.value(made, DEPTH_MAX)?.borrow()),
        })
    }

    /// The hash of the flag's key and the targeting key; `None` if that is no text.
    fn hash_of_keys(
        &self,
        fractional: &Fractional,
        data: Item<'v>,
    ) -> Result<Option<u32>, ErrorCode> {
        if !data.is_object() {
            return Err(ErrorCode::General);
        }
        let subject = self.under(data, fractional.subject_path.split('.'));
        let flag = self.under(data, fractional.flag_path.split('.'));
        let Some(subject) = self.as_text(subject).filter(|text| !text.is_empty()) else {
            return Ok(None);
        };
        let (hash, units) = (fractional.hash, fractional.units);
        let flag_key = match flag {
            Item::Null => Some(""),
            other => self.as_text(other),
        };
        Ok(Some(match flag_key {
            Some(flag) if units == Units::Cbor => {
                hash.of_cbor(ValueRef::List(List::Texts(&[flag, subject])))
            }
            Some(flag) => hash.of_texts([flag, subject, ""]),
            None if units == Units::Cbor => {
                let keys = [self.value(flag, DEPTH_MAX)?, Value::from(subject)];
                hash.of_cbor(ValueRef::List(List::Values(&keys)))
            }
            None => return Err(ErrorCode::General),
        }))
    }

    /// An owned copy, for what has to be hashed and was put together here.
    fn value(&self, item: Item<'v>, depth: u32) -> Result<Value, ErrorCode> {
        let inner = depth.checked_sub(1).ok_or(ErrorCode::General)?;
        Ok(match item {
            Item::Null => Value::Null,
            Item::Boolean(value) => Value::Boolean(value),
            Item::Number(number) => plain(number)?.to_value(),
            Item::Text(_) | Item::Built(_) => Value::from(self.as_text(item).unwrap_or_default()),
            Item::List(list) => ValueRef::List(list).to_value(),
            Item::Object(object) => ValueRef::Structure(object).to_value(),
            Item::Collected(span) => {
                let items = (0..span.len).filter_map(|place| self.items.get(span, place));
                let values: Result<Vec<Value>, _> =
                    items.map(|item| self.value(item, inner)).collect();
                Value::List(values?.into())
            }
            Item::Frame(_) => self.object(["current", "accumulator"].into_iter(), item, inner)?,
            Item::Supplied(names) => {
                self.object(names.iter().map(|(name, _)| name.as_str()), item, inner)?
            }
            Item::Context => {
                let mut names = Vec::new();
                self.context.each_attribute(&mut |name, _| names.push(name.to_owned()));
                let supplied = self.supplied.iter().map(|(name, _)| name.as_str());
                self.object(names.iter().map(String::as_str).chain(supplied), item, inner)?
            }
        })
    }

    fn object<'n>(
        &self,
        names: impl Iterator<Item = &'n str>,
        object: Item<'v>,
        depth: u32,
    ) -> Result<Value, ErrorCode> {
        let entries: Result<Structure, ErrorCode> =
            names.map(|name| Ok((name, self.value(self.member(object, name), depth)?))).collect();
        Ok(Value::from(entries?))
    }
}

/// The bucket of a hash.
fn bucket(spread: Spread, hash: u32, total: u32) -> f64 {
    match spread {
        Spread::Percentage => {
            f64::from(hash.cast_signed().unsigned_abs()) / f64::from(i32::MAX) * 100.0
        }
        Spread::Product => f64::from(high_half(u64::from(hash) * u64::from(total))),
    }
}

/// By how much a weight moves the first bucket beyond it.
fn share(spread: Spread, weight: u32, total: u32) -> f64 {
    match spread {
        // Integers come to the same float whether they are multiplied before or after.
        Spread::Percentage => f64::from(weight) * 100.0 / f64::from(total),
        Spread::Product => f64::from(weight),
    }
}

fn high_half(product: u64) -> u32 {
    (product >> 32) as u32
}

/// The number as a context would hold it; there is no such integer beyond 64 bits.
fn plain(number: Number) -> Result<ValueRef<'static>, ErrorCode> {
    match number {
        Number::Float(value) => Ok(ValueRef::Float(value)),
        Number::Integer(value) => i64::try_from(value)
            .map(ValueRef::Integer)
            .or_else(|_| u64::try_from(value).map(ValueRef::Unsigned))
            .map_err(|_| ErrorCode::General),
    }
}

/// The largest sum of weights: 2³¹ − 1.
const TOTAL_MAX: u32 = i32::MAX.unsigned_abs();

/// Lists and objects in each other that are hashed.
const DEPTH_MAX: u32 = 128;
