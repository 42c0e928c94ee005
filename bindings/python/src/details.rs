//! What an evaluation found, for keeping.

use std::fmt::Write;
use std::sync::Arc;

use flagkit::{ErrorCode, Reason};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::value;

/// A flag's value and how it came about.
#[pyclass(frozen, generic, module = "flagkit")]
#[derive(Debug)]
pub(crate) struct Details {
    /// The flag's value, or the caller's default.
    #[pyo3(get)]
    value: Py<PyAny>,
    /// Whether the flag is on for this context.
    #[pyo3(get)]
    enabled: bool,
    variant: Option<flagkit::Str>,
    reason: Reason,
    error: Option<ErrorCode>,
    rule: Option<flagkit::Str>,
    /// The version of the flag, where its flag management system counts; otherwise `None`.
    #[pyo3(get)]
    flag_version: Option<u64>,
    metadata: Option<Arc<flagkit::Structure>>,
}

#[pymethods]
impl Details {
    /// The name of the variant, if what was served has one.
    #[getter]
    fn variant(&self) -> Option<&str> {
        self.variant.as_deref()
    }

    /// Why, by OpenFeature's names: `TARGETING_MATCH`, `SPLIT`, `ERROR` and so on.
    #[getter]
    fn reason(&self) -> &'static str {
        self.reason.name()
    }

    /// Why there is no value of the flag's own, `FLAG_NOT_FOUND` for example; `None` if there is.
    #[getter]
    fn error(&self) -> Option<&'static str> {
        self.error.map(ErrorCode::name)
    }

    /// The id of the rule that decided.
    #[getter]
    fn rule(&self) -> Option<&str> {
        self.rule.as_deref()
    }

    /// What the flag carries for whoever evaluates it; a new dict each time.
    #[getter]
    fn metadata<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        match &self.metadata {
            Some(metadata) => value::to_dict(py, metadata),
            None => Ok(PyDict::new(py)),
        }
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let value = self.value.bind(py).repr()?;
        let mut shown = format!("<flagkit.Details value={} reason={}", value, self.reason);
        let texts = [
            ("variant", self.variant.as_deref()),
            ("rule", self.rule.as_deref()),
            ("error", self.error()),
        ];
        for (name, text) in texts.into_iter().filter_map(|(name, text)| Some((name, text?))) {
            let _ = write!(shown, " {name}={text}");
        }
        Ok(shown + ">")
    }
}

impl Details {
    /// What was found, with this value.
    pub(crate) fn new<T>(found: flagkit::Details<T>, value: Py<PyAny>) -> Self {
        Self {
            value,
            enabled: found.enabled,
            variant: found.variant,
            reason: found.reason,
            error: found.error,
            rule: found.rule,
            flag_version: found.flag_version,
            metadata: found.metadata,
        }
    }

    /// What one of many flags serves.
    pub(crate) fn of_many(py: Python<'_>, found: &flagkit::Evaluation<'_>) -> PyResult<Self> {
        let value = found.value().map(|value| value::to_python(py, value)).transpose()?;
        Ok(Self {
            value: value.map_or_else(|| py.None(), Bound::unbind),
            enabled: found.is_enabled(),
            variant: found.variant().map(flagkit::Str::from),
            reason: found.reason(),
            error: found.error(),
            rule: found.rule().map(flagkit::Str::from),
            flag_version: found.flag_version(),
            metadata: found.metadata().cloned().map(Arc::new),
        })
    }

    /// The default of the caller, and why.
    #[cold]
    pub(crate) fn failed(default: Py<PyAny>, code: ErrorCode) -> Self {
        Self {
            value: default,
            enabled: false,
            variant: None,
            reason: Reason::Error,
            error: Some(code),
            rule: None,
            flag_version: None,
            metadata: None,
        }
    }
}
