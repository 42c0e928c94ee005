use super::{Allocated, Counting, during};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[test]
fn what_is_kept_is_live_and_what_was_there_at_once_is_the_peak() {
    let (kept, allocated) = during(|| {
        drop(Vec::<u8>::with_capacity(1_000));
        Vec::<u8>::with_capacity(300)
    });
    assert_eq!(allocated, Allocated { calls: 2, live: 300, peak: 1_000 });
    let ((), allocated) = during(|| drop(kept));
    assert_eq!(allocated, Allocated { calls: 0, live: -300, peak: 0 });
}

#[test]
fn growing_counts_as_another_call() {
    let (_kept, allocated) = during(|| {
        let mut bytes = Vec::<u8>::with_capacity(8);
        bytes.reserve_exact(64);
        bytes
    });
    assert_eq!((allocated.calls, allocated.live), (2, 64));
}
