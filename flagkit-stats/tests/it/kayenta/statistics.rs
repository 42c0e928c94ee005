//! Summaries of next to nothing.

use flagkit_stats::kayenta::statistics::{percentile, summary};

#[test]
fn a_single_value_and_none_have_summaries() {
    let single = summary(&[1.0]);
    assert_eq!((single.min, single.max, single.mean, single.deviation), (1.0, 1.0, 1.0, 0.0));
    let none = summary(&[]);
    assert_eq!((none.min, none.max, none.mean, none.deviation), (0.0, 0.0, 0.0, 0.0));
    assert_eq!((single.count, none.count), (1, 0));
    assert!(percentile(&[], 50.0).is_nan());
}
