//! Events of OpenTelemetry, through its own SDK.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use flagkit::telemetry::EvaluationEvents;
use flagkit::{Client, Context};
use opentelemetry::InstrumentationScope;
use opentelemetry::logs::LoggerProvider;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::logs::{LogProcessor, SdkLogRecord, SdkLogger, SdkLoggerProvider};

const FLAGS: &str = r#"
schema: flagkit/1
revision: 7
environment: production
flags:
  on: { enabled: true, rollout_percentage: 100 }
  color:
    enabled: true
    rollout_percentage: 100
    variants: { green: { weight: 1, value: "green-0f0" } }
"#;

/// Keeps events as attributes by their names.
#[derive(Clone, Debug, Default)]
struct Kept(Arc<Mutex<Vec<BTreeMap<String, String>>>>);

impl LogProcessor for Kept {
    fn emit(&self, record: &mut SdkLogRecord, _: &InstrumentationScope) {
        assert_eq!(record.event_name(), Some("feature_flag.evaluation"));
        assert!(record.timestamp().is_some());
        let attributes = record.attributes_iter();
        let texts = attributes.map(|(name, value)| (name.to_string(), format!("{value:?}")));
        self.0.lock().unwrap().push(texts.collect());
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }
}

/// What is emitted for evaluations of a client, by events that are made like this.
fn emitted(
    observe: impl FnOnce(EvaluationEvents<SdkLogger>) -> EvaluationEvents<SdkLogger>,
    evaluate: impl FnOnce(&Client),
) -> Vec<BTreeMap<String, String>> {
    let kept = Kept::default();
    let provider = SdkLoggerProvider::builder().with_log_processor(kept.clone()).build();
    let client = Client::from_text(FLAGS).unwrap();
    observe(EvaluationEvents::new(provider.logger("test"))).observe(&client);
    evaluate(&client);
    std::mem::take(&mut *kept.0.lock().unwrap())
}

fn texts(attributes: &[(&str, &str)]) -> BTreeMap<String, String> {
    let text = |text: &str| format!("String(Owned({text:?}))");
    attributes.iter().map(|(name, value)| ((*name).to_owned(), text(value))).collect()
}

/// The debug form differs by how text is held; only the text counts.
fn plain(events: Vec<BTreeMap<String, String>>) -> Vec<BTreeMap<String, String>> {
    let text = |value: String| match value.split('"').nth(1) {
        Some(text) => format!("String(Owned({text:?}))"),
        None => value,
    };
    let each = |event: BTreeMap<_, _>| event.into_iter().map(|(name, value)| (name, text(value)));
    events.into_iter().map(|event| each(event).collect()).collect()
}

#[test]
fn events_say_what_the_semantic_conventions_want() {
    let user = Context::new("u-7").with("email", "ada@example.com");
    let events = emitted(
        |events| events,
        |client| {
            client.string("color", &user, "red");
            client.boolean("color", &user, false);
            client.is_enabled("missing", &user);
        },
    );
    let common = [
        ("feature_flag.provider.name", "flagkit"),
        ("feature_flag.set.id", "production"),
        ("feature_flag.version", "7"),
    ];
    let with = |own: &[(&str, &str)]| texts(&[&common, own].concat());
    let served = with(&[
        ("feature_flag.key", "color"),
        ("feature_flag.result.reason", "split"),
        ("feature_flag.result.variant", "green"),
    ]);
    let mismatch = with(&[
        ("feature_flag.key", "color"),
        ("feature_flag.result.reason", "error"),
        ("error.type", "type_mismatch"),
        ("feature_flag.error.message", "the flag's value is not of the type that was asked for"),
    ]);
    let missing = with(&[
        ("feature_flag.key", "missing"),
        ("feature_flag.result.reason", "error"),
        ("error.type", "flag_not_found"),
        ("feature_flag.error.message", "there is no such flag"),
    ]);
    assert_eq!(plain(events), [served, mismatch, missing]);
}

#[test]
fn a_value_without_a_name_is_told_itself() {
    let events = emitted(|events| events, |client| assert!(client.is_enabled("on", &())));
    assert_eq!(events[0]["feature_flag.result.value"], "Boolean(true)");
    assert!(!events[0].contains_key("feature_flag.result.variant"));
}

#[test]
fn targeting_keys_are_told_only_if_asked_for() {
    type Events = EvaluationEvents<SdkLogger>;
    let id = |observe: fn(Events) -> Events| {
        let events = emitted(observe, |client| {
            client.is_enabled("on", &Context::new("u-7"));
        });
        assert_eq!(events.len(), 1);
        plain(events)[0].get("feature_flag.context.id").cloned()
    };
    assert_eq!(id(|events| events), None);
    assert_eq!(id(Events::with_context_ids).as_deref(), Some(r#"String(Owned("u-7"))"#));
    let hashed = id(|events| events.with_hashed_context_ids("salt")).unwrap();
    assert!(!hashed.contains("u-7"), "{hashed}");
    assert_eq!(Some(hashed), id(|events| events.with_hashed_context_ids("salt")));
    assert_ne!(
        id(|events| events.with_hashed_context_ids("salt")),
        id(|events| events.with_hashed_context_ids("other"))
    );
}

#[test]
fn a_part_of_evaluations_may_be_enough() {
    let count = |rate: f64| {
        let many = |client: &Client| {
            for _ in 0..4_000 {
                client.is_enabled("on", &());
            }
        };
        emitted(|events| events.sampled(rate), many).len()
    };
    assert_eq!((count(1.0), count(2.0)), (4_000, 4_000));
    assert_eq!((count(0.0), count(-1.0), count(f64::NAN)), (0, 0, 0));
    // A quarter of 4,000 is 1,000, with a standard deviation of 27: this is ten of them.
    assert!((730..1_270).contains(&count(0.25)));
}
