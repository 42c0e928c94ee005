//! The fields of a map: the known ones are read, the others reported.

use flagkit_core::Timestamp;

use crate::node::{Entry, Node};
use crate::path::Path;
use crate::report::Report;
use crate::time;

/// A map of a document, all of whose keys were compared with those that are known there.
///
/// `null` counts as an absent key, except where [`Fields::node_or_null`] is asked.
#[derive(Clone, Copy)]
pub(crate) struct Fields<'n, 'p> {
    entries: &'n [Entry<'n>],
    path: &'p Path<'p>,
    last_wins: bool,
}

impl<'n, 'p> Fields<'n, 'p> {
    /// Reads a map of at most 32 known keys; anything but a map is an error.
    pub(crate) fn read(
        node: &'n Node<'n>,
        path: &'p Path<'p>,
        known: &'static [&'static str],
        report: &mut Report,
    ) -> Option<Self> {
        let Node::Map(entries) = node else {
            let problem = format!("expected a map, found {}", node.summary());
            report.error(path, problem, "write a map of keys and values");
            return None;
        };
        let mut seen = 0_u32;
        for (key, _) in *entries {
            let Some(place) = known.iter().position(|known| known == key) else {
                report.unknown_key(&path.key(key), key, known);
                continue;
            };
            let bit = 1_u32.wrapping_shl(u32::try_from(place).unwrap_or_default());
            if seen & bit != 0 {
                let problem = format!("the key `{key}` is there twice");
                report.error_about(&path.key(key), problem, "remove one of them", key);
            }
            seen |= bit;
        }
        Some(Self { entries, path, last_wins: false })
    }

    /// Reads a map of a vendor's document: any keys may be there, and of a key that is there
    /// twice the last counts, as with every JSON parser.
    #[cfg(any(
        feature = "unleash",
        feature = "launchdarkly",
        feature = "flagsmith",
        feature = "split",
        feature = "flagd",
        feature = "eppo",
        feature = "flipt",
        feature = "statsig",
        feature = "go-feature-flag",
        feature = "openfeature"
    ))]
    pub(crate) fn open(
        node: &'n Node<'n>,
        path: &'p Path<'p>,
        report: &mut Report,
    ) -> Option<Self> {
        let Node::Map(entries) = node else {
            let problem = format!("expected an object, found {}", node.summary());
            report.error(path, problem, "write an object");
            return None;
        };
        Some(Self { entries, path, last_wins: true })
    }

    /// The path of this key.
    pub(crate) fn at(&self, name: &'p str) -> Path<'p> {
        self.path.key(name)
    }

    /// The path of the map.
    pub(crate) fn path(&self) -> &'p Path<'p> {
        self.path
    }

    /// The value under this key, `null` included.
    pub(crate) fn node_or_null(&self, name: &str) -> Option<&'n Node<'n>> {
        // Few of the known keys are there, so what is there is searched.
        let mut entries = self.entries.iter();
        let is_it = |(key, _): &&Entry<'_>| *key == name;
        let found = if self.last_wins { entries.rfind(is_it) } else { entries.find(is_it) };
        found.map(|(_, node)| node)
    }

    /// The value under this key.
    pub(crate) fn node(&self, name: &str) -> Option<&'n Node<'n>> {
        self.node_or_null(name).filter(|node| !node.is_null())
    }

    pub(crate) fn text(&self, name: &'static str, report: &mut Report) -> Option<&'n str> {
        let node = self.node(name)?;
        let text = node.as_text();
        if text.is_none() {
            self.mismatch(name, "text", "write text, in quotes if it looks like a number", report);
        }
        text
    }

    pub(crate) fn boolean(&self, name: &'static str, report: &mut Report) -> Option<bool> {
        let node = self.node(name)?;
        if let Node::Boolean(value) = node {
            return Some(*value);
        }
        self.mismatch(name, "true or false", "write true or false without quotes", report);
        None
    }

    pub(crate) fn list(&self, name: &'static str, report: &mut Report) -> &'n [Node<'n>] {
        match self.node(name) {
            None => &[],
            Some(Node::List(items)) => items,
            Some(_) => {
                self.mismatch(name, "a list", "write a list, even for one element", report);
                &[]
            }
        }
    }

    /// A list of text.
    pub(crate) fn texts(&self, name: &'static str, report: &mut Report) -> Vec<&'n str> {
        let items = self.list(name, report);
        let mut texts = Vec::with_capacity(items.len());
        for (place, item) in items.iter().enumerate() {
            if let Some(text) = item.as_text() {
                texts.push(text);
                continue;
            }
            let problem = format!("expected text, found {}", item.summary());
            let mend = "write text, in quotes if it looks like a number";
            report.error(&self.at(name).index(place), problem, mend);
        }
        texts
    }

    /// A number from 0 to 100.
    pub(crate) fn percentage(&self, name: &'static str, report: &mut Report) -> Option<f64> {
        let node = self.node(name)?;
        let Some(percentage) = node.as_float() else {
            self.mismatch(name, "a number from 0 to 100", "write a number without quotes", report);
            return None;
        };
        if !(0.0..=100.0).contains(&percentage) {
            let problem = format!("`{}` is no percentage", node.to_value());
            report.error(&self.at(name), problem, "write a number from 0 to 100");
            return None;
        }
        Some(percentage)
    }

    /// RFC 3339 text or unix seconds.
    pub(crate) fn time(&self, name: &'static str, report: &mut Report) -> Option<Timestamp> {
        let node = self.node(name)?;
        let time = time::point(&node.to_value());
        if time.is_none() {
            let problem = format!("{} is no time", node.summary());
            let mend = "write RFC 3339, such as `2026-12-01T00:00:00Z`, or unix seconds";
            report.error(&self.at(name), problem, mend);
        }
        time
    }

    /// Reports that the value under this key is not what it should be.
    pub(crate) fn mismatch(&self, name: &str, wanted: &str, mend: &str, report: &mut Report) {
        let found = self.node_or_null(name).map_or_else(String::new, Node::summary);
        let problem = format!("expected {wanted}, found {found}");
        report.error(&self.path.key(name), problem, mend);
    }
}
