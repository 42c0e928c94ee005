//! What every flag can be asked for: the calls that clients and views have in common.

use flagkit::{Attributes, ErrorCode, FlagKey, FlagValue, Str, Value};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyString};

use crate::asked::Asked;
use crate::column::{self, ColumnAnswer};
use crate::details::Details;
use crate::value;

/// What answers: a client, or a view of one moment.
///
/// No call raises or waits. `context` is a dict of attributes, a `Context`, or nothing; whatever is
/// wrong, the answer is the default.
#[pyclass(frozen, subclass, module = "flagkit")]
#[derive(Debug)]
pub(crate) struct Evaluator {
    pub(crate) asked: Asked,
}

/// A type that a flag is asked for, and how its values look in Python.
pub(crate) trait Answer: FlagValue {
    /// As an object of Python.
    fn to_python(self, py: Python<'_>) -> PyResult<Py<PyAny>>;
}

impl Answer for bool {
    fn to_python(self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        Ok(PyBool::new(py, self).to_owned().into_any().unbind())
    }
}

impl Answer for i64 {
    fn to_python(self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        Ok(self.into_pyobject(py)?.into_any().unbind())
    }
}

impl Answer for f64 {
    fn to_python(self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        Ok(PyFloat::new(py, self).into_any().unbind())
    }
}

impl Answer for Str {
    fn to_python(self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        Ok(PyString::new(py, &self).into_any().unbind())
    }
}

impl Answer for Value {
    fn to_python(self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        value::to_python(py, &self).map(Bound::unbind)
    }
}

/// A value that was served; none for the caller's default.
#[derive(Clone)]
struct Served<T>(Option<T>);

impl<T: Answer> FlagValue for Served<T> {
    type Declared = ();
    const KIND: &'static str = T::KIND;

    fn read(value: &Value) -> Option<Self> {
        T::read(value).map(|value| Self(Some(value)))
    }

    fn from_declared((): ()) -> Self {
        Self(None)
    }
}

/// A default, if the caller gives one; `None` is one, too.
pub(crate) struct Given<'py>(pub(crate) Option<Bound<'py, PyAny>>);

impl<'a, 'py> FromPyObject<'a, 'py> for Given<'py> {
    type Error = std::convert::Infallible;

    fn extract(given: Borrowed<'a, 'py, PyAny>) -> Result<Self, Self::Error> {
        Ok(Self(Some(given.to_owned())))
    }
}

/// What a caller gives: the key, the evaluation context, the default.
type Question<'a, 'py> = (&'a Bound<'py, PyAny>, Option<&'a Bound<'py, PyAny>>, Given<'py>);

impl Asked {
    /// The flag's value, or the default of the caller as it is.
    #[inline]
    pub(crate) fn value<T: Answer>(
        &self,
        (key, context, default): Question<'_, '_>,
        otherwise: T,
    ) -> PyResult<Py<PyAny>> {
        let py = key.py();
        let found = self.keys.with(key, |key| {
            self.for_context(context, |context| self.flags.value::<T>(key, context))
        });
        match (found.flatten().flatten(), default) {
            (Some(found), _) => found.to_python(py),
            (None, Given(Some(default))) => Ok(default.unbind()),
            (None, Given(None)) => otherwise.to_python(py),
        }
    }

    /// The same, and why.
    pub(crate) fn details<T: Answer>(
        &self,
        (key, context, default): Question<'_, '_>,
        otherwise: T,
    ) -> PyResult<Details> {
        let py = key.py();
        let default = match default {
            Given(Some(default)) => default.unbind(),
            Given(None) => otherwise.to_python(py)?,
        };
        let kept = default.clone_ref(py);
        let found = self.keys.with(key, |key| self.details_of::<T>(py, key, (context, default)));
        found.unwrap_or_else(|| Ok(Details::failed(kept, ErrorCode::FlagNotFound)))
    }

    /// The value of this flag, and why.
    pub(crate) fn details_of<T: Answer>(
        &self,
        py: Python<'_>,
        key: &FlagKey,
        (context, default): (Option<&Bound<'_, PyAny>>, Py<PyAny>),
    ) -> PyResult<Details> {
        let ask = |context: &dyn Attributes| self.flags.details(key, context, Served::<T>(None));
        let Some(mut found) = self.for_context(context, ask) else {
            return Ok(Details::failed(default, ErrorCode::InvalidContext));
        };
        Ok(match found.value.0.take() {
            Some(value) => Details::new(found, value.to_python(py)?),
            None => Details::new(found, default),
        })
    }
}

#[pymethods]
impl Evaluator {
    /// Whether the flag is on for this context; `False` where anything is wrong.
    #[pyo3(signature = (key, context=None))]
    #[inline]
    fn is_enabled(&self, key: &Bound<'_, PyAny>, context: Option<&Bound<'_, PyAny>>) -> bool {
        let asked = &self.asked;
        let found = asked.keys.with(key, |key| {
            asked.for_context(context, |context| asked.flags.is_enabled(key, context))
        });
        found.flatten().unwrap_or(false)
    }

    /// Whether the flag is on, and why.
    #[pyo3(signature = (key, context=None))]
    fn is_enabled_details(
        &self,
        key: &Bound<'_, PyAny>,
        context: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Details> {
        let (asked, py) = (&self.asked, key.py());
        let found = asked.keys.with(key, |key| {
            asked.for_context(context, |context| asked.flags.is_enabled_details(key, context))
        });
        match found.flatten() {
            Some(found) => {
                let value = found.value.to_python(py)?;
                Ok(Details::new(found, value))
            }
            None => Ok(Details::failed(false.to_python(py)?, ErrorCode::InvalidContext)),
        }
    }

    /// The value of a boolean flag.
    #[pyo3(signature = (key, context=None, default=Given(None)))]
    fn boolean<'py>(
        &self,
        key: &Bound<'py, PyAny>,
        context: Option<&Bound<'py, PyAny>>,
        default: Given<'py>,
    ) -> PyResult<Py<PyAny>> {
        self.asked.value((key, context, default), false)
    }

    /// The value of a boolean flag, and why.
    #[pyo3(signature = (key, context=None, default=Given(None)))]
    fn boolean_details<'py>(
        &self,
        key: &Bound<'py, PyAny>,
        context: Option<&Bound<'py, PyAny>>,
        default: Given<'py>,
    ) -> PyResult<Details> {
        self.asked.details((key, context, default), false)
    }

    /// The value of a text flag.
    #[pyo3(signature = (key, context=None, default=Given(None)))]
    fn string<'py>(
        &self,
        key: &Bound<'py, PyAny>,
        context: Option<&Bound<'py, PyAny>>,
        default: Given<'py>,
    ) -> PyResult<Py<PyAny>> {
        self.asked.value((key, context, default), Str::from(""))
    }

    /// The value of a text flag, and why.
    #[pyo3(signature = (key, context=None, default=Given(None)))]
    fn string_details<'py>(
        &self,
        key: &Bound<'py, PyAny>,
        context: Option<&Bound<'py, PyAny>>,
        default: Given<'py>,
    ) -> PyResult<Details> {
        self.asked.details((key, context, default), Str::from(""))
    }

    /// The value of an integer flag; a number without fraction counts.
    #[pyo3(signature = (key, context=None, default=Given(None)))]
    fn integer<'py>(
        &self,
        key: &Bound<'py, PyAny>,
        context: Option<&Bound<'py, PyAny>>,
        default: Given<'py>,
    ) -> PyResult<Py<PyAny>> {
        self.asked.value((key, context, default), 0_i64)
    }

    /// The value of an integer flag, and why.
    #[pyo3(signature = (key, context=None, default=Given(None)))]
    fn integer_details<'py>(
        &self,
        key: &Bound<'py, PyAny>,
        context: Option<&Bound<'py, PyAny>>,
        default: Given<'py>,
    ) -> PyResult<Details> {
        self.asked.details((key, context, default), 0_i64)
    }

    /// The value of a number flag, as a float.
    #[pyo3(signature = (key, context=None, default=Given(None)))]
    fn number<'py>(
        &self,
        key: &Bound<'py, PyAny>,
        context: Option<&Bound<'py, PyAny>>,
        default: Given<'py>,
    ) -> PyResult<Py<PyAny>> {
        self.asked.value((key, context, default), 0.0_f64)
    }

    /// The value of a number flag, and why.
    #[pyo3(signature = (key, context=None, default=Given(None)))]
    fn number_details<'py>(
        &self,
        key: &Bound<'py, PyAny>,
        context: Option<&Bound<'py, PyAny>>,
        default: Given<'py>,
    ) -> PyResult<Details> {
        self.asked.details((key, context, default), 0.0_f64)
    }

    /// The value of a flag of any type: a dict or a list, for example.
    #[pyo3(signature = (key, context=None, default=Given(None)))]
    fn json<'py>(
        &self,
        key: &Bound<'py, PyAny>,
        context: Option<&Bound<'py, PyAny>>,
        default: Given<'py>,
    ) -> PyResult<Py<PyAny>> {
        self.asked.value((key, context, default), Value::Null)
    }

    /// The value of a flag of any type, and why.
    #[pyo3(signature = (key, context=None, default=Given(None)))]
    fn json_details<'py>(
        &self,
        key: &Bound<'py, PyAny>,
        context: Option<&Bound<'py, PyAny>>,
        default: Given<'py>,
    ) -> PyResult<Details> {
        self.asked.details((key, context, default), Value::Null)
    }

    /// What every flag serves for this context: details by key.
    ///
    /// The answers are those of single calls, and take a fraction of their time.
    #[pyo3(signature = (context=None))]
    fn evaluate_all<'py>(
        &self,
        py: Python<'py>,
        context: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let answers = PyDict::new(py);
        let (asked, view) = (&self.asked, self.asked.flags.view());
        let found = asked.for_context(context, |context| {
            view.evaluate_all(context)
                .iter()
                .try_for_each(|flag| answers.set_item(flag.key(), Details::of_many(py, &flag)?))
        });
        match found {
            Some(found) => found?,
            None => view.keys().try_for_each(|key| {
                answers.set_item(key, Details::failed(py.None(), ErrorCode::InvalidContext))
            })?,
        }
        Ok(answers)
    }

    /// What one flag serves for many contexts: a column of Arrow or `NumPy`, or a list, of targeting
    /// keys, and one for each attribute. Columns of Arrow, and those of `NumPy` that hold numbers or
    /// booleans, are read where they lie.
    ///
    /// In a row behind the end of a column the attribute is absent. Raises `TypeError` for what is no
    /// column.
    #[pyo3(signature = (key, ids, attributes=None))]
    fn evaluate_column<'py>(
        &self,
        key: &str,
        ids: &Bound<'py, PyAny>,
        attributes: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<ColumnAnswer> {
        column::evaluate(&self.asked.flags.view(), &FlagKey::new(key), ids, attributes)
    }

    /// Every step of an evaluation, for people.
    #[pyo3(signature = (key, context=None))]
    fn explain(&self, key: &Bound<'_, PyAny>, context: Option<&Bound<'_, PyAny>>) -> String {
        let asked = &self.asked;
        let found = asked.keys.with(key, |key| {
            asked.for_context(context, |context| asked.flags.explain(key, context).to_string())
        });
        match found {
            Some(Some(steps)) => steps,
            Some(None) => {
                "the context cannot be used: it is no mapping, or the vendor whose flags \
                           these are does not take it\n"
                    .to_owned()
            }
            None => "the key is no text\n".to_owned(),
        }
    }
}
