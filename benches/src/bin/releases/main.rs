//! How many releases one engine can carry, measured and written as a page.
//!
//! `releases PAGE [--quick]`: plans releases, lets all of them be judged over and over with metrics that
//! are pushed, kills the engine, and goes on from its journal; with `--quick` a twentieth of them.
//!
//! Time is made up, work is not: the executor, the judge, the collector of pushed metrics and the
//! journal on the disk are those of the host, on two threads as there.

#[path = "../concurrency/heap.rs"]
mod heap;

mod fleet;
mod page;

use std::env;
use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use flagkit_deploy::executor::Executor;
use flagkit_deploy::journal::Journal;
use flagkit_deploy::journal::embedded::Embedded;
use flagkit_deploy::{Release, Time};

use fleet::Fleet;
use page::{Measured, number};

#[global_allocator]
static ALLOCATOR: heap::Shared = heap::Shared;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let done = match arguments.as_slice() {
        [page] => run(Path::new(page), 100_000),
        [page, quick] if quick == "--quick" => run(Path::new(page), 5_000),
        _ => Err("usage: releases PAGE [--quick]".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("releases: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(page: &Path, releases: usize) -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let mut measured = Measured { releases, ..Measured::default() };
    let mut fleet = Fleet::plan(folder.path(), releases)?;
    measured.planned = fleet.took();
    for _ in 0..ROUNDS {
        fleet.push()?;
        measured.rounds.push(fleet.round()?);
    }
    let now = fleet.end()?;
    recover(folder.path(), now, &mut measured)?;
    verify(folder.path(), &mut measured)?;
    let text = measured.text();
    print!("{text}");
    if let Some(parent) = page.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::write(page, text)?;
    println!("wrote {}", page.display());
    Ok(())
}

/// A new engine goes on where the last one was.
fn recover(folder: &Path, now: Time, measured: &mut Measured) -> Outcome<()> {
    let begun = Instant::now();
    let mut journal = Embedded::new(folder);
    let fence = journal.lead()?.ok_or("somebody has the journal")?;
    let kept = journal.unfinished()?;
    measured.read = begun.elapsed();
    let each = |bytes: u64| number(bytes) / number(kept.len() as u64);
    measured.state_bytes = each(kept.iter().map(|one| one.state.len() as u64).sum());
    measured.plan_bytes = each(kept.iter().map(|one| one.planned.len() as u64).sum());
    let before = heap::live();
    let (executor, left_out) = Executor::<Release>::recover(fence, &kept, now);
    measured.recovered = begun.elapsed();
    measured.heap_bytes = each(u64::try_from(heap::live() - before)?);
    if let Some(one) = left_out.first() {
        return Err(one.to_string().into());
    }
    let carried = executor.releases().count();
    if carried != measured.releases {
        return Err(format!("{carried} releases went on").into());
    }
    Ok(())
}

/// Every hash again.
fn verify(folder: &Path, measured: &mut Measured) -> Outcome<()> {
    let mut journal = Embedded::new(folder);
    let begun = Instant::now();
    let head = journal.verify()?;
    measured.verified = begun.elapsed();
    measured.records = head.next;
    measured.journal_bytes = fs::metadata(folder.join("journal.redb"))?.len();
    Ok(())
}

/// Looks at each release.
const ROUNDS: usize = 4;
