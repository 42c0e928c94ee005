//! Sets of texts: segment members and long lists of operands.

use std::fmt::Write;
use std::hash::{BuildHasher, Hasher};

use hashbrown::{DefaultHashBuilder, HashTable};

use crate::text::{Case, ShortText, fold, fold_character, hash_alone};

mod packed;

use packed::{Packed, Packing};

/// A set of texts that answers in one probe, however many there are.
///
/// All texts stand in one allocation; the table holds five bytes for each, and at worst as many
/// for a place that is free.
#[derive(Clone, Debug, Default)]
pub(crate) struct KeySet {
    texts: Packed,
    /// Places in `texts`.
    entries: HashTable<u32>,
    hasher: DefaultHashBuilder,
    case: Case,
    first: Box<[Box<str>]>,
}

impl KeySet {
    /// The set of these texts; `None` if they exceed 4 GiB.
    pub(crate) fn new<'t>(
        texts: impl Iterator<Item = &'t str> + Clone,
        case: Case,
    ) -> Option<Self> {
        let mut set = Self { case, ..Self::default() };
        set.first = texts.clone().take(SHOWN).map(Box::from).collect();
        set.entries = HashTable::with_capacity(texts.clone().count());
        let mut packing = Packing::default();
        for text in texts {
            match case {
                Case::Sensitive => set.insert(text, &mut packing)?,
                Case::Insensitive => set.insert(&fold(text), &mut packing)?,
                Case::Lowered => set.insert(&text.to_lowercase(), &mut packing)?,
            }
        }
        set.texts = packing.finish();
        let Self { texts, entries, hasher, .. } = &mut set;
        entries.shrink_to_fit(|place| texts.with(*place, |text| hash(hasher, case, text)));
        Some(set)
    }

    #[inline]
    pub(crate) fn contains(&self, text: &str) -> bool {
        match self.case {
            Case::Sensitive => self.holds(text),
            Case::Insensitive => self.contains_all_of(&text.chars().map(fold_character)),
            // The lower case of this letter depends on its neighbours.
            Case::Lowered if text.contains('Σ') => self.holds(&text.to_lowercase()),
            Case::Lowered => self.contains_all_of(&text.chars().flat_map(char::to_lowercase)),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The first few members, for explanations.
    pub(crate) fn first(&self) -> &[Box<str>] {
        &self.first
    }

    /// Whether something is so for all members.
    pub(crate) fn all(&self, mut is_so: impl FnMut(&str) -> bool) -> bool {
        self.entries.iter().all(|place| self.texts.with(*place, &mut is_so))
    }

    /// Whether something is so for some member.
    pub(crate) fn any(&self, mut is_so: impl FnMut(&str) -> bool) -> bool {
        self.entries.iter().any(|place| self.texts.with(*place, &mut is_so))
    }

    /// Whether the set holds this text as it is.
    #[inline]
    fn holds(&self, text: &str) -> bool {
        let hash = hash(&self.hasher, self.case, text);
        self.entries.find(hash, |place| self.texts.is_at(*place, text)).is_some()
    }

    /// The same for the text of these characters, which may be too long for the stack.
    fn contains_all_of(&self, characters: &(impl Iterator<Item = char> + Clone)) -> bool {
        let mut short = ShortText::<SHORT>::new();
        if characters.clone().try_for_each(|character| short.write_char(character)).is_ok() {
            return self.holds(short.as_str());
        }
        let hash = hash_of_characters(&self.hasher, characters.clone());
        let is_same = |text: &str| text.chars().eq(characters.clone());
        self.entries.find(hash, |place| self.texts.with(*place, is_same)).is_some()
    }

    fn insert(&mut self, text: &str, packing: &mut Packing) -> Option<()> {
        let Self { entries, hasher, case, .. } = self;
        let hash_of = |text: &str| hash(hasher, *case, text);
        let hash = hash_of(text);
        if entries.find(hash, |place| packing.texts().is_at(*place, text)).is_none() {
            let place = packing.push(text)?;
            entries.insert_unique(hash, place, |place| packing.texts().with(*place, hash_of));
        }
        Some(())
    }
}

/// The same texts, compared in the same way.
impl PartialEq for KeySet {
    fn eq(&self, other: &Self) -> bool {
        let is_alike = self.case == other.case && self.len() == other.len();
        is_alike && self.all(|text| other.holds(text))
    }
}

/// The hash of a member. Where case does not count, a long one is asked for one character at a
/// time, so that is how it is hashed.
#[inline]
fn hash(hasher: &DefaultHashBuilder, case: Case, text: &str) -> u64 {
    if case == Case::Sensitive || text.len() <= SHORT {
        hash_alone(hasher, text)
    } else {
        hash_of_characters(hasher, text.chars())
    }
}

fn hash_of_characters(hasher: &DefaultHashBuilder, characters: impl Iterator<Item = char>) -> u64 {
    let mut state = hasher.build_hasher();
    characters.for_each(|character| state.write_u32(u32::from(character)));
    state.finish()
}

const SHOWN: usize = 5;
/// Texts of so many bytes are folded on the stack.
const SHORT: usize = 128;

#[cfg(test)]
mod tests;
