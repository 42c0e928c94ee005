//! Whether two values are written as the same compact JSON.

use super::number;
use crate::value::{Attributes, ValueRef};

/// Numbers are the same if they are equal, objects if their keys come in the same order once
/// those that are array indices stand first, in theirs.
pub(crate) fn are_same_json(left: ValueRef<'_>, right: ValueRef<'_>) -> bool {
    match (left, right) {
        (ValueRef::Null, ValueRef::Null) => true,
        (ValueRef::Boolean(left), ValueRef::Boolean(right)) => left == right,
        (ValueRef::String(left), ValueRef::String(right)) => left == right,
        (ValueRef::List(left), ValueRef::List(right)) => {
            left.iter().count() == right.iter().count()
                && left.iter().zip(right.iter()).all(|(left, right)| are_same_json(left, right))
        }
        (ValueRef::Structure(left), ValueRef::Structure(right)) => are_same_objects(left, right),
        _ => match (number::float(left), number::float(right)) {
            (Some(left), Some(right)) => left == right,
            _ => false,
        },
    }
}

fn are_same_objects(left: &dyn Attributes, right: &dyn Attributes) -> bool {
    let mut same = count(left) == count(right);
    left.each_attribute(&mut |name, value| {
        same = same
            && right.attribute(name).is_some_and(|other| are_same_json(value, other))
            && (is_index(name) || rank(left, name) == rank(right, name));
    });
    same
}

fn count(object: &dyn Attributes) -> usize {
    let mut count = 0;
    object.each_attribute(&mut |_, _| count += 1);
    count
}

/// How many names that are no indices stand before this one.
fn rank(object: &dyn Attributes, wanted: &str) -> usize {
    let (mut before, mut is_found) = (0, false);
    object.each_attribute(&mut |name, _| {
        is_found = is_found || name == wanted;
        before += usize::from(!is_found && !is_index(name));
    });
    before
}

/// Whether the language sorts this name as a number: digits without a leading zero below
/// 2³² − 1.
fn is_index(name: &str) -> bool {
    let is_canonical = name == "0" || !name.starts_with('0');
    is_canonical
        && name.bytes().all(|byte| byte.is_ascii_digit())
        && name.parse::<u32>().is_ok_and(|index| index < u32::MAX)
}
