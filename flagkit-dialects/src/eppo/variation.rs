//! Variations: what a flag can serve, each of the flag's one type.
//!
//! A variation whose value is of another type is no mistake until it is served. Then the answer
//! is an error, so it has no place among the variants.

use std::borrow::Cow;
use std::collections::HashMap;
use std::str::FromStr;

use flagkit_core::Value;
use flagkit_core::document::Variant;

use crate::fields::Fields;
use crate::json::value_from_json;
use crate::node::{Entry, Node, room};
use crate::path::Path;
use crate::report::Report;

use super::parts;
use super::writing::Writing;

/// The type of a flag's values.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "the format has these five")]
pub enum Kind {
    /// Text.
    String,
    /// Numbers without fraction.
    Integer,
    /// Numbers.
    Numeric,
    /// True and false.
    Boolean,
    /// JSON, written as text.
    Json,
}

impl Kind {
    const NAMES: [(&str, Self); 5] = [
        ("STRING", Self::String),
        ("INTEGER", Self::Integer),
        ("NUMERIC", Self::Numeric),
        ("BOOLEAN", Self::Boolean),
        ("JSON", Self::Json),
    ];

    /// The name in documents: `STRING`.
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, kind)| *kind == self).map_or("", |(name, _)| name)
    }

    /// The value that a document writes this way; `None` if it is of another type.
    pub(super) fn value(self, written: &Node<'_>, writing: Writing) -> Option<Value> {
        match (writing, written) {
            (Writing::Plain, node) => self.plain(node),
            (Writing::Obfuscated, Node::Text(text)) => self.spelled(&writing.read(text)?),
            (Writing::Obfuscated, _) => None,
        }
    }

    fn plain(self, node: &Node<'_>) -> Option<Value> {
        match (self, node) {
            (Self::String | Self::Json, Node::Text(text)) => self.spelled(text),
            (Self::Boolean, Node::Boolean(value)) => Some(Value::Boolean(*value)),
            (Self::Integer, node) => integer(node.as_float()?),
            (Self::Numeric, node) => node.as_float().map(Value::Float),
            _ => None,
        }
    }

    /// The value that is spelled as text.
    fn spelled(self, text: &str) -> Option<Value> {
        match self {
            Self::String => Some(Value::from(text)),
            Self::Boolean => text.parse().ok().map(Value::Boolean),
            Self::Integer => integer(text.parse().ok()?),
            Self::Numeric => {
                text.parse().ok().filter(|number: &f64| number.is_finite()).map(Value::Float)
            }
            Self::Json => serde_json::from_str(text).ok().map(|json| value_from_json(&json)),
        }
    }
}

impl FromStr for Kind {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        Self::NAMES.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind).ok_or(())
    }
}

/// The variations of a flag.
#[derive(Debug, Default)]
pub(super) struct Variations<'n> {
    variants: Vec<Variant>,
    /// Keys and places; `None` for those that cannot be served.
    few: Vec<(Cow<'n, str>, Option<usize>)>,
    /// The same, where there are so many that comparing one by one takes long.
    many: HashMap<Cow<'n, str>, Option<usize>>,
}

impl<'n> Variations<'n> {
    /// The place of the variant of this key, if it can be served.
    pub(super) fn place(&self, key: &str) -> Option<usize> {
        if !self.many.is_empty() {
            return self.many.get(key).copied().flatten();
        }
        self.few.iter().rfind(|(other, _)| other == key)?.1
    }

    pub(super) fn into_variants(self) -> Vec<Variant> {
        self.variants
    }

    fn add(&mut self, key: Cow<'n, str>, value: Option<Value>) {
        let place = value.map(|value| {
            let (key, enabled) = (Some((&*key).into()), value != Value::Boolean(false));
            self.variants.push(Variant { key, value, enabled, metadata: None });
            self.variants.len() - 1
        });
        if self.many.is_empty() && self.few.len() < FEW {
            self.few.push((key, place));
            return;
        }
        self.many.extend(self.few.drain(..));
        self.many.insert(key, place);
    }
}

pub(super) fn kind(fields: &Fields<'_, '_>, report: &mut Report) -> Option<Kind> {
    let name = parts::text(fields, "variationType", report)?;
    let kind = name.parse().ok();
    if kind.is_none() {
        let problem = format!("there is no variation type `{name}`");
        let mend = "write `STRING`, `INTEGER`, `NUMERIC`, `BOOLEAN` or `JSON`";
        report.error_about(&fields.at("variationType"), problem, mend, name);
    }
    kind
}

/// The variations of a flag of this type.
pub(super) fn read<'n>(
    fields: &Fields<'n, '_>,
    kind: Kind,
    writing: Writing,
    report: &mut Report,
) -> Option<Variations<'n>> {
    let mut variations = Variations::default();
    let above = fields.at("variations");
    let entries = parts::object(fields, "variations", report)?;
    variations.variants.reserve_exact(room(entries.len()));
    variations.few.reserve_exact(entries.len().min(FEW));
    for entry in entries {
        let (key, written) = one(entry, &above, writing, report)?;
        variations.add(key, kind.value(written, writing));
    }
    Some(variations)
}

/// The key inside a variation counts, not the one that it stands under.
fn one<'n>(
    (name, node): &'n Entry<'n>,
    above: &Path<'_>,
    writing: Writing,
    report: &mut Report,
) -> Option<(Cow<'n, str>, &'n Node<'n>)> {
    let path = above.key(name);
    let fields = Fields::open(node, &path, report)?;
    let key = parts::written(&fields, "key", writing, report)?;
    let value = parts::required(&fields, "value", report)?;
    if matches!(value, Node::Null | Node::List(_) | Node::Map(_)) {
        let mend = "write text, a number, true or false; JSON is written as text";
        fields.mismatch("value", "a value", mend, report);
        return None;
    }
    Some((key, value))
}

/// A number without fraction. The vendor's numbers are doubles: what is beyond 64 bits is none.
fn integer(number: f64) -> Option<Value> {
    #[expect(clippy::cast_possible_truncation, reason = "checked by the way back")]
    let whole = number as i64;
    #[expect(clippy::cast_precision_loss, reason = "the SDKs compare with the rounded number")]
    let is_whole = whole as f64 == number;
    is_whole.then_some(Value::Integer(whole))
}

/// Up to so many keys are compared one by one.
const FEW: usize = 16;
