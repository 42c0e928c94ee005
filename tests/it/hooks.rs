//! Hooks that are told of evaluations.

use std::sync::{Arc, Mutex};

use flagkit::{Client, Context, Evaluated, Value};

const FLAGS: &str = r#"
schema: flagkit/1
flags:
  beta:
    enabled: true
    targeting_rules:
      - { id: de, conditions: [{ attribute: country, operator: equals, value: DE }] }
  color:
    enabled: true
    rollout_percentage: 100
    variants: { green: { weight: 1, value: "green-0f0" } }
  broken: { enabled: maybe }
"#;

flagkit::flags! {
    BETA: bool = false, key = "beta";
}

/// What a hook was told, one line for each evaluation.
#[derive(Clone, Default)]
struct Told(Arc<Mutex<Vec<String>>>);

impl Told {
    fn of(client: &Client) -> Self {
        let told = Self::default();
        let own = told.clone();
        client.on_evaluation(move |evaluated| own.0.lock().unwrap().push(line(evaluated)));
        told
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

fn line(evaluated: &Evaluated<'_>) -> String {
    let value = evaluated.value().map_or("default".to_owned(), Value::to_string);
    let outcome = match evaluated.error() {
        Some(code) => code.name(),
        None => evaluated.reason().name(),
    };
    let who = evaluated.targeting_key().map(|key| key.to_string());
    let named = (evaluated.variant().unwrap_or("-"), evaluated.rule().unwrap_or("-"));
    format!("{} {value} {outcome} {named:?} {}", evaluated.key(), who.unwrap_or_default())
}

#[test]
fn a_hook_hears_every_typed_call_whatever_comes_of_it() {
    let client = Client::from_text(FLAGS).unwrap();
    let told = Told::of(&client);
    let german = Context::new("u-7").with("country", "DE");
    assert!(client.is_enabled("beta", &german));
    assert!(client.boolean("beta", &german, false));
    assert_eq!(client.string("color", &german, "red"), "green-0f0");
    assert!(client.string_details("color", &german, "red").error.is_none());
    assert!(BETA.get_from(&client, &german));
    assert!(BETA.get_in(&client.view(), &german));
    let beta = r#"beta true TARGETING_MATCH ("-", "de") "u-7""#;
    let color = r#"color "green-0f0" SPLIT ("green", "-") "u-7""#;
    let lines = told.take();
    assert_eq!(lines.iter().filter(|line| *line == beta).count(), 4, "{lines:?}");
    assert_eq!(lines.iter().filter(|line| *line == color).count(), 2, "{lines:?}");
    assert_eq!(lines.len(), 6, "{lines:?}");
    assert!(!client.boolean("color", &german, false));
    assert!(!client.is_enabled("missing", &german));
    assert!(!client.is_enabled("broken", &german));
    client.view().resolve_many(&["beta", "missing"], &german);
    let nothing = r#"("-", "-") "u-7""#;
    let wanted = [
        format!("color default TYPE_MISMATCH {nothing}"),
        format!("missing default FLAG_NOT_FOUND {nothing}"),
        format!("broken default PARSE_ERROR {nothing}"),
        beta.to_owned(),
        format!("missing default FLAG_NOT_FOUND {nothing}"),
    ];
    assert_eq!(told.take(), wanted);
}

#[test]
fn hooks_hear_of_flags_that_come_later_and_know_when_there_were_none() {
    let client = Client::builder().source(flagkit::source::http("http://127.0.0.1:9/flags"));
    let quiet = |options: flagkit::Options| options.proxy("off").log(flagkit::Log::Off);
    let client = client.options(quiet).start_wait(std::time::Duration::ZERO).open().unwrap();
    let told = Told::of(&client);
    let nobody = Context::anonymous();
    assert!(!client.is_enabled("beta", &nobody));
    assert_eq!(told.take(), [r#"beta default PROVIDER_NOT_READY ("-", "-") "#]);
    client
        .replace("schema: flagkit/1\nflags: {beta: {enabled: true, rollout_percentage: 100}}")
        .unwrap();
    assert!(client.is_enabled("beta", &nobody));
    assert_eq!(told.take().len(), 1);
}

#[test]
fn what_is_counted_stays_exact_while_hooks_hear_it() {
    let client = Client::from_text(FLAGS).unwrap();
    client.count_usage();
    client.string("color", &Context::new("u"), "");
    let told = Told::of(&client);
    let threads = (0..4).map(|_| {
        let client = client.clone();
        std::thread::spawn(move || {
            for _ in 0..250 {
                client.string("color", &Context::new("u"), "");
                client.is_enabled("missing", &());
            }
        })
    });
    for thread in threads.collect::<Vec<_>>() {
        thread.join().unwrap();
    }
    assert_eq!(told.take().len(), 2_000);
    let metrics = client.metrics();
    assert_eq!(metrics.evaluations, 2_001);
    assert_eq!(metrics.evaluations_by_reason["SPLIT"], 1_001);
    assert_eq!(metrics.evaluations_by_reason["FLAG_NOT_FOUND"], 1_000);
}

#[test]
fn a_hook_that_panics_or_evaluates_disturbs_nobody() {
    let client = Client::from_text(FLAGS).unwrap();
    client.on_evaluation(|evaluated| assert_eq!(evaluated.key(), "beta"));
    let own = client.clone();
    client.on_evaluation(move |_| assert!(!own.is_enabled("beta", &Context::anonymous())));
    let told = Told::of(&client);
    let german = Context::new("u-7").with("country", "DE");
    assert_eq!(client.string("color", &german, "red"), "green-0f0");
    assert!(client.is_enabled("beta", &german));
    assert_eq!(told.take().len(), 2, "what a hook evaluates is not told");
}

#[test]
fn a_hook_is_told_who_and_no_more() {
    #[derive(flagkit::Attributes)]
    struct User {
        #[flag(key)]
        id: u64,
        country: String,
        #[flag(private)]
        email: String,
    }
    let client = Client::from_text(FLAGS).unwrap();
    let told = Told::of(&client);
    let (country, email) = ("DE".to_owned(), "ada@example.com".to_owned());
    let user = User { id: 42, country, email };
    assert!(client.is_enabled("beta", &user) && !user.email.is_empty());
    assert_eq!(told.take(), [r#"beta true TARGETING_MATCH ("-", "de") 42"#]);
}
