use super::*;
use crate::status::{FLAGKIT_NULL_PARAMETER, flagkit_last_status};

fn flag(key: &str) -> flagkit_flag_id {
    // SAFETY: the text is there for the whole call.
    unsafe { flagkit_flag(flagkit_str::of(key)) }
}

#[test]
fn the_same_key_has_the_same_id_on_every_thread() {
    let ask = || (0..1000).map(|n| flag(&format!("key-{n}"))).collect::<Vec<_>>();
    let threads = [(); 4].map(|()| std::thread::spawn(ask));
    let found = threads.map(|thread| thread.join().unwrap());
    assert!(found.iter().all(|ids| *ids == ask()));
    let mut ids = ask();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 1000, "different keys have different ids");
    for (id, n) in ask().into_iter().zip(0..) {
        assert_eq!(find(id).unwrap().as_key(), format!("key-{n}"));
    }
}

#[test]
fn numbers_that_were_never_given_have_no_key() {
    for id in [0, ID_MAX, ID_MAX + 1, u32::MAX] {
        assert_eq!(find(id).err(), Some(FLAGKIT_UNKNOWN_FLAG_ID));
        assert!(flagkit_flag_key(id).ptr.is_null());
    }
}

#[test]
fn keys_that_cannot_be_read_or_are_too_long_have_no_id() {
    assert_eq!(flag(&"k".repeat(KEY_BYTES_MAX + 1)), FLAGKIT_NO_FLAG);
    assert_eq!(flagkit_last_status(), FLAGKIT_LIMIT_EXCEEDED);
    // SAFETY: NULL is allowed.
    assert_eq!(unsafe { flagkit_flag(flagkit_str::NONE) }, FLAGKIT_NO_FLAG);
    assert_eq!(flagkit_last_status(), FLAGKIT_NULL_PARAMETER);
}
