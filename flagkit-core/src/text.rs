//! Text comparison with and without regard to case.
//!
//! Case is folded character by character (Unicode simple case folding), so a
//! comparison needs no buffer: `Straße` equals `STRAẞE`, not `STRASSE`.

use std::borrow::Cow;
use std::hash::{BuildHasher, Hasher};

mod plain_pattern;
mod short;

pub(crate) use plain_pattern::PlainPattern;
pub(crate) use short::ShortText;

/// How two texts are compared.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[expect(clippy::exhaustive_enums, reason = "plain data: a new kind must be said everywhere")]
pub enum Case {
    /// Every character counts as it is.
    #[default]
    Sensitive,
    /// Upper and lower case of a character are the same.
    Insensitive,
    /// Both texts are turned into lower case first, as [`str::to_lowercase`] does: one character
    /// may become two, and a capital sigma at the end of a word becomes another letter.
    Lowered,
}

impl Case {
    #[inline]
    pub(crate) fn equal(self, left: &str, right: &str) -> bool {
        match self {
            Self::Sensitive => is_same(left, right),
            Self::Insensitive => folded(left).eq(folded(right)),
            Self::Lowered => lowered(&tamed(left)).eq(lowered(&tamed(right))),
        }
    }

    #[inline]
    pub(crate) fn starts_with(self, text: &str, prefix: &str) -> bool {
        match self {
            Self::Sensitive => {
                let start = text.as_bytes().get(..prefix.len());
                start.is_some_and(|start| is_same_bytes(start, prefix.as_bytes()))
            }
            Self::Insensitive => begins(folded(text), folded(prefix)),
            Self::Lowered => begins(lowered(&tamed(text)), lowered(&tamed(prefix))),
        }
    }

    #[inline]
    pub(crate) fn ends_with(self, text: &str, suffix: &str) -> bool {
        match self {
            Self::Sensitive => {
                let start = text.len().checked_sub(suffix.len());
                let end = start.and_then(|start| text.as_bytes().get(start..));
                end.is_some_and(|end| is_same_bytes(end, suffix.as_bytes()))
            }
            Self::Insensitive => begins(folded(text).rev(), folded(suffix).rev()),
            Self::Lowered => begins(lowered(&tamed(text)).rev(), lowered(&tamed(suffix)).rev()),
        }
    }

    pub(crate) fn contains(self, text: &str, part: &str) -> bool {
        match self {
            Self::Sensitive => text.contains(part),
            Self::Insensitive => {
                let starts = text.char_indices().map(|(start, _)| start).chain([text.len()]);
                starts.into_iter().any(|start| {
                    text.get(start..).is_some_and(|rest| begins(folded(rest), folded(part)))
                })
            }
            Self::Lowered => {
                let (text, part) = (tamed(text), tamed(part));
                let mut rest = lowered(&text);
                while !begins(rest.clone(), lowered(&part)) {
                    if rest.next().is_none() {
                        return false;
                    }
                }
                true
            }
        }
    }
}

/// Whether two texts are equal, without calling the platform's comparison for short ones.
///
/// Keys and ids are rarely longer than sixteen bytes; two overlapping words decide
/// those in two nanoseconds where the call takes five (benches/targets, W1 by name).
#[inline]
pub(crate) fn is_same(left: &str, right: &str) -> bool {
    is_same_bytes(left.as_bytes(), right.as_bytes())
}

/// The same for bytes.
#[inline]
pub(crate) fn is_same_bytes(left: &[u8], right: &[u8]) -> bool {
    if left.len() != right.len() {
        return false;
    }
    match left.len() {
        0..4 => left.iter().eq(right),
        4..8 => {
            left.first_chunk::<4>() == right.first_chunk()
                && left.last_chunk::<4>() == right.last_chunk()
        }
        8..=16 => {
            left.first_chunk::<8>() == right.first_chunk()
                && left.last_chunk::<8>() == right.last_chunk()
        }
        _ => left == right,
    }
}

/// The hash of a text that nothing else follows: without the mark by which `Hash` for texts
/// tells where one ends and the next begins.
#[inline]
pub(crate) fn hash_alone(hasher: &impl BuildHasher, text: &str) -> u64 {
    let mut state = hasher.build_hasher();
    state.write(text.as_bytes());
    state.finish()
}

/// The text with every character folded, for keys of sets.
pub(crate) fn fold(text: &str) -> String {
    folded(text).collect()
}

/// One representative of all characters that differ only by case.
pub(crate) fn fold_character(character: char) -> char {
    if character.is_ascii() {
        return character.to_ascii_lowercase();
    }
    match character {
        // The dotless i is a letter of its own: only Turkish rules pair it with `I`.
        'ı' => return character,
        // Pairs whose upper case is more than one character.
        '\u{1fd3}' => return '\u{390}',
        '\u{1fe3}' => return '\u{3b0}',
        '\u{fb05}' => return '\u{fb06}',
        _ => {}
    }
    let upper = single(character.to_uppercase()).unwrap_or(character);
    single(upper.to_lowercase()).unwrap_or(upper)
}

fn folded(text: &str) -> impl DoubleEndedIterator<Item = char> {
    text.chars().map(fold_character)
}

fn lowered(text: &str) -> impl DoubleEndedIterator<Item = char> + Clone {
    text.chars().flat_map(char::to_lowercase)
}

/// Text that is put into lower case character by character: without the one letter whose lower
/// case depends on its neighbours. Only such text is copied.
fn tamed(text: &str) -> Cow<'_, str> {
    if text.contains('Σ') { Cow::Owned(text.to_lowercase()) } else { Cow::Borrowed(text) }
}

fn begins(mut text: impl Iterator<Item = char>, prefix: impl Iterator<Item = char>) -> bool {
    prefix.into_iter().all(|wanted| text.next() == Some(wanted))
}

fn single(mut characters: impl Iterator<Item = char>) -> Option<char> {
    let first = characters.next();
    characters.next().map_or(first, |_| None)
}

#[cfg(test)]
mod tests;
