use std::collections::BTreeMap;
use std::process::Command;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use flagkit_client::{Delivered, Options, Publisher, Strictness};
use flagkit_core::{Attributes, Context, Fixed, Timestamp};
use flagkit_protocol::PATH_USAGE;

use crate::application::{Application, OFF, ON, becomes, options};
use crate::server::{Behaviour, Server, State, Taking, field};

const TRACKED: &str = r#"{"enabled":true,"rollout_percentage":100,"metadata":{"track":true}}"#;

/// Asks for a flag as the facade does.
fn evaluate<C: Attributes>(publisher: &Publisher, key: &str, context: &C) {
    let world = Fixed::at(Timestamp::EPOCH);
    publisher.counting(|snapshot, counting| match snapshot.flag(key) {
        None => counting.missing(key, 1),
        Some(flag) => {
            let found = snapshot.resolve_flag(flag, context, &world, &mut ()).unwrap();
            counting.served(snapshot, (flag, &found), context);
        }
    });
}

fn times(publisher: &Publisher, key: &str, times: u32) {
    for _ in 0..times {
        evaluate(publisher, key, &());
    }
}

type Counted = BTreeMap<(String, Option<String>, String), u64>;

fn outcome(flag: &str, variant: Option<&str>, reason: &str) -> (String, Option<String>, String) {
    (flag.to_owned(), variant.map(str::to_owned), reason.to_owned())
}

fn ids(state: &State) -> Vec<&str> {
    state.reports.iter().map(|report| &*report.id).collect()
}

const LIMIT: Duration = Duration::from_secs(60);

#[test]
fn what_is_evaluated_is_what_the_server_counts() {
    let server = Server::start(&[("a", ON), ("b", OFF)]);
    let application = Application::with(options(&server).application("shop"));
    let publisher = &application.publisher;
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                times(publisher, "a", 1_000);
                times(publisher, "b", 10);
                times(publisher, "c", 1);
            });
        }
    });
    let delivered = publisher.flush(LIMIT);
    assert_eq!((delivered.evaluations, delivered.left), (4_044, 0));
    server.set("a", Some(OFF));
    assert!(becomes(|| !application.is_on("a")));
    times(publisher, "a", 5);
    assert_eq!(publisher.flush(LIMIT).evaluations, 4_049);
    assert_eq!(publisher.flush(LIMIT).evaluations, 4_049, "nothing is told twice");
    let state = server.state();
    let expected: Counted = BTreeMap::from([
        (outcome("a", Some("on"), "STATIC"), 4_000),
        (outcome("a", Some("off"), "DISABLED"), 5),
        (outcome("b", Some("off"), "DISABLED"), 40),
        (outcome("c", None, "FLAG_NOT_FOUND"), 4),
    ]);
    assert_eq!(state.counted(), expected);
    let version = |report: &flagkit_protocol::UsageReport| {
        (
            report.version.as_ref().unwrap().number,
            report.counts.iter().map(|count| count.version).max(),
        )
    };
    assert_eq!(
        state.reports.iter().map(version).collect::<Vec<_>>(),
        [(1, Some(Some(1))), (2, Some(Some(2)))]
    );
    assert!(state.reports.iter().all(|report| report.application.as_deref() == Some("shop")));
    let head = state.requests.iter().find(|head| head.contains(PATH_USAGE)).unwrap();
    assert!(head.starts_with("POST "), "{head}");
    assert_eq!(field(head, "authorization"), Some("Bearer key"));
    assert_eq!(field(head, "content-encoding"), Some("gzip"));
}

#[test]
fn a_report_whose_answer_got_lost_is_sent_again_under_its_id() {
    let server = Server::start(&[("a", ON)]);
    let application = Application::of(&server);
    let publisher = &application.publisher;
    for taking in [Taking::CutMidway, Taking::CutAfter, Taking::Refuse(503)] {
        server.state().reports.clear();
        server.state().taking.push_back(taking.clone());
        let before = publisher.usage().unwrap().delivered().evaluations;
        times(publisher, "a", 7);
        let delivered = publisher.flush(LIMIT);
        assert_eq!((delivered.evaluations, delivered.left), (before + 7, 0), "{taking:?}");
        let state = server.state();
        let mut ids = ids(&state);
        assert_eq!(ids.len(), if taking == Taking::CutAfter { 2 } else { 1 }, "{taking:?}");
        ids.dedup();
        assert_eq!(ids.len(), 1, "the server knows that it is the same: {taking:?}");
        assert_eq!(state.counted().into_values().sum::<u64>(), 7, "{taking:?}");
    }
}

#[test]
fn what_nobody_takes_now_is_told_later() {
    let server = Server::start(&[("a", ON)]);
    let application = Application::of(&server);
    let publisher = &application.publisher;
    server.state().taking.push_back(Taking::Refuse(401));
    times(publisher, "a", 3);
    let refused = publisher.flush(LIMIT);
    assert_eq!((refused.evaluations, refused.left), (0, 3));
    times(publisher, "a", 2);
    let delivered = publisher.flush(LIMIT);
    assert_eq!((delivered.evaluations, delivered.left), (5, 0));
    assert_eq!(server.state().counted().into_values().sum::<u64>(), 5);
    let metrics = publisher.metrics();
    assert_eq!((metrics.reports_sent, metrics.reports_failed, metrics.reports_lost), (1, 1, 0));
    assert_eq!((metrics.evaluations, metrics.evaluations_unreported), (5, 0));
    assert!(metrics.is_connected && metrics.version.is_some() && metrics.publications == 1);
}

#[test]
fn dropping_delivers_and_a_silent_server_holds_nobody_up() {
    let server = Server::start(&[("a", ON)]);
    let application = Application::of(&server);
    times(&application.publisher, "a", 9);
    drop(application);
    assert_eq!(server.state().counted().into_values().sum::<u64>(), 9);

    let application = Application::of(&server);
    server.state().taking.push_back(Taking::Silent);
    times(&application.publisher, "a", 1);
    let start = Instant::now();
    let delivered = application.publisher.flush(Duration::from_millis(200));
    assert_eq!((delivered.evaluations, delivered.left), (0, 1), "nobody knows of it yet");
    drop(application);
    assert!(start.elapsed() < Duration::from_secs(20), "longer than any limit of ours");
}

#[test]
fn who_sees_a_tracked_flag_is_told_once_and_nothing_else_of_them() {
    let server = Server::start(&[("a", TRACKED), ("b", ON)]);
    let see = |options: Options| {
        server.state().reports.clear();
        let application = Application::with(options);
        for unit in ["u-1", "u-2", "u-1"] {
            let context = Context::new(unit).with("email", "ada@example.com");
            evaluate(&application.publisher, "a", &context);
            evaluate(&application.publisher, "b", &context);
        }
        evaluate(&application.publisher, "a", &());
        application.publisher.flush(LIMIT);
        let state = server.state();
        assert_eq!(state.counted()[&outcome("a", Some("on"), "STATIC")], 4, "all are counted");
        let all = serde_json::to_string(&state.reports).unwrap();
        assert!(!all.contains("ada"), "{all}");
        state.reports.iter().flat_map(|report| report.exposures.clone()).collect::<Vec<_>>()
    };
    let seen = see(options(&server));
    let units: Vec<_> = seen.iter().map(|seen| (&*seen.flag, &*seen.unit)).collect();
    assert_eq!(units, [("a", "u-1"), ("a", "u-2")]);
    assert!(seen.iter().all(|seen| seen.variant.as_deref() == Some("on") && seen.at_ms > 0));
    let hashed = see(options(&server).hash_targeting_keys("salt"));
    assert_eq!(hashed.len(), 2);
    assert!(hashed.iter().all(|seen| seen.unit.len() == 32 && !seen.unit.contains("u-")));
    let other = see(options(&server).hash_targeting_keys("other"));
    assert_ne!(other[0].unit, hashed[0].unit);
    assert_eq!(see(options(&server).hash_targeting_keys("salt"))[0].unit, hashed[0].unit);
}

#[test]
fn nothing_is_counted_where_nobody_wants_it() {
    let server = Server::start(&[("a", ON)]);
    let application = Application::with(options(&server).without_events());
    times(&application.publisher, "a", 3);
    assert!(application.publisher.usage().is_none());
    assert_eq!(application.publisher.flush(LIMIT), Delivered::default());
    drop(application);
    assert!(!server.state().requests.iter().any(|head| head.contains(PATH_USAGE)));

    let publisher = Publisher::new();
    let text = r#"{"schema":"flagkit/1","flags":{}}"#;
    publisher.publish_text(text.as_bytes(), Strictness::Accept).unwrap();
    assert_eq!(publisher.flush(LIMIT), Delivered::default(), "there is nobody to wait for");
}

#[test]
fn what_is_asked_before_any_flags_are_there_is_told_as_that() {
    let server = Server::start(&[("a", ON)]);
    server.state().behaviour = Behaviour::Refuse(503, String::new());
    let application = Application::with(options(&server).start_wait(Duration::ZERO));
    times(&application.publisher, "a", 2);
    server.state().behaviour = Behaviour::Serve;
    assert!(becomes(|| application.publisher.is_ready()));
    times(&application.publisher, "a", 1);
    application.publisher.flush(LIMIT);
    let expected: Counted = BTreeMap::from([
        (outcome("a", None, "PROVIDER_NOT_READY"), 2),
        (outcome("a", Some("on"), "STATIC"), 1),
    ]);
    assert_eq!(server.state().counted(), expected);
}

/// What a process of its own does, which closes nothing.
fn evaluate_and_end(url: &str, how: &str) {
    static APPLICATION: OnceLock<Application> = OnceLock::new();
    let options = Options::new().server(url, "key").proxy("off");
    let application = APPLICATION.get_or_init(|| Application::with(options));
    let counting: Vec<_> =
        (0..3).map(|_| std::thread::spawn(|| times(&application.publisher, "a", 100))).collect();
    for thread in counting {
        thread.join().unwrap();
    }
    if how == "exit" {
        std::process::exit(0);
    }
}

#[test]
fn the_end_of_a_process_delivers_what_it_counted() {
    if let (Ok(url), Ok(how)) = (std::env::var("USAGE_URL"), std::env::var("USAGE_ENDS_BY")) {
        return evaluate_and_end(&url, &how);
    }
    for how in ["exit", "return"] {
        let server = Server::start(&[("a", ON)]);
        let this = "usage::the_end_of_a_process_delivers_what_it_counted";
        let ended = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", this])
            .env("USAGE_URL", server.url())
            .env("USAGE_ENDS_BY", how)
            .output()
            .unwrap();
        assert!(ended.status.success(), "{ended:?}");
        let expected = BTreeMap::from([(outcome("a", Some("on"), "STATIC"), 300)]);
        assert_eq!(server.state().counted(), expected, "{how}");
    }
}
