use std::path::PathBuf;
use std::time::{Duration, Instant};

use flagkit_client::{Log, Options, Origin, source};

use crate::application::{Application, OFF, ON, becomes, is_on, options};
use crate::server::{Behaviour, Server, field};

/// A folder of one test, removed when it ends.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("flagkit-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

const BOOTSTRAP: &str =
    r#"{"schema":"flagkit/1","flags":{"a":{"enabled":true,"rollout_percentage":100}}}"#;

#[test]
fn a_start_without_a_server_ends_and_answers_defaults() {
    let server = Server::start(&[("a", ON)]);
    server.state().behaviour = Behaviour::Silent;
    let start = Instant::now();
    let wait = Duration::from_millis(300);
    let application = Application::with(options(&server).start_wait(wait));
    assert!(start.elapsed() >= wait, "somebody may still answer");
    assert!(!application.publisher.is_ready() && !application.is_on("a"));
    assert_eq!(application.publisher.status().source, Origin::Defaults);
    let closing = Instant::now();
    drop(application);
    assert!(closing.elapsed() < Duration::from_secs(10), "a silent server holds nobody up");
}

#[test]
fn a_start_with_a_bootstrap_waits_for_nobody() {
    let server = Server::start(&[("a", OFF)]);
    server.state().behaviour = Behaviour::Silent;
    let patient = options(&server).start_wait(Duration::from_secs(3600));
    let application = Application::with(patient.bootstrap(BOOTSTRAP));
    assert!(application.is_on("a"));
    assert_eq!(application.publisher.status().source, Origin::Bootstrap);
    assert!(Application::open(options(&server).bootstrap("{")).err().unwrap().is_no_document());
}

#[test]
fn flags_outlive_the_process_that_held_them() {
    let folder = Folder::new("outlive");
    let server = Server::start(&[("a", OFF), ("b", ON)]);
    let cached = || options(&server).cache_dir(&folder.0).start_wait(Duration::from_secs(3600));
    let application = Application::with(cached());
    server.set("a", Some(ON));
    assert!(becomes(|| application.is_on("a")));
    drop(application);
    assert_eq!(
        std::fs::read_dir(&folder.0).unwrap().count(),
        1,
        "written at the end at the latest"
    );

    server.state().behaviour = Behaviour::Silent;
    let application = Application::with(cached().bootstrap(BOOTSTRAP));
    let status = application.publisher.status();
    assert_eq!((status.source, status.connected), (Origin::Cache, false));
    assert_eq!(status.version.unwrap().to_string(), "e1:2");
    assert!(application.is_on("a") && application.is_on("b"));
    drop(application);

    let offline = Application::with(cached().offline());
    assert!(offline.is_on("a"));

    server.state().behaviour = Behaviour::Serve;
    let before = server.state().requests.len();
    let application = Application::with(cached());
    assert!(becomes(|| application.publisher.status().source == Origin::Live));
    let resumed = server.state().requests[before].clone();
    assert_eq!(field(&resumed, "last-event-id"), Some("e1:2"), "only what changed is asked for");
    server.set("b", Some(OFF));
    assert!(becomes(|| !application.is_on("b")), "deltas fit to what the file held");
}

#[test]
fn a_damaged_cache_file_is_as_good_as_none() {
    let folder = Folder::new("damaged");
    let server = Server::start(&[("a", ON)]);
    let cached = || options(&server).cache_dir(&folder.0);
    drop(Application::with(cached()));
    let file = std::fs::read_dir(&folder.0).unwrap().next().unwrap().unwrap().path();
    let mut bytes = std::fs::read(&file).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    std::fs::write(&file, bytes).unwrap();
    assert!(Application::with(cached()).is_on("a"));
    let offline = Application::with(cached().offline());
    assert!(offline.is_on("a"), "the next good flags replaced it");
}

#[test]
fn another_key_is_used_as_soon_as_it_is_there() {
    let folder = Folder::new("key");
    let path = folder.0.join("key");
    std::fs::write(&path, "first").unwrap();
    let server = Server::start(&[("a", ON)]);
    server.state().behaviour = Behaviour::Refuse(401, String::new());
    let options = options(&server).key_file(&path).start_wait(Duration::ZERO);
    let application = Application::with(options);
    assert!(becomes(|| application.publisher.status().last_error.is_some()));
    server.state().behaviour = Behaviour::Serve;
    std::fs::write(&path, "second").unwrap();
    assert!(becomes(|| application.is_on("a")), "long before the next attempt with the first key");
    let last = server.state().requests.last().unwrap().clone();
    assert_eq!(field(&last, "authorization"), Some("Bearer second"));
}

#[test]
fn a_key_of_another_environment_is_refused() {
    let server = Server::start(&[("a", ON)]);
    let wait = Duration::from_millis(300);
    let staging = || options(&server).environment("staging").start_wait(wait);
    let application = Application::with(staging());
    assert!(becomes(|| application.publisher.status().last_problem.is_some()));
    let problem = application.publisher.status().last_problem.unwrap();
    assert!(problem.contains("environment `test`") && problem.contains("`staging`"), "{problem}");
    assert!(!application.publisher.is_ready());
    assert!(Application::with(staging().environment("test")).is_on("a"));
}

#[test]
fn overrides_hold_outside_of_production() {
    let server = Server::start(&[("a", OFF), ("b", OFF)]);
    let application = Application::with(options(&server).override_flag("a", true));
    assert!(application.is_on("a") && !application.is_on("b"));
    server.set("b", Some(ON));
    assert!(becomes(|| application.is_on("b")));
    server.set("a", None);
    server.set("b", Some(OFF));
    assert!(becomes(|| !application.is_on("b")));
    assert!(application.is_on("a"), "whatever the server says of it");
    for (environment, expected) in [("production", false), ("staging", true)] {
        let text = format!(
            r#"{{"schema":"flagkit/1","environment":"{environment}","flags":{{"a":{{"enabled":false}}}}}}"#
        );
        let options = Options::new().bootstrap(text).override_flag("a", true).log(Log::Off);
        assert_eq!(Application::with(options.clone()).is_on("a"), expected);
        assert!(Application::with(options.allow_overrides_in_production()).is_on("a"));
    }
}

#[test]
fn closing_is_final_and_may_be_repeated() {
    let server = Server::start(&[("a", OFF)]);
    let application = Application::of(&server);
    assert!(becomes(|| server.listeners() == 1));
    application.updater.close();
    application.updater.close();
    assert!(!application.publisher.status().connected);
    server.set("a", Some(ON));
    assert!(becomes(|| {
        server.state().tell(":\n");
        server.listeners() == 0
    }));
    assert!(!application.is_on("a"), "the flags stay as they were last");
    let publisher = application.publisher.clone();
    drop(application);
    assert!(!is_on(&publisher, "a"));
}

#[test]
fn a_file_can_be_a_source() {
    let folder = Folder::new("file");
    let path = folder.0.join("flags.json");
    std::fs::write(&path, BOOTSTRAP).unwrap();
    let application = Application::with(Options::new().source(source::file(&path)));
    assert!(application.is_on("a"));
    assert_eq!(application.publisher.status().source, Origin::File);
    std::fs::write(&path, BOOTSTRAP.replace("100", "0")).unwrap();
    assert!(becomes(|| !application.is_on("a")));
    let missing = Options::new().source(source::file(folder.0.join("missing")));
    assert!(Application::open(missing).err().unwrap().is_io());
}

#[test]
fn a_client_needs_no_runtime_and_disturbs_none() {
    let server = Server::start(&[("a", ON)]);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let application = Application::of(&server);
        assert!(application.is_on("a"));
        drop(application);
    });
}
