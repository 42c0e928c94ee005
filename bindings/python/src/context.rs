//! Evaluation contexts that are kept.

use std::fmt::Write;
use std::sync::OnceLock;

use flagkit::{Attributes, Dialect, Value};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

use crate::value::{self, DEPTH_MAX};

/// An evaluation context that is read once and can be used for many evaluations.
///
/// `Context("u-42", country="DE")`, or `Context("u-42", {"country": "DE"})`. The first argument is
/// the targeting key: the id of a user, device or account. Where the flags are a vendor's, the
/// targeting key and the attributes are put into the vendor's words.
///
/// Cheaper than a dict where a request asks for several flags, and it can be shared by threads.
#[pyclass(frozen, module = "flagkit")]
#[derive(Debug)]
pub(crate) struct Context {
    own: flagkit::Context,
    /// Whose words it is in; `None` for a targeting key and attributes beside it.
    dialect: Option<Dialect>,
    /// The same in the words of the vendor that was asked first; `Err` for what is no context there.
    translated: OnceLock<(Dialect, Result<flagkit::Context, String>)>,
}

#[pymethods]
impl Context {
    #[new]
    #[pyo3(signature = (targeting_key=None, attributes=None, /, **more))]
    fn create(
        targeting_key: Option<&Bound<'_, PyAny>>,
        attributes: Option<&Bound<'_, PyAny>>,
        more: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        let mut own = match targeting_key {
            None => flagkit::Context::anonymous(),
            Some(key) => match value::owned(key, DEPTH_MAX) {
                Some(key @ (Value::String(_) | Value::Integer(_) | Value::Unsigned(_))) => {
                    flagkit::Context::new(key)
                }
                _ => return Err(no_key(key)),
            },
        };
        let attributes = attributes.map(as_dict).transpose()?;
        for (name, value) in attributes.iter().chain(more).flat_map(value::each) {
            let Ok(name) = name.cast::<PyString>() else { continue };
            if let Some(value) = value::owned(&value, DEPTH_MAX) {
                own.insert(name.to_cow()?.into_owned(), value);
            }
        }
        Ok(Self::flat(own))
    }

    fn __repr__(&self) -> String {
        let mut shown = format!("<flagkit.Context {}", self.targeting_key().unwrap_or("-".into()));
        self.own.each_attribute(&mut |name, value| {
            let _ = write!(shown, " {name}={}", value::json(value));
        });
        shown + ">"
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        let other = other.cast::<Self>();
        other.is_ok_and(|other| {
            let other = other.get();
            other.dialect == self.dialect && sorted(&other.own) == sorted(&self.own)
        })
    }

    /// The targeting key as text; `None` without one.
    #[getter]
    fn targeting_key(&self) -> Option<String> {
        Some(match self.own.targeting_key()? {
            flagkit::ValueRef::String(text) => text.to_owned(),
            other => other.to_string(),
        })
    }
}

impl Context {
    /// A targeting key, and attributes beside it.
    pub(crate) fn flat(own: flagkit::Context) -> Self {
        Self { own, dialect: None, translated: OnceLock::new() }
    }

    /// A context in the words of a dialect.
    pub(crate) fn in_words(own: flagkit::Context, dialect: Dialect) -> Self {
        Self { own, dialect: Some(dialect), translated: OnceLock::new() }
    }

    /// What an evaluation of native flags reads.
    pub(crate) fn own(&self) -> &flagkit::Context {
        &self.own
    }

    /// What an evaluation by these flags reads, or why this is no context there.
    pub(crate) fn for_flags_of(
        &self,
        client: &flagkit::Client,
        read: &mut dyn FnMut(&dyn Attributes),
    ) -> Result<(), String> {
        let wanted = client.dialect();
        if self.dialect == Some(wanted) {
            read(&self.own);
            return Ok(());
        }
        let translate = || (wanted, translated(client, &self.own));
        let kept = self.translated.get_or_init(translate);
        let own = if kept.0 == wanted { kept.1.clone() } else { translate().1 };
        read(&own?);
        Ok(())
    }
}

/// Who it is and what is known of them, whatever the order.
fn sorted(context: &flagkit::Context) -> (Option<Value>, Vec<(String, Value)>) {
    let mut attributes = Vec::new();
    context.each_attribute(&mut |name, value| attributes.push((name.to_owned(), value.to_value())));
    attributes.sort_by(|(name, _), (other, _)| name.cmp(other));
    (context.targeting_key().map(|key| key.to_value()), attributes)
}

fn translated(
    client: &flagkit::Client,
    own: &flagkit::Context,
) -> Result<flagkit::Context, String> {
    match client.context_in_words(own) {
        Ok(Some(words)) => Ok(words),
        Ok(None) => Ok(own.clone()),
        Err(problem) => Err(problem.to_string()),
    }
}

/// The dict that these attributes are.
fn as_dict<'py>(attributes: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyDict>> {
    if let Ok(dict) = attributes.cast::<PyDict>() {
        return Ok(dict.clone());
    }
    let plain = value::plain(attributes);
    plain.and_then(|plain| plain.cast_into::<PyDict>().ok()).ok_or_else(|| {
        let found = attributes.get_type();
        PyTypeError::new_err(format!("attributes are a dict or another mapping, not {found}"))
    })
}

#[cold]
fn no_key(key: &Bound<'_, PyAny>) -> PyErr {
    let found = key.get_type();
    PyTypeError::new_err(format!("a targeting key is text or an integer, not {found}"))
}
