use super::*;

#[test]
fn holes_join_and_cut_what_comes_after_them() {
    let mut ranges = Ranges::default();
    assert_eq!(ranges.without_holes(0.0, 1.0), [(0.0, 1.0)]);
    ranges.punch(0.4, 0.5);
    ranges.punch(0.1, 0.2);
    ranges.punch(0.9, 0.9);
    assert_eq!(ranges.without_holes(0.0, 1.0), [(0.0, 0.1), (0.2, 0.4), (0.5, 1.0)]);
    assert_eq!(ranges.without_holes(0.15, 0.45), [(0.2, 0.4)]);
    assert_eq!(ranges.without_holes(0.41, 0.45), []);
    ranges.punch(0.15, 0.45);
    assert_eq!(ranges.holes, [(0.1, 0.5)]);
    assert_eq!(ranges.without_holes(0.0, 0.1), [(0.0, 0.1)]);
}
