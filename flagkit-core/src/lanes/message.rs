//! A short message as the only block of its hash.

use crate::bucketing::copy_short;

/// What the compression of MD5 and of the SHA family eats.
pub(super) type Block = [u8; 64];

/// Begins a block with this text and zeros behind it. Its length; none if it does not fit.
#[inline]
pub(super) fn begin(block: &mut Block, prefix: &[u8]) -> Option<usize> {
    *block = [0; 64];
    copy_short(prefix, block.get_mut(..prefix.len())?);
    Some(prefix.len())
}

/// Puts subject and suffix behind the first `start` bytes, and the `0x80` that ends a message.
/// The length of the message; none if it does not leave room for its length.
///
/// What is behind `start` must be zeros.
#[inline]
pub(super) fn complete(
    block: &mut Block,
    start: usize,
    subject: &[u8],
    suffix: &[u8],
) -> Option<usize> {
    let end = start + subject.len();
    let len = end + suffix.len();
    if len > LONGEST {
        return None;
    }
    copy_short(subject, block.get_mut(start..end)?);
    if !suffix.is_empty() {
        copy_short(suffix, block.get_mut(end..len)?);
    }
    *block.get_mut(len)? = 0x80;
    Some(len)
}

/// A byte that ends the message and eight for its length are left.
const LONGEST: usize = 55;

#[cfg(test)]
mod tests;
