//! Config documents as a tree with names: what [`super::lower`] and the log both read.
//!
//! Nothing is copied and nothing judged here. What has the wrong type is absent, or
//! [`Condition::Unknown`], and whoever reads says what that means.

use std::collections::HashMap;

use flagkit_core::Value;

use super::comparator::Comparator;
use crate::error::WrongShape;
use crate::node::Node;

/// The settings of a document, or of two of which one overrides the other.
pub(super) struct Config<'n> {
    pub(super) origins: Vec<Origin<'n>>,
    pub(super) settings: Vec<Setting<'n>>,
    places: HashMap<&'n str, usize>,
}

/// A document: what its settings refer to.
pub(super) struct Origin<'n> {
    pub(super) salt: Option<&'n str>,
    pub(super) segments: &'n [Node<'n>],
}

/// A setting and the document that it came from.
#[derive(Clone, Copy)]
pub(super) struct Setting<'n> {
    pub(super) key: &'n str,
    pub(super) origin: usize,
    pub(super) node: &'n Node<'n>,
    /// The node is the value itself, as in documents that only override values.
    is_plain: bool,
}

/// Whose settings win where two documents have the same key.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "the vendor's SDKs have these three")]
pub enum Behaviour {
    /// The overrides alone count.
    LocalOnly,
    /// Both count, and the overrides win.
    LocalOverRemote,
    /// Both count, and the overrides only fill gaps.
    RemoteOverLocal,
}

impl<'n> Config<'n> {
    /// Reads one document.
    pub(super) fn read(root: &'n Node<'n>) -> Result<Self, WrongShape> {
        let mut config = Self { origins: Vec::new(), settings: Vec::new(), places: HashMap::new() };
        config.add(root)?;
        Ok(config)
    }

    /// Reads a document and its overrides. Every setting keeps the salt and the segments of the
    /// document that it came from.
    pub(super) fn read_both(
        remote: &'n Node<'n>,
        local: &'n Node<'n>,
        behaviour: Behaviour,
    ) -> Result<Self, WrongShape> {
        let (first, then) = match behaviour {
            Behaviour::LocalOnly => return Self::read(local),
            Behaviour::LocalOverRemote => (remote, local),
            Behaviour::RemoteOverLocal => (local, remote),
        };
        let mut config = Self::read(first)?;
        config.add(then)?;
        Ok(config)
    }

    pub(super) fn setting(&self, key: &str) -> Option<&Setting<'n>> {
        self.settings.get(*self.places.get(key)?)
    }

    pub(super) fn origin(&self, setting: &Setting<'n>) -> &Origin<'n> {
        // INVARIANT: settings are added together with their origin.
        self.origins.get(setting.origin).unwrap_or(&Origin { salt: None, segments: &[] })
    }

    fn add(&mut self, root: &'n Node<'n>) -> Result<(), WrongShape> {
        let Node::Map(_) = root else {
            let problem = format!("a config is a map with settings under `f`, not {}", root.kind());
            return Err(WrongShape::new("", problem));
        };
        let origin = self.origins.len();
        let salt = last(root, "p").and_then(|preferences| text(preferences, "s"));
        let segments = list(root, "s").unwrap_or_default();
        self.origins.push(Origin { salt, segments });
        let plain = last(root, "flags");
        let settings = plain.or_else(|| last(root, "f"));
        let entries = match settings {
            None | Some(Node::Null) => &[],
            Some(Node::Map(entries)) => *entries,
            Some(other) => {
                let problem = format!("settings must be a map, not {}", other.kind());
                return Err(WrongShape::new(if plain.is_some() { "flags" } else { "f" }, problem));
            }
        };
        for (key, node) in entries {
            self.put(Setting { key, origin, node, is_plain: plain.is_some() });
        }
        Ok(())
    }

    fn put(&mut self, setting: Setting<'n>) {
        let place = *self.places.entry(setting.key).or_insert(self.settings.len());
        match self.settings.get_mut(place) {
            Some(known) => *known = setting,
            None => self.settings.push(setting),
        }
    }
}

impl<'n> Setting<'n> {
    /// What its values are; `None` if that is not said.
    pub(super) fn kind(&self) -> Option<Kind> {
        if self.is_plain { Kind::of(self.node) } else { Kind::read(last(self.node, "t")?) }
    }

    /// Whether it can be read at all.
    pub(super) fn is_readable(&self) -> bool {
        self.is_plain || matches!(self.node, Node::Map(_))
    }

    /// The value for everybody whom no rule decides.
    pub(super) fn value(&self) -> Option<Value> {
        if self.is_plain { self.kind()?.value(self.node) } else { self.served(self.node) }
    }

    /// The value of something that this setting serves.
    pub(super) fn served(&self, holder: &Node<'_>) -> Option<Value> {
        let kind = self.kind()?;
        kind.value(last(last(holder, "v")?, kind.letter())?)
    }

    /// The attribute that is bucketed, if the document names one.
    pub(super) fn percentage_attribute(&self) -> Option<&'n str> {
        self.part("a").and_then(Node::as_text)
    }

    /// Its targeting rules; `None` if they are no list.
    pub(super) fn rules(&self) -> Option<&'n [Node<'n>]> {
        self.list("r")
    }

    /// Its percentage options; `None` if they are no list.
    pub(super) fn options(&self) -> Option<&'n [Node<'n>]> {
        self.list("p")
    }

    fn list(&self, key: &str) -> Option<&'n [Node<'n>]> {
        self.part(key).map_or(Some(&[]), Node::as_list)
    }

    fn part(&self, key: &str) -> Option<&'n Node<'n>> {
        if self.is_plain { None } else { last(self.node, key) }
    }
}

/// The type of a setting's values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    Boolean,
    Text,
    Integer,
    Double,
}

impl Kind {
    fn read(node: &Node<'_>) -> Option<Self> {
        match node {
            Node::Integer(0) => Some(Self::Boolean),
            Node::Integer(1) => Some(Self::Text),
            Node::Integer(2) => Some(Self::Integer),
            Node::Integer(3) => Some(Self::Double),
            _ => None,
        }
    }

    fn of(value: &Node<'_>) -> Option<Self> {
        match value {
            Node::Boolean(_) => Some(Self::Boolean),
            Node::Text(_) => Some(Self::Text),
            Node::Integer(_) | Node::Unsigned(_) => Some(Self::Integer),
            Node::Float(_) => Some(Self::Double),
            Node::Null | Node::List(_) | Node::Map(_) => None,
        }
    }

    /// The key under which a value of this type stands.
    fn letter(self) -> &'static str {
        match self {
            Self::Boolean => "b",
            Self::Text => "s",
            Self::Integer => "i",
            Self::Double => "d",
        }
    }

    fn value(self, node: &Node<'_>) -> Option<Value> {
        match (self, node) {
            (Self::Boolean, Node::Boolean(_))
            | (Self::Text, Node::Text(_))
            | (Self::Integer, Node::Integer(_) | Node::Unsigned(_) | Node::Float(_)) => {
                Some(node.to_value())
            }
            (Self::Double, _) => node.as_float().map(Value::Float),
            _ => None,
        }
    }

    /// The type of a value that a prerequisite is compared with: the first that is there.
    pub(super) fn of_comparison(holder: &Node<'_>) -> Option<Self> {
        let value = last(holder, "v")?;
        let kinds = [Self::Boolean, Self::Text, Self::Integer, Self::Double];
        kinds.into_iter().find(|kind| last(value, kind.letter()).is_some())
    }
}

/// A targeting rule.
pub(super) struct Rule<'n> {
    pub(super) conditions: &'n [Node<'n>],
    /// What it serves, where that is one value.
    pub(super) served: Option<&'n Node<'n>>,
    /// What it serves otherwise.
    pub(super) options: &'n [Node<'n>],
}

impl<'n> Rule<'n> {
    /// `None` if this is no rule, or its parts have the wrong types.
    pub(super) fn read(node: &'n Node<'n>) -> Option<Self> {
        let Node::Map(_) = node else { return None };
        let list = |key| last(node, key).map_or(Some([].as_slice()), Node::as_list);
        Some(Self { conditions: list("c")?, served: last(node, "s"), options: list("p")? })
    }
}

/// A condition of a targeting rule.
pub(super) enum Condition<'n> {
    User(UserCondition<'n>),
    Segment(SegmentCondition<'n>),
    Prerequisite(PrerequisiteCondition<'n>),
    Unknown,
}

impl<'n> Condition<'n> {
    pub(super) fn read(node: &'n Node<'n>) -> Self {
        if let Some(user) = last(node, "u") {
            return Self::User(UserCondition::read(user));
        }
        if let Some(segment) = last(node, "s") {
            return Self::Segment(SegmentCondition::read(segment));
        }
        match last(node, "p") {
            Some(other) => Self::Prerequisite(PrerequisiteCondition::read(other)),
            None => Self::Unknown,
        }
    }
}

/// An attribute of the user, compared.
pub(super) struct UserCondition<'n> {
    pub(super) attribute: Option<&'n str>,
    pub(super) comparator: Option<Comparator>,
    pub(super) text: Option<&'n str>,
    pub(super) number: Option<f64>,
    pub(super) list: Option<Vec<&'n str>>,
}

impl<'n> UserCondition<'n> {
    pub(super) fn read(node: &'n Node<'n>) -> Self {
        let texts = |items: &'n [Node<'n>]| items.iter().map(Node::as_text).collect();
        Self {
            attribute: text(node, "a"),
            comparator: Comparator::read(last(node, "c")),
            text: text(node, "s"),
            number: last(node, "d").and_then(Node::as_float),
            list: list(node, "l").and_then(texts),
        }
    }
}

/// Whether the user is in a segment.
pub(super) struct SegmentCondition<'n> {
    index: Option<&'n Node<'n>>,
    /// `None` if the comparator is neither of the two.
    pub(super) is_negated: Option<bool>,
}

impl<'n> SegmentCondition<'n> {
    fn read(node: &'n Node<'n>) -> Self {
        Self { index: last(node, "s"), is_negated: negation(node) }
    }

    /// The segment and its place.
    pub(super) fn segment(&self, origin: &Origin<'n>) -> Option<(usize, Segment<'n>)> {
        let Some(Node::Integer(index)) = self.index else { return None };
        let index = usize::try_from(*index).ok()?;
        Some((index, Segment::read(origin.segments.get(index)?)))
    }
}

/// A segment: conditions that must all be true.
pub(super) struct Segment<'n> {
    /// Also the salt of its hashed comparison values.
    pub(super) name: &'n str,
    /// `None` if they are no list.
    pub(super) conditions: Option<&'n [Node<'n>]>,
}

impl<'n> Segment<'n> {
    pub(super) fn read(node: &'n Node<'n>) -> Self {
        let conditions = last(node, "r").map_or(Some([].as_slice()), Node::as_list);
        Self { name: text(node, "n").unwrap_or_default(), conditions }
    }
}

/// What another setting must evaluate to.
pub(super) struct PrerequisiteCondition<'n> {
    pub(super) key: Option<&'n str>,
    /// `None` if the comparator is neither of the two.
    pub(super) is_negated: Option<bool>,
    pub(super) node: &'n Node<'n>,
}

impl<'n> PrerequisiteCondition<'n> {
    fn read(node: &'n Node<'n>) -> Self {
        Self { key: text(node, "f"), is_negated: negation(node), node }
    }
}

/// The share of users that get a percentage option; `None` if it is no number.
pub(super) fn percentage(option: &Node<'_>) -> Option<f64> {
    last(option, "p").map_or(Some(0.0), Node::as_float)
}

/// The value that a prerequisite is compared with, whatever its type.
pub(super) fn comparison_value(holder: &Node<'_>) -> Option<Value> {
    let kind = Kind::of_comparison(holder)?;
    kind.value(last(last(holder, "v")?, kind.letter())?)
}

/// The id of what is served.
pub(super) fn variation_id<'n>(holder: &'n Node<'n>) -> Option<&'n str> {
    text(holder, "i")
}

fn negation(node: &Node<'_>) -> Option<bool> {
    match last(node, "c") {
        Some(Node::Integer(0)) => Some(false),
        Some(Node::Integer(1)) => Some(true),
        _ => None,
    }
}

fn text<'n>(node: &'n Node<'n>, key: &str) -> Option<&'n str> {
    last(node, key)?.as_text()
}

fn list<'n>(node: &'n Node<'n>, key: &str) -> Option<&'n [Node<'n>]> {
    last(node, key)?.as_list()
}

/// The value under a key that is not null; of several the last, as JSON readers do.
fn last<'n>(node: &'n Node<'n>, key: &str) -> Option<&'n Node<'n>> {
    let found = node.as_map()?.iter().rfind(|(other, _)| *other == key);
    found.map(|(_, value)| value).filter(|value| !value.is_null())
}
