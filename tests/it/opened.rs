//! Clients that are opened, and flags of a process that are initialised, from settings.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use flagkit::{Client, Log, Origin, source};

const FLAGS: &str = "schema: flagkit/1\nflags: {beta: {enabled: true, rollout_percentage: 100}}";

fn file(name: &str) -> PathBuf {
    let path = std::env::temp_dir().join(format!("flagkit-{name}-{}.yaml", std::process::id()));
    std::fs::write(&path, FLAGS).unwrap();
    path
}

#[test]
fn a_client_begins_with_what_there_is_and_says_where_from() {
    let client = Client::builder().bootstrap(FLAGS).open().unwrap();
    assert!(client.is_ready() && client.is_enabled("beta", &()));
    assert_eq!(client.status().source, Origin::Bootstrap);
    let path = file("opened");
    let client = Client::builder().source(source::file(&path)).open().unwrap();
    assert!(client.wait_ready(Duration::ZERO) && client.is_enabled("beta", &()));
    assert_eq!(client.status().source, Origin::File);
    std::fs::remove_file(path).unwrap();
}

#[cfg(feature = "client")]
#[test]
fn a_server_that_is_not_there_is_no_error() {
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let quiet = |options: flagkit::Options| options.proxy("off").log(Log::Off);
    let builder = Client::builder().server(format!("http://{nobody}"), "key").options(quiet);
    let client = builder.start_wait(Duration::from_millis(100)).open().unwrap();
    assert!(!client.is_ready() && !client.is_enabled("beta", &()));
    let status = client.status();
    assert_eq!((status.source, status.connected), (Origin::Defaults, false));
    client.refresh();
    client.close();
    client.close();
}

#[test]
fn mistakes_are_told_when_a_client_is_opened() {
    let quiet = |options: flagkit::Options| options.log(Log::Off);
    let nowhere = Client::builder().options(quiet).open().unwrap_err();
    assert!(nowhere.is_configuration() && nowhere.to_string().contains("FLAGKIT_URL"), "{nowhere}");
    let odd = Client::builder().server("flags", "key").open().unwrap_err();
    assert!(odd.is_configuration(), "{odd}");
    assert!(Client::builder().bootstrap("{").open().unwrap_err().is_no_document());
}

/// What a process of its own does, whose environment says where flags are.
#[test]
fn flags_of_a_process_come_from_its_environment() {
    if std::env::var_os("OPENED_IN_A_PROCESS").is_some() {
        let flags = flagkit::init();
        match flags {
            Ok(_flags) => println!("beta is {}", flagkit::is_enabled("beta", &())),
            Err(error) => println!("error: {error}"),
        }
        return;
    }
    let path = file("environment");
    let run = |name: &str| {
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "opened::flags_of_a_process_come_from_its_environment"])
            .args(["--nocapture", "--test-threads=1"])
            .env("OPENED_IN_A_PROCESS", "1")
            .env(name, &path)
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let printed = run("FLAGKIT_FILE");
    assert!(printed.contains("beta is true"), "{printed}");
    let printed = run("FLAGKIT_FLIE");
    assert!(
        printed.contains("there is no variable `FLAGKIT_FLIE`; did you mean `FLAGKIT_FILE`?"),
        "{printed}"
    );
    std::fs::remove_file(path).unwrap();
}
