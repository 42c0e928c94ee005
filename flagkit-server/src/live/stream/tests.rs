use std::sync::Arc;
use std::time::Duration;

use flagkit_protocol::{Delta, Goodbye, Heartbeat, Snapshot, Version};

use super::super::tests::{Environment, flag};
use super::EventStream;

const EVERY: Duration = Duration::from_secs(15);

/// What an event says: its name, its id and its data.
fn read(event: &[u8]) -> (String, Option<Version>, String) {
    let text = std::str::from_utf8(event).unwrap();
    let mut said = (String::new(), None, String::new());
    for line in text.lines() {
        match line.split_once(": ") {
            Some(("event", name)) => said.0 = name.to_owned(),
            Some(("id", id)) => said.1 = Some(id.parse().unwrap()),
            Some(("data", data)) => said.2 = data.to_owned(),
            _ => assert!(line.is_empty(), "{line}"),
        }
    }
    said
}

#[tokio::test(start_paused = true)]
async fn a_new_client_gets_everything_and_then_what_changes() {
    let environment = Environment::with(&[("beta", r#"{"enabled":true}"#)]);
    let mut stream = EventStream::open(environment.live.clone(), None, EVERY);
    let (name, id, data) = read(&stream.next().await.unwrap());
    let snapshot: Snapshot<'_> = serde_json::from_str(&data).unwrap();
    assert_eq!((name.as_str(), id.unwrap()), ("snapshot", snapshot.version.clone()));
    assert_eq!(snapshot.document().unwrap().checksum(), snapshot.checksum);

    environment.change(&[flag("beta", Some("{}"))]);
    let (name, id, data) = read(&stream.next().await.unwrap());
    let delta: Delta<'_> = serde_json::from_str(&data).unwrap();
    assert_eq!((name.as_str(), id.as_ref()), ("delta", Some(&delta.version)));
    assert_eq!(delta.from, snapshot.version.number);
    assert!(delta.version.follows(&snapshot.version));
}

#[tokio::test(start_paused = true)]
async fn a_client_that_comes_back_gets_what_it_missed() {
    let environment = Environment::with(&[("beta", "{}")]);
    let first = environment.live.version();
    for percentage in 1..=3 {
        let json = format!(r#"{{"enabled":true,"rollout_percentage":{percentage}}}"#);
        environment.change(&[flag("beta", Some(&json))]);
    }
    for behind in 0..=3 {
        let last = Version { number: first.number + behind, ..first.clone() };
        let mut stream = EventStream::open(environment.live.clone(), Some(&last), EVERY);
        for number in first.number + behind + 1..=first.number + 3 {
            let (name, id, _) = read(&stream.next().await.unwrap());
            assert_eq!((name.as_str(), id.unwrap().number), ("delta", number));
        }
        let (name, _, _) = read(&stream.next().await.unwrap());
        assert_eq!(name, "heartbeat");
    }
}

#[tokio::test(start_paused = true)]
async fn versions_of_another_history_and_of_the_future_get_everything() {
    let environment = Environment::with(&[("beta", "{}")]);
    let current = environment.live.version();
    let other = Version { epoch: "other".to_owned(), ..current.clone() };
    let future = Version { number: current.number + 5, ..current };
    for last in [other, future] {
        let mut stream = EventStream::open(environment.live.clone(), Some(&last), EVERY);
        assert_eq!(read(&stream.next().await.unwrap()).0, "snapshot", "{last}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_silent_environment_has_a_heart() {
    let environment = Environment::with(&[]);
    let version = environment.live.version();
    let mut stream = EventStream::open(environment.live.clone(), Some(&version), EVERY);
    let (_, _, data) = read(&stream.next().await.unwrap());
    let said = Heartbeat { every_ms: 15_000, version };
    assert_eq!(serde_json::from_str::<Heartbeat>(&data).unwrap(), said);
    let began = tokio::time::Instant::now();
    for beats in 1..=3 {
        assert_eq!(read(&stream.next().await.unwrap()).0, "heartbeat");
        assert_eq!(began.elapsed().as_secs(), 15 * beats);
    }
}

#[tokio::test(start_paused = true)]
async fn goodbye_is_the_last_word() {
    let environment = Environment::with(&[]);
    let mut early = EventStream::open(environment.live.clone(), None, EVERY);
    assert_eq!(read(&early.next().await.unwrap()).0, "snapshot");
    environment.live.say_goodbye(2_000);
    let mut late = EventStream::open(environment.live.clone(), None, EVERY);
    assert_eq!(read(&late.next().await.unwrap()).0, "snapshot");
    for stream in [&mut early, &mut late] {
        let (name, _, data) = read(&stream.next().await.unwrap());
        assert_eq!(name, "goodbye");
        assert_eq!(serde_json::from_str::<Goodbye>(&data).unwrap().spread_ms, 2_000);
        assert!(stream.next().await.is_none());
    }
}

/// A client that does not read while much changes is given everything anew: less than all deltas.
#[tokio::test(start_paused = true)]
async fn many_changes_come_to_one_snapshot() {
    let environment = Environment::with(&[("beta", "{}")]);
    let version = environment.live.version();
    let mut stream = EventStream::open(environment.live.clone(), Some(&version), EVERY);
    assert_eq!(read(&stream.next().await.unwrap()).0, "heartbeat");
    for percentage in 1..100 {
        let json = format!(r#"{{"rollout_percentage":{percentage}}}"#);
        environment.change(&[flag("beta", Some(&json))]);
    }
    let (name, id, _) = read(&stream.next().await.unwrap());
    assert_eq!((name.as_str(), id.unwrap().number), ("snapshot", version.number + 99));
    assert!(Arc::strong_count(&environment.live) > 1);
}
