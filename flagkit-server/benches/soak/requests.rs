//! Evaluations per second, beside an answer that costs nothing.

use std::path::Path;
use std::process::Command;

use crate::Effort;
use crate::report::Row;
use crate::server::Server;

pub(crate) fn measure(effort: &Effort) -> Vec<Row> {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&folder.path().join("flags.db").display().to_string());
    let key = server.environment(100);
    let script = folder.path().join("ask.lua");
    let body = r#"{"context":{"targetingKey":"u-7","country":"DE","plan":"pro"}}"#;
    let post = format!(
        "wrk.method = 'POST'\nwrk.body = '{body}'\n\
         wrk.headers['content-type'] = 'application/json'\n\
         wrk.headers['authorization'] = 'Bearer {key}'\n"
    );
    std::fs::write(&script, post).unwrap();
    let nothing = folder.path().join("nothing.lua");
    std::fs::write(&nothing, "").unwrap();
    let url = |path: &str| format!("http://{}{path}", server.address);
    let run = |script: &Path, path: &str| ask(script, &url(path), effort.seconds);
    vec![
        run(&nothing, "/healthz").row("`GET /healthz`, the floor", "–"),
        run(&script, "/ofrep/v1/evaluate/flags/flag-7").row("OFREP, one flag", "≥ 20,000/s"),
        run(&script, "/ofrep/v1/evaluate/flags").row("OFREP, 100 flags", "≥ 3,000/s"),
    ]
}

/// What `wrk` says.
struct Answered {
    per_second: f64,
    median: String,
    p99: String,
}

impl Answered {
    fn row(&self, what: &str, goal: &'static str) -> Row {
        let Self { per_second, median, p99 } = self;
        Row::new(what, goal, format!("{per_second:.0}/s; p50 {median}, p99 {p99}"))
    }
}

/// Asks with 32 connections, three times, and gives the median of that.
fn ask(script: &Path, url: &str, seconds: u64) -> Answered {
    let mut answered: Vec<Answered> = (0..3).map(|_| ask_once(script, url, seconds)).collect();
    answered.sort_by(|one, other| one.per_second.total_cmp(&other.per_second));
    answered.swap_remove(1)
}

fn ask_once(script: &Path, url: &str, seconds: u64) -> Answered {
    let mut wrk = Command::new("wrk");
    wrk.args(["-t1", "-c32", "--latency", &format!("-d{seconds}s"), "-s"]).arg(script).arg(url);
    let output = wrk.output().expect("there is no `wrk`; `cargo xtask setup` installs it");
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(!said.contains("Non-2xx") && !said.contains("Socket errors"), "{url}: {said}");
    let after = |name: &str| {
        let line = said.lines().find_map(|line| line.trim().strip_prefix(name));
        line.unwrap_or_else(|| panic!("{url}: {said}")).trim().to_owned()
    };
    let per_second = after("Requests/sec:").parse().unwrap();
    Answered { per_second, median: after("50%"), p99: after("99%") }
}
