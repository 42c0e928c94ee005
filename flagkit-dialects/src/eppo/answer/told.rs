//! What a document calls the parts of a flag, for details.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::json::value_to_json;
use crate::node::Node;

use super::super::variation::Kind;
use super::super::writing::Writing;
use super::watch::{Looked, Watch};
use super::words::{Words, set};

/// A flag that could be read.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) kind: Kind,
    pub(super) is_enabled: bool,
    pub(super) allocations: Vec<Allocation>,
    /// By their keys, as far as they are values.
    pub(super) variations: HashMap<String, Value>,
}

/// An allocation of it.
#[derive(Debug)]
pub(super) struct Allocation {
    key: String,
    has_start: bool,
    has_end: bool,
    /// As the document has them.
    rules: Vec<Value>,
    splits: Vec<Split>,
}

/// A split: what it serves, and how many shards it needs.
#[derive(Debug)]
struct Split {
    variation: String,
    shards: usize,
    /// Those of them that consist of exactly all shards.
    all: usize,
}

impl Told {
    /// What a flag that could be lowered says; `None` for others.
    pub(super) fn read(flag: &Node<'_>, writing: Writing) -> Option<Self> {
        let kind: Kind = flag.entry("variationType")?.as_text()?.parse().ok()?;
        let variations = flag.entry("variations")?.as_map()?.iter().filter_map(|(_, node)| {
            let key = writing.read(node.entry("key")?.as_text()?)?.into_owned();
            Some((key, value(node.entry("value")?, kind, writing)?))
        });
        let allocations = flag.entry("allocations")?.as_list()?.iter();
        let total = flag.entry("totalShards")?;
        Some(Self {
            kind,
            is_enabled: *flag.entry("enabled")? == Node::Boolean(true),
            variations: variations.collect(),
            allocations: allocations
                .map(|node| allocation(node, total, writing))
                .collect::<Option<_>>()?,
        })
    }

    /// An allocation with what became of it.
    pub(super) fn brief(&self, place: usize, code: &str) -> Option<Value> {
        let key = &self.allocations.get(place)?.key;
        Some(json!({
            "key": key,
            "allocationEvaluationCode": code,
            "orderPosition": place + 1,
        }))
    }

    /// The allocations before this place did not match.
    pub(super) fn passed_over(&self, watch: &Watch, end: usize, details: &mut Value) {
        let looked = self.allocations.iter().zip(watch.rules()).take(end).enumerate();
        let passed = looked
            .filter_map(|(place, (allocation, looked))| self.brief(place, allocation.code(looked)));
        set(details, "unmatchedAllocations", passed.collect());
    }

    /// The allocation at this place matched.
    pub(super) fn matched(&self, watch: &Watch, place: usize, details: &mut Value) {
        self.passed_over(watch, place, details);
        set(details, "matchedAllocation", self.brief(place, "MATCH").into());
        let rest = place + 1..self.allocations.len();
        let rest = rest.filter_map(|place| self.brief(place, "UNEVALUATED"));
        set(details, "unevaluatedAllocations", rest.collect());
        let rule = self
            .at(watch, place)
            .and_then(|(allocation, looked)| allocation.rules.get(looked.choice?).cloned());
        set(details, "matchedRule", rule.into());
    }

    /// Why the allocation at this place matched, in a sentence.
    pub(super) fn description(
        &self,
        watch: &Watch,
        place: usize,
        asked: (&str, Words),
        variation: &str,
    ) -> String {
        let (subject, words) = asked;
        let Some((allocation, looked)) = self.at(watch, place) else { return String::new() };
        let key = &allocation.key;
        if allocation.rules.is_empty() {
            return format!(
                "{subject} belongs to the range of traffic assigned to \"{variation}\" defined in allocation \"{key}\"."
            );
        }
        let rules = format!("Supplied attributes match rules defined in allocation \"{key}\"");
        let is_partial = allocation.split(looked).is_some_and(|split| match words {
            Words::Published => split.shards > 1,
            // This family drops shards that everybody has.
            Words::Server => split.shards - split.all > 1,
        });
        if allocation.splits.len() > 1 || is_partial {
            return format!(
                "{rules} and {subject} belongs to the range of traffic assigned to \"{variation}\"."
            );
        }
        format!("{rules}.")
    }

    /// The variation that the allocation at this place serves.
    pub(super) fn variation(&self, watch: &Watch, place: usize) -> Option<&str> {
        let (allocation, looked) = self.at(watch, place)?;
        Some(&allocation.split(looked)?.variation)
    }

    fn at<'s, 'w>(
        &'s self,
        watch: &'w Watch,
        place: usize,
    ) -> Option<(&'s Allocation, &'w Looked)> {
        self.allocations.get(place).zip(watch.rules().get(place))
    }
}

impl Allocation {
    /// Why nothing was served, in the vendor's words.
    fn code(&self, looked: &Looked) -> &'static str {
        if looked.holds() {
            return "TRAFFIC_EXPOSURE_MISS";
        }
        // The last part that was looked at failed: the start, the end or the rules.
        match (looked.parts.len(), self.has_start, self.has_end) {
            (1, true, _) => "BEFORE_START_TIME",
            (1, false, true) | (2, true, true) => "AFTER_END_TIME",
            _ => "FAILING_RULE",
        }
    }

    /// The split that was taken. Splits that share their shards need as many as the first.
    fn split(&self, looked: &Looked) -> Option<&Split> {
        self.splits.get(looked.branch.unwrap_or_default())
    }
}

/// A value as the document means it; hidden ones are spelled as text, whatever they are.
fn value(node: &Node<'_>, kind: Kind, writing: Writing) -> Option<Value> {
    let (Writing::Obfuscated, Some(text)) = (writing, node.as_text()) else {
        return Some(value_to_json(&node.to_value()));
    };
    let text = writing.read(text)?;
    let spelled = match kind {
        Kind::String | Kind::Json => None,
        Kind::Integer | Kind::Numeric | Kind::Boolean => serde_json::from_str(&text).ok(),
    };
    Some(spelled.unwrap_or_else(|| text.into()))
}

/// Whether a range of a shard is all of them.
fn is_all(shard: &Node<'_>, total: &Node<'_>) -> bool {
    let is_it = |range: &Node<'_>| {
        range.entry("start") == Some(&Node::Integer(0)) && range.entry("end") == Some(total)
    };
    shard.entry("ranges").and_then(Node::as_list).is_some_and(|ranges| ranges.iter().any(is_it))
}

fn allocation(node: &Node<'_>, total: &Node<'_>, writing: Writing) -> Option<Allocation> {
    let is_there = |name: &str| node.entry(name).is_some_and(|node| !node.is_null());
    let rules = node.entry("rules").and_then(Node::as_list).unwrap_or_default();
    let splits = node.entry("splits")?.as_list()?.iter().map(|split| {
        let shards = split.entry("shards")?.as_list()?;
        Some(Split {
            variation: writing.read(split.entry("variationKey")?.as_text()?)?.into_owned(),
            shards: shards.len(),
            all: shards.iter().filter(|shard| is_all(shard, total)).count(),
        })
    });
    Some(Allocation {
        key: writing.read(node.entry("key")?.as_text()?)?.into_owned(),
        has_start: is_there("startAt"),
        has_end: is_there("endAt"),
        rules: rules.iter().map(|rule| value_to_json(&rule.to_value())).collect(),
        splits: splits.collect::<Option<_>>()?,
    })
}
