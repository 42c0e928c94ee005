//! Levels of a document that were opened, so that none is opened twice.
//!
//! A document may have a hundred thousand diagnostics below one list, and each of them leads
//! through that list.

use std::borrow::Cow;
use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use super::spot::{Entry, Inside, Spot};

/// All levels that were opened so far.
#[derive(Default)]
pub(super) struct Levels<'a> {
    opened: RefCell<HashMap<usize, Rc<Level<'a>>>>,
}

/// What is inside one list or map.
pub(super) struct Level<'a> {
    pub(super) inside: Inside<'a>,
    /// From keys, or from the names of the elements of a list, to places.
    named: OnceCell<HashMap<Cow<'a, str>, usize>>,
}

impl<'a> Levels<'a> {
    /// What is inside a value.
    pub(super) fn open(&self, spot: &Spot<'a>) -> Rc<Level<'a>> {
        let mut opened = self.opened.borrow_mut();
        let open = || Rc::new(Level { inside: spot.inside(), named: OnceCell::new() });
        opened.entry(spot.identity()).or_insert_with(open).clone()
    }
}

impl<'a> Level<'a> {
    /// The element at this index, if this is a list.
    pub(super) fn item(&self, index: usize) -> Option<&Spot<'a>> {
        match &self.inside {
            Inside::List(items) => items.get(index),
            _ => None,
        }
    }

    /// The element of this name, if this is a list whose elements carry one; the first.
    pub(super) fn item_named(&self, name: &str) -> Option<&Spot<'a>> {
        self.item(*self.named().get(name)?)
    }

    /// The entry of this key, if this is a map; the last.
    pub(super) fn entry(&self, key: &str) -> Option<&Entry<'a>> {
        match &self.inside {
            Inside::Map(entries) => entries.get(*self.named().get(key)?),
            _ => None,
        }
    }

    fn named(&self) -> &HashMap<Cow<'a, str>, usize> {
        self.named.get_or_init(|| match &self.inside {
            Inside::Scalar(_) => HashMap::new(),
            Inside::Map(entries) => {
                entries.iter().enumerate().map(|(at, entry)| (entry.key.clone(), at)).collect()
            }
            Inside::List(items) => {
                let named = items.iter().enumerate().rev();
                named.filter_map(|(at, item)| Some((item.name()?, at))).collect()
            }
        })
    }
}
