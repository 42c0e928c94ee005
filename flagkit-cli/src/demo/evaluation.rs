//! Evaluating all flags for all users on all cores.

use std::thread;
use std::time::{Duration, Instant};

use crate::demo::tally::Tally;
use crate::demo::users::User;
use crate::demo::{Shop, page, world};
use crate::failure::Failure;

/// What came out.
#[derive(Debug)]
pub(super) struct Evaluated<'s> {
    /// One tally a flag, in the order of the document.
    pub(super) tallies: Vec<Tally<'s>>,
    /// From the start of the first thread to the end of the last.
    pub(super) took: Duration,
    /// How long the threads evaluated, added up.
    pub(super) busy: Duration,
}

/// Gives every thread its share of the users.
pub(super) fn run<'s>(
    shop: &'s Shop,
    users: &[User],
    threads: usize,
) -> Result<Evaluated<'s>, Failure> {
    let bar = page::progress(users.len());
    let started = Instant::now();
    let shares = users.chunks(users.len().div_ceil(threads).max(1));
    let results = thread::scope(|scope| {
        let bar = &bar;
        let work = |share| scope.spawn(move || evaluate(shop, share, bar));
        let running: Vec<_> = shares.map(work).collect();
        running.into_iter().map(thread::ScopedJoinHandle::join).collect::<Result<Vec<_>, _>>()
    });
    let took = started.elapsed();
    bar.finish_and_clear();
    let results = results.map_err(|_| Failure::input("an evaluating thread failed"))?;
    let mut tallies = no_tallies(shop);
    let mut busy = Duration::ZERO;
    for (counted, elapsed) in &results {
        tallies.iter_mut().zip(counted).for_each(|(mine, theirs)| mine.add(theirs));
        busy += *elapsed;
    }
    Ok(Evaluated { tallies, took, busy })
}

fn evaluate<'s>(
    shop: &'s Shop,
    users: &[User],
    bar: &indicatif::ProgressBar,
) -> (Vec<Tally<'s>>, Duration) {
    let (started, world) = (Instant::now(), world());
    let mut tallies = no_tallies(shop);
    for users in users.chunks(USERS_PER_STEP) {
        for user in users {
            for tally in &mut tallies {
                if let Ok(found) = shop.snapshot.resolve(tally.key, user, &world, &mut ()) {
                    tally.count(&found);
                }
            }
        }
        bar.inc(users.len() as u64);
    }
    (tallies, started.elapsed())
}

fn no_tallies(shop: &Shop) -> Vec<Tally<'_>> {
    shop.keys.iter().map(|key| Tally::new(&shop.snapshot, key)).collect()
}

/// How many users pass between two looks at the progress bar.
const USERS_PER_STEP: usize = 1_000;
