use std::sync::atomic::{AtomicUsize, Ordering};

use flagkit_core::{ErrorCode, Fixed, Timestamp};

use flagkit_protocol::Version;

use super::*;
use crate::sync::Delta;

const FIRST: &str = r#"{"schema":"flagkit/1","segments":{"staff":{"match":"all","conditions":[]}},
    "flags":{"on":{"enabled":true,"rollout_percentage":100},"off":{"enabled":false}}}"#;

fn version(number: u64) -> Version {
    Version { epoch: "e1".to_owned(), number }
}

fn flags(entries: &str) -> String {
    format!(r#"{{"schema":"flagkit/1","flags":{{{entries}}}}}"#)
}

fn published(number: u64, entries: &str) -> Arc<Publisher> {
    let publisher = Publisher::new();
    snapshot(&publisher, number, &flags(entries)).unwrap();
    publisher
}

fn snapshot(publisher: &Publisher, number: u64, document: &str) -> Result<Change, Error> {
    snapshot_of(publisher, version(number), document)
}

fn snapshot_of(publisher: &Publisher, version: Version, text: &str) -> Result<Change, Error> {
    let (environment, document) = ("production".to_owned(), text.to_owned());
    publisher.publish_snapshot(&sync::Snapshot { version, environment, document })
}

fn is_on(publisher: &Publisher, flag: &str) -> bool {
    publisher.with(|snapshot| snapshot.is_enabled(flag, &(), &Fixed::at(Timestamp::EPOCH)))
}

fn delta(publisher: &Publisher, numbers: (u64, u64), entries: &str) -> Result<Change, Error> {
    removing(publisher, numbers, entries, &[])
}

fn removing(
    publisher: &Publisher,
    (from, to): (u64, u64),
    entries: &str,
    removed: &[&str],
) -> Result<Change, Error> {
    publisher.publish_delta(&Delta {
        from: version(from),
        version: version(to),
        document: flags(entries),
        removed_flags: removed.iter().map(|key| (*key).to_owned()).collect(),
        removed_segments: Vec::new(),
    })
}

const ON: &str = r#"{"enabled":true,"rollout_percentage":100}"#;
const OFF: &str = r#"{"enabled":false}"#;

#[test]
fn a_delta_changes_what_it_names_and_nothing_else() {
    let publisher = published(1, &format!(r#""a":{ON},"b":{OFF},"c":{ON}"#));
    let heard = Arc::new(Mutex::new(Vec::new()));
    let to = heard.clone();
    let subscription = publisher.subscribe(move |change| lock(&to).push(change.flags.clone()));
    let change =
        removing(&publisher, (1, 2), &format!(r#""b":{ON},"d":{ON},"a":{ON}"#), &["c", "x"]);
    assert_eq!(change.unwrap().flags, ["b", "c", "d"], "`a` is as it was, `x` never was");
    assert_eq!(["a", "b", "c", "d"].map(|flag| is_on(&publisher, flag)), [true, true, false, true]);
    drop(subscription);
    delta(&publisher, (2, 3), &format!(r#""b":{OFF}"#)).unwrap();
    assert!(!is_on(&publisher, "b"));
    assert_eq!(lock(&heard).len(), 1, "nobody listened to the second one");
    // What deltas have done is what a later snapshot is compared with.
    let all = flags(&format!(r#""a":{ON},"b":{OFF},"d":{ON}"#));
    let _subscription = publisher.subscribe(|_| {});
    let change = snapshot(&publisher, 4, &all).unwrap();
    assert_eq!(change.flags, Vec::<crate::Str>::new());
}

#[test]
fn a_delta_reaches_who_depends_on_what_changed() {
    let dependent = r#"{"enabled":true,"rollout_percentage":100,"dependencies":["a"]}"#;
    let publisher = published(1, &format!(r#""a":{OFF},"b":{dependent}"#));
    assert!(!is_on(&publisher, "b"));
    delta(&publisher, (1, 2), &format!(r#""a":{ON}"#)).unwrap();
    assert!(is_on(&publisher, "b"));
}

#[test]
fn a_delta_that_does_not_fit_changes_nothing_and_asks_for_everything() {
    let publisher = published(5, &format!(r#""a":{ON},"b":{OFF}"#));
    let broken = r#""b":{"enabled":7}"#;
    let dangling = r#""b":{"enabled":true,"dependencies":["gone"]}"#;
    let on = format!(r#""b":{ON}"#);
    let cases = [
        ((4, 5), &*on, "an older base"),
        ((6, 7), &*on, "a newer base"),
        ((5, 4), &*on, "a way back"),
        ((5, 6), broken, "a flag that cannot be read"),
        ((5, 6), dangling, "a flag that refers to nothing"),
        ((5, 6), r#""b":"#, "half a document"),
    ];
    for (numbers, entries, what) in cases {
        let error = delta(&publisher, numbers, entries).unwrap_err();
        assert!(error.needs_snapshot(), "{what}: {error}");
        assert!(is_on(&publisher, "a") && !is_on(&publisher, "b"), "{what}");
    }
    let references = r#"{"schema":"flagkit/1","flag_keys":"digests","flags":{}}"#;
    let other = Delta {
        from: version(5),
        version: version(6),
        document: references.to_owned(),
        removed_flags: Vec::new(),
        removed_segments: Vec::new(),
    };
    assert!(publisher.publish_delta(&other).unwrap_err().needs_snapshot());
    delta(&publisher, (5, 6), &on).unwrap();
    assert!(is_on(&publisher, "b"), "and then goes on");
}

#[test]
fn a_server_neither_goes_back_nor_loses_everything_by_accident() {
    let publisher = published(5, &format!(r#""a":{ON}"#));
    let older = snapshot(&publisher, 4, &flags(&format!(r#""a":{OFF}"#)));
    assert!(older.unwrap_err().is_outranked());
    for text in ["", "{}", "[]", "null", r#"{"flags":7}"#, "\0", "{\"flags\":{\"a\":"] {
        assert!(snapshot(&publisher, 6, text).is_err(), "{text:?}");
    }
    let nothing = flags("");
    let unversioned = |bytes| Offer {
        bytes,
        dialect: None,
        origin: Origin::Live,
        version: None,
        environment: None,
        strictness: Strictness::Keep,
    };
    assert!(publisher.publish(&unversioned(nothing.as_bytes())).is_err());
    assert!(is_on(&publisher, "a"));
    snapshot(&publisher, 6, &nothing).unwrap();
    assert!(publisher.load().is_empty(), "a state without flags is meant");
}

#[test]
fn a_server_set_up_anew_counts_from_one_again() {
    let publisher = published(900, &format!(r#""a":{ON}"#));
    let anew = Version { epoch: "e2".to_owned(), number: 3 };
    snapshot_of(&publisher, anew, &flags(&format!(r#""a":{OFF}"#))).unwrap();
    assert!(!is_on(&publisher, "a"));
}

#[test]
fn what_an_earlier_process_left_gives_way_to_the_server() {
    let publisher = Publisher::new();
    let offer = |origin, number: Option<u64>, text| Offer {
        bytes: str::as_bytes(text),
        dialect: None,
        origin,
        version: number.map(version),
        environment: None,
        strictness: Strictness::Accept,
    };
    publisher.publish(&offer(Origin::Bootstrap, None, FIRST)).unwrap();
    publisher.publish(&offer(Origin::Cache, Some(7), FIRST)).unwrap();
    assert!(publisher.publish(&offer(Origin::Bootstrap, None, FIRST)).unwrap_err().is_outranked());
    assert!(publisher.publish(&offer(Origin::Live, Some(6), FIRST)).unwrap_err().is_outranked());
    publisher.connected(Transport::Stream);
    assert!(publisher.publish(&offer(Origin::Cache, None, FIRST)).unwrap_err().is_outranked());
    publisher.publish(&offer(Origin::Live, Some(8), FIRST)).unwrap();
    assert_eq!(publisher.status().publications, 3);
}

#[test]
fn a_flag_that_the_newest_document_breaks_stays_as_it_was() {
    let publisher = published(1, &format!(r#""a":{ON},"b":{OFF},"c":{OFF}"#));
    let newer = r#"{"enabled":true,"rollout_percentage":100,"a-key-of-tomorrow":[]}"#;
    let broken = r#"{"enabled":"tomorrow"}"#;
    let next = flags(&format!(r#""a":{broken},"b":{ON},"c":{newer},"d":{broken}"#));
    snapshot(&publisher, 2, &next).unwrap();
    assert_eq!(["a", "b"].map(|flag| is_on(&publisher, flag)), [true, true]);
    let status = publisher.status();
    let texts: Vec<String> = status.diagnostics.iter().map(ToString::to_string).collect();
    let kept = "flags.a: the newest version of the flag does not work here; the last version";
    assert!(texts.iter().any(|text| text.starts_with(kept)), "{texts:?}");
    let of_d = publisher.load().flag("d").unwrap().fault();
    assert_eq!(of_d, Some(ErrorCode::ParseError), "a flag that never worked has nothing to keep");
    // Deltas go on beside it, and what is still wrong is still told.
    delta(&publisher, (2, 3), &format!(r#""b":{OFF}"#)).unwrap();
    let errors = publisher.status().diagnostics;
    assert!(errors.iter().any(|found| found.is_error() && found.path.starts_with("flags.d")));
    snapshot(&publisher, 4, &flags(&format!(r#""a":{OFF}"#))).unwrap();
    assert!(!is_on(&publisher, "a"));
    assert_eq!(publisher.status().diagnostics.len(), 0);
}

#[test]
fn a_listener_may_subscribe_and_unsubscribe_while_it_is_told() {
    let publisher = published(1, &format!(r#""a":{ON}"#));
    let calls = Arc::new(AtomicUsize::new(0));
    let count = calls.clone();
    let weak = Arc::downgrade(&publisher);
    let _subscription = publisher.subscribe(move |_| {
        count.fetch_add(1, Ordering::Relaxed);
        let publisher = weak.upgrade().unwrap();
        drop(publisher.subscribe(|_| {}));
    });
    delta(&publisher, (1, 2), &format!(r#""a":{OFF}"#)).unwrap();
    delta(&publisher, (2, 3), &format!(r#""a":{ON}"#)).unwrap();
    assert_eq!(calls.load(Ordering::Relaxed), 2);
}
