use super::*;
use crate::publisher::Strictness;

fn publish(publisher: &Publisher, flag: &str) {
    let text = format!("schema: flagkit/1\nflags: {{{flag}: {{enabled: true}}}}");
    publisher.publish_text(text.as_bytes(), Strictness::Accept).unwrap();
}

#[test]
fn changes_come_one_after_the_other_until_the_last_client_is_gone() {
    let publisher = Publisher::new();
    let mut changes = publisher.changes();
    assert_eq!(changes.next_within(Duration::ZERO), None);
    let following = thread::spawn(move || changes.map(|change| change.flags).collect::<Vec<_>>());
    publish(&publisher, "a");
    publish(&publisher, "b");
    drop(publisher);
    assert_eq!(following.join().unwrap(), [vec!["a"], vec!["a", "b"]]);
}

#[test]
fn who_is_slow_gets_the_last_changes_as_one() {
    let publisher = Publisher::new();
    let mut changes = publisher.changes();
    for number in 0..=WAITING_MAX + 1 {
        publish(&publisher, &format!("f{number:04}"));
    }
    drop(publisher);
    let last = changes.by_ref().last().unwrap();
    assert_eq!(last.flags, ["f0998", "f0999", "f1000", "f1001"]);
    assert_eq!(changes.next(), None);
}
