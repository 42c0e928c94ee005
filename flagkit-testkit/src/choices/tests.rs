use super::Choices;

#[test]
fn a_seed_answers_as_splitmix64_does() {
    // The first outputs for seed 1234567 in Vigna's C code: 6457827717110365317, 3203168211198807973.
    let mut choices = Choices::from_seed(1_234_567);
    let limit = 1_000_000_007;
    assert_eq!(choices.below(limit), 6_457_827_717_110_365_317_usize % limit);
    assert_eq!(choices.below(limit), 3_203_168_211_198_807_973_usize % limit);
}

#[test]
fn bytes_answer_one_by_one_and_then_zeros() {
    let mut choices = Choices::from_bytes(&[7, 200, 1, 2]);
    assert_eq!(choices.below(10), 7);
    assert_eq!(choices.below(256), 200);
    assert_eq!(choices.below(257), 0x102 % 257);
    assert!(choices.is_exhausted());
    assert_eq!((choices.below(10), choices.between(-3, 3), choices.chance(99)), (0, -3, false));
}

#[test]
fn limits_are_kept() {
    let mut choices = Choices::from_seed(3);
    for _ in 0..1_000 {
        assert!(choices.below(3) < 3);
        assert!((-2..=2).contains(&choices.between(-2, 2)));
        assert!(choices.some(&[1, 2, 3, 4], 2).len() <= 2);
    }
    assert_eq!((choices.below(0), choices.below(1)), (0, 0));
    assert!(choices.chance(100) && !choices.chance(0));
}

#[test]
fn some_items_keep_their_order() {
    let mut choices = Choices::from_seed(5);
    for _ in 0..100 {
        let some = choices.some(&[1, 2, 3, 4, 5], 5);
        assert!(some.is_sorted());
    }
}
