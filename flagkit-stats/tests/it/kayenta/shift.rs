//! Shifts where there is none.

use flagkit_stats::kayenta::Samples;
use flagkit_stats::kayenta::shift::shift;

#[test]
fn what_cannot_be_ranked_has_no_shift() {
    for (control, experiment) in [
        (&[][..], &[1.0][..]),
        (&[1.0], &[]),
        (&[1.0, 1.0], &[1.0]),
        (&[1.0, 2.0], &[f64::INFINITY, 3.0]),
        (&[1.0, f64::NAN], &[2.0, 3.0]),
        (&[-1e308, -1e307], &[1e308, 1e307]),
    ] {
        assert_eq!(shift(&Samples { control, experiment }, 0.98), None, "{control:?}");
    }
}
