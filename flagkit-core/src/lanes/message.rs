//! A short message as the only block of its hash.

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

/// Copies a short text to a place of the same length.
///
/// Two moves of a fixed size overlap in the middle. A call of `memcpy` for every part makes a
/// hash in 16 lanes a quarter slower.
#[inline]
fn copy_short(from: &[u8], to: &mut [u8]) {
    let moved = match from.len() {
        0 => Some(()),
        1 => move_ends::<1>(from, to),
        2..4 => move_ends::<2>(from, to),
        4..8 => move_ends::<4>(from, to),
        8..16 => move_ends::<8>(from, to),
        16..32 => move_ends::<16>(from, to),
        _ => move_ends::<32>(from, to),
    };
    // INVARIANT: texts of 1 to 64 bytes have both ends, and no longer one fits a block.
    debug_assert!(moved.is_some() && from.len() <= 64, "{} bytes", from.len());
}

/// Copies the first and the last `N` bytes.
#[inline]
fn move_ends<const N: usize>(from: &[u8], to: &mut [u8]) -> Option<()> {
    *to.first_chunk_mut::<N>()? = *from.first_chunk::<N>()?;
    *to.last_chunk_mut::<N>()? = *from.last_chunk::<N>()?;
    Some(())
}

/// A byte that ends the message and eight for its length are left.
const LONGEST: usize = 55;

#[cfg(test)]
mod tests;
