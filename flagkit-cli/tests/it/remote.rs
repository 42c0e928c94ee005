//! The commands that talk to a server, against a real one.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use serde_json::json;

use crate::run::{Ran, example, file};
use crate::served::{Served, clean, folder};

/// A server with one flag that is on for a quarter.
fn with_beta(name: &str) -> Served {
    let served = Served::start(name);
    let definition = r#"{"enabled": true, "rollout_percentage": 25}"#;
    served.ok(&["set", "--create", "beta", definition, "-m", "the first one"]);
    served
}

#[test]
fn a_flag_is_made_changed_and_deleted() {
    let served = with_beta("remote-life");
    assert_eq!(served.ok(&["off", "beta"]), "beta is off in production (revision 2)\n");
    let on = served.ok(&["on", "beta", "--reason", "it works"]);
    assert_eq!(on, "beta is on for 25 % in production (revision 3)\n");
    for (percentage, expected) in [("50", "50 %"), ("0.25%", "0.25 %"), ("100%", "everyone")] {
        let told = served.ok(&["rollout", "beta", percentage]);
        assert!(told.starts_with(&format!("beta is on for {expected} in production")), "{told}");
    }
    served.ok(&["set", "beta", "description=A test", "variants.a.weight=1"]);
    let document = served.json(&["get", "beta"])["document"].clone();
    let expected = json!({
        "enabled": true, "rollout_percentage": 100, "description": "A test",
        "variants": {"a": {"weight": 1}},
    });
    assert_eq!(document, expected);
    served.ok(&["set", "beta", "description=null", "variants=null"]);
    let shown = served.ok(&["get", "beta"]);
    assert!(
        shown.starts_with("beta is on for everyone in production (revision 8)\n{\n"),
        "{shown}"
    );
    assert!(!shown.contains("description"), "{shown}");
    assert!(served.ok(&["delete", "beta"]).contains("is deleted in production"));
    assert_eq!(served.run(&["get", "beta"]).code, Some(1));
}

#[test]
fn flags_are_listed_as_a_table_and_as_json() {
    let served = with_beta("remote-list");
    served.ok(&["set", "--create", "gamma", "description=The third", "enabled=true"]);
    let table = "FLAG   STATE   WHAT           REVISION\n\
                 beta   partly  on for 25 %    1\n\
                 gamma  partly  on for nobody  2\n\
                 2 flags in production\n";
    assert_eq!(served.ok(&["list"]), table);
    assert!(served.ok(&["list", "THIRD"]).ends_with("1 flag in production\n"));
    assert_eq!(served.ok(&["list", "-e", "staging"]), "0 flags in staging\n");
    assert_eq!(served.json(&["list"])[1]["key"], "gamma");
}

#[test]
fn mistakes_are_explained() {
    let served = with_beta("remote-mistakes");
    let url = served.url.as_str();
    let nobody = "http://127.0.0.1:9";
    for (arguments, code, words) in [
        (&["on", "betta"][..], 1, "there is no flag `betta`\n  did you mean `beta`?"),
        (&["get", "beta", "-e", "prodution"], 1, "did you mean `production`?"),
        (&["set", "betta", "enabled=true"], 1, "--create makes a new one"),
        (&["set", "--create", "beta", "enabled=true"], 1, "is there already"),
        (&["set", "beta", "rollout_percentage=900"], 1, "flags.beta.rollout_percentage: "),
        (&["set", "beta", "enabled"], 2, "`enabled` is no `name=value`"),
        (&["rollout", "beta", "101"], 2, "this is no percentage from 0 to 100"),
        (&["list", "--url", nobody], 1, "nothing listens at http://127.0.0.1:9"),
        (&["list", "--url", "localhost:4290"], 2, "for example `http://localhost:4290`"),
        (&["list", "--key", "fk_admin_wrong"], 1, "the key is given by --key"),
        (&["list", "--url", &format!("{url}/console")], 1, "there is no path"),
        (&["revert", "gamma"], 1, "nothing was changed about the flag `gamma`"),
        (&["keys", "revoke", "nobody"], 1, "there is no key `nobody`"),
        (&["import", "does-not-exist.yaml"], 1, "cannot be read"),
    ] {
        let Ran { code: ended, out, err } = served.run(arguments);
        assert_eq!((ended, out.as_str()), (Some(code), ""), "{arguments:?}: {err}");
        assert!(err.starts_with("error: ") && err.contains(words), "{arguments:?}: {err}");
        assert!(!err.contains(served.key.as_deref().unwrap()), "{err}");
    }
    let homeless = clean(&["list"]).stdin(Stdio::null()).output().unwrap();
    assert_eq!(homeless.status.code(), Some(2));
    assert!(String::from_utf8(homeless.stderr).unwrap().contains("where is the server?"));
    assert_eq!(served.json(&["get", "beta"])["revision"], 1, "nothing was changed");
}

#[test]
fn whoever_was_slower_sees_both_versions() {
    let served = with_beta("remote-conflict");
    served.ok(&["off", "beta"]);
    let ran = served.run(&["rollout", "beta", "75", "--revision", "1"]);
    assert_eq!(ran.code, Some(1));
    let theirs = r#"there now, at revision 2: {"enabled":false,"rollout_percentage":25}"#;
    assert!(ran.err.contains(theirs), "{}", ran.err);
    assert!(ran.err.contains(r#"yours: {"rollout_percentage":75}"#), "{}", ran.err);
    served.ok(&["rollout", "beta", "75", "--revision", "2"]);
}

#[test]
fn a_dry_run_changes_nothing() {
    let served = with_beta("remote-dry");
    let told = served.ok(&["off", "beta", "--dry-run"]);
    assert_eq!(told, "this would be accepted; beta is still as it was\n");
    assert_eq!(served.run(&["set", "beta", "enabled=maybe", "--dry-run"]).code, Some(1));
    assert!(served.ok(&["delete", "beta", "--dry-run"]).contains("is still there"));
    assert_eq!(served.json(&["get", "beta"])["document"]["enabled"], true);
}

#[test]
fn history_tells_who_when_why_and_what() {
    let served = with_beta("remote-history");
    served.ok(&["rollout", "beta", "50%", "-m", "more of them"]);
    let told = served.ok(&["history", "beta"]);
    let lines: Vec<&str> = told.lines().collect();
    assert!(lines[0].starts_with("beta  update just now by first admin key  change "), "{told}");
    assert_eq!(
        lines[1..4],
        ["  more of them", "  - rollout_percentage: 25", "  + rollout_percentage: 50"]
    );
    assert!(lines[4].starts_with("beta  create just now"), "{told}");
    assert_eq!(lines[5], "  the first one");
    let records = served.json(&["history", "beta", "-n", "1"]);
    assert_eq!(records.as_array().unwrap().len(), 1);
    assert_eq!(records[0]["reason"], "more of them");
    assert_eq!(served.ok(&["history", "gamma"]), "nothing was ever changed about gamma\n");
}

#[test]
fn what_was_changed_can_be_taken_back() {
    let served = with_beta("remote-revert");
    for percentage in ["50", "75", "100"] {
        served.ok(&["rollout", "beta", percentage]);
    }
    assert!(served.ok(&["revert", "beta"]).starts_with("beta is on for 75 % "));
    assert!(served.ok(&["revert", "beta", "--to", "2"]).starts_with("beta is on for 50 % "));
    let records = served.json(&["history", "beta", "-n", "100"]);
    let second = records.as_array().unwrap().iter().find(|record| record["version"] == 3).unwrap();
    let second = second["id"].to_string();
    let ran = served.run(&["revert", "beta", "--change", &second]);
    assert_eq!(ran.code, Some(1), "{}", ran.out);
    assert!(ran.err.contains("--force loses what came later"), "{}", ran.err);
    let told = served.ok(&["revert", "beta", "--change", &second, "--force"]);
    assert!(told.starts_with("nothing is different"), "{told}");
    served.ok(&["delete", "beta"]);
    assert!(served.ok(&["revert", "beta"]).starts_with("beta is on for 50 % "));
}

#[test]
fn a_flag_goes_from_one_environment_to_another() {
    let served = with_beta("remote-promote");
    served.ok(&["set", "--create", "beta", "enabled=false", "-e", "staging"]);
    let promote = ["promote", "beta", "--to", "staging"];
    let told = served.ok(&[&promote[..], &["--dry-run"]].concat());
    let expected = "  - enabled: false\n  + enabled: true\n  + rollout_percentage: 25\n\
                    beta in staging would become what it is in production\n";
    assert_eq!(told, expected);
    assert!(served.ok(&promote).contains("beta in staging is now what it is in production"));
    assert_eq!(
        served.json(&["get", "beta", "-e", "staging"])["document"]["rollout_percentage"],
        25
    );
    assert_eq!(served.ok(&promote), "beta in staging is as it is in production\n");
}

#[test]
fn keys_are_made_listed_rotated_and_revoked() {
    let served = with_beta("remote-keys");
    let create = ["keys", "create", "backend", "--expires", "30d"];
    let Ran { code, out, err } = served.run(&create);
    assert_eq!(code, Some(0), "{err}");
    let first = out.trim().to_owned();
    assert!(first.starts_with("fk_server_") && out.lines().count() == 1, "{out}");
    assert!(err.contains("server, default/production until ") && !err.contains(&first), "{err}");
    assert_eq!(served.run_as(&first, &["list"]).code, Some(1), "a server key sees no list");

    let second = served.ok(&["keys", "rotate", "backend", "--overlap", "1h"]).trim().to_owned();
    assert_ne!(first, second);
    let reader = served.ok(&["keys", "create", "auditor", "--scope", "readonly", "--everywhere"]);
    assert_eq!(served.run_as(reader.trim(), &["list"]).code, Some(0));
    assert_eq!(served.run_as(reader.trim(), &["off", "beta"]).code, Some(1));

    let table = served.ok(&["keys", "list"]);
    assert!(!table.contains(&first) && !table.contains(reader.trim()), "{table}");
    assert!(table.contains("everywhere") && table.contains("default/production"), "{table}");
    assert!(served.ok(&["keys", "revoke", "auditor"]).contains("is refused from now on"));
    assert_eq!(served.run_as(reader.trim(), &["list"]).code, Some(1));
    let keys = served.json(&["keys"]);
    let names: Vec<_> = keys.as_array().unwrap().iter().map(|key| key["name"].clone()).collect();
    assert_eq!(names, ["first admin key", "backend", "backend", "auditor"]);
}

#[test]
fn an_environment_is_a_file_and_a_file_is_an_environment() {
    let served = with_beta("remote-files");
    let told = served.ok(&["import", &example(), "-e", "staging", "-m", "from the shop"]);
    assert!(told.starts_with("staging has 20 flags (native document, version "), "{told}");
    let yaml = served.ok(&["export", "-e", "staging"]);
    assert!(yaml.contains("new-search:"), "{yaml}");
    let again = file("remote-export.yaml", &yaml);
    let dry = served.ok(&["import", &again, "-e", "staging", "--dry-run"]);
    assert_eq!(dry, "staging would be as it is (native document)\n");
    let path = format!("{}/remote-export.json", env!("CARGO_TARGET_TMPDIR"));
    served.ok(&["export", "-o", &path, "--output-format", "json"]);
    let exported: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    assert_eq!(exported["flags"]["beta"]["rollout_percentage"], 25);
    let broken = file("remote-broken.yaml", "flags: { a: { rollout_percentage: 900 } }");
    let ran = served.run(&["import", &broken]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.contains("flags.a.rollout_percentage"), "{}", ran.err);
    served.ok(&["environments", "create", "eu", "--project", "shop", "--production"]);
    assert_eq!(served.ok(&["list", "-e", "eu", "--project", "shop"]), "0 flags in eu\n");
}

#[test]
fn tail_tells_each_change_when_it_happens() {
    let served = with_beta("remote-tail");
    let key = served.key.clone().unwrap();
    let follow = |arguments: &[&str]| {
        let mut command = served.command(&key, &[&["tail"], arguments].concat());
        let mut child = command.stdin(Stdio::null()).spawn().unwrap();
        let mut aside = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        aside.read_line(&mut line).unwrap();
        assert!(line.starts_with("following production of http://"), "{line}");
        (child, aside)
    };
    let (text, _text_aside) = follow(&["-n", "2"]);
    let (json, _json_aside) = follow(&["--json", "beta", "-n", "1"]);
    served.ok(&["set", "--create", "gamma", "enabled=true"]);
    served.ok(&["rollout", "beta", "50", "-m", "half of them"]);
    let text = String::from_utf8(text.wait_with_output().unwrap().stdout).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].contains("  gamma  new, on for nobody  by first admin key  "), "{text}");
    assert!(lines[1].contains("  beta  on for 50 %  by first admin key  "), "{text}");
    let expected = ["  half of them", "  - rollout_percentage: 25", "  + rollout_percentage: 50"];
    assert_eq!(lines[2..], expected);
    let json = json.wait_with_output().unwrap().stdout;
    let change: serde_json::Value = serde_json::from_slice(&json).unwrap();
    assert_eq!((&change["key"], &change["kind"]), (&json!("beta"), &json!("flag")));
    assert_eq!(change["reason"], "half of them");
    assert_eq!(change["before"]["rollout_percentage"], 25);
    assert_eq!(change["after"]["rollout_percentage"], 50);
}

#[test]
fn tail_goes_on_after_a_restart_and_needs_no_more_than_a_server_key() {
    let database = folder("remote-tail-restart").join("flagkit.db");
    let first = Served::with(&["--database", database.to_str().unwrap()]);
    let address = first.url.strip_prefix("http://").unwrap().to_owned();
    first.ok(&["set", "--create", "beta", "enabled=true"]);
    let key = first.ok(&["keys", "create", "backend"]);
    let mut command = first.command(key.trim(), &["tail", "-n", "1"]);
    let mut child = command.stdin(Stdio::null()).spawn().unwrap();
    let mut aside = BufReader::new(child.stderr.take().unwrap()).lines();
    assert!(aside.next().unwrap().unwrap().starts_with("following production of http://"));
    let admin = first.key.clone().unwrap();
    first.signal("TERM");
    assert_eq!(first.end().0, Some(0));
    let line = aside.next().unwrap().unwrap();
    assert_eq!(line, "the server is being restarted; connecting again");
    let options = ["--listen", &address, "--database", database.to_str().unwrap()];
    let second = Served::with(&options);
    assert_eq!(second.run_as(&admin, &["off", "beta"]).code, Some(0));
    let text = String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap();
    let rest: Vec<_> = aside.map_while(Result::ok).collect();
    assert!(text.contains("  beta  off  "), "{text}{rest:?}");
    assert!(text.ends_with("  - enabled: true\n  + enabled: false\n"), "{text}");
}
