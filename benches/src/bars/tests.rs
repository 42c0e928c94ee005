use super::*;

#[test]
fn ten_times_is_as_far_everywhere() {
    let axis = Axis { first: 0.0, last: 4.0 };
    assert_eq!(axis.x(1.0), LEFT);
    assert_eq!(axis.x(10_000.0), RIGHT);
    assert_eq!(axis.x(100.0) - axis.x(10.0), axis.x(1_000.0) - axis.x(100.0));
}
