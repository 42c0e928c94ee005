//! What every store promises, checked on each of them.

use std::sync::Arc;

use serde_json::json;

use super::*;

/// A record of a release.
pub(super) fn record(release: &str, fence: Fence, text: &str) -> Record {
    let entry = json!({"decided": {"ignored": {"why": text}}});
    serde_json::from_value(json!({"release": release, "fence": fence, "entry": entry})).unwrap()
}

/// A state of a release.
pub(super) fn state(release: &str, text: &str, is_over: bool) -> Keep {
    let state = Arc::new(Bytes(text.as_bytes().to_vec()));
    Keep { release: release.into(), is_over, state }
}

/// The same as a journal answers.
fn kept(release: &str, text: &str, is_over: bool) -> Kept {
    Kept { release: release.into(), is_over, state: text.as_bytes().to_vec() }
}

/// A store from its beginning to its end; `open` opens it, and the one before is closed by then.
pub(super) fn check_store<J: Journal>(open: impl Fn() -> J) {
    let mut journal = open();
    assert_eq!(journal.lead().unwrap(), Some(Fence(1)));
    assert_eq!(journal.verify().unwrap(), Head::default());
    assert_eq!(journal.records(None).unwrap(), []);
    let fence = Fence(1);
    let both = [record("a", fence, "a0"), record("b", fence, "b0"), record("a", fence, "a1")];
    let states = [state("a", "A1", false), state("b", "B0", false)];
    journal.append(fence, &both, &states).unwrap();
    journal.append(fence, &[record("b", fence, "b1")], &[state("b", "B1", true)]).unwrap();
    let head = journal.verify().unwrap();
    assert_eq!(head.next, 4);
    drop(journal);

    // Everything is there again, and who led before is refused.
    let mut journal = open();
    assert_eq!(journal.lead().unwrap(), Some(Fence(2)));
    assert_eq!(journal.verify().unwrap(), head);
    check_content(&mut journal);
    let late = journal.append(fence, &[record("a", fence, "late")], &[]);
    assert_eq!(late, Err(JournalError::Fenced { leader: Fence(2) }));
    let early = journal.append(Fence(3), &[record("a", fence, "early")], &[]);
    assert_eq!(early, Err(JournalError::Fenced { leader: Fence(2) }));
    assert_eq!(journal.verify().unwrap(), head);
    // A release comes back to life only if somebody says so: the row moves.
    journal.append(Fence(2), &[record("b", Fence(2), "b2")], &[state("b", "B2", true)]).unwrap();
    assert_eq!(journal.kept("b").unwrap(), Some(kept("b", "B2", true)));
    assert_eq!(journal.verify().unwrap().next, 5);
}

fn check_content(journal: &mut impl Journal) {
    let unfinished = journal.unfinished().unwrap();
    assert_eq!(unfinished.len(), 1);
    assert_eq!((&*unfinished[0].release, &*unfinished[0].state), ("a", &b"A1"[..]));
    let planned: Record = serde_json::from_slice(&unfinished[0].planned).unwrap();
    assert_eq!(planned, record("a", Fence(1), "a0"));
    assert_eq!(journal.kept("a").unwrap(), Some(kept("a", "A1", false)));
    assert_eq!(journal.kept("b").unwrap(), Some(kept("b", "B1", true)));
    assert_eq!(journal.kept("c").unwrap(), None);
    assert_eq!(journal.releases().unwrap(), [("a".into(), false), ("b".into(), true)]);
    let numbers = |stored: Vec<Stored>| stored.iter().map(|one| one.number).collect::<Vec<_>>();
    assert_eq!(numbers(journal.records(None).unwrap()), [0, 1, 2, 3]);
    assert_eq!(numbers(journal.records(Some("a")).unwrap()), [0, 2]);
    assert_eq!(numbers(journal.records(Some("b")).unwrap()), [1, 3]);
    assert_eq!(numbers(journal.records(Some("c")).unwrap()), [0; 0]);
    assert_eq!(journal.records(Some("a")).unwrap()[1].record, record("a", Fence(1), "a1"));
}

#[test]
fn memory_keeps_what_a_store_promises() {
    let memory = memory::Memory::new();
    check_store(|| memory.clone());
}
