//! What a part of an expression comes to, and the memory for what is made on the way.
//!
//! Values of the context and of the expression are borrowed. What joining, mapping and filtering
//! make lies in two buffers on the stack, which go on to the heap where they are too small.

use std::str;

use crate::document::Supplied;
use crate::value::{Attributes, List, Number, ValueRef};

/// A value while an expression is evaluated.
#[derive(Clone, Copy)]
pub(super) enum Item<'v> {
    Null,
    Boolean(bool),
    Number(Number),
    Text(&'v str),
    /// Text that was made.
    Built(Span),
    List(List<'v>),
    /// A list that was made.
    Collected(Span),
    Object(&'v dyn Attributes),
    /// The object of `current` and `accumulator`, in this order.
    Frame(Span),
    /// An object that is supplied besides the context.
    Supplied(&'v [(String, Supplied)]),
    /// The whole context with what is supplied besides.
    Context,
}

impl<'v> From<ValueRef<'v>> for Item<'v> {
    fn from(value: ValueRef<'v>) -> Self {
        match value {
            ValueRef::Null => Self::Null,
            ValueRef::Boolean(value) => Self::Boolean(value),
            ValueRef::Integer(value) => Self::Number(value.into()),
            ValueRef::Unsigned(value) => Self::Number(value.into()),
            ValueRef::Float(value) => Self::Number(Number::Float(value)),
            ValueRef::String(text) => Self::Text(text),
            ValueRef::List(list) => Self::List(list),
            ValueRef::Structure(object) => Self::Object(object),
        }
    }
}

impl Item<'_> {
    /// A whole number.
    pub(super) fn count(count: usize) -> Self {
        Self::Number(Number::Integer(count as i128))
    }

    /// The number that this is; booleans are numbers.
    pub(super) fn as_number(self) -> Option<Number> {
        match self {
            Self::Boolean(value) => Some(Number::Integer(value.into())),
            Self::Number(number) => Some(number),
            _ => None,
        }
    }

    /// False are null, `false`, 0, not-a-number, empty text and the empty list.
    pub(super) fn is_true(self) -> bool {
        match self {
            Self::Null => false,
            Self::Boolean(value) => value,
            Self::Number(Number::Integer(value)) => value != 0,
            Self::Number(Number::Float(value)) => value != 0.0 && !value.is_nan(),
            Self::Text(text) => !text.is_empty(),
            Self::Built(span) | Self::Collected(span) => span.len > 0,
            Self::List(list) => list.len() > 0,
            Self::Object(_) | Self::Frame(_) | Self::Supplied(_) | Self::Context => true,
        }
    }

    pub(super) fn is_null(self) -> bool {
        matches!(self, Self::Null)
    }

    pub(super) fn is_text(self) -> bool {
        matches!(self, Self::Text(_) | Self::Built(_))
    }

    pub(super) fn is_list(self) -> bool {
        matches!(self, Self::List(_) | Self::Collected(_))
    }

    /// How many elements a list has; `None` for everything else.
    pub(super) fn list_len(self) -> Option<usize> {
        match self {
            Self::List(list) => Some(list.len()),
            Self::Collected(span) => Some(span.len),
            _ => None,
        }
    }

    pub(super) fn is_object(self) -> bool {
        matches!(self, Self::Object(_) | Self::Frame(_) | Self::Supplied(_) | Self::Context)
    }
}

/// A text, borrowed or made.
#[derive(Clone, Copy)]
pub(super) enum Text<'v> {
    Borrowed(&'v str),
    Built(Span),
}

/// A part of one of the buffers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Span {
    start: usize,
    pub(super) len: usize,
    is_long: bool,
}

impl Span {
    /// A part of a text, from byte to byte.
    pub(super) fn part(self, start: usize, end: usize) -> Self {
        Self { start: self.start + start, len: end.saturating_sub(start), ..self }
    }
}

/// Lists and frames that were made.
pub(super) struct Items<'v> {
    short: [Item<'v>; ITEMS],
    used: usize,
    long: Vec<Item<'v>>,
}

impl<'v> Items<'v> {
    pub(super) fn new() -> Self {
        Self { short: [Item::Null; ITEMS], used: 0, long: Vec::new() }
    }

    /// Room for this many, null as long as nothing else is set.
    pub(super) fn reserve(&mut self, len: usize) -> Span {
        if len <= ITEMS - self.used {
            let start = self.used;
            self.used += len;
            return Span { start, len, is_long: false };
        }
        let start = self.long.len();
        self.long.resize(start.saturating_add(len), Item::Null);
        Span { start, len, is_long: true }
    }

    pub(super) fn set(&mut self, span: Span, place: usize, item: Item<'v>) {
        let items = if span.is_long { self.long.as_mut_slice() } else { &mut self.short };
        if place < span.len
            && let Some(slot) = items.get_mut(span.start + place)
        {
            *slot = item;
        }
    }

    pub(super) fn get(&self, span: Span, place: usize) -> Option<Item<'v>> {
        let items = if span.is_long { self.long.as_slice() } else { &self.short };
        if place < span.len { items.get(span.start + place).copied() } else { None }
    }

    /// An element of a list.
    pub(super) fn element(&self, list: Item<'v>, place: usize) -> Option<Item<'v>> {
        match list {
            Item::List(list) => list.get(place).map(Item::from),
            Item::Collected(span) => self.get(span, place),
            _ => None,
        }
    }
}

/// Texts that were made.
pub(super) struct Texts {
    short: [u8; TEXT],
    used: usize,
    long: Vec<u8>,
}

impl Texts {
    pub(super) fn new() -> Self {
        Self { short: [0; TEXT], used: 0, long: Vec::new() }
    }

    /// A new text, empty; it can grow until the next one is started.
    pub(super) fn start(&self) -> Span {
        Span { start: self.used, len: 0, is_long: false }
    }

    /// Makes the text that was started last longer.
    pub(super) fn push(&mut self, span: &mut Span, text: &str) {
        if !span.is_long {
            let end = self.used + text.len();
            if let Some(place) = self.short.get_mut(self.used..end) {
                place.copy_from_slice(text.as_bytes());
                self.used = end;
                span.len += text.len();
                return;
            }
            self.move_to_long(span);
        }
        self.long.extend_from_slice(text.as_bytes());
        span.len += text.len();
    }

    /// Makes the text that was started last longer by one that was made before.
    pub(super) fn push_built(&mut self, span: &mut Span, built: Span) {
        let fits = self.used + built.len <= TEXT;
        if !span.is_long && !built.is_long && fits {
            self.short.copy_within(built.start..built.start + built.len, self.used);
            self.used += built.len;
        } else {
            if !span.is_long {
                self.move_to_long(span);
            }
            if built.is_long {
                self.long.extend_from_within(built.start..built.start + built.len);
            } else {
                let range = built.start..built.start + built.len;
                self.long.extend_from_slice(self.short.get(range).unwrap_or_default());
            }
        }
        span.len += built.len;
    }

    pub(super) fn read(&self, span: Span) -> &str {
        let bytes = if span.is_long { self.long.as_slice() } else { &self.short };
        let bytes = bytes.get(span.start..span.start + span.len).unwrap_or_default();
        // INVARIANT: only whole texts are pushed.
        str::from_utf8(bytes).unwrap_or_default()
    }

    fn move_to_long(&mut self, span: &mut Span) {
        let start = self.long.len();
        let begun = self.short.get(span.start..span.start + span.len).unwrap_or_default();
        self.long.extend_from_slice(begun);
        self.used = span.start;
        *span = Span { start, len: span.len, is_long: true };
    }
}

/// Items and bytes of text on the stack.
const ITEMS: usize = 16;
const TEXT: usize = 256;
