//! Values of Python as FlagKit's, and back.
//!
//! What has no place among FlagKit's values is absent, never its `str()`: a percentage of
//! `<object at 0x7f…>` would be another one in each process. The table is in `docs/python.md`.

use flagkit::{Structure, Value, ValueRef};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyString, PyTuple};

/// A value of its own; `None` for what is absent.
///
/// `depth` is how many lists and dicts may still be inside one another.
pub(crate) fn owned(value: &Bound<'_, PyAny>, depth: usize) -> Option<Value> {
    if let Ok(text) = value.cast::<PyString>() {
        return text.to_cow().ok().map(|text| Value::from(&*text));
    }
    if let Some(simple) = simple(value) {
        return Some(simple);
    }
    let depth = depth.checked_sub(1)?;
    if let Ok(entries) = value.cast::<PyDict>() {
        return Some(structure(entries, depth));
    }
    if let Ok(items) = value.cast::<PyList>() {
        return Some(list(items.iter(), depth));
    }
    if let Ok(items) = value.cast::<PyTuple>() {
        return Some(list(items.iter(), depth));
    }
    owned(&plain(value)?, depth)
}

/// A value that neither borrows nor holds others.
#[inline]
pub(crate) fn simple(value: &Bound<'_, PyAny>) -> Option<Value> {
    if let Ok(truth) = value.cast::<PyBool>() {
        return Some(Value::Boolean(truth.is_true()));
    }
    if let Ok(number) = value.cast::<PyInt>() {
        return integer(number);
    }
    if let Ok(number) = value.cast::<PyFloat>() {
        return Some(Value::Float(number.value()));
    }
    None
}

/// Integers beyond 64 bits are floats, as where JSON is read; beyond those, they are absent.
fn integer(number: &Bound<'_, PyInt>) -> Option<Value> {
    if let Ok(number) = number.extract::<i64>() {
        return Some(Value::Integer(number));
    }
    if let Ok(number) = number.extract::<u64>() {
        return Some(Value::Unsigned(number));
    }
    number.extract::<f64>().ok().map(Value::Float)
}

fn structure(entries: &Bound<'_, PyDict>, depth: usize) -> Value {
    let named = each(entries).filter_map(|(name, value)| {
        let name = name.cast::<PyString>().ok()?.to_cow().ok()?.into_owned();
        Some((name, owned(&value, depth).unwrap_or_default()))
    });
    Value::from(named.collect::<Structure>())
}

/// The entries of a dict as they are now. Reading a value may run code of the application, which may
/// change the dict.
pub(crate) fn each<'py>(
    dict: &Bound<'py, PyDict>,
) -> impl Iterator<Item = (Bound<'py, PyAny>, Bound<'py, PyAny>)> + use<'py> {
    dict.items().into_iter().filter_map(|entry| entry.extract().ok())
}

fn list<'py>(items: impl Iterator<Item = Bound<'py, PyAny>>, depth: usize) -> Value {
    Value::List(items.map(|item| owned(&item, depth).unwrap_or_default()).collect())
}

/// A value of another type in terms of those above, by the function `plain` in `_values.py`.
///
/// Its answer is looked at as a value again, so it must not be of another type either.
#[cold]
pub(crate) fn plain<'py>(value: &Bound<'py, PyAny>) -> Option<Bound<'py, PyAny>> {
    static PLAIN: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    if value.is_none() {
        return None;
    }
    let py = value.py();
    let plain = PLAIN
        .get_or_try_init(py, || {
            py.import(intern!(py, "flagkit._values"))?
                .getattr(intern!(py, "plain"))
                .map(Bound::unbind)
        })
        .ok()?;
    let plain = plain.bind(py).call1((value,)).ok()?;
    (!plain.is_none() && !plain.is(value)).then_some(plain)
}

/// A value of FlagKit's as one of Python's.
pub(crate) fn to_python<'py>(py: Python<'py>, value: &Value) -> PyResult<Bound<'py, PyAny>> {
    Ok(match value {
        Value::Boolean(value) => PyBool::new(py, *value).to_owned().into_any(),
        Value::Integer(value) => value.into_pyobject(py)?.into_any(),
        Value::Unsigned(value) => value.into_pyobject(py)?.into_any(),
        Value::Float(value) => PyFloat::new(py, *value).into_any(),
        Value::String(text) => PyString::new(py, text).into_any(),
        Value::List(items) => {
            let list = PyList::empty(py);
            items.iter().try_for_each(|item| list.append(to_python(py, item)?))?;
            list.into_any()
        }
        Value::Structure(structure) => to_dict(py, structure)?.into_any(),
        _ => py.None().into_bound(py),
    })
}

/// Named values as a dict.
pub(crate) fn to_dict<'py>(py: Python<'py>, structure: &Structure) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    structure.iter().try_for_each(|(name, value)| dict.set_item(name, to_python(py, value)?))?;
    Ok(dict)
}

/// What was lent, as JSON text.
pub(crate) fn json(value: ValueRef<'_>) -> String {
    value.to_value().to_string()
}

/// As deep as lists and dicts may be inside one another: nobody's stack ends before.
pub(crate) const DEPTH_MAX: usize = 64;
