//! A dict as an evaluation context: attributes are fetched when a rule asks for them.
//!
//! An evaluation borrows texts, and Python lends none to modules that work with several of its
//! versions. So what was fetched is kept beside the dict until the evaluation is over: a text as
//! bytes of Python, which costs one small allocation of Python's, anything else as it is.

use std::cell::OnceCell;

use flagkit::{Attributes, Value, ValueRef};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyString};

use crate::names;
use crate::value::{self, DEPTH_MAX};

/// A dict that an evaluation reads.
pub(crate) struct Lent<'py> {
    dict: Bound<'py, PyDict>,
    /// How many dicts may still be inside this one.
    depth: usize,
    fetched: Fetched<'py>,
}

/// What was fetched, in the order of asking; another chunk follows when one is full.
struct Fetched<'py> {
    few: [OnceCell<(Bound<'py, PyString>, Slot<'py>)>; FEW],
    more: OnceCell<Box<Fetched<'py>>>,
}

/// A value that was fetched.
enum Slot<'py> {
    Absent,
    /// UTF-8.
    Text(Bound<'py, PyBytes>),
    Value(Value),
    Dict(Box<Lent<'py>>),
}

impl<'py> Lent<'py> {
    /// The context that this dict is.
    #[inline]
    pub(crate) fn new(dict: Bound<'py, PyDict>) -> Self {
        Self::nested(dict, DEPTH_MAX)
    }

    #[inline]
    fn nested(dict: Bound<'py, PyDict>, depth: usize) -> Self {
        Self { dict, depth, fetched: Fetched::new() }
    }

    fn fetch(&self, name: &Bound<'py, PyString>) -> Slot<'py> {
        match self.dict.get_item(name) {
            Ok(Some(value)) => Slot::of(&value, self.depth),
            // A key of another type may refuse to be compared.
            Ok(None) | Err(_) => Slot::Absent,
        }
    }
}

impl Attributes for Lent<'_> {
    #[inline]
    fn attribute(&self, name: &str) -> Option<ValueRef<'_>> {
        let name = names::text(self.dict.py(), name);
        self.fetched.find_or(name, |name| self.fetch(name)).lend()
    }

    fn each_attribute(&self, visit: &mut dyn FnMut(&str, ValueRef<'_>)) {
        for (name, value) in value::each(&self.dict) {
            let Ok(name) = name.cast::<PyString>() else { continue };
            let Ok(name) = name.to_cow() else { continue };
            if let Some(value) = Slot::of(&value, self.depth).lend() {
                visit(&name, value);
            }
        }
    }

    #[inline]
    fn targeting_key(&self) -> Option<ValueRef<'_>> {
        self.attribute(TARGETING_KEY)
    }
}

impl<'py> Fetched<'py> {
    #[inline]
    fn new() -> Self {
        Self { few: [const { OnceCell::new() }; FEW], more: OnceCell::new() }
    }

    /// What is kept under this name; it is fetched if nothing is. Names are the same objects each
    /// time, with the rare exception of one that lost its place in the table of names.
    #[inline]
    fn find_or(
        &self,
        name: Bound<'py, PyString>,
        fetch: impl FnOnce(&Bound<'py, PyString>) -> Slot<'py>,
    ) -> &Slot<'py> {
        let mut chunk = self;
        loop {
            for place in &chunk.few {
                match place.get() {
                    Some((known, slot)) if known.is(&name) => return slot,
                    Some(_) => {}
                    None => {
                        let slot = fetch(&name);
                        return &place.get_or_init(|| (name, slot)).1;
                    }
                }
            }
            chunk = chunk.more.get_or_init(|| Box::new(Self::new()));
        }
    }
}

impl<'py> Slot<'py> {
    #[inline]
    fn of(value: &Bound<'py, PyAny>, depth: usize) -> Self {
        if let Ok(text) = value.cast::<PyString>() {
            return text.encode_utf8().map_or(Self::Absent, Self::Text);
        }
        if let Some(simple) = value::simple(value) {
            return Self::Value(simple);
        }
        Self::of_other(value, depth)
    }

    #[cold]
    fn of_other(value: &Bound<'py, PyAny>, depth: usize) -> Self {
        if value.is_none() {
            return Self::Absent;
        }
        let Some(depth) = depth.checked_sub(1) else { return Self::Absent };
        if let Ok(dict) = value.cast::<PyDict>() {
            return Self::Dict(Box::new(Lent::nested(dict.clone(), depth)));
        }
        value::owned(value, depth + 1).map_or(Self::Absent, Self::Value)
    }

    #[inline]
    fn lend(&self) -> Option<ValueRef<'_>> {
        match self {
            Self::Absent => None,
            Self::Text(bytes) => std::str::from_utf8(bytes.as_bytes()).ok().map(ValueRef::String),
            Self::Value(value) => Some(value.borrow()),
            Self::Dict(lent) => Some(ValueRef::Structure(&**lent)),
        }
    }
}

/// More attributes than most flags ask for.
const FEW: usize = 6;
/// The attribute that is the targeting key as well, as in `context_from_json`.
const TARGETING_KEY: &str = "targetingKey";
