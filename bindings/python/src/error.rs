//! What is raised, all of it before the first evaluation.

use pyo3::PyErr;
use pyo3::create_exception;
use pyo3::exceptions::PyValueError;

create_exception!(
    flagkit,
    ConfigurationError,
    PyValueError,
    "FlagKit cannot work as it was set up: where, what, and how to mend it."
);

/// The exception for something that cannot work.
#[cold]
pub(crate) fn configuration(text: impl Into<String>) -> PyErr {
    ConfigurationError::new_err(text.into())
}

/// The exception for flags that could not be loaded or replaced.
#[cold]
pub(crate) fn refused(error: &flagkit::Error) -> PyErr {
    configuration(error.to_string())
}
