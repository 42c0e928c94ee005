//! Sets of texts: segment members and long lists of operands.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

use crate::text::{Case, fold, fold_character, is_same};

/// A set of texts that answers in one probe, however many there are.
///
/// All texts stand in one allocation; the table holds eight bytes for each.
#[derive(Clone, Debug, Default)]
pub(crate) struct KeySet {
    texts: Box<str>,
    entries: HashTable<(u32, u32)>,
    hasher: DefaultHashBuilder,
    case: Case,
    first: Vec<Box<str>>,
}

impl KeySet {
    /// The set of these texts; `None` if they exceed 4 GiB.
    pub(crate) fn new<'t>(
        texts: impl Iterator<Item = &'t str> + Clone,
        case: Case,
    ) -> Option<Self> {
        let mut set = Self { case, ..Self::default() };
        let mut joined = String::new();
        for text in texts {
            if set.first.len() < SHOWN {
                set.first.push(text.into());
            }
            match case {
                Case::Sensitive => set.insert(text, &mut joined)?,
                Case::Insensitive => set.insert(&fold(text), &mut joined)?,
                Case::Lowered => set.insert(&text.to_lowercase(), &mut joined)?,
            }
        }
        set.texts = joined.into_boxed_str();
        Some(set)
    }

    #[inline]
    pub(crate) fn contains(&self, text: &str) -> bool {
        match self.case {
            Case::Sensitive => self.find(self.hasher.hash_one(text), |other| is_same(other, text)),
            Case::Insensitive => self.contains_folded(text),
            Case::Lowered => self.iter().any(|other| self.case.equal(other, text)),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The first few members, for explanations.
    pub(crate) fn first(&self) -> &[Box<str>] {
        &self.first
    }

    /// Folds into a small buffer; text beyond it is compared with every member.
    fn contains_folded(&self, text: &str) -> bool {
        let mut buffer = [0; 128];
        let mut len = 0;
        for character in text.chars().map(fold_character) {
            let Some(place) = buffer.get_mut(len..len + character.len_utf8()) else {
                return self.iter().any(|other| self.case.equal(other, text));
            };
            character.encode_utf8(place);
            len += character.len_utf8();
        }
        let folded = buffer.get(..len).and_then(|bytes| str::from_utf8(bytes).ok());
        let folded = folded.unwrap_or_default();
        self.find(self.hasher.hash_one(folded), |other| other == folded)
    }

    #[inline]
    fn find(&self, hash: u64, is_equal: impl Fn(&str) -> bool) -> bool {
        self.entries.find(hash, |entry| is_equal(slice(&self.texts, *entry))).is_some()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|entry| slice(&self.texts, *entry))
    }

    fn insert(&mut self, text: &str, joined: &mut String) -> Option<()> {
        let hash = self.hasher.hash_one(text);
        if self.entries.find(hash, |entry| slice(joined, *entry) == text).is_some() {
            return Some(());
        }
        let start = u32::try_from(joined.len()).ok()?;
        joined.push_str(text);
        let entry = (start, u32::try_from(text.len()).ok()?);
        let hasher = &self.hasher;
        self.entries.insert_unique(hash, entry, |entry| hasher.hash_one(slice(joined, *entry)));
        Some(())
    }
}

/// The same texts, compared in the same way.
impl PartialEq for KeySet {
    fn eq(&self, other: &Self) -> bool {
        let is_alike = self.case == other.case && self.len() == other.len();
        is_alike && self.iter().all(|text| other.contains(text))
    }
}

#[inline]
fn slice(texts: &str, (start, len): (u32, u32)) -> &str {
    let start = start as usize;
    texts.get(start..start + len as usize).unwrap_or_default()
}

const SHOWN: usize = 5;
