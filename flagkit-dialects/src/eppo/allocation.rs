//! Allocations: each becomes one rule of the same place.
//!
//! The rule's condition is always a list of the same order (the start, the end, the rules of the
//! allocation, as far as there are any), so that whoever watches an evaluation knows which of
//! them failed.

use flagkit_core::document::{Condition, Order, Rule};
use flagkit_core::{Reason, Timestamp};

use crate::fields::Fields;
use crate::node::Node;
use crate::path::Path;
use crate::report::Report;
use crate::time::now;

use super::shards::{self, Assignment, Shard};
use super::variation::Variations;
use super::writing::Writing;
use super::{condition, parts};

/// What all allocations of a flag share.
pub(super) struct Allocations<'v> {
    pub(super) variations: &'v Variations<'v>,
    pub(super) total: u32,
    pub(super) writing: Writing,
}

impl Allocations<'_> {
    /// The rules of a flag.
    pub(super) fn rules(&self, flag: &Fields<'_, '_>, report: &mut Report) -> Option<Vec<Rule>> {
        let above = flag.at("allocations");
        let nodes = parts::list(flag, "allocations", report)?;
        parts::each(nodes, &above, |node, path| self.rule(node, path, report))
    }

    fn rule(&self, node: &Node<'_>, path: &Path<'_>, report: &mut Report) -> Option<Rule> {
        let fields = Fields::open(node, path, report)?;
        let key = parts::written(&fields, "key", self.writing, report)?;
        let start = self.time(&fields, "startAt", report)?;
        let end = self.time(&fields, "endAt", report)?;
        let rules = self.condition(&fields, report)?;
        let assignments = self.assignments(&fields, report)?;
        optional_boolean(&fields, "doLog", report)?;
        let reason = reason(rules.is_some(), &assignments);
        let start = start.map(|start| now(Order::GreaterOrEqual, start));
        let end = end.map(|end| now(Order::LessOrEqual, end));
        Some(Rule {
            id: Some((&*key).into()),
            label: None,
            when: Condition::All(start.into_iter().chain(end).chain(rules).collect()),
            serve: shards::serve(&assignments, self.variations, self.total),
            reason,
        })
    }

    /// A time, or that there is none.
    #[expect(clippy::option_option, reason = "unreadable, none, or a time")]
    fn time(
        &self,
        fields: &Fields<'_, '_>,
        name: &'static str,
        report: &mut Report,
    ) -> Option<Option<Timestamp>> {
        let Some(node) = fields.node(name) else { return Some(None) };
        let text = node.as_text().and_then(|text| self.writing.read(text));
        let time = text.and_then(|text| Timestamp::parse_loosely(&text));
        if time.is_none() {
            let mend = "write such as `2026-12-01T00:00:00Z`, with a zone";
            fields.mismatch(name, "a time", mend, report);
        }
        time.map(Some)
    }

    /// One of the rules holds; nothing if there is none.
    #[expect(clippy::option_option, reason = "unreadable, none, or a condition")]
    fn condition(&self, fields: &Fields<'_, '_>, report: &mut Report) -> Option<Option<Condition>> {
        if fields.node_or_null("rules").is_none() {
            return Some(None);
        }
        let above = fields.at("rules");
        let nodes = parts::list(fields, "rules", report)?;
        let rules = parts::each(nodes, &above, |node, path| self.all(node, path, report))?;
        Some((!rules.is_empty()).then_some(Condition::Any(rules)))
    }

    /// All conditions of a rule hold.
    fn all(&self, node: &Node<'_>, path: &Path<'_>, report: &mut Report) -> Option<Condition> {
        let fields = Fields::open(node, path, report)?;
        let above = fields.at("conditions");
        let nodes = parts::list(&fields, "conditions", report)?.iter().enumerate();
        let all = nodes
            .map(|(place, node)| condition::read(node, &above.index(place), self.writing, report));
        Some(Condition::All(all.collect()))
    }

    fn assignments<'n>(
        &self,
        fields: &Fields<'n, '_>,
        report: &mut Report,
    ) -> Option<Vec<Assignment<'n>>> {
        let above = fields.at("splits");
        let nodes = parts::list(fields, "splits", report)?;
        parts::each(nodes, &above, |node, path| self.assignment(node, path, report))
    }

    fn assignment<'n>(
        &self,
        node: &'n Node<'n>,
        path: &Path<'_>,
        report: &mut Report,
    ) -> Option<Assignment<'n>> {
        let fields = Fields::open(node, path, report)?;
        let variation = parts::written(&fields, "variationKey", self.writing, report)?;
        let above = fields.at("shards");
        let nodes = parts::list(&fields, "shards", report)?;
        let shards = parts::each(nodes, &above, |node, path| self.shard(node, path, report));
        extra_logging(&fields, report)?;
        // Whoever has any shard is in such a shard: it needs no hash.
        let mut shards = shards?;
        shards.retain(|shard| !shard.covers(self.total));
        Some(Assignment { variation, shards })
    }

    fn shard<'n>(
        &self,
        node: &'n Node<'n>,
        path: &Path<'_>,
        report: &mut Report,
    ) -> Option<Shard<'n>> {
        let fields = Fields::open(node, path, report)?;
        let salt = parts::written(&fields, "salt", self.writing, report)?;
        let above = fields.at("ranges");
        let nodes = parts::list(&fields, "ranges", report)?;
        let ranges = parts::each(nodes, &above, |node, path| range(node, path, report));
        if self.total == 0 {
            let mend = "set `totalShards` of the flag, such as to 10000";
            report.error(path, "there are no shards to be in", mend);
            return None;
        }
        Some(Shard { salt, ranges: ranges? })
    }
}

fn range(node: &Node<'_>, path: &Path<'_>, report: &mut Report) -> Option<(f64, f64)> {
    let fields = Fields::open(node, path, report)?;
    let start = parts::whole(&fields, "start", report)?;
    let end = parts::whole(&fields, "end", report)?;
    Some((start.into(), end.into()))
}

fn optional_boolean(
    fields: &Fields<'_, '_>,
    name: &'static str,
    report: &mut Report,
) -> Option<()> {
    if fields.node_or_null(name).is_some() {
        parts::boolean(fields, name, report)?;
    }
    Some(())
}

/// What the vendor's logs carry along; nothing here depends on it, but it must be texts.
fn extra_logging(fields: &Fields<'_, '_>, report: &mut Report) -> Option<()> {
    if fields.node_or_null("extraLogging").is_none() {
        return Some(());
    }
    let extra = parts::object(fields, "extraLogging", report)?;
    let are_texts = extra.iter().all(|(_, node)| node.as_text().is_some());
    if !are_texts {
        fields.mismatch("extraLogging", "an object of texts", "write texts", report);
    }
    are_texts.then_some(())
}

fn reason(has_rules: bool, assignments: &[Assignment<'_>]) -> Reason {
    let has_shards = assignments.iter().any(|assignment| !assignment.shards.is_empty());
    match (has_shards, has_rules) {
        (true, _) => Reason::Split,
        (false, true) => Reason::TargetingMatch,
        (false, false) => Reason::Static,
    }
}
