//! Texts in one allocation, each behind one byte that says how long it is.
//!
//! What is written as a UUID in lower case, as many systems write their ids, takes sixteen bytes.
//! A text is packed only if unpacking gives the same text again, so nothing is lost.

use crate::text::is_same_bytes;

/// Many texts.
#[derive(Clone, Debug, Default)]
pub(super) struct Packed {
    bytes: Box<[u8]>,
}

/// Texts that are still being added.
#[derive(Debug, Default)]
pub(super) struct Packing {
    bytes: Vec<u8>,
}

/// Those that there are so far.
#[derive(Clone, Copy)]
pub(super) struct Texts<'p> {
    bytes: &'p [u8],
}

/// One text as it stands in memory.
enum Stored<'p> {
    Plain(&'p [u8]),
    Uuid(&'p [u8; 16]),
}

impl Packing {
    /// Adds a text and tells its place; `None` beyond 4 GiB.
    pub(super) fn push(&mut self, text: &str) -> Option<u32> {
        let place = u32::try_from(self.bytes.len()).ok()?;
        if let Some(packed) = packed(text) {
            self.bytes.push(UUID);
            self.bytes.extend(packed);
            return Some(place);
        }
        match u8::try_from(text.len()) {
            Ok(len) if len < UUID => self.bytes.push(len),
            _ => {
                self.bytes.push(LONG);
                self.bytes.extend(u32::try_from(text.len()).ok()?.to_le_bytes());
            }
        }
        self.bytes.extend(text.as_bytes());
        Some(place)
    }

    pub(super) fn texts(&self) -> Texts<'_> {
        Texts { bytes: &self.bytes }
    }

    pub(super) fn finish(self) -> Packed {
        Packed { bytes: self.bytes.into() }
    }
}

impl Packed {
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    #[inline]
    pub(super) fn is_at(&self, place: u32, text: &str) -> bool {
        Texts { bytes: &self.bytes }.is_at(place, text)
    }

    pub(super) fn with<R>(&self, place: u32, read: impl FnOnce(&str) -> R) -> R {
        Texts { bytes: &self.bytes }.with(place, read)
    }
}

impl<'p> Texts<'p> {
    /// Whether this text stands there.
    #[inline]
    pub(super) fn is_at(self, place: u32, text: &str) -> bool {
        match self.stored(place) {
            Some(Stored::Plain(bytes)) => is_same_bytes(bytes, text.as_bytes()),
            Some(Stored::Uuid(packed)) => text.as_bytes() == unpacked(*packed),
            None => false,
        }
    }

    /// Reads the text that stands there.
    pub(super) fn with<R>(self, place: u32, read: impl FnOnce(&str) -> R) -> R {
        match self.stored(place) {
            Some(Stored::Plain(bytes)) => read(str::from_utf8(bytes).unwrap_or_default()),
            Some(Stored::Uuid(packed)) => {
                read(str::from_utf8(&unpacked(*packed)).unwrap_or_default())
            }
            None => read(""),
        }
    }

    #[inline]
    fn stored(self, place: u32) -> Option<Stored<'p>> {
        let (kind, rest) = self.bytes.get(place as usize..)?.split_first()?;
        match *kind {
            UUID => rest.first_chunk().map(Stored::Uuid),
            LONG => {
                let (len, rest) = rest.split_first_chunk()?;
                rest.get(..u32::from_le_bytes(*len) as usize).map(Stored::Plain)
            }
            len => rest.get(..usize::from(len)).map(Stored::Plain),
        }
    }
}

/// The sixteen bytes of text that is a UUID as it is usually written.
fn packed(text: &str) -> Option<[u8; 16]> {
    let text: &[u8; 36] = text.as_bytes().try_into().ok()?;
    let mut number = 0_u128;
    for byte in text.iter().filter(|byte| **byte != b'-') {
        number = number << 4 | u128::from(char::from(*byte).to_digit(16)?);
    }
    let packed = number.to_be_bytes();
    (unpacked(packed) == *text).then_some(packed)
}

/// The text of a UUID.
#[inline]
fn unpacked(packed: [u8; 16]) -> [u8; 36] {
    let (words, _) = packed.as_chunks::<4>();
    let mut digits = [[0; 8]; 4];
    for (digits, word) in digits.iter_mut().zip(words) {
        *digits = hexadecimal(u32::from_be_bytes(*word));
    }
    let [first, second, third, last] = digits;
    let mut text = [b'-'; 36];
    text[..8].copy_from_slice(&first);
    text[9..13].copy_from_slice(&second[..4]);
    text[14..18].copy_from_slice(&second[4..]);
    text[19..23].copy_from_slice(&third[..4]);
    text[24..28].copy_from_slice(&third[4..]);
    text[28..].copy_from_slice(&last);
    text
}

/// Eight digits, worked out side by side in one word.
#[inline]
fn hexadecimal(number: u32) -> [u8; 8] {
    let mut digits = u64::from(number);
    digits = (digits | digits << 16) & 0x0000_ffff_0000_ffff;
    digits = (digits | digits << 8) & 0x00ff_00ff_00ff_00ff;
    digits = (digits | digits << 4) & 0x0f0f_0f0f_0f0f_0f0f;
    // Six more than ten needs a fifth bit: those digits are letters, 39 places further on.
    let letters = ((digits + 0x0606_0606_0606_0606) >> 4) & 0x0101_0101_0101_0101;
    (digits + 0x3030_3030_3030_3030 + letters * 39).to_be_bytes()
}

/// Stands for the length of a UUID.
const UUID: u8 = 254;
/// Stands for a length from 254 on, which follows in four bytes.
const LONG: u8 = 255;
