//! What only a database of several servers does.

use std::sync::Arc;
use std::time::{Duration, Instant};

use flagkit_server::config::Database;
use flagkit_server::model::{Edit, Expected};
use flagkit_server::store::{self, ErrorKind, Notice};

use crate::support::{
    Cluster, Place, block_on, change, edit, new_authority, new_environment, require_tls,
};

#[test]
fn servers_that_start_together_make_the_tables_once() {
    let place = Place::postgres();
    block_on(async {
        let starts = (0..6).map(|_| place.open());
        for store in futures_util::future::join_all(starts).await {
            assert_eq!(store.projects().await.unwrap(), []);
        }
    });
}

#[test]
fn a_change_is_heard_by_every_server() {
    let place = Place::postgres();
    block_on(async {
        let (here, there) = (place.open().await, place.open().await);
        let id = new_environment(&*here, "live").await.id;
        let mut notices = there.notices();
        here.change(change(id, vec![edit("a", Some("1"))], 1)).await.unwrap();
        let expected = Notice::Document { environment: id, version: 1 };
        while notices.recv().await.unwrap() != expected {}
        let document = there.changes_since(id, 0).await.unwrap();
        assert_eq!(document.parts[0].json.as_deref(), Some("1"));
    });
}

#[test]
fn of_writers_at_several_servers_one_wins() {
    let place = Place::postgres();
    block_on(async {
        let stores = [place.open().await, place.open().await];
        let id = new_environment(&*stores[0], "live").await.id;
        stores[0].change(change(id, vec![edit("a", Some("0"))], 1)).await.unwrap();
        for round in 1..=50 {
            let writes = stores.iter().zip(["here", "there"]).map(|(store, place)| {
                let json = format!("[{round},\"{place}\"]");
                let edit = Edit { expected: Expected::Revision(round), ..edit("a", Some(&json)) };
                store.change(change(id, vec![edit], round))
            });
            let results = futures_util::future::join_all(writes).await;
            let won = results.iter().filter(|result| result.is_ok()).count();
            assert_eq!(won, 1, "round {round}: {results:?}");
        }
    });
}

#[test]
fn a_database_that_goes_away_is_missed_at_once_and_found_again() {
    let cluster = Cluster::start();
    let url = cluster.new_database();
    block_on(async {
        let store = store::open(&Database::Postgres(url)).await.unwrap();
        let id = new_environment(&*store, "live").await.id;
        let mut notices = store.notices();
        tokio::task::block_in_place(|| cluster.kill());
        // Its processes live for a moment without it, and may still do what they are told.
        while store.ping().await.is_ok() {}
        let begin = Instant::now();
        let error = store.change(change(id, vec![edit("a", Some("1"))], 1)).await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Unavailable | ErrorKind::Uncertain), "{error}");
        // Patience is five seconds; the rest is for machines that have other things to do.
        assert!(begin.elapsed() < Duration::from_secs(20));
        // What is asked for while it starts is answered when it has.
        let waiting = tokio::spawn({
            let store = Arc::clone(&store);
            async move { while store.ping().await.is_err() {} }
        });
        tokio::task::block_in_place(|| cluster.run());
        waiting.await.unwrap();
        while notices.recv().await.unwrap() != Notice::Reconnected {}
        store.change(change(id, vec![edit("b", Some("1"))], 1)).await.unwrap();
        let version = store.document(id).await.unwrap().environment.version;
        let expected = Notice::Document { environment: id, version };
        while notices.recv().await.unwrap() != expected {}
    });
}

#[test]
fn tls_is_spoken_and_the_certificate_checked_where_the_url_asks_for_it() {
    let cluster = Cluster::start();
    let authority = require_tls(&cluster);
    let other = authority.with_file_name("other.pem");
    std::fs::write(&other, new_authority().pem()).unwrap();
    let url = cluster.new_database();
    let open = |query: String| {
        block_on(async {
            store::open(&Database::Postgres(format!("{url}{query}"))).await?.ping().await
        })
    };
    for mode in ["", "&sslmode=require", "&sslmode=verify-full"] {
        let query = format!("?sslrootcert={}{mode}", authority.display());
        open(query).unwrap();
    }
    // In the clear it is refused by the database, and an unknown database by us.
    for query in ["", "?sslmode=prefer", "?sslmode=disable"] {
        let error = open(query.to_owned()).unwrap_err();
        assert!(error.to_string().contains("no encryption"), "{query}: {error}");
    }
    let error = open(format!("?sslrootcert={}", other.display())).unwrap_err();
    assert!(error.to_string().contains("certificate"), "{error}");
}

#[test]
fn a_database_that_is_not_there_is_named_without_its_password() {
    let databases = [
        ("postgres://ada:s3cret@127.0.0.1:1/flags", ErrorKind::Unavailable),
        ("postgres://ada:s3cret@[broken", ErrorKind::Refused),
    ];
    for (url, kind) in databases {
        let error = block_on(store::open(&Database::Postgres(url.to_owned()))).unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert!(!format!("{error:?}").contains("s3cret"), "{error:?}");
    }
}

#[test]
fn tables_of_a_newer_version_are_left_alone() {
    let url = Cluster::shared().new_database();
    block_on(async {
        let place = Place::Postgres(url.clone());
        place.open().await.close().await;
        let (client, connection) =
            tokio_postgres::connect(&url, tokio_postgres::NoTls).await.unwrap();
        let driver = tokio::spawn(connection);
        client.batch_execute("INSERT INTO flagkit_migrations VALUES (1000)").await.unwrap();
        driver.abort();
        let error = store::open(&place.database()).await.unwrap_err();
        assert!(error.to_string().contains("start the newer FlagKit"), "{error}");
    });
}
