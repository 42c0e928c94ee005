//! A program in C that follows a running server, and forks while it does.

use std::fs;
use std::path::Path;
use std::time::Duration;

use super::{folder, programs};
use crate::command_line::CommandLine;
use crate::failure::Outcome;
use crate::process::Process;
use crate::sdks::server::{Environment, Server};
use crate::{sdks, setup, target};

/// The program asks for a flag to be switched on and off, and sees it, also in a child process.
pub(super) fn check(prefix: &Path) -> Outcome {
    if setup::system_program("curl").is_none() {
        println!("left out: curl is not installed, so nobody changes flags of a server");
        return Ok(());
    }
    sdks::build()?;
    // Left by an earlier run, if there is one.
    let _ = fs::remove_dir_all(folder("live")?);
    let run = folder("live")?;
    let database = run.join("flagkit.db");
    let database = database.display().to_string();
    let server = Server::start(&target::debug("flagkit")?, &run, &["--database", &database])?;
    let environment = server.environment("c")?;
    put(&environment, false)?;

    let lib = prefix.join("lib").display().to_string();
    let options = ["-L", &lib, "-lflagkit", &format!("-Wl,-rpath,{lib}")].map(str::to_owned);
    let program = programs::compile("tests/live.c", &prefix.join("include"), ("plain", &options))?;
    let mut process = Process::start(
        CommandLine::new(program, "").and(&server.rest.url).and(&environment.keys.server),
    )?;
    loop {
        let wish = process.hear(PATIENCE)?;
        put(&environment, wish == "on")?;
        process.say("done")?;
        if wish == "off" {
            return process.end(PATIENCE);
        }
    }
}

fn put(environment: &Environment, is_on: bool) -> Outcome {
    let flag = format!(r#"{{"enabled": {is_on}, "rollout_percentage": 100}}"#);
    environment.rest.ask("PUT", "/flags/beta", Some(&flag)).map(drop)
}

/// Until something is wrong.
const PATIENCE: Duration = Duration::from_secs(60);
