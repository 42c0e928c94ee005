//! Functions over the elements of a list.

use crate::reason::ErrorCode;
use crate::snapshot::expression::Term;

use super::item::{Item, Span};
use super::{Evaluation, Outcome};

impl<'v> Evaluation<'v> {
    /// What all of these come to, in a list.
    pub(super) fn collected(
        &mut self,
        terms: &'v [Term],
        data: Item<'v>,
    ) -> Result<Span, ErrorCode> {
        let items = self.items.reserve(terms.len());
        for (place, term) in terms.iter().enumerate() {
            let item = self.term(term, data)?;
            self.items.set(items, place, item);
        }
        Ok(items)
    }

    /// The list that the first term comes to, and its length; `None` if it comes to no list.
    fn list(
        &mut self,
        terms: &'v [Term],
        data: Item<'v>,
    ) -> Result<Option<(Item<'v>, usize)>, ErrorCode> {
        let Some(first) = terms.first() else { return Ok(None) };
        let list = self.term(first, data)?;
        let Some(len) = list.list_len() else { return Ok(None) };
        self.spend(len)?;
        Ok(Some((list, len)))
    }

    fn element(&self, list: Item<'v>, place: usize) -> Item<'v> {
        self.items.element(list, place).unwrap_or(Item::Null)
    }

    pub(super) fn map(&mut self, terms: &'v [Term], data: Item<'v>) -> Outcome<'v> {
        let Some((list, len)) = self.list(terms, data)? else { return Ok(self.empty()) };
        let mapped = self.items.reserve(len);
        for place in 0..len {
            if let Some(each) = terms.get(1) {
                let item = self.term(each, self.element(list, place))?;
                self.items.set(mapped, place, item);
            }
        }
        Ok(Item::Collected(mapped))
    }

    pub(super) fn filter(&mut self, terms: &'v [Term], data: Item<'v>) -> Outcome<'v> {
        let [_, test, ..] = terms else { return Ok(self.empty()) };
        let Some((list, len)) = self.list(terms, data)? else { return Ok(self.empty()) };
        let mut kept = self.items.reserve(len);
        let mut count = 0;
        for place in 0..len {
            let element = self.element(list, place);
            let holds = self.term(test, element)?;
            if holds.is_true() {
                self.items.set(kept, count, element);
                count += 1;
            }
        }
        kept.len = count;
        Ok(Item::Collected(kept))
    }

    pub(super) fn reduce(&mut self, terms: &'v [Term], data: Item<'v>) -> Outcome<'v> {
        let list = self.list(terms, data)?;
        if terms.is_empty() {
            return Ok(Item::Null);
        }
        let first = match terms.get(2) {
            Some(Term::Value(value)) => Item::from(value.borrow()),
            Some(other) => self.term(other, data)?,
            None => Item::Null,
        };
        let Some((list, len)) = list else { return Ok(first) };
        let frame = self.items.reserve(2);
        self.items.set(frame, 1, first);
        for place in 0..len {
            self.items.set(frame, 0, self.element(list, place));
            let result = match terms.get(1) {
                Some(each) => self.term(each, Item::Frame(frame))?,
                None => Item::Null,
            };
            self.items.set(frame, 1, result);
        }
        Ok(self.items.get(frame, 1).unwrap_or(Item::Null))
    }

    pub(super) fn every(&mut self, terms: &'v [Term], data: Item<'v>) -> Result<bool, ErrorCode> {
        Ok(self.first_place(false, terms, data)? == Search::Ended)
    }

    pub(super) fn some(&mut self, terms: &'v [Term], data: Item<'v>) -> Result<bool, ErrorCode> {
        Ok(self.first_place(true, terms, data)? == Search::Found)
    }

    pub(super) fn none(&mut self, terms: &'v [Term], data: Item<'v>) -> Result<bool, ErrorCode> {
        Ok(self.first_place(true, terms, data)? != Search::Found)
    }

    /// Looks for an element for which the second term is true, or is not.
    fn first_place(
        &mut self,
        truth: bool,
        terms: &'v [Term],
        data: Item<'v>,
    ) -> Result<Search, ErrorCode> {
        let [_, test, ..] = terms else { return Ok(Search::Empty) };
        let Some((list, len @ 1..)) = self.list(terms, data)? else { return Ok(Search::Empty) };
        for place in 0..len {
            let holds = self.term(test, self.element(list, place))?;
            if holds.is_true() == truth {
                return Ok(Search::Found);
            }
        }
        Ok(Search::Ended)
    }

    /// All arguments in one list; lists give their elements.
    pub(super) fn merge(&mut self, terms: &'v [Term], data: Item<'v>) -> Outcome<'v> {
        let arguments = self.collected(terms, data)?;
        let at = |this: &Self, place| this.items.get(arguments, place).unwrap_or(Item::Null);
        let len_at = |this: &Self, place| at(this, place).list_len();
        let lens = (0..arguments.len).map(|place| len_at(self, place).unwrap_or(1));
        let len = lens.fold(0, usize::saturating_add);
        self.spend(len)?;
        let merged = self.items.reserve(len);
        let mut next = 0;
        for place in 0..arguments.len {
            let argument = at(self, place);
            for inner in 0..len_at(self, place).unwrap_or(1) {
                let item =
                    if argument.is_list() { self.element(argument, inner) } else { argument };
                self.items.set(merged, next, item);
                next += 1;
            }
        }
        Ok(Item::Collected(merged))
    }

    fn empty(&mut self) -> Item<'v> {
        Item::Collected(self.items.reserve(0))
    }
}

/// How the search for an element went.
#[derive(PartialEq)]
enum Search {
    /// There is no list, or nothing in it.
    Empty,
    Found,
    /// There are elements, but none like that.
    Ended,
}
