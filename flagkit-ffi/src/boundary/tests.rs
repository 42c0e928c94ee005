use super::*;
use crate::status::flagkit_last_status;

fn panics() -> u8 {
    panic!("on purpose")
}

#[test]
fn a_panic_becomes_the_fallback_and_is_counted() {
    let before = flagkit_caught_panics();
    let answer = std::thread::spawn(|| {
        std::panic::set_hook(Box::new(|_| {}));
        let answer = boundary!(7, { usize::from(panics()) });
        let _ = std::panic::take_hook();
        (answer, flagkit_last_status())
    });
    assert_eq!(answer.join().unwrap(), (7, FLAGKIT_PANIC));
    assert_eq!(flagkit_caught_panics(), before + 1);
}
