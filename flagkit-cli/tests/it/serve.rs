//! `flagkit serve`: starting and ending.

use std::io::{BufRead, Read};

use crate::run::{Ran, file};
use crate::served::{Served, folder, refused};

#[test]
fn the_first_start_prints_a_key_and_the_second_does_not() {
    let database = folder("serve-twice").join("flagkit.db");
    let options = ["--database", database.to_str().unwrap()];
    let first = Served::with(&options);
    let key = first.key.clone().unwrap();
    assert!(key.starts_with("fk_admin_") && key.len() > 40, "{}", first.page);
    assert!(first.page.contains("is not shown again"), "{}", first.page);
    first.ok(&["set", "--create", "beta", "enabled=true"]);
    let environments = first.json(&["environments"]);
    let names: Vec<_> = environments.as_array().unwrap().iter().map(|one| &one["key"]).collect();
    assert_eq!(names, ["production", "staging"]);
    first.signal("TERM");
    assert_eq!(first.end().0, Some(0));

    let second = Served::with(&options);
    assert_eq!(second.key, None, "{}", second.page);
    let ran = second.run_as(&key, &["get", "beta"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
}

#[test]
fn a_developer_is_told_what_to_type() {
    let served = Served::with(&["--dev"]);
    assert_eq!(served.key.as_deref(), Some("fk_admin_dev"), "{}", served.page);
    let flags = served.json(&["list"]);
    assert_eq!(flags.as_array().unwrap().len(), 5);
    let database = served.page.split("sqlite:").nth(1).unwrap().trim().to_owned();
    assert!(std::path::Path::new(&database).exists(), "{database}");
    let url = served.url.clone();
    served.signal("INT");
    let (code, rest) = served.end();
    assert_eq!(code, Some(0));
    for line in [
        &format!("export FLAGKIT_URL={url} FLAGKIT_KEY=fk_admin_dev\n"),
        &format!("curl -s {url}/ofrep/v1/evaluate/flags/new-checkout "),
        &format!("curl -sN {url}/stream -H 'Authorization: Bearer fk_server_dev'\n"),
        "let _flags = flagkit::init()?;\n",
    ] {
        assert!(rest.contains(line), "{line}: {rest}");
    }
    assert!(!std::path::Path::new(&database).exists(), "{database}");
}

#[test]
fn keys_that_everybody_knows_are_only_for_databases_that_go_away() {
    let database = folder("serve-dev-kept").join("flagkit.db");
    let served = Served::with(&["--dev", "--database", database.to_str().unwrap()]);
    let key = served.key.clone().unwrap();
    assert!(key.starts_with("fk_admin_") && key.len() > 40, "{}", served.page);
    assert_eq!(served.run_as("fk_admin_dev", &["list"]).code, Some(1));
    assert_eq!(served.json(&["list"]).as_array().unwrap().len(), 5);
}

#[test]
fn what_is_in_the_way_is_said() {
    let served = Served::start("serve-taken");
    let address = served.url.strip_prefix("http://").unwrap();
    let other = folder("serve-taken-too").join("flagkit.db");
    let other = other.to_str().unwrap();
    let garbage = file("serve-garbage.db", "this is no database, and never was one".repeat(100));
    let missing = folder("serve-missing").join("no/such/folder/flagkit.db");
    for (options, code, words) in [
        (
            &["--listen", address, "--database", other][..],
            1,
            "is a server running there already? --listen takes another port",
        ),
        (&["--database", &garbage], 1, "cannot be opened"),
        (&["--database", missing.to_str().unwrap()], 1, "cannot be opened"),
        (&["--database", "mysql://localhost"], 2, "`mysql://` is no database"),
        (&["--hartbeat", "5s"], 2, "'--heartbeat'"),
        (&["--heartbeat", "5 parsecs"], 2, "--heartbeat: `5 parsecs` is no time"),
        (&["--tls-key", "key.pem"], 2, "without its certificate"),
    ] {
        let Ran { code: ended, out, err } = refused(options, &[]);
        assert_eq!(ended, Some(code), "{options:?}: {err}");
        assert!(err.starts_with("error: ") && err.contains(words), "{options:?}: {err}");
        assert!(!out.contains("serves http"), "{out}");
    }
    let typo = [("FLAGKIT_SERVER_DATABSE", "flags.db")];
    let ran = refused(&[], &typo);
    assert_eq!(ran.code, Some(2), "{}", ran.err);
    assert!(ran.err.contains("did you mean `FLAGKIT_SERVER_DATABASE`?"), "{}", ran.err);
}

#[test]
fn a_signal_lets_streams_end_with_a_goodbye() {
    let served = Served::start("serve-drain");
    let mut stream = served.stream(served.key.as_deref().unwrap());
    let mut line = String::new();
    while !line.starts_with("event: snapshot") {
        line.clear();
        assert_ne!(stream.read_line(&mut line).unwrap(), 0);
    }
    served.signal("TERM");
    let mut rest = String::new();
    stream.read_to_string(&mut rest).unwrap();
    assert!(rest.contains("event: goodbye\ndata: {\"spread_ms\":5000}\n"), "{rest}");
    assert_eq!(served.end().0, Some(0));
}
