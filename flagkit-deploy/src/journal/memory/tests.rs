use std::slice;

use serde_json::json;

use super::*;
use crate::journal::Bytes;

fn record(release: &str, number: usize) -> Record {
    let entry = json!({"decided": {"ignored": {"why": format!("{number}")}}});
    serde_json::from_value(json!({"release": release, "fence": 1, "entry": entry})).unwrap()
}

/// Two releases that take turns.
fn journal() -> Memory {
    let mut journal = Memory::new();
    let fence = journal.lead().unwrap().unwrap();
    for number in 0..6 {
        let release = if number % 3 == 0 { "a" } else { "b" };
        let state = Arc::new(Bytes(format!("state {number}").into_bytes()));
        let kept = Keep { release: release.into(), is_over: false, state };
        journal.append(fence, &[record(release, number)], &[kept]).unwrap();
    }
    journal
}

#[test]
fn every_change_of_one_byte_is_found() {
    let journal = journal();
    let (entries, rows) = (journal.entries(), journal.rows().unwrap());
    assert_eq!(journal.clone().verify().unwrap().next, 6);
    for (at, entry) in entries.iter().enumerate() {
        for byte in 0..entry.len() {
            let mut changed = entries.clone();
            changed[at][byte] ^= 1 << (byte % 8);
            let found = journal.with(changed, rows.clone()).verify().unwrap_err();
            let newer = matches!(found, JournalError::Newer { .. });
            let here = matches!(found, JournalError::Broken { record, .. } if record == at as u64);
            assert!(newer || here, "{at} {byte}: {found}");
        }
    }
    for (release, row) in &rows {
        for byte in 0..row.len() {
            let mut changed = rows.clone();
            changed.get_mut(release).unwrap()[byte] ^= 1;
            assert!(journal.with(entries.clone(), changed).verify().is_err(), "{release} {byte}");
        }
    }
}

#[test]
fn every_record_that_is_dropped_added_or_moved_is_found() {
    let journal = journal();
    let rows = journal.rows().unwrap();
    let check = |change: &dyn Fn(&mut Vec<Vec<u8>>), what: &str| {
        let mut entries = journal.entries();
        change(&mut entries);
        assert!(journal.with(entries, rows.clone()).verify().is_err(), "{what}");
    };
    for at in 0..6 {
        check(&|entries| drop(entries.remove(at)), "dropped");
        check(&|entries| entries.insert(at, entries[at].clone()), "added");
        check(&|entries| entries.truncate(at), "cut off");
        for other in (0..6).filter(|&other| other != at) {
            check(&|entries| entries.swap(at, other), "moved");
        }
    }
}

#[test]
fn a_state_of_yesterday_is_found() {
    let mut journal = journal();
    let yesterday = journal.rows().unwrap();
    let fence = journal.content().leader;
    let kept = Keep { release: "a".into(), is_over: true, state: Arc::new(Bytes::default()) };
    journal.append(fence, &[record("a", 6)], slice::from_ref(&kept)).unwrap();
    assert_eq!(journal.verify().unwrap().next, 7);
    assert!(journal.with(journal.entries(), yesterday).verify().is_err());
    let mut rows = journal.rows().unwrap();
    rows.remove("b");
    assert!(journal.with(journal.entries(), rows).verify().is_err());
}

#[test]
fn records_are_read_by_release() {
    let mut journal = journal();
    let numbers = |stored: Vec<Stored>| stored.iter().map(|one| one.number).collect::<Vec<_>>();
    assert_eq!(numbers(journal.records(Some("a")).unwrap()), [0, 3]);
    assert_eq!(numbers(journal.records(Some("b")).unwrap()), [1, 2, 4, 5]);
    assert_eq!(numbers(journal.records(Some("c")).unwrap()), [0; 0]);
    assert_eq!(numbers(journal.records(None).unwrap()), [0, 1, 2, 3, 4, 5]);
    assert_eq!(journal.unfinished().unwrap().len(), 2);
    assert_eq!(journal.kept("a").unwrap().unwrap().state, b"state 3");
    let names = journal.releases().unwrap();
    assert_eq!(names, [("a".into(), false), ("b".into(), false)]);
}

#[test]
fn an_older_leader_writes_nothing() {
    let mut old = journal();
    let fence = old.content().leader;
    let mut new = old.clone();
    let leader = new.lead().unwrap().unwrap();
    let refused = old.append(fence, &[record("a", 6)], &[]);
    assert_eq!(refused, Err(JournalError::Fenced { leader }));
    assert_eq!(new.verify().unwrap().next, 6);
}

#[test]
fn an_entry_of_a_newer_format_is_refused() {
    let journal = journal();
    let mut entries = journal.entries();
    entries[0][0] = 2;
    let mut newer = journal.with(entries.clone(), journal.rows().unwrap());
    assert_eq!(newer.unfinished(), Err(JournalError::Newer { format: 2 }));
    assert_eq!(newer.records(None), Err(JournalError::Newer { format: 2 }));
    assert_eq!(newer.entries(), entries);
}

/// What a verification in two parts says, of which the second one begins behind an entry.
fn parted(journal: &Memory, at: usize) -> Result<Head, JournalError> {
    let content = journal.content();
    let hash = content.entries[at].last_chunk().copied().unwrap();
    let mut parts =
        (Audit::default(), Audit::from(Head { next: u64::try_from(at).unwrap() + 1, hash }));
    content.entries[..=at].iter().try_for_each(|bytes| parts.0.entry(bytes).map(drop))?;
    content.entries[at + 1..].iter().try_for_each(|bytes| parts.1.entry(bytes).map(drop))?;
    let mut audit = parts.0.joined(parts.1)?;
    content.rows.iter().try_for_each(|(name, place)| audit.follows(name, &place.row(name)?))?;
    audit.end(content.head)
}

#[test]
fn two_parts_find_what_the_whole_finds() {
    let journal = journal();
    let (entries, rows) = (journal.entries(), journal.rows().unwrap());
    for middle in 0..6 {
        assert_eq!(parted(&journal, middle), journal.clone().verify());
        for (at, entry) in entries.iter().enumerate() {
            for byte in 0..entry.len() {
                let mut changed = entries.clone();
                changed[at][byte] ^= 1 << (byte % 8);
                let mut changed = journal.with(changed, rows.clone());
                assert_eq!(parted(&changed, middle), changed.verify(), "{middle} {at} {byte}");
            }
        }
    }
    // Parts that do not meet.
    let parts = (Audit::default(), Audit::from(Head { next: 1, hash: [7; 32] }));
    assert!(parts.0.joined(parts.1).is_err());
}
