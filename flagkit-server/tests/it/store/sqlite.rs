//! What only a file does.

use std::os::unix::fs::PermissionsExt;

use flagkit_server::config::Database;
use flagkit_server::store::{self, ErrorKind};

use crate::support::{Place, block_on, change, edit, new_environment};

#[test]
fn only_the_owner_may_read_the_files() {
    let place = Place::sqlite();
    block_on(async {
        let store = place.open().await;
        let id = new_environment(&*store, "live").await.id;
        store.change(change(id, vec![edit("a", Some("1"))], 1)).await.unwrap();
        let folder = place.file().parent().unwrap().to_owned();
        let files: Vec<_> = std::fs::read_dir(folder).unwrap().map(Result::unwrap).collect();
        // The database, its lock, its log and the index of its log.
        assert_eq!(files.len(), 4);
        for file in files {
            let mode = file.metadata().unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{}", file.path().display());
        }
    });
}

#[test]
fn changes_that_wait_together_are_kept_together() {
    let place = Place::sqlite();
    block_on(async {
        let store = place.open().await;
        let id = new_environment(&*store, "live").await.id;
        // The log goes on where it is as long as somebody still reads what was before.
        let reader = rusqlite::Connection::open(place.file()).unwrap();
        reader.execute_batch("BEGIN; SELECT * FROM flagkit_parts").unwrap();
        let before = commits(&place);
        // While the first one is written, all others come.
        let long = (0..20_000).map(|number| edit(&format!("long-{number}"), Some("{}")));
        let short = (0..100).map(|number| vec![edit(&format!("short-{number}"), Some("{}"))]);
        let changes = std::iter::once(long.collect()).chain(short);
        let all = changes.map(|edits| store.change(change(id, edits, 1)));
        for changed in futures_util::future::join_all(all).await {
            changed.unwrap();
        }
        let commits = commits(&place) - before;
        assert!((1..=20).contains(&commits), "{commits}");
    });
}

/// How many transactions are in the log beside the database: a page that ends one says how large
/// the database is, in the second of its six numbers (<https://sqlite.org/fileformat2.html#walformat>).
fn commits(place: &Place) -> usize {
    let log = std::fs::read(place.file().with_extension("db-wal")).unwrap();
    let number = |at: usize| u32::from_be_bytes(log[at..at + 4].try_into().unwrap());
    let page_size = number(8) as usize;
    let frames = (32..log.len()).step_by(24 + page_size);
    // Pages of an older log may follow, of which the salt is another one.
    let current = frames.take_while(|at| log[at + 8..at + 16] == log[16..24]);
    current.filter(|at| number(at + 4) != 0).count()
}

#[test]
fn the_log_does_not_grow_for_ever() {
    let place = Place::sqlite();
    block_on(async {
        let store = place.open().await;
        let id = new_environment(&*store, "live").await.id;
        let log = place.file().with_extension("db-wal");
        for number in 0..40 {
            let text = format!("\"{number}{}\"", "x".repeat(1 << 20));
            store.change(change(id, vec![edit("a", Some(&text))], number)).await.unwrap();
            // Somebody reads all the time.
            store.document(id).await.unwrap();
        }
        // A thousand pages, and what was written since somebody counted.
        let bytes = std::fs::metadata(log).unwrap().len();
        assert!(bytes < 20 << 20, "{bytes}");
    });
}

#[test]
fn a_second_server_is_refused_while_the_first_one_runs() {
    let place = Place::sqlite();
    block_on(async {
        let first = place.open().await;
        let error = store::open(&place.database()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Exists);
        assert!(error.to_string().contains("another server has"), "{error}");
        first.close().await;
        place.open().await.ping().await.unwrap();
    });
}

#[test]
fn a_file_that_is_no_database_is_left_alone() {
    let place = Place::sqlite();
    let text = "this is a letter to a friend, and not a database at all".repeat(100);
    std::fs::write(place.file(), &text).unwrap();
    let error = block_on(store::open(&place.database())).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Broken);
    assert!(error.to_string().contains("flags.db cannot be opened"), "{error}");
    assert_eq!(std::fs::read_to_string(place.file()).unwrap(), text);
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    let database = Database::Sqlite("/no/such/folder/flags.db".into());
    let error = block_on(store::open(&database)).unwrap_err();
    assert!(error.to_string().contains("/no/such/folder/flags.db"), "{error}");
}

#[test]
fn tables_of_a_newer_version_are_left_alone() {
    let place = Place::sqlite();
    rusqlite::Connection::open(place.file())
        .unwrap()
        .execute_batch("PRAGMA user_version = 1000")
        .unwrap();
    let error = block_on(store::open(&place.database())).unwrap_err();
    assert!(error.to_string().contains("start the newer FlagKit"), "{error}");
}
