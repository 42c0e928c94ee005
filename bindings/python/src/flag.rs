//! Flags that an application names once.

use flagkit::{FlagKey, Str, Value};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyFloat, PyInt, PyString};

use crate::answer::{Answer, Evaluator, Given};
use crate::asked::Asked;
use crate::details::Details;

/// A flag with its type and its default: `NEW = Flag("new-checkout", default=False)`, then
/// `NEW(context)`.
///
/// The type is that of the default: `bool`, `int`, `float`, `str`, and any other for flags that
/// serve lists, dicts or anything. The flag is one of the process unless a `client` is given.
#[pyclass(frozen, generic, module = "flagkit")]
#[derive(Debug)]
pub(crate) struct Flag {
    key: FlagKey,
    #[pyo3(get)]
    default: Py<PyAny>,
    kind: Kind,
    asked: Asked,
}

/// The type of a flag.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Boolean,
    Integer,
    Number,
    Text,
    Json,
}

impl Kind {
    /// That of this value. A boolean is an integer to Python, so it is looked for first.
    fn of(value: &Bound<'_, PyAny>) -> Self {
        if value.is_instance_of::<PyBool>() {
            Self::Boolean
        } else if value.is_instance_of::<PyInt>() {
            Self::Integer
        } else if value.is_instance_of::<PyFloat>() {
            Self::Number
        } else if value.is_instance_of::<PyString>() {
            Self::Text
        } else {
            Self::Json
        }
    }
}

macro_rules! by_kind {
    ($self:expr, $method:ident($($argument:expr),*)) => {
        match $self.kind {
            Kind::Boolean => $self.$method::<bool>($($argument),*),
            Kind::Integer => $self.$method::<i64>($($argument),*),
            Kind::Number => $self.$method::<f64>($($argument),*),
            Kind::Text => $self.$method::<Str>($($argument),*),
            Kind::Json => $self.$method::<Value>($($argument),*),
        }
    };
}

#[pymethods]
impl Flag {
    #[new]
    #[pyo3(signature = (key, default=Given(None), *, client=None))]
    fn create(
        py: Python<'_>,
        key: &str,
        default: Given<'_>,
        client: Option<&Bound<'_, Evaluator>>,
    ) -> Self {
        let default = default.0.unwrap_or_else(|| PyBool::new(py, false).to_owned().into_any());
        let asked = match client {
            Some(client) => client.get().asked.share(py),
            None => Asked::client(py, flagkit::client().clone()),
        };
        Self { key: FlagKey::new(key), kind: Kind::of(&default), default: default.unbind(), asked }
    }

    /// The value for this context; the default, whatever goes wrong.
    #[pyo3(signature = (context=None))]
    fn __call__(&self, py: Python<'_>, context: Option<&Bound<'_, PyAny>>) -> PyResult<Py<PyAny>> {
        by_kind!(self, value(py, context))
    }

    /// The value, and why.
    #[pyo3(signature = (context=None))]
    fn details(&self, py: Python<'_>, context: Option<&Bound<'_, PyAny>>) -> PyResult<Details> {
        by_kind!(self, found(py, context))
    }

    /// Whether the flag is on for this context; `False` where anything is wrong.
    #[pyo3(signature = (context=None))]
    fn is_enabled(&self, context: Option<&Bound<'_, PyAny>>) -> bool {
        let ask =
            |context: &dyn flagkit::Attributes| self.asked.flags.is_enabled(&self.key, context);
        self.asked.for_context(context, ask).unwrap_or(false)
    }

    /// The key.
    #[getter]
    fn key(&self) -> &str {
        flagkit::Key::as_key(&self.key)
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(format!("<flagkit.Flag {} default={}>", self.key(), self.default.bind(py).repr()?))
    }
}

impl Flag {
    #[inline]
    fn value<T: Answer>(
        &self,
        py: Python<'_>,
        context: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Py<PyAny>> {
        let ask =
            |context: &dyn flagkit::Attributes| self.asked.flags.value::<T>(&self.key, context);
        match self.asked.for_context(context, ask).flatten() {
            Some(found) => found.to_python(py),
            None => Ok(self.default.clone_ref(py)),
        }
    }

    fn found<T: Answer>(
        &self,
        py: Python<'_>,
        context: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Details> {
        self.asked.details_of::<T>(py, &self.key, (context, self.default.clone_ref(py)))
    }
}
