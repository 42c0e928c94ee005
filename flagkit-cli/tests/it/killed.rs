//! Releases behind a real proxy, measured by a real Prometheus, while the engine is killed again and
//! again. The seed is printed; `FLAGKIT_SEED` plays it again.

use crate::stage::killing::{BAD, GOOD, play};
use crate::stage::random::Random;

#[test]
fn a_good_release_reaches_everybody_however_often_its_engine_is_killed() {
    let mut random = Random::from_environment("a good release");
    let survived = play(&GOOD, &mut random);
    eprintln!("{survived}");
    assert!(survived.kills > 0);
}

#[test]
fn a_bad_release_is_rolled_back_however_often_its_engine_is_killed() {
    let mut random = Random::from_environment("a bad release");
    let survived = play(&BAD, &mut random);
    eprintln!("{survived}");
    assert!(survived.kills > 0);
}
