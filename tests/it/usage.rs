//! Whichever way a flag is asked for, it is counted once.

use std::collections::BTreeMap;

use flagkit::{Client, Context, FlagHandle, Value};

const FLAGS: &str = "
schema: flagkit/1
flags:
  on: { enabled: true, rollout_percentage: 100 }
  half: { enabled: true, rollout_percentage: 50 }
  broken: { enabled: yes please }
";

fn client() -> Client {
    let client = Client::from_text(FLAGS).unwrap();
    client.count_usage();
    client
}

/// Evaluations by reason.
fn counted(client: &Client) -> BTreeMap<&'static str, u64> {
    client.metrics().evaluations_by_reason
}

#[test]
fn single_calls_are_counted_by_their_reasons() {
    static ON: FlagHandle<bool> = FlagHandle::new("on", false);
    let (client, user) = (client(), Context::new("user-1"));
    for _ in 0..10 {
        assert!(client.is_enabled("on", &user));
        assert!(client.is_enabled_details("on", &user).value);
        assert!(client.boolean("on", &user, false));
        assert!(ON.get_from(&client, &user) && ON.get_in(&client.view(), &user));
        assert!(client.view().is_enabled("on", &user));
        assert_eq!(client.string("on", &user, "-"), "-", "a boolean is no text");
        assert!(!client.is_enabled("broken", &user) && !client.is_enabled("missing", &user));
        client.integer_details("missing", &user, 1);
        client.explain("on", &user);
    }
    let metrics = client.metrics();
    let expected = BTreeMap::from([
        ("STATIC", 60),
        ("TYPE_MISMATCH", 10),
        ("PARSE_ERROR", 10),
        ("FLAG_NOT_FOUND", 20),
    ]);
    assert_eq!(metrics.evaluations_by_reason, expected, "explaining is no evaluation");
    assert_eq!((metrics.evaluations, metrics.errors, metrics.defaults), (100, 40, 40));
    assert_eq!(metrics.evaluations_unreported, 100, "there is no server that wants to know");
    let delivered = client.flush(std::time::Duration::from_secs(60));
    assert_eq!((delivered.evaluations, delivered.left), (0, 100));
}

#[test]
fn each_answer_of_a_batch_is_counted() {
    let (client, user) = (client(), Context::new("user-1"));
    let view = client.view();
    assert_eq!(view.evaluate_all(&user).len(), 3);
    let sums = |expected: &[(&'static str, u64)]| expected.iter().copied().collect();
    let all: BTreeMap<_, _> = sums(&[("STATIC", 1), ("SPLIT", 1), ("PARSE_ERROR", 1)]);
    assert_eq!(counted(&client), all);
    assert_eq!(view.resolve_many(&["on", "on", "missing"], &user).len(), 3);
    let ids: Vec<String> = (0..1_000).map(|number| format!("user-{number}")).collect();
    assert_eq!(view.evaluate_column("half", &ids[..], &[]).len(), 1_000);
    assert_eq!(view.evaluate_column("missing", &ids[..], &[]).len(), 1_000);
    let expected: BTreeMap<_, _> =
        sums(&[("STATIC", 3), ("SPLIT", 1_001), ("PARSE_ERROR", 1), ("FLAG_NOT_FOUND", 1_001)]);
    assert_eq!(counted(&client), expected);
}

#[test]
fn counts_outlive_the_flags_that_were_counted() {
    let (client, user) = (client(), Context::new("user-1"));
    for round in 0..20 {
        client.is_enabled("on", &user);
        let text = format!(
            "schema: flagkit/1\nrevision: {round}\nflags: {{on: {{enabled: true, rollout_percentage: 100}}}}"
        );
        client.replace(&text).unwrap();
    }
    assert_eq!(client.metrics().evaluations, 20);
    assert_eq!(client.json("on", &user, Value::Null), Value::Boolean(true));
}

#[test]
fn without_counting_there_is_nothing_to_tell() {
    let client = Client::from_text(FLAGS).unwrap();
    client.is_enabled("on", &());
    assert_eq!(client.metrics().evaluations, 0);
    client.count_usage();
    client.count_usage();
    client.is_enabled("on", &());
    assert_eq!(client.metrics().evaluations, 1, "from then on, and only once");
}
