//! Names of attributes as texts of Python.
//!
//! A dict finds a name at once if the text has been hashed before, so the few names that rules ask
//! for are kept as texts of Python, a table for each thread. A place in the table is chosen by where
//! the name lies and is only believed if it reads the same: another name at the same address takes
//! the place.

use std::cell::RefCell;

use pyo3::prelude::*;
use pyo3::types::PyString;

thread_local! {
    static NAMES: RefCell<Vec<Option<Kept>>> = const { RefCell::new(Vec::new()) };
}

/// A name and the text that it is.
struct Kept {
    name: Box<str>,
    text: Py<PyString>,
}

/// The text of Python that reads like this.
#[inline]
pub(crate) fn text<'py>(py: Python<'py>, name: &str) -> Bound<'py, PyString> {
    if name.len() > LENGTH_MAX {
        return PyString::new(py, name);
    }
    // A thread that is ending has no table any more.
    let known = NAMES.try_with(|names| {
        let mut names = names.try_borrow_mut().ok()?;
        kept(py, &mut names, name)
    });
    known.ok().flatten().unwrap_or_else(|| PyString::new(py, name))
}

#[inline]
fn kept<'py>(
    py: Python<'py>,
    names: &mut Vec<Option<Kept>>,
    name: &str,
) -> Option<Bound<'py, PyString>> {
    let place = place(name);
    if let Some(Some(kept)) = names.get(place)
        && *kept.name == *name
    {
        return Some(kept.text.bind(py).clone());
    }
    remember(py, names, name)
}

#[cold]
fn remember<'py>(
    py: Python<'py>,
    names: &mut Vec<Option<Kept>>,
    name: &str,
) -> Option<Bound<'py, PyString>> {
    if names.is_empty() {
        names.resize_with(PLACES, || None);
    }
    let text = PyString::intern(py, name);
    *names.get_mut(place(name))? = Some(Kept { name: name.into(), text: text.clone().unbind() });
    Some(text)
}

/// Names of one document lie in allocations of their own, at least sixteen bytes apart.
fn place(name: &str) -> usize {
    let address = name.as_ptr().addr();
    ((address >> 4) ^ (address >> 12) ^ name.len()) % PLACES
}

const PLACES: usize = 256;
/// Longer names are made anew each time, so that the table stays small.
const LENGTH_MAX: usize = 128;
