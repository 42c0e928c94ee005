//! Raising a rollout in small steps while other threads keep evaluating it.
//!
//! Every step changes one number of the text and publishes the whole document anew, as
//! an application does when its flag file changes. The readers check every answer
//! against a bucket of their own and the percentage of the very snapshot that answered:
//! an answer torn between two snapshots, or a user who loses the flag, is counted.

use std::sync::{Barrier, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use flagkit_core::document::TextReading;
use flagkit_core::{Bucketing, Hash, Part, Scale, Snapshot, SnapshotCell, Units};

use crate::demo::users::User;
use crate::demo::{FLAGS, compiled, world};
use crate::failure::Failure;

/// What happened.
#[derive(Debug)]
pub(super) struct Raised<'u> {
    /// From the first step to the last.
    pub(super) took: Duration,
    /// What each reader saw.
    pub(super) readings: Vec<Reading>,
    /// How many users were in before.
    pub(super) before: usize,
    /// How many of them are not any more.
    pub(super) left: usize,
    /// The users who came.
    pub(super) joined: Vec<&'u str>,
}

/// What one reader saw while the steps were published.
#[derive(Debug, Default)]
pub(super) struct Reading {
    /// How often it evaluated.
    pub(super) evaluations: usize,
    /// How many answers did not fit the snapshot that gave them.
    pub(super) torn: usize,
    /// How often it found another snapshot than the one before.
    pub(super) changes: usize,
}

/// Publishes step after step, with a reader on every core.
pub(super) fn run(users: &[User], threads: usize) -> Result<Raised<'_>, Failure> {
    let buckets = buckets(users);
    let cell = SnapshotCell::new(compiled(&text(0))?.snapshot);
    let first = cell.load();
    let share = users.len().div_ceil(threads).max(1);
    let shares = users.chunks(share).zip(buckets.chunks(share));
    let rendezvous =
        Rendezvous { start: Barrier::new(shares.len() + 1), is_over: Mutex::new(false) };
    let (took, readings) = thread::scope(|scope| {
        let (cell, rendezvous) = (&cell, &rendezvous);
        let reader = |(users, buckets)| scope.spawn(move || read(cell, users, buckets, rendezvous));
        let readers: Vec<_> = shares.map(reader).collect();
        rendezvous.start.wait();
        let took = publish(cell);
        rendezvous.end();
        (took, readers.into_iter().map(thread::ScopedJoinHandle::join).collect::<Result<_, _>>())
    });
    let readings = readings.map_err(|_| Failure::input("a reading thread failed"))?;
    Ok(compare(users, took?, readings, [&first, &cell.load()]))
}

/// Who was in before and is not, and the other way round.
fn compare<'u>(
    users: &'u [User],
    took: Duration,
    readings: Vec<Reading>,
    [first, last]: [&Snapshot; 2],
) -> Raised<'u> {
    let mut raised = Raised { took, readings, before: 0, left: 0, joined: Vec::new() };
    for user in users {
        match (is_in(first, user), is_in(last, user)) {
            (true, still_in) => {
                raised.before += 1;
                raised.left += usize::from(!still_in);
            }
            (false, true) => raised.joined.push(user.id()),
            (false, false) => {}
        }
    }
    raised
}

fn is_in(snapshot: &Snapshot, user: &User) -> bool {
    snapshot.resolve(FLAG, user, &world(), &mut ()).is_ok_and(|found| found.is_enabled())
}

/// Reads, compiles and publishes every step.
fn publish(cell: &SnapshotCell) -> Result<Duration, Failure> {
    let started = Instant::now();
    for step in 1..=STEPS {
        cell.publish(compiled(&text(step))?.snapshot);
        // The readers need the cores to see each step before the next.
        thread::sleep(PAUSE);
    }
    Ok(started.elapsed())
}

/// Evaluates the flag for these users, again and again, until the last step is published.
fn read(cell: &SnapshotCell, users: &[User], buckets: &[f64], rendezvous: &Rendezvous) -> Reading {
    let (mut reading, mut revision_before, world) = (Reading::default(), Some(REVISION), world());
    let mut people = users.iter().zip(buckets).cycle();
    rendezvous.start.wait();
    while !rendezvous.is_over() {
        for (user, bucket) in people.by_ref().take(USERS_PER_LOOK) {
            let (revision, is_in) = cell.with(|snapshot| {
                let found = snapshot.resolve(FLAG, user, &world, &mut ());
                (snapshot.revision(), found.is_ok_and(|found| found.is_enabled()))
            });
            let belongs_in = *bucket / 100.0 < percentage(revision.unwrap_or(0) - REVISION);
            reading.torn += usize::from(is_in != belongs_in);
            reading.changes += usize::from(revision != revision_before);
            reading.evaluations += 1;
            revision_before = revision;
        }
    }
    reading
}

/// Where the publisher and the readers meet.
struct Rendezvous {
    start: Barrier,
    is_over: Mutex<bool>,
}

impl Rendezvous {
    fn end(&self) {
        *self.is_over.lock().unwrap_or_else(PoisonError::into_inner) = true;
    }

    fn is_over(&self) -> bool {
        *self.is_over.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The users' buckets for the flag, from the recipe of the format: md5(key ":" id) mod 10000.
fn buckets(users: &[User]) -> Vec<f64> {
    let bucketing = Bucketing {
        hash: Hash::Md5 { bits: 128 },
        input: vec![Part::Text(format!("{FLAG}:")), Part::Subject],
        reads: TextReading::Json,
        units: Units::Utf8,
        scale: Scale::modulo(10_000),
    };
    let prepared = bucketing.prepare();
    users.iter().filter_map(|user| prepared.bucket(user.id().into())).collect()
}

/// The flag file after so many steps.
fn text(step: u64) -> String {
    let (before, after) = FLAGS.split_once(FLAG_MARK).unwrap_or((FLAGS, ""));
    let revision = format!("revision: {}\n", REVISION + step);
    let before = before.replacen(REVISION_MARK, &revision, 1);
    let rollout = format!("rollout_percentage: {:.1}\n", percentage(step));
    format!("{before}{FLAG_MARK}{}", after.replacen(ROLLOUT_MARK, &rollout, 1))
}

/// The rollout after so many steps.
fn percentage(step: u64) -> f64 {
    let tenths = TENTHS_BEFORE.saturating_add(u32::try_from(step).unwrap_or(u32::MAX));
    f64::from(tenths) / 10.0
}

/// The flag whose rollout is raised.
pub(super) const FLAG: &str = "new-search";
/// How many steps there are, each a tenth of a percent.
pub(super) const STEPS: u64 = 150;
const PAUSE: Duration = Duration::from_millis(1);
const TENTHS_BEFORE: u32 = 100;
const REVISION: u64 = 42;
const REVISION_MARK: &str = "revision: 42\n";
const FLAG_MARK: &str = "\n  new-search:\n";
const ROLLOUT_MARK: &str = "rollout_percentage: 10\n";
/// How many users pass between two looks at whether the last step is published.
const USERS_PER_LOOK: usize = 256;

#[cfg(test)]
mod tests;
