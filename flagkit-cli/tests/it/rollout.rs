//! `flagkit rollout`: plans, and releases that run on a flag file.
#![cfg(unix)]
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "where a release cannot be followed, tests fail"
)]

use std::fmt::Write;
use std::fs;
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::run::{Ran, command, flagkit, ran};

mod plan;
mod postgres;

/// A folder of one test: a flag file, a release file, and the folder of the engine.
struct Place {
    folder: PathBuf,
}

impl Place {
    /// With these steps.
    fn new(name: &str, steps: &str) -> Self {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("rollout-{name}"));
        drop(fs::remove_dir_all(&folder));
        fs::create_dir_all(&folder).unwrap();
        let flags = r#"{"schema": "flagkit/1", "flags": {"checkout": {"enabled": true,
            "variants": {"stable": "v41", "canary": "v42"}, "default": "stable",
            "targeting_rules": [{"id": "release", "rollout": {"variants": {"stable": 1000000, "canary": 0}}}]}}}"#;
        fs::write(folder.join("flags.json"), flags).unwrap();
        let mut file =
            "schema: flagkit-release/1\ntarget: checkout\narms: { stable: v41, canary: v42 }\n"
                .to_owned();
        let shown = folder.join("flags.json");
        writeln!(file, "strategy: {{ steps: {steps} }}").unwrap();
        writeln!(file, "drivers: {{ flags: {{ file: '{}' }} }}", shown.display()).unwrap();
        fs::write(folder.join("release.yaml"), file).unwrap();
        Self { folder }
    }

    fn path(&self, name: &str) -> String {
        self.folder.join(name).to_str().unwrap().to_owned()
    }

    /// An engine in a process of its own.
    fn start(&self) -> Running {
        let (file, state) = (self.path("release.yaml"), self.path("state"));
        let arguments = ["rollout", "run", &file, "--state", &state, "--as", "ada"];
        let child = command(&arguments).stdin(Stdio::null()).spawn().unwrap();
        Running(Some(child))
    }

    /// A command about the release.
    fn ask(&self, words: &[&str]) -> Ran {
        let state = self.path("state");
        let mut arguments = vec!["rollout"];
        arguments.extend(words);
        arguments.extend(["--state", &state]);
        flagkit(&arguments)
    }

    fn status(&self) -> Option<Value> {
        let asked = self.ask(&["status", "--json"]);
        (asked.code == Some(0)).then(|| serde_json::from_str(&asked.out).unwrap())
    }

    /// Waits until the release stands so.
    fn until(&self, so: impl Fn(&Value) -> bool) -> Value {
        let begun = Instant::now();
        let mut last = None;
        while begun.elapsed() < Duration::from_secs(60) {
            last = self.status();
            if let Some(status) = last.take_if(|status| so(status)) {
                return status;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("it never stood so: {last:?}");
    }

    /// The canary's share in the flag file, in millionths.
    fn canary(&self) -> u64 {
        let flags: Value =
            serde_json::from_str(&fs::read_to_string(self.folder.join("flags.json")).unwrap())
                .unwrap();
        let rule = &flags["flags"]["checkout"]["targeting_rules"][0];
        rule["rollout"]["variants"]["canary"].as_u64().unwrap()
    }
}

/// An engine that ends with its test.
struct Running(Option<Child>);

impl Running {
    fn end(mut self) -> Ran {
        ran(self.0.take().unwrap().wait_with_output().unwrap())
    }

    /// As a power cut does it.
    fn kill(mut self) {
        let mut child = self.0.take().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(mut child) = self.0.take() {
            drop(child.kill());
            drop(child.wait());
        }
    }
}

fn is_paused(status: &Value) -> bool {
    status["status"] == "paused"
}

const TO_ALL: &str = "[{split: {canary: 10%}}, {pause: 200ms}, {split: {canary: 100%}}]";
const WAITS: &str = "[{split: {canary: 10%}}, {hold: true}, {split: {canary: 100%}}]";

#[test]
fn a_plan_is_shown_and_changes_nothing() {
    let place = Place::new("plan", TO_ALL);
    let shown = flagkit(&["rollout", "plan", &place.path("release.yaml")]);
    assert_eq!(shown.code, Some(0), "{}", shown.err);
    assert!(shown.out.contains("traffic stable 90%, canary 10%"), "{}", shown.out);
    assert!(shown.out.contains("all traffic to stable"), "{}", shown.out);
    let json =
        flagkit(&["rollout", "plan", "--json", &place.path("release.yaml"), "--set", "canary=v43"]);
    let json: Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!((&json["ok"], &json["plan"]["arms"][1]["version"]), (&true.into(), &"v43".into()));
    assert_eq!(place.canary(), 0);
}

#[test]
fn a_bad_file_is_refused_with_path_line_and_hint() {
    let place = Place::new("bad", "[{split: {canary: 10}}, {paus: 1s}]");
    let file = place.path("release.yaml");
    let refused = flagkit(&["rollout", "plan", &file]);
    assert_eq!(refused.code, Some(1));
    let expected = format!("{file}:4:");
    assert!(refused.err.contains(&expected), "{}", refused.err);
    assert!(refused.err.contains("say 10% or 0.1"), "{}", refused.err);
    assert!(refused.err.contains("did you mean `pause`?"), "{}", refused.err);
    let json: Value =
        serde_json::from_str(&flagkit(&["rollout", "plan", "--json", &file]).out).unwrap();
    assert_eq!((&json["ok"], &json["errors"][0]["line"]), (&false.into(), &4.into()));
    let refused = place.start().end();
    assert_eq!(refused.code, Some(1));
}

#[test]
fn a_ramp_of_a_flag_reaches_everybody() {
    let place = Place::new("ramp", TO_ALL);
    let ran = place.start().end();
    assert_eq!(ran.code, Some(0), "{}{}", ran.out, ran.err);
    assert_eq!(place.canary(), 1_000_000);
    assert!(ran.out.contains("traffic stable 90%, canary 10%"), "{}", ran.out);
    // Nobody runs any more: the journal answers.
    let status = place.status().unwrap();
    assert_eq!((&status["release"], &status["status"]), (&"checkout-v42".into(), &"done".into()));
    assert_eq!(status["arms"][1]["share_ppm"], 1_000_000);
    let history = place.ask(&["history", "--json"]);
    let first: Value = serde_json::from_str(history.out.lines().next().unwrap()).unwrap();
    assert_eq!(first["number"], 0);
    assert_eq!(first["record"]["entry"]["planned"]["author"]["name"], "ada");
    let paused = place.ask(&["pause"]);
    assert_eq!(paused.code, Some(1));
    assert!(paused.err.contains("no engine runs in"), "{}", paused.err);
}

#[test]
fn another_terminal_says_what_to_do() {
    let place = Place::new("say", WAITS);
    let engine = place.start();
    place.until(is_paused);
    assert_eq!(place.canary(), 100_000);
    let second = place.start().end();
    assert!(second.err.contains("an engine runs in"), "{}", second.err);
    assert_eq!(place.ask(&["retry", "checkout-v4"]).code, Some(1));
    let aborted = place.ask(&["abort", "--why", "not today", "--as", "bob"]);
    assert_eq!(aborted.code, Some(0), "{}", aborted.err);
    let ended = engine.end();
    assert_eq!(ended.code, Some(3), "{}{}", ended.out, ended.err);
    assert!(ended.out.contains("aborted by bob: not today"), "{}", ended.out);
    assert_eq!(place.canary(), 0);
}

#[test]
fn a_killed_engine_is_gone_on_with() {
    let place = Place::new("kill", WAITS);
    let engine = place.start();
    place.until(is_paused);
    engine.kill();
    let status = place.status().unwrap();
    assert_eq!(status["status"], "paused");
    let engine = place.start();
    place.until(|_| place.ask(&["resume"]).code == Some(0));
    let ended = engine.end();
    assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
    assert!(ended.out.contains("going on with release `checkout-v42`"), "{}", ended.out);
    assert_eq!(place.canary(), 1_000_000);
}

/// Whoever looks after an engine starts it again, also after it was killed between the end of its
/// release and its own.
#[test]
fn a_release_that_has_ended_is_not_begun_again_by_a_restart() {
    let place = Place::new("ended", "[{ split: { canary: 100% } }]");
    let run = |more: &[&str]| {
        let file = place.path("release.yaml");
        let mut words = vec!["run", &file, "--as", "ada"];
        words.extend(more);
        place.ask(&words)
    };
    let begun = |place: &Place| fs::read_to_string(place.path("state/begun")).unwrap();
    assert_eq!(run(&["--id", "first"]).code, Some(0));
    assert!(begun(&place).starts_with("first\ntold "), "{}", begun(&place));
    // As a kill leaves it before anything was said.
    fs::write(place.path("state/begun"), "first").unwrap();
    let again = run(&[]);
    assert_eq!(again.code, Some(0), "{again:?}");
    assert!(again.err.contains("release `first` is done"), "{again:?}");
    // And after it was said: the same words say it again, for a while.
    let told = begun(&place);
    let again = run(&[]);
    assert!(again.err.contains("release `first` is done"), "{again:?}");
    assert_eq!(begun(&place), told, "said once more is not said later");
    let again = run(&["--id", "first"]);
    assert_eq!(again.code, Some(0), "{again:?}");
    let history = place.ask(&["history", "first", "--json"]).out;
    assert_eq!(history.matches("\"planned\"").count(), 1, "{history}");
    assert!(place.ask(&["history", "second"]).code != Some(0));
    let second = run(&["--id", "second"]);
    assert!(second.err.contains("release `second` is done"), "{second:?}");
    // Other words begin at once, and so do the same ones after a while.
    let third = run(&["--set", "canary=v43"]);
    assert!(!third.out.contains("was begun before"), "{third:?}");
    let told = begun(&place);
    let again = run(&["--set", "canary=v43"]);
    assert!(again.out.contains("was begun before"), "{again:?}");
    let (name, words) = (told.split('\n').next().unwrap(), told.rsplit(' ').next().unwrap());
    fs::write(place.path("state/begun"), format!("{name}\ntold 1000 {words}")).unwrap();
    let fourth = run(&["--set", "canary=v43"]);
    assert!(!fourth.out.contains("was begun before"), "{fourth:?}");
}

#[test]
fn a_journal_of_a_newer_format_is_refused_untouched() {
    let place = Place::new("newer", TO_ALL);
    assert_eq!(place.start().end().code, Some(0));
    fs::write(place.path("state/journal/format"), "999\n").unwrap();
    let before = fs::read(place.path("state/journal/journal.redb")).unwrap();
    let refused = place.start().end();
    assert_eq!(refused.code, Some(1));
    assert!(refused.err.contains("use a newer version"), "{}", refused.err);
    assert_eq!(fs::read(place.path("state/journal/journal.redb")).unwrap(), before);
}

#[test]
fn a_replay_agrees_until_a_byte_is_another_one() {
    let place = Place::new("replay", TO_ALL);
    assert_eq!(place.start().end().code, Some(0));
    let whole = place.ask(&["replay"]);
    assert_eq!(whole.code, Some(0), "{}{}", whole.out, whole.err);
    assert!(whole.out.contains("every decision and verdict as it was; done"), "{}", whole.out);
    let path = place.path("state/journal/journal.redb");
    let mut bytes = fs::read(&path).unwrap();
    let name = b"started by ada";
    let places = bytes.windows(name.len()).enumerate().filter(|(_, window)| window == name);
    let places: Vec<usize> = places.map(|(at, _)| at).collect();
    assert!(!places.is_empty());
    for at in places {
        bytes[at + name.len() - 1] = b'e';
    }
    fs::write(&path, bytes).unwrap();
    let broken = place.ask(&["replay"]);
    assert_eq!(broken.code, Some(1), "{}", broken.out);
    assert!(broken.err.contains("of the journal is not what was written"), "{}", broken.err);
}

#[test]
fn a_report_needs_nothing_else() {
    let place = Place::new("report", TO_ALL);
    assert_eq!(place.start().end().code, Some(0));
    let path = place.path("report.html");
    let written = place.ask(&["report", "-o", &path]);
    assert_eq!(written.code, Some(0), "{}", written.err);
    let html = fs::read_to_string(path).unwrap();
    assert!(html.contains("<svg "));
    for foreign in ["<script", "://", "src=", "url("] {
        assert!(!html.contains(foreign), "{foreign}");
    }
}

/// An engine may die after it has written the plan of its release down, and before it started it.
#[test]
fn a_release_that_was_planned_and_not_started_is_started_by_the_next_engine() {
    use flagkit_deploy::config::{self, Overrides};
    use flagkit_deploy::driver::Driver;
    use flagkit_deploy::driver::flags::{Flags, Place as Flagged};
    use flagkit_deploy::event::Actor;
    use flagkit_deploy::host::{Host, Options};
    use flagkit_deploy::journal::embedded::Embedded;
    let place = Place::new("planned", "[{ split: { canary: 100% } }]");
    let text = fs::read_to_string(place.path("release.yaml")).unwrap();
    let plan = config::read(&text, "release.yaml").unwrap().plan(&Overrides::default()).unwrap();
    let flags: Arc<dyn Driver> =
        Arc::new(Flags::new(Flagged::File(place.path("flags.json").into())));
    fs::create_dir(place.path("state")).unwrap();
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let journal = Box::new(Embedded::new(place.path("state/journal")));
        let host = Host::start(journal, vec![flags], Options::default()).unwrap();
        let begun = Instant::now();
        while let Err(error) = host.plan("checkout-v42", plan.clone(), Actor::default()).await {
            assert!(begun.elapsed() < Duration::from_secs(20), "it never leads: {error}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        host.stop().await;
    });
    fs::write(place.path("state/begun"), "checkout-v42").unwrap();
    let file = place.path("release.yaml");
    let ran = place.ask(&["run", &file, "--as", "ada"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.out.contains("started by ada"), "{ran:?}");
    assert_eq!(place.canary(), 1_000_000);
}

#[test]
fn a_metrics_system_reads_what_the_engine_has_done() {
    use std::io::{Read, Write as _};
    let place = Place::new("metrics", WAITS);
    // The first release of this folder, whose end the second engine still knows.
    let engine = place.start();
    place.until(is_paused);
    assert_eq!(place.ask(&["abort", "--why", "not today", "--as", "bob"]).code, Some(0));
    assert_eq!(engine.end().code, Some(3));
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let address = format!("127.0.0.1:{port}");
    let (file, state) = (place.path("release.yaml"), place.path("state"));
    let mut arguments = vec!["rollout", "run", &file, "--state", &state, "--listen", &address];
    // The same words would be taken for a restart so shortly afterwards.
    arguments.extend(["--set", "canary=v42"]);
    let engine = Running(Some(command(&arguments).stdin(Stdio::null()).spawn().unwrap()));
    place.until(|status| is_paused(status) && status["release"] == "checkout-v42-2");
    let mut stream = std::net::TcpStream::connect(&address).unwrap();
    stream.write_all(b"GET /metrics HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").unwrap();
    let mut page = String::new();
    stream.read_to_string(&mut page).unwrap();
    for expected in [
        "content-type: text/plain; version=0.0.4",
        "deployments_total{environment=\"production\",status=\"rolled_back\"} 1\n",
        "rollbacks_total{environment=\"production\",reason=\"aborted\"} 1\n",
        "deployment_duration_seconds_count{environment=\"production\",strategy=\"steps\"} 1\n",
        "active_version_info{environment=\"production\",application=\"checkout\",version=\"v41\"} 1\n",
    ] {
        assert!(page.contains(expected), "{expected} is not in\n{page}");
    }
    drop(engine);
}

#[test]
fn what_no_driver_does_is_refused_before_a_release_begins() {
    let place =
        Place::new("mirror", "[{mirror: {arm: canary, share: 10%}}, {split: {canary: 100%}}]");
    let refused = place.start().end();
    assert_eq!(refused.code, Some(1), "{}{}", refused.out, refused.err);
    let expected = "steps[0]: no driver of this engine takes `mirror/checkout`";
    assert!(refused.err.contains(expected), "{}", refused.err);
    assert_eq!(place.canary(), 0);
}

#[test]
fn what_is_not_there_is_found_before_a_release_begins() {
    let place = Place::new(
        "nothing",
        "[{hold: true}, {split: {canary: 10%}}, {hold: true}, {split: {canary: 100%}}]",
    );
    let flags = fs::read_to_string(place.path("flags.json")).unwrap();
    let other = flags.replace("checkout", "basket");
    for (flags, problem) in [(None, "No such file"), (Some(other), "flag `checkout`")] {
        fs::remove_file(place.path("flags.json")).unwrap();
        if let Some(flags) = &flags {
            fs::write(place.path("flags.json"), flags).unwrap();
        }
        let refused = place.start().end();
        assert_eq!(refused.code, Some(1), "{}{}", refused.out, refused.err);
        assert!(refused.err.contains("release.yaml:4"), "{}", refused.err);
        assert!(refused.err.contains("strategy.steps[1]: "), "{}", refused.err);
        assert_eq!(refused.err.matches(problem).count(), 1, "{}", refused.err);
        fs::write(place.path("flags.json"), "").unwrap();
    }
    // Nothing was planned: the same name begins as soon as all is there.
    fs::write(place.path("flags.json"), flags).unwrap();
    let engine = place.start();
    place.until(is_paused);
    drop(engine);
}

#[test]
fn the_share_of_a_flag_of_a_server_is_still_said_so() {
    let ran =
        flagkit(&["rollout", "new-checkout", "25%", "--url", "http://127.0.0.1:1", "--key", "k"]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.contains("127.0.0.1:1"), "{}", ran.err);
}
