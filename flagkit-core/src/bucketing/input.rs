//! What is hashed, put together on the stack.

/// Calls `then` with the parts, one after another.
#[inline]
pub(super) fn with_joined<R>(parts: [&[u8]; 3], then: impl FnOnce(&[u8]) -> R) -> R {
    let len = parts.iter().map(|part| part.len()).sum::<usize>();
    if len <= SHORT {
        let mut bytes = [0; SHORT];
        join(&mut bytes, parts);
        then(bytes.get(..len).unwrap_or_default())
    } else {
        with_repeated(parts, &[], 1, then)
    }
}

/// Calls `then` with any number of parts, the whole repeated with the separator between.
#[inline(never)]
pub(super) fn with_repeated<const N: usize, R>(
    parts: [&[u8]; N],
    separator: &[u8],
    times: usize,
    then: impl FnOnce(&[u8]) -> R,
) -> R {
    let once = parts.iter().map(|part| part.len()).sum::<usize>();
    let len = once.saturating_add(separator.len()).saturating_mul(times);
    if len > LONG + separator.len() {
        return then(&vec![parts.concat(); times].join(separator));
    }
    let len = len.saturating_sub(separator.len());
    let mut bytes = [0; LONG];
    let mut rest = bytes.as_mut_slice();
    for part in (0..times).flat_map(|_| parts.into_iter().chain([separator])) {
        // INVARIANT: all but the last separator fits the buffer.
        let Some((place, after)) = rest.split_at_mut_checked(part.len()) else { break };
        place.copy_from_slice(part);
        rest = after;
    }
    then(bytes.get(..len).unwrap_or_default())
}

/// Calls `then` with the parts as the only block of an MD5 or SHA, if they fit one. The functions
/// differ in the order of the bytes of the length at its end.
#[inline]
pub(super) fn with_block<R>(
    parts: [&[u8]; 3],
    bytes_of: fn(u64) -> [u8; 8],
    then: impl FnOnce(&[u8; 64]) -> R,
) -> Option<R> {
    let len = parts.iter().map(|part| part.len()).sum::<usize>();
    if len > 55 {
        return None;
    }
    let mut block = [0; 64];
    join(&mut block, parts);
    *block.get_mut(len)? = 0x80;
    let bits = (len as u64) * 8;
    block.last_chunk_mut::<8>()?.copy_from_slice(&bytes_of(bits));
    Some(then(&block))
}

/// Copies parts one after another; the caller has checked that they fit.
#[inline]
fn join(bytes: &mut [u8], [prefix, subject, suffix]: [&[u8]; 3]) {
    if let Some(place) = bytes.get_mut(..prefix.len()) {
        place.copy_from_slice(prefix);
    }
    let end = prefix.len() + subject.len();
    if let Some(place) = bytes.get_mut(prefix.len()..end) {
        place.copy_from_slice(subject);
    }
    if !suffix.is_empty()
        && let Some(place) = bytes.get_mut(end..end + suffix.len())
    {
        place.copy_from_slice(suffix);
    }
}

const SHORT: usize = 128;
const LONG: usize = 4096;
