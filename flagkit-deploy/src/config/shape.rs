//! Shapes: which keys a map of the configuration has, and what may stand there.
//!
//! One table says what is read, what an editor is told by the JSON Schema, and what the
//! documentation lists; they cannot differ.

/// A map with known keys.
#[derive(Debug)]
pub(crate) struct Shape {
    /// What it is called in the schema and the documentation.
    pub(crate) name: &'static str,
    /// What it is for, in a sentence.
    pub(crate) words: &'static str,
    /// Its keys.
    pub(crate) keys: &'static [Key],
}

/// One key of a map.
#[derive(Debug)]
pub(crate) struct Key {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) without: Without,
    /// What it means, in a sentence.
    pub(crate) words: &'static str,
}

/// What holds where a key is not written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Without {
    /// The key must be there.
    Refused,
    /// Nothing, or what the sentence says.
    Nothing,
    /// This, as it would be written.
    Is(&'static str),
}

/// What may stand somewhere.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    /// A name or one line of text, at most 1,000 characters.
    Text,
    /// The name of something in this section of the file.
    Name(&'static str),
    /// Longer text, at most 64 KiB.
    Words,
    Boolean,
    /// A whole number.
    Count {
        min: u64,
        max: u64,
    },
    /// A share or a proportion: `5%`, `0.05`.
    Ratio {
        max: f64,
    },
    /// A number without unit.
    Number {
        max: f64,
    },
    /// A share of the traffic: `5%`, `0.05`, `50000ppm`.
    Weight,
    /// A length of time.
    Span {
        max_ms: u64,
    },
    /// Any number, also as a share or a length of time.
    Limit,
    /// Instances: a number or a share.
    Amount,
    /// A condition.
    Rule,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A list; one element needs no brackets if it is no map.
    List(&'static Kind, usize),
    /// Names and texts.
    Texts,
    /// A map with known keys.
    Map(&'static Shape),
    /// The same, or only the value of this key of it.
    Short(&'static str, &'static Shape),
    /// Names and values of this kind.
    Named(&'static Kind),
    /// The same, in the order in which they are written.
    Ordered(&'static Kind),
}

/// A key without which there is nothing.
pub(crate) const fn key(name: &'static str, kind: Kind, words: &'static str) -> Key {
    Key { name, kind, without: Without::Nothing, words }
}

/// A key that must be there.
pub(crate) const fn required(name: &'static str, kind: Kind, words: &'static str) -> Key {
    Key { name, kind, without: Without::Refused, words }
}

/// A key that is like this unless it is written.
pub(crate) const fn or(
    name: &'static str,
    kind: Kind,
    default: &'static str,
    words: &'static str,
) -> Key {
    Key { name, kind, without: Without::Is(default), words }
}

/// Any length of time up to a year.
pub(crate) const SPAN: Kind = Kind::Span { max_ms: 366 * 86_400_000 };
/// A list of names.
pub(crate) const NAMES: Kind = Kind::List(&Kind::Text, 100);
/// A list of checks.
pub(crate) const CHECKS: Kind = Kind::List(&Kind::Name("checks"), 100);
/// A list of hooks.
pub(crate) const HOOKS: Kind = Kind::List(&Kind::Name("hooks"), 100);
/// A list of conditions.
pub(crate) const RULES: Kind = Kind::List(&Kind::Rule, 100);
