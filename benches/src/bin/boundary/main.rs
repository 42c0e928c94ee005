//! What it costs to evaluate a flag through the C interface instead of calling Rust.
//!
//! ```text
//! cargo xtask install --prefix target/c/release
//! cargo run --release -p flagkit-benches --bin boundary -- target/c/release/lib/libflagkit.so.1
//! ```
//!
//! The installed library is loaded beside the facade that this program contains, with the same flags
//! and users. Both answer the same questions in turns of less than a millisecond, in an order that changes,
//! so that whatever else the machine does meets both. First all answers are compared.

use std::error::Error;
use std::hint::black_box;
use std::time::Instant;

use flagkit::{Client, Context, FlagKey};

mod library;

use library::{Library, User};

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

fn main() -> Outcome {
    let path = std::env::args().nth(1).ok_or("say which library: the path of libflagkit.so.1")?;
    let library = Library::load(&path)?;
    println!("{:<44} {:>8} {:>8} {:>11} {:>7}", "", "Rust", "C", "difference", "ratio");
    for (about, key, limits) in QUESTIONS {
        let contest = Contest::new(&library, key)?;
        let (rust, c) = contest.by_id();
        report(&format!("{about}, by id"), rust, c, limits.then_some(BY_ID_MAX));
        let (rust, c) = contest.by_name();
        report(&format!("{about}, by name"), rust, c, limits.then_some(BY_NAME_MAX));
    }
    Ok(())
}

fn report(about: &str, rust: f64, c: f64, limit: Option<f64>) {
    let (difference, ratio) = (c - rust, c / rust);
    let limit = limit.map(|limit| {
        let word = if difference <= limit { "within" } else { "ABOVE" };
        format!("  {word} {limit} ns")
    });
    let limit = limit.unwrap_or_default();
    println!("{about:<44} {rust:>5.1} ns {c:>5.1} ns {difference:>+8.1} ns {ratio:>7.2}{limit}");
}

/// One flag, asked on both sides of the border.
struct Contest<'l> {
    library: &'l Library,
    client: Client,
    foreign: library::Client,
    key: FlagKey,
    name: String,
    id: u32,
    users: Vec<(Context, User)>,
}

impl<'l> Contest<'l> {
    fn new(library: &'l Library, key: &str) -> Outcome<Self> {
        let contest = Self {
            library,
            client: Client::from_text(FLAGS)?,
            foreign: library.client(FLAGS)?,
            key: FlagKey::new(key),
            name: key.to_owned(),
            id: library.flag(key),
            users: (0..USERS).map(|number| user(library, number)).collect(),
        };
        for (ours, theirs) in &contest.users {
            let expected = contest.client.boolean(key, ours, false);
            let answers = [
                contest.client.boolean(&contest.key, ours, false),
                contest.library.boolean(&contest.foreign, key, theirs),
                contest.library.boolean_by_id(&contest.foreign, contest.id, theirs),
            ];
            if answers != [expected; 3] {
                return Err(format!("`{key}` is answered differently").into());
            }
        }
        Ok(contest)
    }

    /// Nanoseconds for a call in Rust and in C.
    fn by_id(&self) -> (f64, f64) {
        in_turns(
            || self.round(|(user, _)| self.client.boolean(black_box(&self.key), user, false)),
            || {
                self.round(|(_, user)| {
                    self.library.boolean_by_id(&self.foreign, black_box(self.id), user)
                })
            },
        )
    }

    fn by_name(&self) -> (f64, f64) {
        in_turns(
            || self.round(|(user, _)| self.client.boolean(black_box(&*self.name), user, false)),
            || {
                self.round(|(_, user)| {
                    self.library.boolean(&self.foreign, black_box(&*self.name), user)
                })
            },
        )
    }

    /// Asks for every user, again and again; nanoseconds for each call.
    fn round(&self, ask: impl Fn(&(Context, User)) -> bool) -> f64 {
        let begin = Instant::now();
        for _ in 0..REPEATS {
            for user in &self.users {
                black_box(ask(black_box(user)));
            }
        }
        #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
        let calls = (REPEATS * self.users.len()) as f64;
        begin.elapsed().as_secs_f64() * 1e9 / calls
    }
}

/// The median of many rounds of each, one after the other, and each first every other time.
fn in_turns(first: impl Fn() -> f64, second: impl Fn() -> f64) -> (f64, f64) {
    let mut times = (Vec::new(), Vec::new());
    for turn in 0..ROUNDS {
        if turn % 2 == 0 {
            times.0.push(first());
            times.1.push(second());
        } else {
            times.1.push(second());
            times.0.push(first());
        }
    }
    (median(times.0), median(times.1))
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The same user on both sides.
fn user(library: &Library, number: usize) -> (Context, User) {
    let id = format!("user-{number}");
    let plan = if number.is_multiple_of(2) { "pro" } else { "free" };
    let context = Context::new(id.as_str()).with("country", "DE").with("plan", plan);
    (context, library.user(&id, &[("country", "DE"), ("plan", plan)]))
}

/// What is asked, the key, and whether it is what the limits are about.
const QUESTIONS: &[(&str, &str, bool)] = &[
    ("on for everyone", "everyone", true),
    ("a rule with one attribute", "pros", false),
    ("half of all users", "half", false),
];

const FLAGS: &str = r#"{"schema": "flagkit/1", "flags": {
    "everyone": {"enabled": true, "rollout_percentage": 100},
    "half": {"enabled": true, "rollout_percentage": 50},
    "pros": {"enabled": true, "targeting_rules": [
        {"id": "pro", "conditions": [{"attribute": "plan", "operator": "equals", "value": "pro"}]}]}}}"#;

const USERS: usize = 64;
/// A round is this many times all users: less than the system lets a program run at a time.
const REPEATS: usize = 50;
const ROUNDS: usize = 2001;
/// What a call by id, and by name, may cost more than in Rust, in nanoseconds.
const BY_ID_MAX: f64 = 10.0;
const BY_NAME_MAX: f64 = 20.0;
