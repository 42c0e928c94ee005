//! Releases whose engines are killed, for as long as somebody wants.

use std::time::{Duration, Instant};

use crate::stage::killing::{BAD, GOOD, play};
use crate::stage::random::Random;

/// Good and bad releases in turn until the time is over. Any broken promise stops it.
pub(crate) fn go_on_for(length: Duration) {
    let mut random = Random::from_environment("releases whose engine is killed");
    let begun = Instant::now();
    let (mut releases, mut kills, mut answered, mut late) = (0, 0, 0, Duration::ZERO);
    while begun.elapsed() < length {
        let act = if releases % 2 == 0 { &GOOD } else { &BAD };
        let survived = play(act, &mut random);
        println!("{}: {survived}", if releases % 2 == 0 { "good" } else { "bad " });
        releases += 1;
        kills += survived.kills;
        answered += survived.answered;
        late = late.max(survived.late);
    }
    println!(
        "{releases} releases, {kills} kills, {answered} requests, none lost; no waiting step was off by more than {} ms",
        late.as_millis()
    );
    assert!(late < Duration::from_secs(1), "a restart moved the time");
}
