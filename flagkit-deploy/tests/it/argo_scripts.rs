//! The scripts of Argo Rollouts' own end-to-end tests, run against releases and a simulated cluster,
//! and killed at every point.
//!
//! From `../shared/delivery-cases` seen from the workspace, or the folder that
//! `FLAGKIT_DELIVERY_CASES` names; skipped, with a word, where that is absent.

#![expect(
    clippy::indexing_slicing,
    clippy::needless_pass_by_value,
    clippy::panic,
    reason = "a script that is not as it should be ends the test, and what is compared is short"
)]

use std::fs;
use std::sync::Mutex;
use std::thread;

use flagkit_deploy::Release;
use flagkit_deploy::event::Command;
use flagkit_deploy::simulation::crash::{self, Deaths, Tally};

mod analysis;
mod closures;
mod cluster;
mod differences;
mod engine;
mod expects;
mod manifest;
mod page;
mod script;
mod stand;
mod verbs;
mod view;

use script::Script;
use stand::Stand;
use verbs::Fate;

/// A script that was run: what became of each line, and the releases.
struct Played {
    script: Script,
    fates: Vec<Fate>,
    stand: Stand,
}

fn play(script: Script) -> Played {
    let mut stand = Stand::new(script.variables.clone());
    stand.others = manifest::templates();
    let mut fates = Vec::new();
    for call in &script.calls {
        let fate = stand.act(call).unwrap_or_else(|| stand.expect(call));
        fates.push(fate);
    }
    Played { script, fates, stand }
}

#[test]
fn every_line_of_every_script_is_done_compared_or_explained() {
    let Some(scripts) = script::all() else { return };
    let all: Vec<Played> = scripts.into_iter().map(play).collect();
    assert_eq!(all.len(), 146);
    let mut wrong = Vec::new();
    for played in &all {
        let name = &played.script.name;
        assert_eq!(played.fates.len(), played.script.calls.len());
        for (at, fate) in played.fates.iter().enumerate() {
            let is_different = matches!(fate, Fate::Compared(Some(_)));
            if is_different != differences::reason(name, at).is_some() {
                wrong.push(format!("{name}, line {at}: {fate:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "not as `differences` says: {wrong:#?}");
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/argo-scripts.md");
    let page = page::page(&all);
    if std::env::var_os("FLAGKIT_BLESS").is_some() {
        fs::write(path, &page).unwrap();
    }
    let written = fs::read_to_string(path).unwrap();
    assert_eq!(written, page, "write docs/argo-scripts.md again with FLAGKIT_BLESS=1");
}

/// Runs with two deaths in each, where `cargo xtask simulate --crashes` asks for them: then every
/// script is killed at each of its points, too, and else at some of them.
fn pairs() -> Option<u32> {
    std::env::var("FLAGKIT_CRASHES").ok()?.replace('_', "").parse().ok()
}

#[test]
fn every_script_ends_the_same_wherever_it_is_killed() {
    let Some(scripts) = script::all() else { return };
    let count = u32::try_from(scripts.len()).unwrap();
    let each = pairs().map(|pairs| pairs.div_ceil(count));
    let left = Mutex::new(scripts.into_iter().enumerate());
    let total = Mutex::new([Tally::default(); 2]);
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                loop {
                    let Some((at, script)) = left.lock().unwrap().next() else { return };
                    let tallies = kill(script, each, u64::try_from(at).unwrap());
                    let mut total = total.lock().unwrap();
                    for (total, tally) in total.iter_mut().zip(tallies) {
                        total.points += tally.points;
                        total.runs += tally.runs;
                        total.deaths += tally.deaths;
                    }
                }
            });
        }
    });
    let [everywhere, twice] = total.into_inner().unwrap();
    println!("{count} scripts, killed once: {everywhere:?}; killed twice: {twice:?}");
    assert_eq!(everywhere.deaths, everywhere.runs);
    assert!(everywhere.points > 1000, "there is something to die at");
    if each.is_some() {
        assert_eq!(everywhere.runs, everywhere.points);
    }
}

/// Kills the releases of a script once and twice.
fn kill(script: Script, pairs: Option<u32>, seed: u64) -> [Tally; 2] {
    let mut played = play(script);
    // A release that waits for something would wait for ever.
    if played.stand.state().is_some_and(|state| !state.status().is_final()) {
        played.stand.engine.say(Command::Abort { why: "the script is over".to_owned() });
    }
    let name = &played.script.name;
    let crashes = played.stand.engine.script();
    if crashes.happens.is_empty() {
        return [Tally::default(); 2];
    }
    let alone = crash::run::<Release, _>(&crashes, Deaths::Never);
    let alone = alone.unwrap_or_else(|error| panic!("{name}: {error}"));
    let mut keys: Vec<_> = alone.effects.iter().filter_map(|one| one.split(' ').next()).collect();
    let all = keys.len();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), all, "{name}: each effect has a key of its own");
    let tallies = match pairs {
        Some(pairs) => crash::everywhere::<Release, _>(&crashes)
            .and_then(|once| Ok([once, crash::twice::<Release, _>(&crashes, pairs, seed)?])),
        None => crash::once::<Release, _>(&crashes, ONCE, seed)
            .and_then(|once| Ok([once, crash::twice::<Release, _>(&crashes, 1, seed)?])),
    };
    tallies.unwrap_or_else(|broken| panic!("{name}: {broken}"))
}

/// How often a script is killed once in the ordinary tests.
const ONCE: u32 = 2;
