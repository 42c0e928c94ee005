//! Evaluations as events of OpenTelemetry, there with the feature `opentelemetry`.
//!
//! [`EvaluationEvents`] emits `feature_flag.evaluation` by the semantic conventions for feature
//! flags, through a logger of the application's own. Without it nothing is emitted, and evaluations
//! cost what they always cost.
//!
//! An event says which flag, which variant (or the value, where that has no name), the reason, the
//! environment and its version, and errors. Attributes of contexts are in none. The targeting key
//! is if that is asked for, as it is or hashed.

use std::sync::{Arc, Weak};
use std::time::SystemTime;

use flagkit_client::{Publisher, hashed_key};
use flagkit_core::{Ambient, ErrorCode, Evaluated, Structure, Value, ValueRef};
use opentelemetry::Key;
use opentelemetry::logs::{AnyValue, LogRecord, Logger, Severity};

use crate::client::Client;
use crate::clock::System;

/// Emits an event for every evaluation of a client, or for some.
///
/// ```no_run
/// # fn observe(client: &flagkit::Client, logger: impl opentelemetry::logs::Logger + Send + Sync + 'static) {
/// use flagkit::telemetry::EvaluationEvents;
///
/// EvaluationEvents::new(logger)
///     .sampled(0.01)
///     .with_hashed_context_ids("a secret of this application")
///     .observe(client);
/// # }
/// ```
///
/// Events are emitted by the thread that evaluates. A logger that exports in batches does not hold
/// it up; one that exports each event at once does.
#[derive(Debug)]
#[must_use = "nothing is emitted until `observe` is called"]
pub struct EvaluationEvents<L> {
    logger: L,
    rate: f64,
    context_ids: ContextIds,
}

/// What becomes of targeting keys.
#[derive(Debug)]
enum ContextIds {
    Omitted,
    Plain,
    Hashed { salt: Box<str> },
}

impl<L: Logger + Send + Sync + 'static> EvaluationEvents<L> {
    /// Events of all evaluations, without ids of contexts.
    pub fn new(logger: L) -> Self {
        Self { logger, rate: 1.0, context_ids: ContextIds::Omitted }
    }

    /// Emits events of this part of evaluations only, chosen at random: 0.01 is one in a hundred.
    /// What is not a number is none.
    pub fn sampled(self, rate: f64) -> Self {
        Self { rate, ..self }
    }

    /// Puts targeting keys into events as they are. They may be names or addresses of people.
    pub fn with_context_ids(self) -> Self {
        Self { context_ids: ContextIds::Plain, ..self }
    }

    /// Puts hashes of targeting keys into events: the same key and salt give the same hash, in
    /// events and in what a FlagKit server is told of exposures.
    pub fn with_hashed_context_ids(self, salt: &str) -> Self {
        Self { context_ids: ContextIds::Hashed { salt: salt.into() }, ..self }
    }

    /// Emits from now on, for good.
    ///
    /// What holds for [`Client::on_evaluation`] holds here: flags of columns and of
    /// [`View::evaluate_all`](crate::View::evaluate_all) are not told.
    pub fn observe(self, client: &Client) {
        let publisher = Arc::downgrade(client.publisher());
        client.on_evaluation(move |evaluated| {
            let is_wanted = self.logger.event_enabled(SEVERITY, TARGET, Some(NAME));
            if is_wanted && is_sampled(self.rate) {
                self.emit(evaluated, &publisher);
            }
        });
    }

    fn emit(&self, evaluated: &Evaluated<'_>, publisher: &Weak<Publisher>) {
        let mut record = self.logger.create_log_record();
        record.set_event_name(NAME);
        record.set_target(TARGET);
        record.set_severity_number(SEVERITY);
        record.set_timestamp(SystemTime::now());
        record.add_attribute("feature_flag.key", evaluated.key().to_owned());
        record.add_attribute("feature_flag.provider.name", "flagkit");
        let reason = evaluated.reason().name().to_ascii_lowercase();
        record.add_attribute("feature_flag.result.reason", reason);
        match (evaluated.variant(), evaluated.value().and_then(any)) {
            (Some(variant), _) => {
                record.add_attribute("feature_flag.result.variant", variant.to_owned());
            }
            (None, Some(value)) => record.add_attribute("feature_flag.result.value", value),
            // The default of the caller, which only the caller knows.
            (None, None) => {}
        }
        if let Some(id) = evaluated.targeting_key().and_then(|key| self.context_id(key)) {
            record.add_attribute("feature_flag.context.id", id);
        }
        add_set(&mut record, evaluated, publisher);
        if let Some(code) = evaluated.error() {
            record.add_attribute("error.type", code.name().to_ascii_lowercase());
            record.add_attribute("feature_flag.error.message", message(code));
        }
        self.logger.emit(record);
    }

    fn context_id(&self, key: ValueRef<'_>) -> Option<String> {
        let text = match key {
            ValueRef::Null => return None,
            ValueRef::String(text) => text.to_owned(),
            other => other.to_string(),
        };
        match &self.context_ids {
            ContextIds::Omitted => None,
            ContextIds::Plain => Some(text),
            ContextIds::Hashed { salt } => Some(hashed_key(Some(salt), &text)),
        }
    }
}

/// Which flags these were: what the client knows, or what the flag says of itself.
fn add_set(record: &mut impl LogRecord, evaluated: &Evaluated<'_>, publisher: &Weak<Publisher>) {
    let set = publisher.upgrade().map(|publisher| publisher.flag_set()).unwrap_or_default();
    let own = |name| evaluated.metadata().and_then(|metadata| own_text(metadata, name));
    let environment = set.environment.map(|environment| environment.to_string());
    if let Some(id) = environment.or_else(|| own("flagSetId")) {
        record.add_attribute("feature_flag.set.id", id);
    }
    let counted = || evaluated.flag_version().or(set.revision).map(|number| number.to_string());
    let version = set.version.map(|version| version.to_string());
    if let Some(version) = version.or_else(|| own("version")).or_else(counted) {
        record.add_attribute("feature_flag.version", version);
    }
}

fn own_text(metadata: &Structure, name: &str) -> Option<String> {
    match metadata.get(name)? {
        Value::Null => None,
        Value::String(text) => Some(text.to_string()),
        other => Some(other.to_string()),
    }
}

/// Whether one of many is chosen, of which this part is to be.
#[expect(clippy::cast_precision_loss, reason = "53 bits of it fit a float exactly")]
fn is_sampled(rate: f64) -> bool {
    // Nothing is drawn where the answer is known.
    rate >= 1.0 || (rate > 0.0 && ((System.random() >> 11) as f64) < rate * TWO_TO_53)
}

fn any(value: &Value) -> Option<AnyValue> {
    Some(match value {
        Value::Boolean(value) => AnyValue::Boolean(*value),
        Value::Integer(value) => AnyValue::Int(*value),
        // OpenTelemetry has no such integer: its digits are exact.
        Value::Unsigned(value) => AnyValue::from(value.to_string()),
        Value::Float(value) => AnyValue::Double(*value),
        Value::String(text) => AnyValue::from(text.to_string()),
        Value::List(items) => items.iter().filter_map(any).collect(),
        Value::Structure(structure) => {
            let entries = structure.iter();
            let entry =
                |(name, value): (&str, &Value)| Some((Key::from(name.to_owned()), any(value)?));
            entries.filter_map(entry).collect()
        }
        _ => return None,
    })
}

fn message(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::ProviderNotReady => "there are no flags yet",
        ErrorCode::FlagNotFound => "there is no such flag",
        ErrorCode::ParseError => "the flag is malformed",
        ErrorCode::TypeMismatch => "the flag's value is not of the type that was asked for",
        ErrorCode::TargetingKeyMissing => "the flag needs a targeting key",
        ErrorCode::InvalidContext => "the context cannot be used",
        _ => "the flag cannot be evaluated",
    }
}

const NAME: &str = "feature_flag.evaluation";
const TARGET: &str = "flagkit";
const SEVERITY: Severity = Severity::Info;
const TWO_TO_53: f64 = 9_007_199_254_740_992.0;
