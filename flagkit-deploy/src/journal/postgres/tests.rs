use std::thread::{sleep, spawn};

use flagkit_testkit::postgres::Cluster;

use super::*;
use crate::journal::tests::{check_store, record, state};

mod proxy;

use proxy::{Cut, Proxy};

fn open(url: &str) -> Postgres {
    Postgres::new(url).unwrap()
}

/// A record of `a` with its state.
fn append(journal: &mut Postgres, fence: Fence, text: &str) -> Result<(), JournalError> {
    journal.append(fence, &[record("a", fence, text)], &[state("a", text, false)])
}

/// What the records say, in order.
fn texts(journal: &mut Postgres) -> Vec<String> {
    let records = journal.records(None).unwrap();
    let json = records.iter().map(|stored| serde_json::to_value(&stored.record.entry).unwrap());
    json.map(|entry| entry["decided"]["ignored"]["why"].as_str().unwrap().to_owned()).collect()
}

/// As the host does it: the lead is asked for until it is there.
fn led(journal: &mut Postgres) -> Fence {
    for _ in 0..200 {
        if let Some(fence) = journal.lead().unwrap() {
            return fence;
        }
        sleep(Duration::from_millis(50));
    }
    panic!("nobody gives the lead away");
}

/// Ends every session of a journal in this database.
const END_SESSIONS: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
    WHERE application_name = 'flagkit' AND datname = current_database()";

#[test]
fn a_database_keeps_what_a_store_promises() {
    let url = Cluster::shared().new_database();
    check_store(|| open(&url));
}

#[test]
fn one_session_leads_and_the_next_one_waits_for_its_end() {
    let url = Cluster::shared().new_database();
    let (mut first, mut second) = (open(&url), open(&url));
    assert_eq!(second.releases().unwrap(), []);
    assert!(!second.is_led().unwrap());
    assert_eq!(first.lead().unwrap(), Some(Fence(1)));
    append(&mut first, Fence(1), "0").unwrap();
    assert_eq!(second.lead().unwrap(), None);
    assert!(second.is_led().unwrap());
    // Whoever does not lead may look.
    assert_eq!(texts(&mut second), ["0"]);
    assert_eq!(second.verify().unwrap(), first.verify().unwrap());
    drop(first);
    assert!(!second.is_led().unwrap());
    assert_eq!(second.lead().unwrap(), Some(Fence(2)));
}

#[test]
fn a_transaction_ends_with_its_call() {
    let cluster = Cluster::shared();
    let url = cluster.new_database();
    let mut journal = open(&url);
    let fence = journal.lead().unwrap().unwrap();
    append(&mut journal, fence, "0").unwrap();
    // Left open, a session would be ended by its limits of time, and the lead with it.
    let states = "SELECT string_agg(state, ' ') FROM pg_stat_activity \
         WHERE application_name = 'flagkit' AND datname = current_database()";
    assert_eq!(journal.verify().unwrap().next, 1);
    assert_eq!(cluster.sql(&url, states), "idle");
    append(&mut journal, Fence(9), "1").unwrap_err();
    assert_eq!(cluster.sql(&url, states), "idle");
    journal.unfinished().unwrap();
    assert_eq!(cluster.sql(&url, states), "idle");
}

#[test]
fn a_leader_whose_session_was_ended_is_fenced_by_the_next_one() {
    let cluster = Cluster::shared();
    let url = cluster.new_database();
    let (mut first, mut second) = (open(&url), open(&url));
    let old = first.lead().unwrap().unwrap();
    append(&mut first, old, "0").unwrap();
    cluster.sql(&url, END_SESSIONS);
    let new = led(&mut second);
    assert!(new > old);
    append(&mut second, new, "1").unwrap();
    assert_eq!(append(&mut first, old, "1"), Err(JournalError::Fenced { leader: new }));
    assert_eq!(first.lead().unwrap(), None);
    assert_eq!(texts(&mut first), ["0", "1"]);
    assert_eq!(first.verify().unwrap().next, 2);
}

#[test]
fn a_leader_whose_session_was_ended_leads_on_if_nobody_else_did() {
    let cluster = Cluster::shared();
    let url = cluster.new_database();
    let (mut first, mut second) = (open(&url), open(&url));
    let fence = first.lead().unwrap().unwrap();
    append(&mut first, fence, "0").unwrap();
    cluster.sql(&url, END_SESSIONS);
    // The server may see the old session for a moment more; then the lock is had with the next one.
    for text in ["1", "2", "3"] {
        append(&mut first, fence, text).unwrap();
        sleep(Duration::from_millis(100));
    }
    assert_eq!(second.lead().unwrap(), None);
    assert_eq!(texts(&mut second), ["0", "1", "2", "3"]);
}

#[test]
fn an_append_is_written_once_wherever_its_connection_ends() {
    let cluster = Cluster::shared();
    for cut in [Cut::BeforeCommit, Cut::AfterCommit] {
        let url = cluster.new_database();
        let proxy = Proxy::before(&url);
        let mut journal = open(proxy.url());
        let fence = journal.lead().unwrap().unwrap();
        append(&mut journal, fence, "0").unwrap();
        proxy.cut(cut);
        // The first session is lost in the commit, and the second one settles what came of it.
        append(&mut journal, fence, "1").unwrap();
        assert_eq!(proxy.cuts(), 1, "{cut:?}");
        append(&mut journal, fence, "2").unwrap();
        assert_eq!(texts(&mut journal), ["0", "1", "2"], "{cut:?}");
        assert_eq!(journal.verify().unwrap().next, 3);
    }
}

#[test]
fn an_append_is_written_once_by_a_server_that_dies_meanwhile() {
    let cluster = Cluster::start();
    let url = cluster.new_database();
    let mut journal = open(&url);
    let fence = journal.lead().unwrap().unwrap();
    append(&mut journal, fence, "0").unwrap();
    // A commit that takes long enough to die in it.
    cluster.sql(
        &url,
        "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS \
         'BEGIN PERFORM pg_sleep(10); RETURN NULL; END'; \
         CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON flagkit.journal_entries \
         DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION slow()",
    );
    let writer = spawn(move || {
        let failed = append(&mut journal, fence, "1");
        (journal, failed)
    });
    let asleep = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'";
    while cluster.sql(&url, asleep) != "1" {
        sleep(Duration::from_millis(20));
    }
    cluster.kill();
    let (mut journal, failed) = writer.join().unwrap();
    assert!(matches!(failed, Err(JournalError::Store(_))), "{failed:?}");
    cluster.run();
    cluster.sql(&url, "DROP TRIGGER slow ON flagkit.journal_entries");
    append(&mut journal, fence, "1").unwrap();
    assert_eq!(texts(&mut journal), ["0", "1"]);
    assert_eq!(journal.verify().unwrap().next, 2);
}

#[test]
fn whatever_is_changed_in_the_tables_is_found() {
    let cluster = Cluster::shared();
    let flip = "bytes = set_byte(bytes, 40, get_byte(bytes, 40) # 1)";
    let cases = [
        (format!("UPDATE flagkit.journal_entries SET {flip} WHERE number = 1"), Some(1)),
        ("DELETE FROM flagkit.journal_entries WHERE number = 1".to_owned(), Some(1)),
        ("DELETE FROM flagkit.journal_entries WHERE number = 3".to_owned(), Some(3)),
        // Two change places.
        (
            "UPDATE flagkit.journal_entries SET number = -number WHERE number IN (1, 2); \
             UPDATE flagkit.journal_entries SET number = 3 + number WHERE number < 0"
                .to_owned(),
            Some(1),
        ),
        ("UPDATE flagkit.journal_entries SET number = 9 WHERE number = 3".to_owned(), Some(3)),
        ("UPDATE flagkit.journal_entries SET before = 0 WHERE number = 3".to_owned(), Some(3)),
        (format!("UPDATE flagkit.journal_releases SET {flip}"), None),
        ("UPDATE flagkit.journal_releases SET is_over = TRUE".to_owned(), Some(3)),
        ("DELETE FROM flagkit.journal_releases".to_owned(), Some(3)),
        ("UPDATE flagkit.journal_standing SET next = 3".to_owned(), Some(3)),
    ];
    for (change, at) in cases {
        let url = cluster.new_database();
        let mut journal = open(&url);
        let fence = journal.lead().unwrap().unwrap();
        for text in ["a record that is long enough", "1", "2", "3"] {
            append(&mut journal, fence, text).unwrap();
        }
        assert_eq!(journal.verify().unwrap().next, 4);
        cluster.sql(&url, &change);
        let found = journal.verify().unwrap_err();
        let record = match found {
            JournalError::Broken { record, .. } => Some(record),
            _ => None,
        };
        assert_eq!(record, at, "{change}: {found}");
    }
}

#[test]
fn a_newer_format_is_refused_untouched() {
    let cluster = Cluster::shared();
    let url = cluster.new_database();
    let mut journal = open(&url);
    let fence = journal.lead().unwrap().unwrap();
    append(&mut journal, fence, "0").unwrap();
    let content = "SELECT * FROM flagkit.journal_standing, flagkit.journal_releases";
    cluster.sql(&url, "UPDATE flagkit.journal_standing SET format = 2");
    let before = cluster.sql(&url, content);
    let refused = JournalError::Newer { format: 2 };
    // Also to an engine that runs while a newer one takes over.
    assert_eq!(append(&mut journal, fence, "1"), Err(refused.clone()));
    let mut newer = open(&url);
    assert_eq!(newer.lead(), Err(refused.clone()));
    assert_eq!(newer.records(None), Err(refused.clone()));
    assert_eq!(newer.verify(), Err(refused));
    assert_eq!(cluster.sql(&url, content), before);
}

#[test]
fn one_database_has_room_for_several_journals() {
    let url = Cluster::shared().new_database();
    let mut shop = open(&format!("{url}?schema=shop"));
    let mut bank = open(&format!("{url}?schema=bank"));
    let (one, other) = (shop.lead().unwrap().unwrap(), bank.lead().unwrap().unwrap());
    append(&mut shop, one, "shop").unwrap();
    append(&mut bank, other, "bank").unwrap();
    assert_eq!((texts(&mut shop), texts(&mut bank)), (vec!["shop".into()], vec!["bank".into()]));
    for schema in ["", "1st", "Shop", "shop;drop", "\"", &"x".repeat(64)] {
        let refused = Postgres::new(&format!("{url}?schema={schema}")).unwrap_err();
        assert!(refused.to_string().contains("the name of a schema"), "{refused}");
    }
}

#[test]
fn releases_of_many_pages_are_read_whole() {
    let url = Cluster::shared().new_database();
    let mut journal = open(&url);
    let fence = journal.lead().unwrap().unwrap();
    let release = |number: usize| format!("r{}", number % 2);
    let records: Vec<Record> = (0..2500)
        .map(|number| record(&release(number), fence, &number.to_string()))
        .chain((0..1100).map(|number| record(&format!("s{number}"), fence, "")))
        .collect();
    let names = (0..2).map(release).chain((0..1100).map(|number| format!("s{number}")));
    let states: Vec<Keep> = names.map(|name| state(&name, "state", false)).collect();
    journal.append(fence, &records, &states).unwrap();
    let odd = journal.records(Some("r1")).unwrap();
    assert!(odd.iter().map(|stored| stored.number).eq((1..2500).step_by(2)));
    let all = journal.records(None).unwrap();
    assert!(all.iter().map(|stored| &stored.record).eq(&records));
    assert_eq!((journal.unfinished().unwrap().len(), journal.verify().unwrap().next), (1102, 3600));
}

#[test]
fn no_password_is_told() {
    let url = Cluster::shared().new_database();
    let (place, rest) = url.split_once("://flagkit:").unwrap();
    let (password, database) = rest.split_once('@').unwrap();
    let mut journal = open(&url);
    journal.lead().unwrap();
    let wrong = format!("{place}://flagkit:s3cret@{database}");
    let mut told = vec![
        format!("{journal} {journal:?}"),
        open(&wrong).lead().unwrap_err().to_string(),
        open("postgres://ada:s3cret@127.0.0.1:1/x").lead().unwrap_err().to_string(),
    ];
    let unreadable =
        ["postgres://ada:s3cret@h/d?s3cret=1", "postgres://ada:s3cret@h:port/d", "s3cret"];
    told.extend(unreadable.map(|url| Postgres::new(url).unwrap_err().to_string()));
    for words in &told {
        assert!(!words.contains("s3cret") && !words.contains(password), "{words}");
    }
    assert!(told[0].contains(&format!("{database}?schema=flagkit")), "{}", told[0]);
    assert!(told[1].contains("authentication"), "{}", told[1]);
}
