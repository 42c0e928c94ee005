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
