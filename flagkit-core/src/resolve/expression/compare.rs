//! Equality, order and membership.

use std::cmp::Ordering;
use std::ptr;

use crate::document::Function;
use crate::reason::ErrorCode;
use crate::value::{List, ValueRef};

use super::Evaluation;
use super::item::Item;

impl<'v> Evaluation<'v> {
    /// Equality with conversion. Lists and objects equal only themselves, and the texts they
    /// would be.
    pub(super) fn equal_converted(&mut self, a: Item<'v>, b: Item<'v>) -> bool {
        if a.as_number().is_some() || b.as_number().is_some() {
            return self.number(a) == self.number(b);
        }
        match (a, b) {
            (Item::Null, Item::Null) => true,
            (Item::Null, _) | (_, Item::Null) => false,
            (a, b) if a.is_text() || b.is_text() => self.compare_texts(a, b) == Ordering::Equal,
            (a, b) => is_same(a, b),
        }
    }

    /// Equality of kind and value, part by part.
    pub(super) fn equal(&mut self, a: Item<'v>, b: Item<'v>) -> Result<bool, ErrorCode> {
        self.equal_within(a, b, DEPTH_MAX)
    }

    fn equal_within(&mut self, a: Item<'v>, b: Item<'v>, depth: u32) -> Result<bool, ErrorCode> {
        self.spend(1)?;
        let inner = depth.checked_sub(1).ok_or(ErrorCode::General)?;
        if let (Some(a), Some(b)) = (a.as_number(), b.as_number()) {
            return Ok(a == b);
        }
        if a.is_text() && b.is_text() {
            return Ok(self.compare_texts(a, b) == Ordering::Equal);
        }
        if a.is_list() && b.is_list() {
            return self.equal_lists(a, b, inner);
        }
        if a.is_object() && b.is_object() {
            return self.equal_objects(a, b, inner);
        }
        Ok(a.is_null() && b.is_null())
    }

    fn equal_lists(&mut self, a: Item<'v>, b: Item<'v>, depth: u32) -> Result<bool, ErrorCode> {
        let len = a.list_len().unwrap_or_default();
        if b.list_len() != Some(len) {
            return Ok(false);
        }
        for place in 0..len {
            let a = self.items.element(a, place).unwrap_or(Item::Null);
            let b = self.items.element(b, place).unwrap_or(Item::Null);
            if !self.equal_within(a, b, depth)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn equal_objects(&mut self, a: Item<'v>, b: Item<'v>, depth: u32) -> Result<bool, ErrorCode> {
        match (a, b) {
            (Item::Object(a), Item::Object(b)) => {
                Ok(equal_values(ValueRef::Structure(a), ValueRef::Structure(b)))
            }
            (Item::Frame(a), Item::Frame(b)) => {
                self.equal_lists(Item::Collected(a), Item::Collected(b), depth)
            }
            // What is supplied has names and values that no object of a context has.
            (a, b) => Ok(is_same(a, b)),
        }
    }

    /// Whether a list has an item as an element, or a text has its text inside.
    pub(super) fn is_in(&mut self, needle: Item<'v>, list: Item<'v>) -> Result<bool, ErrorCode> {
        if list.is_text() {
            let (needle, text) = (self.text(needle), self.text(list));
            return Ok(self.read(&text).contains(self.read(&needle)));
        }
        for place in 0..list.list_len().unwrap_or_default() {
            let element = self.items.element(list, place).unwrap_or(Item::Null);
            if self.equal(needle, element)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether two items, or three in a chain, are in an order.
    pub(super) fn is_ordered(&mut self, function: &Function, [a, b, c]: [Item<'v>; 3]) -> bool {
        let holds = |order: Option<Ordering>| {
            order.is_some_and(|order| match function {
                Function::Less => order.is_lt(),
                Function::LessOrEqual => order.is_le(),
                Function::Greater => order.is_gt(),
                _ => order.is_ge(),
            })
        };
        holds(self.compare(a, b)) && (c.is_null() || holds(self.compare(b, c)))
    }

    fn compare(&mut self, a: Item<'v>, b: Item<'v>) -> Option<Ordering> {
        let is_number = a.as_number().is_some() || b.as_number().is_some();
        if !is_number && (a.is_text() || b.is_text()) {
            return Some(self.compare_texts(a, b));
        }
        self.number(a).partial_cmp(&self.number(b))
    }

    fn compare_texts(&mut self, a: Item<'v>, b: Item<'v>) -> Ordering {
        let (a, b) = (self.text(a), self.text(b));
        self.read(&a).cmp(self.read(&b))
    }
}

/// Whether two lists or objects are one and the same.
fn is_same(a: Item<'_>, b: Item<'_>) -> bool {
    match (a, b) {
        (Item::List(List::Values(a)), Item::List(List::Values(b))) => ptr::eq(a, b),
        (Item::List(List::Texts(a)), Item::List(List::Texts(b))) => ptr::eq(a, b),
        (Item::List(List::Strings(a)), Item::List(List::Strings(b))) => ptr::eq(a, b),
        (Item::Object(a), Item::Object(b)) => ptr::addr_eq(a, b),
        (Item::Collected(a), Item::Collected(b)) | (Item::Frame(a), Item::Frame(b)) => a == b,
        (Item::Supplied(a), Item::Supplied(b)) => ptr::eq(a, b),
        (Item::Context, Item::Context) => true,
        _ => false,
    }
}

/// Equality of values that a context or a document holds; both bound how deep they are.
fn equal_values(a: ValueRef<'_>, b: ValueRef<'_>) -> bool {
    match (a, b) {
        (ValueRef::List(a), ValueRef::List(b)) => {
            a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| equal_values(a, b))
        }
        (ValueRef::Structure(a), ValueRef::Structure(b)) => {
            let (mut count, mut are_equal) = (0, true);
            a.each_attribute(&mut |name, value| {
                count += 1;
                let other = b.attribute(name);
                are_equal = are_equal && other.is_some_and(|other| equal_values(value, other));
            });
            let mut others = 0;
            b.each_attribute(&mut |_, _| others += 1);
            are_equal && count == others
        }
        (a, b) => match (Item::from(a), Item::from(b)) {
            (Item::Null, Item::Null) => true,
            (Item::Text(a), Item::Text(b)) => a == b,
            (a, b) => a.as_number().is_some_and(|number| Some(number) == b.as_number()),
        },
    }
}

/// Lists in lists that are compared.
const DEPTH_MAX: u32 = 128;
