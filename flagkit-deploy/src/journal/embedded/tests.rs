use std::fs;

use tempfile::TempDir;

use super::*;
use crate::journal::tests::{check_store, record, state};

#[test]
fn a_folder_keeps_what_a_store_promises() {
    let folder = tempfile::tempdir().unwrap();
    check_store(|| Embedded::new(folder.path()));
}

#[test]
fn one_process_leads_and_the_next_one_waits_for_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let mut first = Embedded::new(folder.path());
    assert_eq!(first.lead().unwrap(), Some(Fence(1)));
    let mut second = Embedded::new(folder.path());
    assert_eq!(second.lead().unwrap(), None);
    let refused = second.records(None).unwrap_err().to_string();
    assert!(refused.contains("is locked: another process has it open"), "{refused}");
    drop(first);
    assert_eq!(second.lead().unwrap(), Some(Fence(2)));
}

/// Every file of a folder with its bytes.
fn files(folder: &TempDir) -> Vec<(std::ffi::OsString, Vec<u8>)> {
    let entries = fs::read_dir(folder.path()).unwrap().map(Result::unwrap);
    let mut files: Vec<_> =
        entries.map(|entry| (entry.file_name(), fs::read(entry.path()).unwrap())).collect();
    files.sort();
    files
}

#[test]
fn a_newer_format_is_refused_untouched() {
    let folder = tempfile::tempdir().unwrap();
    Embedded::new(folder.path()).lead().unwrap();
    fs::write(folder.path().join("format"), "2\n").unwrap();
    let before = files(&folder);
    let mut newer = Embedded::new(folder.path());
    let refused = JournalError::Newer { format: 2 };
    assert_eq!(newer.lead(), Err(refused.clone()));
    assert_eq!(newer.records(None), Err(refused.clone()));
    assert_eq!(newer.verify(), Err(refused));
    assert_eq!(files(&folder), before);
    fs::write(folder.path().join("format"), "one\n").unwrap();
    assert!(newer.lead().unwrap_err().to_string().contains("this is no journal"));
}

#[test]
fn an_append_of_which_nobody_knew_is_written_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut journal = Embedded::new(folder.path());
    let fence = journal.lead().unwrap().unwrap();
    let append = |journal: &mut Embedded, text: &str| {
        journal.append(fence, &[record("a", fence, text)], &[state("a", text, false)])
    };
    append(&mut journal, "0").unwrap();
    let before = journal.verify().unwrap();
    append(&mut journal, "1").unwrap();
    let after = journal.verify().unwrap();
    // As if the second had failed after it was durable.
    journal.unsure = Some((before, after));
    append(&mut journal, "1").unwrap();
    assert_eq!(journal.verify().unwrap(), after);
    // As if the third had failed before.
    journal.unsure = Some((after, Head { next: 9, hash: [9; 32] }));
    append(&mut journal, "2").unwrap();
    assert_eq!(journal.verify().unwrap().next, 3);
}

#[test]
fn a_changed_entry_is_found_on_both_sides_of_the_middle() {
    let folder = tempfile::tempdir().unwrap();
    let mut journal = Embedded::new(folder.path());
    let fence = journal.lead().unwrap().unwrap();
    let records: Vec<Record> = (0..1500).map(|at| record("a", fence, &at.to_string())).collect();
    journal.append(fence, &records, &[state("a", "1499", false)]).unwrap();
    let head = journal.verify().unwrap();
    assert_eq!(head.next, 1500);
    let change = |journal: &mut Embedded, at: u64| {
        let transaction = journal.opened().unwrap().begin_write().unwrap();
        let mut table = transaction.open_table(ENTRIES).unwrap();
        let mut bytes = table.get(at).unwrap().unwrap().value().to_vec();
        let place = bytes.len() - 40;
        bytes[place] ^= 1;
        table.insert(at, bytes.as_slice()).unwrap();
        drop(table);
        transaction.commit().unwrap();
    };
    for at in [0, 1, 748, 749, 750, 751, 1498, 1499] {
        change(&mut journal, at);
        let found = journal.verify().unwrap_err();
        assert!(
            matches!(found, JournalError::Broken { record, .. } if record == at),
            "{at}: {found}"
        );
        change(&mut journal, at);
        assert_eq!(journal.verify().unwrap(), head);
    }
}
