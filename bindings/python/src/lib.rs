//! The native module `flagkit._flagkit` of the Python package `flagkit`.
//!
//! It lends the facade to Python and adds nothing to what flags answer. Three rules hold it
//! together:
//!
//! * **An evaluation does not raise and does not let go of the interpreter.** Whatever is wrong, it
//!   returns the default of its caller. Calls that wait (opening, `wait_ready`, `flush`, `close`)
//!   let other threads of Python run meanwhile.
//! * **No thread of ours ever enters Python.** Changes and lines of the log are left in a
//!   mailbox (`mail.rs`) that a thread of Python's empties. So nothing can wait for the interpreter
//!   when the process ends, and nothing has to be undone in a forked child.
//! * **A dict is read, not copied**: of a context, only what the rules of a flag ask for.

#![deny(unsafe_code)]

use pyo3::prelude::*;

mod answer;
mod asked;
mod client;
mod column;
mod context;
mod details;
mod error;
mod flag;
mod keys;
mod lent;
mod mail;
mod names;
mod options;
mod process;
mod source;
mod status;
mod value;
mod view;

/// The native half of `flagkit`.
#[pymodule(gil_used = false)]
mod _flagkit {
    use pyo3::prelude::*;

    #[pymodule_export]
    use crate::answer::Evaluator;
    #[pymodule_export]
    use crate::client::Client;
    #[pymodule_export]
    use crate::column::ColumnAnswer;
    #[pymodule_export]
    use crate::context::Context;
    #[pymodule_export]
    use crate::details::Details;
    #[pymodule_export]
    use crate::error::ConfigurationError;
    #[pymodule_export]
    use crate::flag::Flag;
    #[pymodule_export]
    use crate::mail::{Subscription, mended_mail, next_mail, wake_mail};
    #[pymodule_export]
    use crate::status::{Delivered, Metrics, Status};
    #[pymodule_export]
    use crate::view::View;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        let dialects = flagkit::Dialect::ALL.map(flagkit::Dialect::name);
        module.add("DIALECTS", pyo3::types::PyTuple::new(module.py(), dialects)?)?;
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
