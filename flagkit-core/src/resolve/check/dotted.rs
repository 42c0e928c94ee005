//! Numbers between dots: versions of any length.

use std::cmp::Ordering;

use crate::document::Order;

/// Whether the numbers of the text stand in this order to those of the operand; `None` if the
/// comparison gets to something that is no number.
pub(super) fn compare(order: Order, text: &str, operand: &str) -> Option<bool> {
    let (mut left, mut right) = (pieces(text), pieces(operand));
    loop {
        let (left, right) = (left.next(), right.next());
        if left.is_none() && right.is_none() {
            return Some(order.holds(&Ordering::Equal, &Ordering::Equal));
        }
        let ordering = number(left)?.cmp(&number(right)?);
        if ordering.is_ne() {
            return Some(order.holds(&ordering, &Ordering::Equal));
        }
    }
}

/// What stands between the dots before the first dash.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    text.split('-').next().unwrap_or_default().split('.')
}

/// A missing number is 0.
fn number(piece: Option<&str>) -> Option<i128> {
    piece.map_or(Some(0), |piece| piece.trim().parse().ok())
}

#[cfg(test)]
mod tests;
