//! A child process goes on with the flags of its parent and follows the server by itself.
//!
//! A program of its own: a fork copies the thread that calls it and no other.

#![expect(clippy::unwrap_used, reason = "a test stops where it cannot go on")]

#[path = "it/application.rs"]
mod application;
#[path = "it/server.rs"]
#[expect(dead_code, reason = "other tests need more of it")]
mod server;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use application::{Application, OFF, ON, becomes, is_on};
use fork::{Fork, fork, waitpid};
use server::Server;

fn main() {
    // A child has no server: this one lives in a process of its own, the parent of all others.
    a_child_sees_changes();
    a_child_is_not_held_up_by_locks_of_its_parent();
    a_watched_file_is_watched_in_a_child();
    a_child_tells_what_it_counted_and_nothing_else();
    println!("all children went on");
}

/// Runs `work` in a child process; whether it came back and said yes.
fn in_child(work: impl FnOnce() -> bool) -> i32 {
    match fork().unwrap() {
        Fork::Parent(child) => child,
        Fork::Child => {
            let is_good = work();
            std::process::exit(i32::from(!is_good));
        }
    }
}

fn expect_good(child: i32) {
    let status = waitpid(child).unwrap();
    assert_eq!(status, 0, "the child failed");
}

fn a_child_sees_changes() {
    let server = Server::start(&[("a", OFF), ("b", ON)]);
    let application = Application::of(&server);
    assert!(!application.is_on("a"));
    let child = in_child(|| {
        // The first evaluation answers with what was inherited, and begins to follow the server.
        let is_as_before = !application.is_on("a") && application.is_on("b");
        let is_followed = becomes(|| application.is_on("a"));
        let grandchild = in_child(|| application.is_on("a") && becomes(|| !application.is_on("b")));
        let is_followed_below = waitpid(grandchild).is_ok_and(|status| status == 0);
        let closing = Instant::now();
        application.updater.close();
        is_as_before
            && is_followed
            && is_followed_below
            && closing.elapsed() < Duration::from_secs(5)
    });
    // The parent and the child.
    assert!(becomes(|| server.listeners() == 2), "the child connects by itself");
    server.set("a", Some(ON));
    assert!(becomes(|| application_is_on(&application)), "the parent goes on, too");
    assert!(becomes(|| server.listeners() >= 3), "and so does a child of the child");
    server.set("b", Some(OFF));
    expect_good(child);
}

fn application_is_on(application: &Application) -> bool {
    application.is_on("a")
}

fn a_child_is_not_held_up_by_locks_of_its_parent() {
    let server = Server::start(&[("a", OFF)]);
    let application = Application::of(&server);
    let (publisher, is_done) = (application.publisher, Arc::new(AtomicBool::new(false)));
    // Somebody always holds a lock: flags are published and listeners come and go without a pause.
    let busy: Vec<_> = (0..3)
        .map(|place| {
            let (publisher, is_done) = (publisher.clone(), is_done.clone());
            std::thread::spawn(move || {
                while !is_done.load(Ordering::Relaxed) {
                    drop(publisher.subscribe(|_| {}));
                    let _ = publisher.status();
                    if place == 0 {
                        let text = r#"{"schema":"flagkit/1","flags":{"a":{"enabled":false}}}"#;
                        let strict = flagkit_client::Strictness::Accept;
                        publisher.publish_text(text.as_bytes(), strict).unwrap();
                    }
                }
            })
        })
        .collect();
    for _ in 0..30 {
        let child = in_child(|| {
            let start = Instant::now();
            let is_off = !is_on(&publisher, "a");
            drop(publisher.subscribe(|_| {}));
            let _ = publisher.status();
            is_off && start.elapsed() < Duration::from_secs(10)
        });
        expect_good(child);
    }
    is_done.store(true, Ordering::Relaxed);
    for thread in busy {
        thread.join().unwrap();
    }
}

fn a_watched_file_is_watched_in_a_child() {
    let path = std::env::temp_dir().join(format!("flagkit-fork-{}.yaml", std::process::id()));
    let text = |percentage: u32| {
        format!(
            "schema: flagkit/1\nflags: {{a: {{enabled: true, rollout_percentage: {percentage}}}}}"
        )
    };
    std::fs::write(&path, text(0)).unwrap();
    let options = flagkit_client::Options::new().source(flagkit_client::source::file(&path));
    let application = Application::with(options);
    let child = in_child(|| !application.is_on("a") && becomes(|| application.is_on("a")));
    std::thread::sleep(Duration::from_millis(300));
    std::fs::write(&path, text(100)).unwrap();
    expect_good(child);
    assert!(becomes(|| application.is_on("a")));
    std::fs::remove_file(path).unwrap();
}

fn a_child_tells_what_it_counted_and_nothing_else() {
    let server = Server::start(&[("a", ON)]);
    let application = Application::of(&server);
    times(&application, 10);
    // Nobody closes anything: the end of each process delivers.
    let child = in_child(|| {
        times(&application, 100);
        let grandchild = in_child(|| {
            times(&application, 1_000);
            true
        });
        waitpid(grandchild).is_ok_and(|status| status == 0)
    });
    expect_good(child);
    // A child that asks for nothing has nothing to tell, and nobody to wait for.
    let start = Instant::now();
    expect_good(in_child(|| true));
    assert!(start.elapsed() < Duration::from_secs(20));
    assert_eq!(counts(&server), [100, 1_000]);
    let delivered = application.publisher.flush(Duration::from_secs(60));
    assert_eq!((delivered.evaluations, delivered.left), (10, 0));
    assert_eq!(counts(&server), [10, 100, 1_000], "by three processes, each its own");
}

fn times(application: &Application, times: u32) {
    let world = flagkit_core::Fixed::at(flagkit_core::Timestamp::EPOCH);
    for _ in 0..times {
        application.publisher.counting(|snapshot, counting| {
            let flag = snapshot.flag("a").unwrap();
            let found = snapshot.resolve_flag(flag, &(), &world, &mut ()).unwrap();
            counting.served(snapshot, (flag, &found), &());
        });
    }
}

/// The evaluations that each process has reported, the fewest first.
fn counts(server: &Server) -> Vec<u64> {
    let mut counts = std::collections::BTreeMap::<String, u64>::new();
    for report in &server.state().reports {
        let count: u64 = report.counts.iter().map(|count| count.count).sum();
        *counts.entry(report.instance.clone()).or_default() += count;
    }
    let mut counts: Vec<u64> = counts.into_values().collect();
    counts.sort_unstable();
    counts
}
