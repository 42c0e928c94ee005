//! Views: one version of all flags for a whole request.

use pyo3::prelude::*;

use crate::answer::Evaluator;
use crate::asked::{Asked, Flags};

/// All flags of one moment: two evaluations through one view never come from different versions.
///
/// Made by `client.view()`.
#[pyclass(frozen, extends = Evaluator, module = "flagkit")]
#[derive(Debug)]
pub(crate) struct View;

#[pymethods]
impl View {
    /// The revision of the document, where its flag management system counts; otherwise `None`.
    #[getter]
    fn revision(this: &Bound<'_, Self>) -> Option<u64> {
        this.as_super().get().asked.flags.view().revision()
    }

    /// The keys of all flags, sorted.
    fn keys(this: &Bound<'_, Self>) -> Vec<String> {
        let view = this.as_super().get().asked.flags.view();
        let mut keys: Vec<String> = view.keys().map(str::to_owned).collect();
        keys.sort_unstable();
        keys
    }
}

impl View {
    /// A view of these flags.
    pub(crate) fn of<'py>(py: Python<'py>, asked: &Asked) -> PyResult<Bound<'py, Self>> {
        let base = PyClassInitializer::from(Evaluator { asked: asked.view(py) });
        Bound::new(py, base.add_subclass(Self))
    }
}

impl Flags {
    /// All of them, at this moment or at that.
    pub(crate) fn view(&self) -> flagkit::View {
        match self {
            Self::Now(client) => client.view(),
            Self::Then(view, _) => view.clone(),
        }
    }
}
