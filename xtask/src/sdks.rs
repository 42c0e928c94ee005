//! `cargo xtask sdks`: vendors' own SDKs against a running server of ours.
//!
//! `xtask/sdks/<name>` holds a small script around each SDK, which comes from `PyPI` or npm in a
//! pinned version and lands in `target/sdks/<name>`. All of them start, answer the same questions,
//! see changes that are made through the REST interface, answer again and are closed; every answer
//! is compared with that of the core. There are two environments: one of native flags, and one that
//! holds the vendor's public documents as they are.

use std::fs;
use std::path::PathBuf;

use crate::command_line::CommandLine;
use crate::failure::{Failure, Outcome};
use crate::packages::Script;
use crate::{packages, setup, suggest, target};

mod answers;
mod conversation;
mod judge;
pub(crate) mod modes;
mod native;
pub(crate) mod rest;
pub(crate) mod server;
mod sheet;
mod snippets;
mod unleash_document;
mod unleash_server;
mod unleash_words;

use answers::Evaluator;
use modes::{MODES, Mode, Session, begin, side_by_side};
use server::{Environment, Server};
use sheet::{Sheet, Tally};

/// Asks all SDKs; with `--unleash-server`, has our own client follow a server of Unleash instead.
pub(crate) fn main(arguments: &[String]) -> Outcome {
    suggest::only_options(arguments, &["--unleash-server"])?;
    setup::ensure(&["curl", "python3-venv", "npm"])?;
    if arguments.is_empty() {
        return check(&MODES);
    }
    setup::ensure(&["postgresql"])?;
    check_unleash_server()
}

/// All SDKs that are installed and then the server of Unleash, as a step of `test`.
pub(crate) fn run() -> Outcome {
    let is_there = |mode: &Mode| mode.script().is_none_or(|script| script.is_installed());
    let (there, missing): (Vec<Mode>, Vec<Mode>) = MODES.into_iter().partition(is_there);
    for mode in missing {
        println!("left out: {} is not installed; `cargo xtask setup` tries again", mode.name());
    }
    check(&there)?;
    let scripts = [unleash_server::server_script(), unleash_server::vendors_sdk()];
    let has_postgres = setup::system_program("postgres").is_some();
    if has_postgres && scripts.iter().all(Script::is_installed) {
        return check_unleash_server();
    }
    println!("left out: Unleash's server or PostgreSQL is not installed");
    Ok(())
}

/// Installs every SDK and Unleash's server. What cannot be had is no failure; the step that asks
/// it leaves it out.
pub(crate) fn install() {
    let of_modes = MODES.iter().filter_map(|mode| Some((mode.script, mode.script()?)));
    let all = of_modes.chain([("unleash-server", unleash_server::server_script())]);
    for (name, script) in all.filter(|(_, script)| !script.is_installed()) {
        println!("{name}: installing it into target/sdks");
        if let Err(failure) = script.install() {
            println!("{name} is missing, and `sdks` will leave it out: {failure}");
        }
    }
}

fn check_unleash_server() -> Outcome {
    build()?;
    let folder = PathBuf::from("target/sdks/run");
    packages::make_folder(&folder)?;
    unleash_server::run(&folder)
}

fn check(modes: &[Mode]) -> Outcome {
    build()?;
    let folder = PathBuf::from("target/sdks/run");
    // A database of an earlier run has other keys.
    let _ = fs::remove_dir_all(&folder);
    packages::make_folder(&folder)?;
    let binary = target::debug("flagkit")?;
    let evaluator = Evaluator { binary: &binary, folder: &folder };
    snippets::run(&Server::start(&binary, &folder, &["--dev"])?, modes)?;
    let database = folder.join("flagkit.db").display().to_string();
    let server = Server::start(&binary, &folder, &["--database", &database])?;
    let mut tallies = native(&server, &evaluator, modes)?;
    tallies.extend(unleash_document(&server, &evaluator, modes)?);
    for tally in &tallies {
        println!("{tally}");
    }
    let wrong: usize = tallies.iter().map(|tally| tally.wrong.len()).sum();
    if wrong > 0 {
        return Err(Failure::new(format!("{wrong} answers of SDKs are not those of the core")));
    }
    Ok(())
}

/// Builds our side, from what the tests of the workspace have compiled already.
pub(crate) fn build() -> Outcome {
    // One of the features needs its headers.
    setup::ensure(&["libssl-dev pkg-config"])?;
    let binaries = "--bin flagkit --bin flagkit-sdk-script";
    CommandLine::cargo(&format!("build --quiet --workspace --all-features {binaries}")).run()
}

/// Native flags: a state, then many changes.
fn native(
    server: &Server,
    evaluator: &Evaluator<'_>,
    modes: &[Mode],
) -> Result<Vec<Tally>, Failure> {
    let environment = server.environment("native")?;
    let before = native::State::read("before.json", evaluator)?;
    let after = native::State::read("after.json", evaluator)?;
    before.put(&environment, None)?;
    before.check_left_out(&environment)?;
    let mut asking = Asking::begin(server, &environment, modes)?;
    asking.ask(|mode| before.sheet(mode.protocol, None))?;
    after.put(&environment, Some(&before))?;
    after.check_left_out(&environment)?;
    asking.ask(|mode| after.sheet(mode.protocol, Some(&before)))?;
    let answers = after.check_evaluate(&environment)?;
    println!("native flags: {answers} answers of the REST interface are those of the core");
    asking.close()
}

/// Documents of Unleash, one after the other.
fn unleash_document(
    server: &Server,
    evaluator: &Evaluator<'_>,
    modes: &[Mode],
) -> Result<Vec<Tally>, Failure> {
    let mut states = unleash_document::states(evaluator)?;
    let Some(first) = states.first_mut() else {
        println!("skipped: the public cases of Unleash are absent");
        return Ok(Vec::new());
    };
    let environment = server.environment("unleash")?;
    first.put(&environment)?;
    let mut asking = Asking::begin(server, &environment, modes)?;
    for (place, state) in states.iter_mut().enumerate() {
        if place > 0 {
            state.put(&environment)?;
        }
        state.check_served(&environment)?;
        asking.ask(|mode| state.sheet(mode.protocol))?;
    }
    println!("Unleash: {} documents were served as they came", states.len());
    asking.close()
}

/// Sessions and how their answers came out.
struct Asking {
    sessions: Vec<(Session, Tally)>,
}

impl Asking {
    fn begin(server: &Server, environment: &Environment, modes: &[Mode]) -> Result<Self, Failure> {
        let sessions = begin(modes, &server.rest.url, &environment.keys)?;
        let with_tally = |session: Session| {
            let tally = Tally::new(&session);
            (session, tally)
        };
        Ok(Self { sessions: sessions.into_iter().map(with_tally).collect() })
    }

    /// Asks every session what its sheet says, all at the same time.
    fn ask(&mut self, sheet: impl Fn(Mode) -> Sheet + Sync) -> Outcome {
        let sessions = self.sessions.iter_mut().collect();
        side_by_side(sessions, |(session, tally): &mut (Session, Tally)| {
            tally.ask(session, &sheet(session.mode))
        })?;
        Ok(())
    }

    /// Closes all SDKs; each must end its process by itself.
    fn close(self) -> Result<Vec<Tally>, Failure> {
        side_by_side(self.sessions, |(session, tally)| {
            session.conversation.close()?;
            Ok(tally)
        })
    }
}
