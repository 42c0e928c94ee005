//! Flags as they are written, and what the steps of a scheduled rollout make of them.

use std::collections::BTreeMap;

use flagkit_core::Timestamp;

use crate::fields::Fields;
use crate::node::Node;
use crate::path::Path;
use crate::report::Report;

/// What of a flag may change with time.
#[derive(Clone, Debug, Default)]
pub(super) struct Parts<'n> {
    pub(super) variations: BTreeMap<&'n str, &'n Node<'n>>,
    pub(super) rules: Vec<RuleParts<'n>>,
    pub(super) default: Option<RuleParts<'n>>,
    pub(super) disabled: Option<bool>,
    pub(super) experiment: Option<Experiment>,
}

/// When an experiment runs.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Experiment {
    pub(super) start: Option<Timestamp>,
    pub(super) end: Option<Timestamp>,
}

/// A rule.
#[derive(Clone, Debug, Default)]
pub(super) struct RuleParts<'n> {
    pub(super) name: Option<&'n str>,
    pub(super) query: Option<&'n str>,
    pub(super) variation: Option<&'n str>,
    pub(super) percentages: Option<BTreeMap<&'n str, f64>>,
    pub(super) progressive: Option<[Stage<'n>; 2]>,
    pub(super) disabled: Option<bool>,
}

/// The beginning or the end of a progressive rollout.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Stage<'n> {
    pub(super) variation: Option<&'n str>,
    pub(super) percentage: Option<f64>,
    pub(super) date: Option<Timestamp>,
}

impl<'n> Parts<'n> {
    pub(super) fn read(fields: &Fields<'n, '_>, report: &mut Report) -> Self {
        let variations = match fields.node("variations") {
            None => BTreeMap::new(),
            Some(Node::Map(entries)) => {
                entries.iter().map(|(name, value)| (&**name, value)).collect()
            }
            Some(_) => {
                fields.mismatch("variations", "a map", "write names and values", report);
                BTreeMap::new()
            }
        };
        let path = fields.at("targeting");
        let rules = fields.list("targeting", report).iter().enumerate();
        Self {
            variations,
            rules: rules
                .filter_map(|(at, node)| RuleParts::read(node, &path.index(at), report))
                .collect(),
            default: fields
                .node("defaultRule")
                .and_then(|node| RuleParts::read(node, &fields.at("defaultRule"), report)),
            disabled: fields.boolean("disable", report),
            experiment: fields.node("experimentation").and_then(|node| {
                let path = fields.at("experimentation");
                let fields = Fields::open(node, &path, report)?;
                let (start, end) = (fields.time("start", report), fields.time("end", report));
                Some(Experiment { start, end })
            }),
        }
    }

    /// Whether who asks decides what they get.
    pub(super) fn is_bucketed(&self) -> bool {
        self.rules.iter().chain(&self.default).any(RuleParts::is_bucketed)
    }

    /// A step's changes: rules of a known name change, others are appended.
    pub(super) fn apply(&mut self, step: &Self) {
        self.disabled = step.disabled.or(self.disabled);
        self.variations.extend(&step.variations);
        if let (Some(default), Some(change)) = (&mut self.default, &step.default) {
            default.apply(change);
        }
        if let Some(change) = step.experiment {
            let known = self.experiment.unwrap_or_default();
            let (start, end) = (change.start.or(known.start), change.end.or(known.end));
            self.experiment = Some(Experiment { start, end });
        }
        let known = self.rules.len();
        for change in &step.rules {
            let name = change.name.filter(|name| !name.is_empty());
            let mut rules = self.rules.iter_mut().take(known);
            match rules.find(|rule| name.is_some() && rule.name == name) {
                Some(rule) => rule.apply(change),
                None => self.rules.push(change.clone()),
            }
        }
    }
}

impl<'n> RuleParts<'n> {
    fn read(node: &'n Node<'n>, path: &Path<'_>, report: &mut Report) -> Option<Self> {
        let fields = Fields::open(node, path, report)?;
        let stages = fields.node("progressiveRollout").and_then(|node| {
            let path = fields.at("progressiveRollout");
            let fields = Fields::open(node, &path, report)?;
            Some(["initial", "end"].map(|name| Stage::read(name, &fields, report)))
        });
        Some(Self {
            name: fields.text("name", report),
            query: fields.text("query", report),
            variation: fields.text("variation", report),
            percentages: percentages(&fields, report),
            progressive: stages,
            disabled: fields.boolean("disable", report),
        })
    }

    fn apply(&mut self, change: &Self) {
        self.disabled = change.disabled.or(self.disabled);
        self.query = change.query.or(self.query);
        self.variation = change.variation.or(self.variation);
        if let Some([initial, end]) = change.progressive {
            let [known_initial, known_end] = self.progressive.unwrap_or_default();
            self.progressive = Some([known_initial.changed(initial), known_end.changed(end)]);
        }
        if let Some(changes) = &change.percentages {
            let known = self.percentages.get_or_insert_default();
            for (name, percentage) in changes {
                if *percentage < 0.0 {
                    known.remove(name);
                } else {
                    known.insert(name, *percentage);
                }
            }
        }
    }

    pub(super) fn has_percentages(&self) -> bool {
        self.percentages.as_ref().is_some_and(|percentages| !percentages.is_empty())
    }

    /// Whether who asks decides what they get.
    pub(super) fn is_bucketed(&self) -> bool {
        self.progressive.is_some() || self.has_percentages()
    }

    /// Whether the vendor calls the result a split.
    pub(super) fn is_dynamic(&self) -> bool {
        let whole = |percentages: &BTreeMap<&str, f64>| {
            percentages.values().any(|percentage| (*percentage - 100.0).abs() < f64::EPSILON)
        };
        let is_whole = self.percentages.as_ref().is_some_and(whole);
        self.progressive.is_some() || self.has_percentages() && !is_whole
    }
}

impl<'n> Stage<'n> {
    fn read(name: &'static str, fields: &Fields<'n, '_>, report: &mut Report) -> Self {
        let stage = fields.node(name).and_then(|node| {
            let path = fields.at(name);
            let fields = Fields::open(node, &path, report)?;
            let percentage = fields.node("percentage").and_then(|node| {
                let percentage = node.as_float();
                if percentage.is_none() {
                    fields.mismatch("percentage", "a number", "write a number", report);
                }
                percentage
            });
            let variation = fields.text("variation", report);
            Some(Self { variation, percentage, date: fields.time("date", report) })
        });
        stage.unwrap_or_default()
    }

    fn changed(self, change: Self) -> Self {
        Self {
            variation: change.variation.or(self.variation),
            percentage: change.percentage.or(self.percentage),
            date: change.date.or(self.date),
        }
    }
}

fn percentages<'n>(fields: &Fields<'n, '_>, report: &mut Report) -> Option<BTreeMap<&'n str, f64>> {
    let node = fields.node("percentage")?;
    let Node::Map(entries) = node else {
        fields.mismatch("percentage", "a map", "write names of variations and numbers", report);
        return None;
    };
    let path = fields.at("percentage");
    let mut percentages = BTreeMap::new();
    for (name, node) in *entries {
        if let Some(percentage) = node.as_float() {
            percentages.insert(&**name, percentage);
            continue;
        }
        let problem = format!("expected a number, found {}", node.summary());
        report.error(&path.key(name), problem, "write a number without quotes");
    }
    Some(percentages)
}
