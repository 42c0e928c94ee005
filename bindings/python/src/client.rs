//! Clients: flags of one source.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::answer::Evaluator;
use crate::asked::Asked;
use crate::context::Context;
use crate::error::{configuration, refused};
use crate::mail::Subscription;
use crate::options::Settings;
use crate::process;
use crate::status::{Delivered, Metrics, Status};
use crate::value::{self, DEPTH_MAX};
use crate::view::View;

/// Flags of one source, kept fresh.
#[pyclass(frozen, subclass, extends = Evaluator, module = "flagkit._flagkit")]
#[derive(Debug)]
pub(crate) struct Client {
    kept: Mutex<Kept>,
}

/// What brings flags, beside what the client itself keeps.
#[derive(Debug, Default)]
struct Kept {
    /// Whether this is the client of the process.
    is_of_process: bool,
    process: Option<flagkit::Flags>,
}

#[pymethods]
impl Client {
    /// Opens a client, as the arguments and the variables `FLAGKIT_…` say.
    #[new]
    #[pyo3(signature = (*, of_process=false, **settings))]
    fn create(
        py: Python<'_>,
        of_process: bool,
        settings: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<PyClassInitializer<Self>> {
        let client = if of_process {
            flagkit::client().clone()
        } else {
            let settings = Settings::read(settings)?;
            py.detach(|| open(settings)).map_err(|error| refused(&error))?
        };
        let kept = Mutex::new(Kept { is_of_process: of_process, ..Kept::default() });
        let base = Evaluator { asked: Asked::client(py, client) };
        Ok(PyClassInitializer::from(base).add_subclass(Self { kept }))
    }

    /// Loads the flags of the process; only its client does that.
    #[pyo3(signature = (**settings))]
    fn _begin(&self, py: Python<'_>, settings: Option<&Bound<'_, PyDict>>) -> PyResult<()> {
        let settings = Settings::read(settings)?;
        if !self.kept().is_of_process {
            return Err(configuration("only the client of the process is initialised"));
        }
        // Nothing is locked meanwhile: another thread of Python could wait for it with the
        // interpreter in its hands.
        let begun = py.detach(|| process::begin(settings)).map_err(|error| refused(&error))?;
        self.kept().process = Some(begun);
        Ok(())
    }

    /// All flags of this moment, for evaluations that belong together.
    fn view<'py>(this: &Bound<'py, Self>) -> PyResult<Bound<'py, View>> {
        View::of(this.py(), &this.as_super().get().asked)
    }

    /// The evaluation context that this mapping is, in the words of whoever the flags come from.
    ///
    /// Flags of a vendor expect contexts as the vendor's own SDK takes them. Read once, it serves
    /// many evaluations.
    fn context(this: &Bound<'_, Self>, attributes: &Bound<'_, PyAny>) -> PyResult<Context> {
        let client = client(this);
        let Some(value @ flagkit::Value::Structure(_)) = value::owned(attributes, DEPTH_MAX) else {
            let found = attributes.get_type();
            return Err(configuration(format!("`context`: a mapping is wanted, {found} is given")));
        };
        match client.context(&value.to_string()) {
            Ok(context) => Ok(Context::in_words(context, client.dialect())),
            Err(error) => Err(configuration(format!("`context`: {error}"))),
        }
    }

    /// Publishes the flags of another document: text, bytes or a mapping.
    ///
    /// Raises `ConfigurationError` if it is none, or if a flag in it is malformed; the flags stay as
    /// they are then. Returns the keys of the flags that are different.
    fn replace(this: &Bound<'_, Self>, document: &Bound<'_, PyAny>) -> PyResult<Vec<String>> {
        let text = crate::options::document("document", document)?;
        let client = client(this);
        let change = this.py().detach(|| client.replace(&text)).map_err(|error| refused(&error))?;
        Ok(change.flags.iter().map(ToString::to_string).collect())
    }

    /// From now on a flag serves this value on every thread, whatever documents say; after
    /// `restore_flag`, again what they say. For tests.
    fn override_flag(this: &Bound<'_, Self>, key: &str, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let Some(value) = value::owned(value, DEPTH_MAX) else {
            let found = value.get_type();
            return Err(configuration(format!("`{key}`: a flag cannot serve {found}")));
        };
        let client = client(this);
        this.py().detach(|| client.override_flag(key, Some(value)));
        Ok(())
    }

    /// Ends what `override_flag` began.
    fn restore_flag(this: &Bound<'_, Self>, key: &str) {
        let client = client(this);
        this.py().detach(|| client.override_flag(key, None));
    }

    /// Whether flags are there, from anywhere.
    #[getter]
    fn is_ready(this: &Bound<'_, Self>) -> bool {
        client(this).is_ready()
    }

    /// Waits for the first flags, at most so many seconds; whether they are there.
    #[pyo3(signature = (timeout=2.0))]
    fn wait_ready(this: &Bound<'_, Self>, timeout: f64) -> bool {
        let (client, limit) = (client(this), limit(timeout));
        this.py().detach(|| client.wait_ready(limit))
    }

    /// Tells the server what was counted, and waits for that at most so many seconds.
    ///
    /// When the process ends this happens by itself, for 2 s at most.
    #[pyo3(signature = (timeout=2.0))]
    fn flush(this: &Bound<'_, Self>, timeout: f64) -> Delivered {
        let (client, limit) = (client(this), limit(timeout));
        this.py().detach(|| client.flush(limit)).into()
    }

    /// Asks the server at once, whatever was planned.
    fn refresh(this: &Bound<'_, Self>) {
        let client = client(this);
        match &this.get().kept().process {
            Some(process) => process.refresh(),
            None => client.refresh(),
        }
    }

    /// Stops following the source, within two seconds; the flags stay as they are.
    fn close(this: &Bound<'_, Self>) {
        let process = this.get().kept().process.take();
        let client = client(this);
        this.py().detach(|| {
            drop(process);
            client.close();
        });
    }

    /// How the client is doing.
    fn status(this: &Bound<'_, Self>) -> Status {
        Status::of(&client(this))
    }

    /// Counts evaluations from now on, for `metrics`. Clients of a FlagKit server do so by themselves.
    fn count_usage(this: &Bound<'_, Self>) {
        client(this).count_usage();
    }

    /// Numbers of this client for a monitoring system.
    fn metrics(this: &Bound<'_, Self>) -> Metrics {
        client(this).metrics().into()
    }

    /// Leaves changes in the mailbox of the process, under a number.
    fn _subscribe(this: &Bound<'_, Self>, id: u64) -> Subscription {
        Subscription::begin(&client(this), id)
    }
}

impl Client {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn client(this: &Bound<'_, Client>) -> flagkit::Client {
    this.as_super().get().asked.client.clone()
}

fn open(settings: Settings) -> Result<flagkit::Client, flagkit::Error> {
    let mut builder = flagkit::Client::builder();
    if let Some(dialect) = settings.dialect {
        builder = builder.dialect(dialect);
    }
    if let Some(environment) = settings.environment {
        builder = builder.environment(environment);
    }
    let builder = builder.options(|_| settings.options);
    match settings.document {
        Some(text) => builder.text(&text),
        None => builder.open(),
    }
}

/// How long to wait: whatever is no time is none, and nothing takes longer than a day.
fn limit(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds.min(DAY_SECONDS)).unwrap_or_default()
}

const DAY_SECONDS: f64 = 86_400.0;
