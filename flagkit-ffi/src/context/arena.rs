//! Attributes in memory that is used again: one text for all texts, and lists that are kept.

use std::mem;

use flagkit::{List, Value, ValueRef};

use crate::status::{FLAGKIT_LIMIT_EXCEEDED, flagkit_status};

/// Attributes and a targeting key.
#[derive(Default)]
pub(super) struct Arena {
    /// Names and texts, one after the other.
    bytes: String,
    /// How many of these bytes nothing refers to any more.
    wasted: usize,
    /// Where they are moved to when there are too many of those.
    spare: String,
    key: Option<Span>,
    entries: Vec<Entry>,
    lists: Lists,
}

/// What is set.
pub(super) enum Held<'a> {
    Text(&'a str),
    /// Each text once, as often as it is asked.
    Texts(&'a dyn Fn(usize) -> Option<&'a str>),
    Value(Value),
}

#[derive(Clone, Copy, Default)]
struct Span {
    from: usize,
    to: usize,
}

struct Entry {
    name: Span,
    value: Stored,
    /// The list that this attribute has, or had before it was something else.
    list: Option<usize>,
}

enum Stored {
    Text(Span),
    Texts { list: usize, count: usize },
    Value(Value),
}

impl Arena {
    /// Empties it and sets another key.
    pub(super) fn reset(&mut self, key: Option<&str>) -> Result<(), flagkit_status> {
        self.bytes.clear();
        self.wasted = 0;
        self.entries.clear();
        self.lists.used = 0;
        self.key = None;
        self.key = key.map(|key| self.keep(key)).transpose()?;
        Ok(())
    }

    /// The targeting key.
    #[inline]
    pub(super) fn key(&self) -> Option<ValueRef<'_>> {
        self.key.map(|span| ValueRef::String(self.text(span)))
    }

    /// The value under this name.
    #[inline]
    pub(super) fn get(&self, name: &str) -> Option<ValueRef<'_>> {
        // One by one, as in the contexts of the core: there are few.
        let found = self.entries.iter().find(|entry| self.is_called(entry, name));
        found.map(|entry| self.lend(&entry.value))
    }

    /// All names and values.
    pub(super) fn each(&self, visit: &mut dyn FnMut(&str, ValueRef<'_>)) {
        for entry in &self.entries {
            visit(self.text(entry.name), self.lend(&entry.value));
        }
    }

    /// Sets a value; a name that is there gets the new one.
    pub(super) fn set(&mut self, name: &str, value: Held<'_>) -> Result<(), flagkit_status> {
        let known = self.entries.iter().position(|entry| self.is_called(entry, name));
        if known.is_none() && self.entries.len() >= ENTRIES_MAX {
            return Err(FLAGKIT_LIMIT_EXCEEDED);
        }
        let old_list = known.and_then(|place| self.entries.get(place)?.list);
        let (value, list) = match value {
            Held::Text(text) => (Stored::Text(self.keep(text)?), old_list),
            Held::Texts(texts) => {
                let (list, count) = self.lists.keep(old_list, texts)?;
                (Stored::Texts { list, count }, Some(list))
            }
            Held::Value(value) => (Stored::Value(value), old_list),
        };
        let Some(entry) = known.and_then(|place| self.entries.get_mut(place)) else {
            let name = self.keep(name)?;
            self.entries.push(Entry { name, value, list });
            return Ok(());
        };
        entry.list = list;
        if let Stored::Text(span) = mem::replace(&mut entry.value, value) {
            self.wasted += span.to - span.from;
            self.compact();
        }
        Ok(())
    }

    #[inline]
    fn is_called(&self, entry: &Entry, name: &str) -> bool {
        entry.name.to - entry.name.from == name.len() && self.text(entry.name) == name
    }

    #[inline]
    fn text(&self, span: Span) -> &str {
        // INVARIANT: every span was made by `keep`, and is moved when its text is.
        self.bytes.get(span.from..span.to).unwrap_or_default()
    }

    #[inline]
    fn lend<'a>(&'a self, value: &'a Stored) -> ValueRef<'a> {
        match value {
            Stored::Text(span) => ValueRef::String(self.text(*span)),
            Stored::Texts { list, count } => {
                ValueRef::List(List::Strings(self.lists.get(*list, *count)))
            }
            Stored::Value(value) => value.borrow(),
        }
    }

    fn keep(&mut self, text: &str) -> Result<Span, flagkit_status> {
        let from = self.bytes.len();
        if text.len() > BYTES_MAX.saturating_sub(from - self.wasted) {
            return Err(FLAGKIT_LIMIT_EXCEEDED);
        }
        self.bytes.push_str(text);
        Ok(Span { from, to: self.bytes.len() })
    }

    /// Moves what is referred to together once half of the bytes are not, so that setting an
    /// attribute over and over again does not need more and more memory.
    fn compact(&mut self) {
        if self.bytes.len() < FEW_BYTES || self.wasted < self.bytes.len() / 2 {
            return;
        }
        let (old, new) = (&self.bytes, &mut self.spare);
        new.clear();
        let mut move_over = |span: &mut Span| {
            let from = new.len();
            new.push_str(old.get(span.from..span.to).unwrap_or_default());
            *span = Span { from, to: new.len() };
        };
        self.key.iter_mut().for_each(&mut move_over);
        for entry in &mut self.entries {
            move_over(&mut entry.name);
            if let Stored::Text(span) = &mut entry.value {
                move_over(span);
            }
        }
        mem::swap(&mut self.bytes, &mut self.spare);
        self.wasted = 0;
    }
}

/// Lists of texts. Those from `used` on are left from before a reset, for their memory; so are
/// texts behind the end of a list.
#[derive(Default)]
struct Lists {
    lists: Vec<Vec<String>>,
    used: usize,
}

impl Lists {
    fn get(&self, list: usize, count: usize) -> &[String] {
        self.lists.get(list).and_then(|texts| texts.get(..count)).unwrap_or_default()
    }

    /// Keeps texts in the place of an old list, or in the next one; the place, and how many they are.
    fn keep<'a>(
        &mut self,
        old: Option<usize>,
        texts: &dyn Fn(usize) -> Option<&'a str>,
    ) -> Result<(usize, usize), flagkit_status> {
        // Looked at before anything is changed.
        let (mut count, mut bytes) = (0, 0_usize);
        while let Some(text) = texts(count) {
            (count, bytes) = (count + 1, bytes.saturating_add(text.len()));
            if count > ELEMENTS_MAX || bytes > BYTES_MAX {
                return Err(FLAGKIT_LIMIT_EXCEEDED);
            }
        }
        let list = old.unwrap_or(self.used);
        if self.lists.len() <= list {
            self.lists.resize_with(list + 1, Vec::new);
        }
        if let Some(kept) = self.lists.get_mut(list) {
            if kept.len() < count {
                kept.resize_with(count, String::new);
            }
            for (place, element) in kept.iter_mut().enumerate().take(count) {
                element.clear();
                element.push_str(texts(place).unwrap_or_default());
            }
        }
        self.used = self.used.max(list + 1);
        Ok((list, count))
    }
}

/// How many attributes there may be.
const ENTRIES_MAX: usize = 4096;
/// How many bytes all texts may have, and those of a list.
const BYTES_MAX: usize = 16 << 20;
/// How many texts a list may have.
const ELEMENTS_MAX: usize = 65_536;
/// Fewer bytes than this are not worth moving.
const FEW_BYTES: usize = 4096;
