//! `flagkit serve`: starting and ending.

use std::io::{BufRead, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::run::{Ran, file};
use crate::served::{PATIENCE, Served, folder, refused};

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
    let (code, rest) = first.end();
    assert_eq!(code, Some(0));
    assert!(
        rest.contains("flagkit keys create my-application\n") && !rest.contains(&key),
        "{rest}"
    );

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

#[test]
fn a_second_signal_ends_at_once() {
    let mut served = Served::start("serve-impatient");
    let address = served.url.strip_prefix("http://").unwrap();
    let mut unfinished = TcpStream::connect(address).unwrap();
    unfinished.write_all(b"GET /healthz HTTP/1.1\r\nhost: ").unwrap();
    // The connection is there when another one is answered.
    served.ok(&["list"]);
    served.signal("TERM");
    let began = Instant::now();
    let code = loop {
        std::thread::sleep(Duration::from_millis(100));
        if let Some(code) = served.code() {
            break code;
        }
        served.signal("TERM");
        assert!(began.elapsed() < PATIENCE, "the server does not end");
    };
    assert_eq!(code, 1);
}

#[test]
fn administrators_can_have_an_address_of_their_own() {
    let database = folder("serve-admin").join("flagkit.db");
    let options = ["--admin-listen", "127.0.0.1:0", "--database", database.to_str().unwrap()];
    let served = Served::with(&options);
    let admin = served.page.split("  admin    ").nth(1).unwrap();
    let admin = admin.lines().next().unwrap();
    assert!(admin.starts_with("http://127.0.0.1:"), "{}", served.page);
    let ran = served.run(&["list"]);
    assert_eq!(ran.code, Some(1), "not where applications are");
    assert!(ran.err.contains("--admin-listen"), "{}", ran.err);
    served.ok(&["set", "--create", "beta", "enabled=true", "--url", admin]);
    assert!(served.ok(&["list", "--url", admin]).contains("1 flag in production"));
}

#[test]
fn tls_is_spoken_and_checked() {
    let place = folder("serve-tls");
    let made = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
    let path = |name: &str, text: String| {
        let path = place.join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let certificate = path("certificate.pem", made.cert.pem());
    let key = path("key.pem", made.signing_key.serialize_pem());
    let database = path("flagkit.db", String::new());
    let tls = ["--tls-certificate", &certificate, "--tls-key", &key, "--database", &database];
    let served = Served::with(&tls);
    assert!(served.url.starts_with("https://127.0.0.1:"), "{}", served.url);
    let ran = served.run(&["list"]);
    assert_eq!(ran.code, Some(1), "{}", ran.out);
    assert!(ran.err.contains("cannot connect to https://127.0.0.1:"), "{}", ran.err);
    assert_eq!(served.ok(&["list", "--ca-file", &certificate]), "0 flags in production\n");
    let ran = served.run(&["list", "--ca-file", &key]);
    assert!(ran.err.contains("holds no certificate in PEM"), "{}", ran.err);
}
