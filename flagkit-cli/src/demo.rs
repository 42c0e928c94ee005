//! `flagkit demo`: what FlagKit does, on a shop's flags and 100,000 generated users, and with a
//! server and an application of its own.
//!
//! Users and the time are the same in every run, and so are all answers; only the speeds are
//! measured anew. No file is read; the server has a temporary folder and this machine's own
//! network.

use std::io::{self, Write};
use std::process::ExitCode;
use std::thread;
use std::time::Instant;

use flagkit_core::{Explanation, Fixed, Snapshot, Timestamp};
use flagkit_dialects::{Dialect, Settings};

use crate::arguments::Demo;
use crate::explain::steps;
use crate::failure::{Failure, Outcome};
use crate::terminal::{BOLD, FAINT, counted, grouped, printable};

mod evaluation;
mod follow;
mod followed;
mod page;
mod raise;
mod raised;
mod table;
mod tally;
mod users;

use users::User;

/// Shows everything, one chapter after another.
pub(crate) fn run(arguments: &Demo) -> Outcome {
    let mut out = anstream::stdout().lock();
    page::title(&mut out)?;
    let shop = load(&mut out)?;
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let users = users::generate(arguments.users, threads);
    evaluate(&mut out, &shop, &users, threads)?;
    raise(&mut out, &users, threads)?;
    explain(&mut out, &shop)?;
    follow(&mut out)?;
    page::farewell(&mut out)?;
    Ok(ExitCode::SUCCESS)
}

/// The built-in flags, compiled.
struct Shop {
    snapshot: Snapshot,
    /// In the order of the document.
    keys: Vec<String>,
    segments: usize,
}

/// Decodes and compiles a text that is the built-in one, or a change of it.
fn compiled(text: &str) -> Result<Shop, Failure> {
    let decoded = flagkit_dialects::decode(Dialect::Native, text, &Settings::default());
    let decoded = decoded.map_err(Failure::input)?;
    let keys = decoded.document.flags.iter().map(|flag| flag.key.clone()).collect();
    let segments = decoded.document.segments.len();
    let compiled = flagkit_core::compile(decoded.document);
    match decoded.diagnostics.iter().chain(&compiled.diagnostics).next() {
        Some(diagnostic) => Err(Failure::input(diagnostic)),
        None => Ok(Shop { snapshot: compiled.snapshot, keys, segments }),
    }
}

fn load(out: &mut impl Write) -> Result<Shop, Failure> {
    page::chapter(out, "Load", "text becomes a document, a document becomes a snapshot")?;
    let started = Instant::now();
    let shop = compiled(FLAGS)?;
    let took = started.elapsed();
    let (flags, lines) = (counted(shop.keys.len(), "flag"), FLAGS.lines().count());
    let (segments, milliseconds) = (counted(shop.segments, "segment"), took.as_secs_f64() * 1e3);
    writeln!(out, "  examples/flags.yaml, built in: {flags} and {segments} in {lines} lines.")?;
    writeln!(out, "  Read, checked and compiled in {milliseconds:.1} ms; no diagnostics.")?;
    Ok(shop)
}

fn evaluate(
    out: &mut impl Write,
    shop: &Shop,
    users: &[User],
    threads: usize,
) -> Result<(), Failure> {
    page::chapter(out, "Evaluate", "every flag for every user, from several threads")?;
    let evaluated = evaluation::run(shop, users, threads)?;
    let (users, flags) = (counted(users.len(), "user"), counted(shop.keys.len(), "flag"));
    writeln!(out, "  {users} × {flags}; the clock stands at {NOW}, a Thursday.\n")?;
    table::print(out, &evaluated.tallies)?;
    let count: usize = evaluated.tallies.iter().map(|tally| tally.evaluations).sum();
    let seconds = evaluated.took.as_secs_f64();
    let threads = counted(threads, "thread");
    let count_text = grouped(count);
    writeln!(
        out,
        "\n  {count_text} evaluations in {seconds:.2} s on {threads}, counting included:"
    )?;
    let rate = page::millions(count, evaluated.took);
    let per_thread = page::millions(count, evaluated.busy);
    writeln!(out, "  {BOLD}{rate} million a second{BOLD:#}, {per_thread} million per thread.")?;
    Ok(())
}

fn raise(out: &mut impl Write, users: &[User], threads: usize) -> Result<(), Failure> {
    page::chapter(out, "Raise", "more of a rollout, while others keep reading")?;
    let raised = raise::run(users, threads)?;
    Ok(raised::print(out, &raised)?)
}

fn explain(out: &mut impl Write, shop: &Shop) -> io::Result<()> {
    let (user, key) = (User::generate(EXPLAINED_USER), EXPLAINED_FLAG);
    page::chapter(out, "Explain", "why a user gets what they get")?;
    writeln!(out, "  {FAINT}user{FAINT:#}  {}\n", printable(&user.to_string()))?;
    let mut explanation = Explanation::default();
    // The explanation says what happened, an error included.
    let _ = shop.snapshot.resolve(key, &user, &world(), &mut explanation);
    steps::print(out, &explanation, "  ")
}

fn follow(out: &mut impl Write) -> Result<(), Failure> {
    page::chapter(out, "Follow", "a server, an application, a flag that is flipped")?;
    let followed = follow::run()?;
    Ok(followed::print(out, &followed)?)
}

/// A world in which it is always the same Thursday.
fn world() -> Fixed {
    Fixed::at(Timestamp::parse(NOW).unwrap_or(Timestamp::EPOCH))
}

/// The built-in flag file.
const FLAGS: &str = include_str!("../../examples/flags.yaml");
const NOW: &str = "2026-12-10T12:00:00Z";
const EXPLAINED_FLAG: &str = "payments-v2";
const EXPLAINED_USER: usize = 42;

#[cfg(test)]
mod tests;
