//! One flag for a column of contexts: data frames in, buffers out.

use flagkit::{Column, ErrorCode, FlagKey, Rows, ServedColumn, Value};
use pyo3::exceptions::PyTypeError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList, PyMemoryView, PyString};

use crate::value::{self, DEPTH_MAX};

#[expect(
    unsafe_code,
    reason = "other libraries hand out addresses; the file says what is relied on"
)]
mod foreign;

use foreign::Foreign;

/// What a flag serves in each row.
///
/// `numpy.asarray(column.enabled)` and `numpy.asarray(column.codes)` copy nothing.
#[pyclass(frozen, module = "flagkit")]
#[derive(Debug)]
pub(crate) struct ColumnAnswer {
    /// Whether the flag is on, for each row: a `memoryview` of booleans.
    #[pyo3(get)]
    enabled: Py<PyAny>,
    /// What is served, for each row: a `memoryview` of integers of 32 bits. From 0 on it is the place
    /// in `values` and `variants`; -1 is the default of the caller; -2 and below, the errors.
    #[pyo3(get)]
    codes: Py<PyAny>,
    /// The different values that are served.
    #[pyo3(get)]
    values: Py<PyList>,
    /// The names of their variants, `None` where they have none.
    #[pyo3(get)]
    variants: Vec<Option<String>>,
    /// The errors: -2 is the first one.
    #[pyo3(get)]
    errors: Vec<&'static str>,
    /// In how many rows the flag is on.
    #[pyo3(get)]
    count_enabled: usize,
    len: usize,
}

#[pymethods]
impl ColumnAnswer {
    fn __len__(&self) -> usize {
        self.len
    }

    fn __repr__(&self) -> String {
        format!("<flagkit.ColumnAnswer rows={} enabled={}>", self.len, self.count_enabled)
    }
}

/// A column that a caller gives.
enum Given<'py> {
    Foreign(Foreign<'py>),
    Values(Vec<Value>),
}

impl<'py> Given<'py> {
    fn of(name: &str, given: &Bound<'py, PyAny>) -> PyResult<Self> {
        if given.hasattr(intern!(given.py(), "__arrow_c_array__"))?
            && let Some(foreign) = Foreign::of_arrow(given)
        {
            return Ok(Self::Foreign(foreign));
        }
        if let Some(foreign) = Foreign::of_numpy(given) {
            return Ok(Self::Foreign(foreign));
        }
        // Text is a sequence of texts, and nobody means that.
        if given.is_instance_of::<PyString>() || given.is_instance_of::<PyDict>() {
            return Err(wrong(name, given));
        }
        let items = ["to_pylist", "tolist", "to_list"];
        let items = items.iter().find_map(|method| given.call_method0(*method).ok());
        let items = items.unwrap_or_else(|| given.clone());
        let items = items.try_iter().map_err(|_| wrong(name, given))?;
        let values = items.map(|item| Ok(value::owned(&item?, DEPTH_MAX).unwrap_or_default()));
        Ok(Self::Values(values.collect::<PyResult<_>>()?))
    }

    fn lend(&self) -> Column<'_> {
        match self {
            Self::Foreign(foreign) => Column::Rows(foreign as &dyn Rows),
            Self::Values(values) => Column::Values(values),
        }
    }
}

#[cold]
fn wrong(name: &str, given: &Bound<'_, PyAny>) -> PyErr {
    let found = given.get_type();
    PyTypeError::new_err(format!(
        "`{name}`: a column is wanted, of Arrow, NumPy or a list; {found} is given"
    ))
}

/// What a flag serves for each of many contexts.
pub(crate) fn evaluate<'py>(
    view: &flagkit::View,
    key: &FlagKey,
    ids: &Bound<'py, PyAny>,
    attributes: Option<&Bound<'py, PyDict>>,
) -> PyResult<ColumnAnswer> {
    let py = ids.py();
    let given_ids = Given::of("ids", ids)?;
    let mut given = Vec::new();
    for (name, column) in attributes.into_iter().flat_map(value::each) {
        let name: String = name.extract()?;
        let column = Given::of(&name, &column)?;
        given.push((name, column));
    }
    let columns: Vec<_> = given.iter().map(|(name, column)| (&**name, column.lend())).collect();
    let served = view.evaluate_column(key, given_ids.lend(), &columns);
    answer(py, &served)
}

fn answer(py: Python<'_>, served: &ServedColumn<'_>) -> PyResult<ColumnAnswer> {
    let (mut seen, mut failed) = (Seen::default(), Vec::<ErrorCode>::new());
    let enabled = PyBytes::new_with(py, served.len(), |bytes| {
        for (row, byte) in bytes.iter_mut().enumerate() {
            *byte = served.is_enabled(row).into();
        }
        Ok(())
    })?;
    let codes = PyBytes::new_with(py, served.len().saturating_mul(size_of::<i32>()), |bytes| {
        for (row, bytes) in bytes.chunks_exact_mut(size_of::<i32>()).enumerate() {
            bytes.copy_from_slice(&code(served, row, (&mut seen, &mut failed)).to_ne_bytes());
        }
        Ok(())
    })?;
    let values = seen.values.iter().map(|(value, _)| value::to_python(py, value));
    Ok(ColumnAnswer {
        enabled: cast(&enabled, "?")?,
        codes: cast(&codes, "i")?,
        values: PyList::new(py, values.collect::<PyResult<Vec<_>>>()?)?.unbind(),
        variants: seen.values.iter().map(|(_, variant)| variant.map(str::to_owned)).collect(),
        errors: failed.iter().map(|code| code.name()).collect(),
        count_enabled: served.count_enabled(),
        len: served.len(),
    })
}

/// The different values that were served; a flag has few.
#[derive(Default)]
struct Seen<'s> {
    values: Vec<(&'s Value, Option<&'s str>)>,
}

impl<'s> Seen<'s> {
    fn place(&mut self, value: &'s Value, variant: Option<&'s str>) -> usize {
        let known = |(other, name): &(&Value, _)| std::ptr::eq(*other, value) && *name == variant;
        self.values.iter().position(known).unwrap_or_else(|| {
            self.values.push((value, variant));
            self.values.len() - 1
        })
    }
}

/// A row as a number.
fn code<'s>(
    served: &'s ServedColumn<'s>,
    row: usize,
    (seen, failed): (&mut Seen<'s>, &mut Vec<ErrorCode>),
) -> i32 {
    if let Some(value) = served.value(row) {
        return i32::try_from(seen.place(value, served.variant(row))).unwrap_or(-1);
    }
    let Some(code) = served.error(row) else { return -1 };
    let place = failed.iter().position(|other| *other == code).unwrap_or_else(|| {
        failed.push(code);
        failed.len() - 1
    });
    i32::try_from(place).map_or(-1, |place| -2 - place)
}

fn cast(bytes: &Bound<'_, PyBytes>, kind: &str) -> PyResult<Py<PyAny>> {
    let view = PyMemoryView::from(bytes.as_any())?;
    Ok(view.call_method1(intern!(bytes.py(), "cast"), (kind,))?.unbind())
}
