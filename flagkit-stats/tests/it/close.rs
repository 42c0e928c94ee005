//! How close two numbers are.

/// Whether two numbers are as close as that, or both are none.
pub(crate) fn close(left: f64, right: f64, tolerance: f64) -> bool {
    left == right || (left - right).abs() <= tolerance || (left.is_nan() && right.is_nan())
}
